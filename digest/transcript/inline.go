package transcript

import (
	"strings"
	"time"
)

// oftenSpoken is in how many segments somebody with a name of one word speaks; before a colon a rarer one may be anything.
const oftenSpoken = 5

// splitInline gives those their words whose label stands in another's segment, at its beginning or behind the end of a
// sentence: "… is that so? Ann Bell: It is." Only who speaks elsewhere under the same name is known by it.
func splitInline(segs []Segment) []Segment {
	labels := map[string]string{} // "Ann Bell: " -> "Ann Bell"
	spoken := map[string]int{}
	for _, s := range segs {
		spoken[s.Speaker]++
		if strings.Contains(s.Speaker, " ") || s.Speaker != "" && spoken[s.Speaker] == oftenSpoken {
			labels[s.Speaker+": "] = s.Speaker
		}
	}
	if len(labels) == 0 {
		return segs
	}
	out := make([]Segment, 0, len(segs))
	for _, s := range segs {
		for {
			at, label := firstLabel(s.Text, labels)
			if at < 0 {
				break
			}
			before, after := s, s
			before.Text, after.Text = strings.TrimSpace(s.Text[:at]), strings.TrimSpace(s.Text[at+len(label):])
			after.Speaker = labels[label]
			if at > 0 && s.Timing != Unknown {
				share := float64(at) / float64(len(s.Text))
				before.End = s.Start + time.Duration(share*float64(s.End-s.Start))
				after.Start, after.Timing = before.End, Interpolated
			}
			if before.Text != "" {
				out = append(out, before)
			}
			s = after
		}
		out = append(out, s)
	}
	return out
}

// firstLabel finds the first label that stands at the beginning or behind the end of a sentence, with words behind it; -1 when
// none does.
func firstLabel(text string, labels map[string]string) (at int, label string) {
	at = -1
	for l := range labels {
		for from := 0; ; {
			i := strings.Index(text[from:], l)
			if i < 0 {
				break
			}
			i += from
			from = i + len(l)
			before := strings.TrimRight(text[:i], " ")
			begins := before == "" || before != text[:i] && sentenceEnd(before)
			if begins && strings.TrimSpace(text[from:]) != "" && (at < 0 || i < at) {
				at, label = i, l
			}
		}
	}
	return at, label
}
