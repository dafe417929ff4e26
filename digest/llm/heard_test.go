package llm

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sashabaranov/go-openai"
)

func TestHeardIn(t *testing.T) {
	part := cutPart{start: 10 * time.Minute, skip: time.Second, length: time.Minute}
	segment := func(start, end float64, text string) string {
		return fmt.Sprintf(`{"start":%v,"end":%v,"text":%q}`, start, end, text)
	}
	thanks := make([]string, 200)
	for i := range thanks {
		thanks[i] = segment(float64(20+i)/10, float64(21+i)/10, " Thank you.")
	}
	for _, c := range []struct{ name, answer, want string }{
		{"seconds", "[" + segment(2, 4, "a") + "]", "10m2s-10m4s a"},
		{"in the part before", "[" + segment(0, 1, "a") + "," + segment(1, 3, "b") + "]", "10m1s-10m3s b"},
		{"milliseconds", "[" + segment(2000, 4000, "a") + "," + segment(4000, 58000, "b") + "]", "10m2s-10m4s a, 10m4s-10m58s b"},
		{"beyond the end", "[" + segment(50, 90, "a") + "," + segment(95, 99, "b") + "]", "10m50s-11m0s a, 11m0s-11m0s b"},
		{"out of order, over each other", "[" + segment(9, 12, "b") + "," + segment(2, 10, "a") + "]", "10m2s-10m10s a, 10m9s-10m12s b"},
		{"the end before the beginning", "[" + segment(5, 2, "a") + "]", "10m5s-10m5s a"},
		{"before the beginning", "[" + segment(-5, 4, "a") + "]", "10m1s-10m4s a"},
		{"empty", "[" + segment(2, 4, "  ") + "," + segment(4, 5, "") + "]", ""},
		{"for ever", "[" + strings.Join(thanks, ",") + "]", "10m2s-10m2.1s Thank you., 10m2.1s-10m2.2s Thank you."},
		{"no segments", "[]", "10m1s-11m0s all of it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var resp openai.AudioResponse
			if err := json.Unmarshal([]byte(`{"text":"all of it","segments":`+c.answer+`}`), &resp); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range heardIn(resp, part) {
				got = append(got, fmt.Sprintf("%v-%v %s", s.Start, s.End, s.Text))
			}
			if text := strings.Join(got, ", "); text != c.want {
				t.Errorf("heardIn(%s) = %s, want %s", c.answer, text, c.want)
			}
		})
	}
}
