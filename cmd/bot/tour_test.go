package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestTour plays the commands that the README names for `try`, in its order: each has a sensible answer.
func TestTour(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	tour := regexp.MustCompile("(?s)`try` prints a brief and then takes commands.*?: (.*?)\\.\n\n").FindSubmatch(readme)
	if tour == nil {
		t.Fatal("the README names no commands for `try`")
	}
	var lines []string
	for _, m := range regexp.MustCompile("`([^`]+)`").FindAllSubmatch(tour[1], -1) {
		lines = append(lines, string(m[1]))
	}
	want := map[string]string{
		"more": "Nadia Brandvold: ", "related": "Held-Out Set — ", "why": "Match ", "ask": "cheapest token", "topic": " 3  “", "help": "this list",
	}
	printed := played(t, lines...)
	for _, line := range lines {
		word, _, _ := strings.Cut(line, " ")
		if w := want[word]; w == "" || !regexp.MustCompile(w).MatchString(printed[line]) {
			t.Errorf("%s answers, want %q in it:\n%s", line, w, printed[line])
		}
		delete(want, word)
	}
	if len(want) > 0 {
		t.Errorf("the tour leaves out %v", want)
	}
}
