package transcript

import "strings"

// noises begin the stage directions that are dropped.
var noises = []string{
	"unintelligible", "inaudible", "indistinct", "crosstalk", "cross talk", "foreign language", "music", "applause",
	"silence", "laugh", "blank_audio", "no audio", "theme music", "clears throat", "chuckle", "sighs", "overlapping",
}

// plainLine puts a caption or paragraph on one line without its stage directions.
func plainLine(s string) string {
	if hasInvisible(s) { // out of an entity
		s = strings.Map(visible, s)
	}
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
		inner, after, ok := bracketed(s[i:])
		if !ok || !noise(inner) {
			b.WriteString(s[:i+1])
			s = s[i+1:]
			continue
		}
		b.WriteString(beforeNoise(s[:i], after))
		s = after
	}
	b.WriteString(s)
	return b.String()
}

const longestNoise = 120 // bytes within brackets

// bracketed returns what stands within the bracket that s begins with, and after it. What is long is no stage direction.
func bracketed(s string) (inner, after string, ok bool) {
	end := strings.IndexAny(s[1:min(len(s), longestNoise)], "])")
	if end < 0 {
		return "", "", false
	}
	return s[1 : 1+end], s[end+2:], true
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
	inner = strings.ToLower(inner)
	_, second, _ := strings.Cut(inner, " ")
	for _, n := range noises {
		if strings.HasPrefix(inner, n) || n == "laugh" && strings.HasPrefix(second, n) {
			return true
		}
	}
	return false
}
