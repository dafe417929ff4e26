package llm

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// validatorCase is an entry of testdata/validator.txt.
type validatorCase struct {
	name    string
	honest  bool
	claim   claimed
	because string // part of the reason for a refusal
}

func TestValidator(t *testing.T) {
	files, err := filepath.Glob("testdata/validator*.txt")
	if err != nil || len(files) < 5 {
		t.Fatalf("testdata/validator*.txt are %d files, %v, want at least 5", len(files), err)
	}
	passed, refused := 0, 0
	for _, file := range files {
		told, cases := readValidator(t, file)
		for _, c := range cases {
			_, err := told.check(c.claim)
			switch {
			case c.honest && err != nil:
				t.Errorf("%s: honest %q: check = %v, want nil", file, c.name, err)
			case c.honest:
				passed++
			case err == nil:
				t.Errorf("%s: wrong %q: check = nil, want a reason with %q", file, c.name, c.because)
			case !strings.Contains(err.Error(), c.because):
				t.Errorf("%s: wrong %q: check = %v, want a reason with %q", file, c.name, err, c.because)
			default:
				refused++
			}
		}
	}
	if passed < 40 || refused < 60 {
		t.Errorf("%d honest claims pass and %d wrong ones are refused, want at least 40 and 60", passed, refused)
	}
	t.Logf("%d honest claims pass, %d wrong ones are refused", passed, refused)
}

// readValidator reads a file of cases; testdata/validator.txt explains its form.
func readValidator(t *testing.T, file string) (source, []validatorCase) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var told source
	var cases []validatorCase
	var last claimed
	for n, text := range strings.Split(string(data), "\n") {
		word, rest, _ := strings.Cut(text, " ")
		var c *validatorCase
		if len(cases) > 0 {
			c = &cases[len(cases)-1]
		}
		switch word {
		case "", "#":
		case "header":
			told.header += rest + "\n"
		case "line":
			told.lines = append(told.lines, toldLine(rest))
		case "honest", "wrong":
			if c != nil && c.honest {
				last = c.claim
			}
			cases = append(cases, validatorCase{name: rest, honest: word == "honest", claim: last})
		case "at":
			c.claim.First, c.claim.Last, c.claim.Speaker = toldAt(t, rest)
		case "quote":
			c.claim.Quote = rest
		case "claim":
			c.claim.Claim = rest
		case "because":
			c.because = rest
		default:
			t.Fatalf("%s:%d: no entry begins with %q", file, n+1, word)
		}
	}
	return told, cases
}

func toldLine(text string) line {
	speaker, said, _ := strings.Cut(text, " | ")
	speaker, isAd := strings.CutPrefix(speaker, "ad ")
	return line{speaker: speaker, text: said, left: isAd}
}

func toldAt(t *testing.T, text string) (first, last int, speaker string) {
	t.Helper()
	lines, speaker, _ := strings.Cut(text, " ")
	if _, err := fmt.Sscanf(lines, "%d-%d", &first, &last); err != nil {
		t.Fatalf("testdata/validator.txt: at %q: %v", text, err)
	}
	return first, last, speaker
}
