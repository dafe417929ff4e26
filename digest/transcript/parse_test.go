package transcript

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// near compares times to two milliseconds.
var near = cmp.Comparer(func(a, b time.Duration) bool { return (a - b).Abs() <= 2*time.Millisecond })

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// reason returns why a document was refused, "" when err is no refusal.
func reason(err error) Reason {
	var refused *Refused
	if errors.As(err, &refused) {
		return refused.Reason
	}
	return ""
}

// body repeats a text, each time with another number for "#", until it has enough words to be accepted.
func body(begin, repeat, end string) []byte {
	for i := range 60 {
		begin += strings.ReplaceAll(repeat, "#", strconv.Itoa(i))
	}
	return []byte(begin + end)
}

func TestParseSniffsTheFormat(t *testing.T) {
	const line = "Salmon swim up river #. "
	tests := []struct {
		name, mediaType, url string
		body                 []byte
		want                 string
	}{
		{"VTT declared as SRT", "application/x-subrip", "a.srt", body("WEBVTT\n\n", "00:01.000 --> 00:02.000\n<v Ann>"+line+"\n\n", ""), "vtt"},
		{"SRT declared as text", "text/plain", "a.txt", body("", "1\n00:00:01,000 --> 00:00:02,000\nAnn: "+line+"\n\n", ""), "srt"},
		{"JSON declared as HTML", "text/html", "a", body(`{"segments":[`, `{"body":"`+line+`"},`, `{"body":"End."}]}`), "json"},
		{"HTML declared as VTT", "text/vtt", "a.vtt", body("", "<p><cite>Ann</cite>"+line+"</p>", ""), "html"},
		{"HTML that begins with words", "", "", body("Rivers", "<p>"+line+"</p>", ""), "html"},
		{"Markdown declared as text", "text/plain", "a.txt", body("", "**Ann:** "+line+"\n\n", ""), "markdown"},
		{"text declared as JSON", "application/json", "a.json", body("", line+"\n", ""), "text"},
		{"text that begins with a stage direction", "", "", body("[Music] ", line, ""), "text"},
		{"text with a mention", "", "", body("<!channel> ", line, ""), "text"},
	}
	for _, test := range tests {
		got, err := Parse(test.body, test.mediaType, test.url)
		if err != nil {
			t.Errorf("Parse(%s): %v", test.name, err)
			continue
		}
		if got.Source != test.want || got.URL != test.url {
			t.Errorf("Parse(%s) = source %q of %q, want %q of %q", test.name, got.Source, got.URL, test.want, test.url)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct {
		name string
		body string
		want Reason
	}{
		{"nothing", " \n\ufeff", Empty},
		{"a PDF", "%PDF-1.7 " + strings.Repeat("words ", 200), NotTranscript},
		{"audio", "\xff\xfb\x90\x64" + strings.Repeat("words ", 200), NotTranscript},
		{"tagged audio", "ID3\x04" + strings.Repeat("words ", 200), NotTranscript},
		{"a placeholder", "Transcript coming soon.", TooShort},
		{"one word over and over", strings.Repeat("word ", 5000), LowQuality},
		{"signs", strings.Repeat("😀 ", 500), LowQuality},
		{"too much", strings.Repeat("Salmon swim.\n", MaxBytes/12), TooLarge},
		{"too many captions", "WEBVTT\n" + strings.Repeat("\n00:01.000 --> 00:02.000\na\n", maxCues+1), TooLarge},
	}
	for _, test := range tests {
		if _, err := Parse([]byte(test.body), "", ""); reason(err) != test.want {
			t.Errorf("Parse(%s) = %v, want refused as %s", test.name, err, test.want)
		}
	}
}

func TestDecode(t *testing.T) {
	const want = "naïve “café” – ok"
	for name, in := range map[string]string{
		"UTF-8 with a mark":     "\xef\xbb\xbf" + want,
		"UTF-16 big endian":     wide(want, true, true),
		"UTF-16 little endian":  wide(want, false, true),
		"Windows-1252":          "na\xefve \x93caf\xe9\x94 \x96 ok",
		"UTF-8 read as 1252":    "naÃ¯ve â€œcafÃ©â€\u009d â€“ ok",
		"control and direction": "na\u200bïve\x00 “ca\u202efé” –\u00ad ok",
		"a broken byte":         want[:4] + "\xff" + want[4:],
	} {
		if got := decode([]byte(in), ""); got != want {
			t.Errorf("decode(%s) = %q, want %q", name, got, want)
		}
	}
	for _, test := range []struct{ mediaType, in, want string }{
		{"text/plain; charset=iso-8859-2", "\xe1\xe9\xbb", "áéť"},
		{"text/vtt; charset=\"windows-1251\"", "\xd0\xe5\xea\xe0", "Река"},
		{"text/plain; charset=utf-16le", "\xdd\x5d\x41\x6d", "\u5ddd\u6d41"},
		{"text/plain; charset=iso-2022-jp", "\x1b$B@n\x1b(B", "川"},
		{"text/plain; charset=shift_jis", "\x90\xec", "川"},
		{"text/plain; charset=iso-8859-1", "caf\xc3\xa9", "café"}, // declared wrongly
		{"text/plain; charset=nonsense", "caf\xe9", "café"},
		{"; charset=iso-8859-2", "\xbb", "»"}, // not to be read
		{"", "<meta charset=windows-1251><p>\xd0\xe5\xea\xe0", "<meta charset=windows-1251><p>Река"},
	} {
		if got := decode([]byte(test.in), test.mediaType); got != test.want {
			t.Errorf("decode(%q, %q) = %q, want %q", test.in, test.mediaType, got, test.want)
		}
	}
	if got := decode([]byte(wide("plain words in UTF-16", true, false)), ""); got != "plain words in UTF-16" {
		t.Errorf("decode(UTF-16 without a mark) = %q", got)
	}
	if got := decode([]byte("a\r\nb\rc"), ""); got != "a\nb\nc" {
		t.Errorf("decode(line ends) = %q", got)
	}
}

// wide encodes letters of the basic plane in UTF-16.
func wide(s string, bigEndian, mark bool) string {
	if mark {
		s = "\ufeff" + s
	}
	var b bytes.Buffer
	for _, r := range s {
		if bigEndian {
			b.Write([]byte{byte(r >> 8), byte(r)})
		} else {
			b.Write([]byte{byte(r), byte(r >> 8)})
		}
	}
	return b.String()
}

// check fails the test when a transcript breaks what every transcript promises.
func check(t testing.TB, segs []Segment) {
	t.Helper()
	last := time.Duration(0)
	for i, s := range segs {
		switch {
		case s.Text == "" || s.Text != strings.TrimSpace(s.Text) || strings.ContainsAny(s.Text, "\n\r\t"):
			t.Fatalf("segment %d: text %q is not one trimmed line", i, s.Text)
		case !utf8.ValidString(s.Text) || !utf8.ValidString(s.Speaker):
			t.Fatalf("segment %d: %q by %q is not UTF-8", i, s.Text, s.Speaker)
		case s.Timing == Unknown && (s.Start != 0 || s.End != 0):
			t.Fatalf("segment %d: unknown times are %v to %v, want 0", i, s.Start, s.End)
		case s.End < s.Start || s.Start < 0:
			t.Fatalf("segment %d: from %v to %v", i, s.Start, s.End)
		case s.Timing != Unknown && s.Start < last:
			t.Fatalf("segment %d: begins at %v, before the one before it (%v)", i, s.Start, last)
		}
		if s.Timing != Unknown {
			last = s.Start
		}
		for _, r := range s.Text {
			if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co) {
				t.Fatalf("segment %d: invisible character %U in %q", i, r, s.Text)
			}
		}
	}
}

func TestBadTranscripts(t *testing.T) {
	dir := shared(t, "payloads", "bad-transcripts")
	var list struct {
		Files []struct {
			File         string   `json:"file"`
			DeclaredType string   `json:"declared_type"`
			Outcome      []string `json:"outcome"`
		} `json:"files"`
	}
	data, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &list); err != nil || len(list.Files) == 0 {
		t.Fatalf("expected.json: %d files, %v", len(list.Files), err)
	}
	for _, f := range list.Files {
		t.Run(f.File, func(t *testing.T) {
			body := unzipped(t, filepath.Join(dir, f.File))
			got := "ok"
			tr, err := Parse(body, f.DeclaredType, "https://example.org/"+f.File)
			if err != nil {
				got = "reject:" + string(reason(err))
			} else {
				check(t, tr.Segments)
			}
			if !slices.Contains(f.Outcome, got) {
				t.Errorf("Parse = %s (%v), want one of %v", got, err, f.Outcome)
			}
			if tr != nil {
				noLeftovers(t, tr)
			}
		})
	}
}

// unzipped reads a file as a client would: decompressed, and not much over the limit.
func unzipped(t *testing.T, name string) []byte {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	body, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// noLeftovers fails when something of a format is left in the words.
func noLeftovers(t *testing.T, tr *Transcript) {
	t.Helper()
	for _, s := range tr.Segments {
		for _, bad := range []string{`{\an8}`, "<font", "avg_logprob", "â€", "All rights reserved", "Subscribe Login", "-->", "WEBVTT"} {
			if strings.Contains(s.Text, bad) {
				t.Fatalf("%q is left in %q", bad, s.Text[:min(len(s.Text), 200)])
			}
		}
	}
}
