package bot

import "strings"

// Split turns a typed line into a command's words. White space separates them, and a leading "/brief" or "brief" falls
// away, as does what people say around a command: "please", quotes and a full stop. Commands join the words after the
// first again, so that no quotes are needed.
func Split(line string) []string {
	words := bareFirst(strings.Fields(line))
	if len(words) > 0 && (strings.EqualFold(words[0], "/brief") || strings.EqualFold(words[0], "brief")) {
		words = bareFirst(words[1:])
	}
	for len(words) > 1 && isPlease(words[0]) {
		words = bareFirst(words[1:])
	}
	for len(words) > 2 && isPlease(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	return words
}

// bareFirst takes quotes and closing punctuation off the first word; a question mark stays, since it makes a question.
func bareFirst(words []string) []string {
	if len(words) == 0 {
		return words
	}
	first := strings.TrimRight(strings.Trim(words[0], "\"“”„'‘’`*_"), ".,;:!\"”“'’`*_")
	if first == "" {
		return words
	}
	return append([]string{first}, words[1:]...)
}

func isPlease(word string) bool {
	switch strings.ToLower(strings.TrimRight(word, ".,!")) {
	case "please", "pls", "plz":
		return true
	}
	return false
}
