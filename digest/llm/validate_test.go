package llm

import (
	"fmt"
	"os"
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
	told, cases := readValidator(t)
	passed, refused := 0, 0
	for _, c := range cases {
		_, err := told.check(c.claim)
		switch {
		case c.honest && err != nil:
			t.Errorf("honest %q: check = %v, want nil", c.name, err)
		case c.honest:
			passed++
		case err == nil:
			t.Errorf("wrong %q: check = nil, want a reason with %q", c.name, c.because)
		case !strings.Contains(err.Error(), c.because):
			t.Errorf("wrong %q: check = %v, want a reason with %q", c.name, err, c.because)
		default:
			refused++
		}
	}
	if passed < 40 || refused < 60 {
		t.Errorf("%d honest claims pass and %d wrong ones are refused, want at least 40 and 60", passed, refused)
	}
	t.Logf("%d honest claims pass, %d wrong ones are refused", passed, refused)
}

// readValidator reads testdata/validator.txt, which explains its form.
func readValidator(t *testing.T) (source, []validatorCase) {
	t.Helper()
	data, err := os.ReadFile("testdata/validator.txt")
	if err != nil {
		t.Fatal(err)
	}
	told := source{header: "Deep Stack\nMigrating payments without a freeze\nMaria Ortiz (guest), Wei Zhang (guest), Jon Bell (host)\nHow Corvid Pay left its monolith."}
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
			t.Fatalf("testdata/validator.txt:%d: no entry begins with %q", n+1, word)
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
