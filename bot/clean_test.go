package bot

import (
	"strings"
	"testing"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		" a\r\nb\tc\u2028d ":                     "a\nb c d",
		"red\x1b[31m \x00nul\x7f":                "red[31m nul",
		"\u202eltr\u202c \u200bz\u00ad\ufeff":    "ltr z",
		"Z" + strings.Repeat("\u0300", 9):        "Z" + strings.Repeat("\u0300", 4),
		"see https://evil.example/x":             "see evil.example/x",
		"http:http:////evil.example":             "evil.example",
		"JavaScript:alert(1) mailto:a@b.example": "JavaScript: alert(1) mailto: a@b.example",
		"at 10:30, ratio 1:2":                    "at 10:30, ratio 1:2",
		"👩\u200d🔬 \xff":                          "👩\u200d🔬 \uFFFD",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("https://a.example <!channel> \u202e")
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if Clean(got) != got || webScheme.MatchString(got) || strings.ContainsAny(got, "\x00\x1b\u202e\u200b") {
			t.Errorf("Clean(%q) = %q", s, got)
		}
	})
}
