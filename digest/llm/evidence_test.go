package llm

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"podbrief/digest/transcript"
)

// What was said proves itself: a rule that refuses a line's own words would refuse honest claims. The invented shows are
// what it is tried on.
func TestWhatWasSaidProvesItself(t *testing.T) {
	files, err := filepath.Glob("../sample/shows/*/*.vtt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts of the sample: %v", err)
	}
	n := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text, err := transcript.Parse(data, "text/vtt", file)
		if err != nil {
			t.Fatal(err)
		}
		lines := linesOf(text, nil)
		s := source{lines: lines}
		for i, l := range lines {
			if strings.Contains(l.text, "I feel") {
				continue // the validator wants such words to be given to somebody
			}
			c := claimed{First: max(1, i-1), Last: min(len(lines), i+3), Claim: l.text, Quote: l.text}
			at, ok := s.find(c)
			if !ok {
				t.Fatalf("%s: line %d does not find itself", file, i+1)
			}
			if err := s.evidence(c, at).disproof(l.text); err != nil {
				t.Errorf("%s, line %d: %v\n%s\nin: %s", filepath.Base(file), i+1, err, l.text, strings.TrimSpace(s.text(c.First, c.Last)))
			}
			n++
		}
	}
	if n < 100 {
		t.Errorf("%d lines were tried, want at least 100", n)
	}
}

func TestAmounts(t *testing.T) {
	for text, want := range map[string]string{
		"two hundred and five thousand people":   "205000",
		"$1.5 billion, or 75B or 2,400":          "1500000000 dollar, 75000000000, 2400",
		"from ten to twenty percent":             "10 percent, 20 percent",
		"more than two thirds, a quarter, half":  "66.67 percent more, 25 percent, 50 percent",
		"half an hour, or half a million":        "0.5 hour, 500000",
		"five percentage points in twenty weeks": "5 point, 20 week",
		"one in five":                            "1, 5, 20 percent",
		"she came fourth, or 4th":                "4 ordinal, 4 ordinal",
		"thousands of them, about 40 tokens":     "1000, 40 token about",
		"nineteen ninety-nine":                   "19, 99, 1999",
	} {
		var got []string
		for _, a := range english().amounts(text) {
			got = append(got, strings.TrimSpace(strings.Join(strings.Fields(strconv.FormatFloat(a.value, 'f', -1, 64)+" "+a.unit+" "+a.bound), " ")))
		}
		if all := strings.Join(got, ", "); all != want {
			t.Errorf("amounts(%q) = %s, want %s", text, all, want)
		}
	}
	for text, want := range map[string]float64{"fünfundzwanzig": 25, "zweitausenddreihundert": 2300, "1.500": 1500, "3,25": 3.25, "zwei Milliarden": 2e9} {
		if got := german().amounts(text); len(got) != 1 || got[0].value != want {
			t.Errorf("amounts(%q) = %v, want %v", text, got, want)
		}
	}
}

func TestWhyItMattersIsLeftOutWhenItInvents(t *testing.T) {
	s := source{lines: []line{{text: "We cut scrap from eleven to four percent in nine weeks by drying the sand.", speaker: "Ana Ruiz"}}}
	for why, kept := range map[string]bool{
		"Drying sand is a cheap way to cut scrap.":   true,
		"Ana Ruiz names what cut scrap.":             true,
		"It cuts scrap by 70 percent.":               false,
		"Fordwerk should copy it at Fordwerk.":       false,
		"You can copy it.":                           false,
		"This episode shows how.":                    false,
		"It is the best way to cut scrap.":           false,
		strings.Repeat("drying sand cuts scrap ", 8): false,
	} {
		c := s.tidy(claimed{First: 1, Last: 1, Quote: "cut scrap from eleven to four percent", Why: why})
		if (c.Why != "") != kept {
			t.Errorf("tidy keeps %q: %v, want %v", why, c.Why != "", kept)
		}
	}
}
