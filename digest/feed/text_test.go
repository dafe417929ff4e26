package feed

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestLine(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"plain", "  Two \n words ", "Two words"},
		{"entity", "Q&amp;A", "Q&A"},
		{"markup", "<b>Bold</b> claim<br>next", "Bold claim next"},
		{"escaped twice", "Tom &amp; Jerry &lt;b&gt;live&lt;/b&gt;", "Tom & Jerry live"},
		{"no third time", "a &amp;amp;lt; b", "a &amp;lt; b"},
		{"what is no markup", "vector<int> and a<b, x > y <3", "vector<int> and a<b, x > y <3"},
		{"script", "x<script>alert(1)</script>y", "xy"},
		{"mention stays text", "<!channel> @everyone <@U1>", "<!channel> @everyone <@U1>"},
		{"control and direction", "a\x00b\u202ec\u200bd\x7f", "abcd"},
		{"joiner in emoji", "👩\u200d👧 x", "👩\u200d👧 x"},
		{"stacked marks", "a" + strings.Repeat("\u0301", 50), "a" + strings.Repeat("\u0301", 4)},
		{"invalid UTF-8", "a\xffb", "a\uFFFDb"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := line(test.in); got != test.want {
				t.Errorf("line(%q) = %q, want %q", test.in, got, test.want)
			}
		})
	}
	if got := line(strings.Repeat("ä", 1000)); utf8.RuneCountInString(got) != maxTitle || !strings.HasSuffix(got, "…") {
		t.Errorf("line(1000 letters) = %d letters ending in %q, want %d ending in …", utf8.RuneCountInString(got), got[len(got)-3:], maxTitle)
	}
}

func TestParagraphs(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"plain lines", "One\r\ntwo\r\n\r\n\r\nthree", "One\ntwo\n\nthree"},
		{"paragraphs", "<p>One\nstill one.</p>\n<p>Two.</p>", "One still one.\n\nTwo."},
		{"breaks", "a<br>b<br/>c", "a\nb\nc"},
		{"list", "Links:<ul><li><a href='x'>One</a></li><li>Two</li></ul>End", "Links:\n\nOne\nTwo\n\nEnd"},
		{"words apart", "<b>a</b><i>b</i> <td>c</td><td>d</td>", "ab c d"},
		{"hidden", "a<style>p{}</style><script>x</script><iframe>y</iframe>b", "ab"},
		{"entities", "<p>R&amp;D &mdash; caf&eacute;</p>", "R&D — café"},
		{"escaped markup", "&lt;p&gt;Hello&lt;/p&gt;", "Hello"},
		{"comment", "a<!-- b --><p>c", "a\n\nc"},
		{"empty", "<p> </p>\n", ""},
		{"open tag", "a <b", "a <b"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := paragraphs(test.in); got != test.want {
				t.Errorf("paragraphs(%q) = %q, want %q", test.in, got, test.want)
			}
		})
	}
	if got := paragraphs(strings.Repeat("ö ", 1<<20)); len(got) > maxNotes || !utf8.ValidString(got) {
		t.Errorf("paragraphs(2 MiB) = %d bytes, valid %v; want at most %d and valid", len(got), utf8.ValidString(got), maxNotes)
	}
}

// checkText fails when a text that people will see is not clean.
func checkText(t *testing.T, what, s string) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Errorf("%s = %q, want valid UTF-8", what, s)
	}
	for _, r := range s {
		if r != '\n' && unicode.IsControl(r) || isInvisible(r) {
			t.Errorf("%s = %q, want it without %U", what, cut(s, 80), r)
			return
		}
	}
}

func TestRedact(t *testing.T) {
	for in, want := range map[string]string{
		"https://user:pw@x.example.com/rss?token=abc":             "https://x.example.com/rss?…",
		"https://x.example.com/private/a1b2c3d4e5f6a7b8c9d0/feed": "https://x.example.com/private/…/feed",
		"https://x.example.com/the-changelog-interviews/rss":      "https://x.example.com/the-changelog-interviews/rss",
		"HTTPS://X.example.com:8443/#frag":                        "https://X.example.com:8443/",
		"::":                                                      "the address",
		"":                                                        "the address",
	} {
		if got := Redact(in); got != want {
			t.Errorf("Redact(%q) = %q, want %q", in, got, want)
		}
	}
}
