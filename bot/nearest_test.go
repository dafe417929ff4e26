package bot

import "testing"

func TestNearest(t *testing.T) {
	words := append((&Bot{}).words(), "öffentlichkeit")
	tests := []struct{ typed, want string }{
		{"topci", "topic"}, {"stauts", "status"}, {"realted", "related"}, {"halp", "help"}, {"hlep", "help"}, {"folow", "follow"},
		{"offentlichkeit", "öffentlichkeit"}, {"xyzzy", ""}, {"quantum", ""}, {"", ""},
	}
	for _, tt := range tests {
		if got, ok := Nearest(tt.typed, words); got != tt.want || ok != (tt.want != "") {
			t.Errorf("Nearest(%q) = %q, %v, want %q", tt.typed, got, ok, tt.want)
		}
	}
}

func TestEditDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"same", "same", 0}, {"abcd", "abdc", 1}, {"kitten", "sitting", 3}, {"ü", "u", 1},
	}
	for _, tt := range tests {
		if got := editDistance([]rune(tt.a), []rune(tt.b)); got != tt.want {
			t.Errorf("editDistance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
