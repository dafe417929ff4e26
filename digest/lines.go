package digest

import (
	"slices"
	"strings"

	"podbrief/digest/transcript"
)

func line(seg transcript.Segment, text string) Line {
	return Line{Start: seg.Start, Speaker: seg.Speaker, Text: strings.TrimSpace(text)}
}

func lines(segments []transcript.Segment) []Line {
	out := make([]Line, len(segments))
	for i, seg := range segments {
		out[i] = line(seg, seg.Text)
	}
	return out
}

// joined makes one line of neighbours by the same speaker, and leaves empty ones out.
func joined(in []Line) []Line {
	var out []Line
	for _, l := range in {
		switch last := len(out) - 1; {
		case l.Text == "":
		case last >= 0 && out[last].Speaker == l.Speaker:
			out[last].Text += " " + l.Text
		default:
			out = append(out, l)
		}
	}
	return out
}

// firstWords returns the first lines up to n words; a longer line is cut at a word.
func firstWords(in []Line, n int) []Line {
	var out []Line
	for _, l := range in {
		words := strings.Fields(l.Text)
		if len(words) > n {
			l.Text = strings.Join(words[:n], " ") + " …"
		}
		out = append(out, l)
		if n -= len(words); n <= 0 {
			break
		}
	}
	return joined(out)
}

// lastWords returns the last lines up to n words; a longer line is cut at a word.
func lastWords(in []Line, n int) []Line {
	var out []Line
	for _, l := range slices.Backward(in) {
		words := strings.Fields(l.Text)
		if len(words) > n {
			l.Text = "… " + strings.Join(words[len(words)-n:], " ")
		}
		out = append(out, l)
		if n -= len(words); n <= 0 {
			break
		}
	}
	slices.Reverse(out)
	return joined(out)
}
