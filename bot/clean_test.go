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

func TestLinkAddress(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.example/x?t=5":                      "https://a.example/x?t=5",
		"https://a.example/a|b>c d":                    "https://a.example/a%7Cb%3Ec%20d",
		"javascript:alert(1)":                          "",
		"https://user:pw@a.example/":                   "",
		"https://a.example/a(b)`c":                     "https://a.example/a%28b%29%60c",
		"https://a.example/" + strings.Repeat("a", 40): "",
		"/relative":                       "",
		"https://a.example/?q=<!channel>": "https://a.example/?q=%3C!channel%3E",
	} {
		if got := WebAddress(in, 50); got != want {
			t.Errorf("WebAddress(%q, 50) = %q, want %q", in, got, want)
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
