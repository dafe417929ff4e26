package transcript

import "strings"

// noises begin the stage directions that are dropped.
var noises = []string{
	"unintelligible", "inaudible", "indistinct", "crosstalk", "cross talk", "foreign language", "music", "applause",
	"silence", "laugh", "blank_audio", "no audio", "theme music", "clears throat", "chuckle", "sighs", "overlapping",
}

// plainLine puts a caption or paragraph on one line without its stage directions.
func plainLine(s string) string {
	if strings.ContainsAny(s, "[(") {
		s = dropNoise(s)
	}
	return oneLine(s)
}

// dropNoise removes stage directions in brackets, with a backslash before them where Markdown wants one.
func dropNoise(s string) string {
	var b strings.Builder
	for {
		i := strings.IndexAny(s, "[(")
		if i < 0 {
			break
		}
		end := strings.IndexAny(s[i+1:], "])")
		if end < 0 {
			break
		}
		if !noise(s[i+1 : i+1+end]) {
			b.WriteString(s[:i+1])
			s = s[i+1:]
			continue
		}
		b.WriteString(beforeNoise(s[:i], s[i+end+2:]))
		s = s[i+end+2:]
	}
	if b.Len() == 0 {
		return s
	}
	b.WriteString(s)
	return b.String()
}

// beforeNoise returns the words before a stage direction, ready to be followed by those after it.
func beforeNoise(before, after string) string {
	before = strings.TrimSuffix(before, `\`)
	if after != "" && strings.IndexByte(".,;:!?", after[0]) >= 0 {
		return strings.TrimRight(before, " ")
	}
	return before + " "
}

func noise(inner string) bool {
	if len(inner) > 120 {
		return false
	}
	inner = strings.ToLower(inner)
	_, second, _ := strings.Cut(inner, " ")
	for _, n := range noises {
		if strings.HasPrefix(inner, n) || n == "laugh" && strings.HasPrefix(second, n) {
			return true
		}
	}
	return false
}
