package bot

import "strings"

// Split turns a typed line into a command's words. White space separates them, and a leading "/brief" or "brief" falls
// away. Commands join the words after the first again, so that no quotes are needed.
func Split(line string) []string {
	words := strings.Fields(line)
	if len(words) > 0 && (words[0] == "/brief" || strings.EqualFold(words[0], "brief")) {
		words = words[1:]
	}
	return words
}
