package rank

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"podbrief/digest/insight"
	"podbrief/digest/transcript"
)

func TestSearch(t *testing.T) {
	x := talks()
	tests := []struct {
		query string
		want  []string
	}{
		{"flour", []string{"d1", "d2"}},
		{"FLOUR!", []string{"d1", "d2"}},
		{"bread", []string{"d1", "d2"}}, // by the title
		{"forgotten passwords support", []string{"b2"}},
		{"nowhere to be found xyzzy", nil},
		{"flour qwertz", []string{"d1", "d2"}}, // one of two words
		{"flour qwertz plugh xyzzy", nil},      // one of four
		{"flour qwertz plugh bread", []string{"d1", "d2"}},
		{"the of and", nil},
		{"", nil},
	}
	for _, test := range tests {
		got := found(x.Search(test.query, max(1, len(test.want))))
		slices.Sort(got)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("Search(%q) (-want +got):\n%s", test.query, diff)
		}
	}
	for _, n := range []int{0, -1} {
		got := [][]Scored{x.Search("flour", n), x.Similar("a1", n), x.Related("a1", n), x.Episodes("flour", n), x.Matching("bread", n), x.SearchMeaning("flour", nil, n)}
		for i, g := range got {
			if len(g) != 0 {
				t.Errorf("search %d of %d docs = %v, want nothing", i, n, g)
			}
		}
	}
}

func TestSearchFindsNamesAndWords(t *testing.T) {
	x := filledWith(
		said("name", "f", "e", "x", "We moved from Vue to React last year."),
		said("verb", "g", "h", "y", "People react badly to change."),
	)
	got := found(x.Search("react", 5))
	slices.Sort(got)
	if diff := cmp.Diff([]string{"name", "verb"}, got); diff != "" {
		t.Errorf("Search(react) (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"name"}, found(x.Matching("react", 5))); diff != "" {
		t.Errorf("Matching(react) (-want +got):\n%s", diff)
	}
}

func TestEpisodes(t *testing.T) {
	x := talks()
	if got := x.Episodes("how do people bake bread with flour?", 1); len(got) != 1 || got[0].ID != "ed" {
		t.Errorf("Episodes(bread) = %v, want ed", got)
	}
	if got := x.Episodes("zzz", 3); len(got) != 0 {
		t.Errorf("Episodes(zzz) = %v, want nothing", got)
	}
	x.Remove("d1", "d2")
	if got := x.Episodes("bread", 3); len(got) != 0 {
		t.Errorf("Episodes(bread) = %v after its docs are gone, want nothing", got)
	}
}

func TestShortlistKeepsTheBest(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	order := func(a, b int) int { return b - a }
	for n := range 40 {
		all := r.Perm(40)
		var s shortlist[int]
		for _, v := range all {
			s.offer(v, n, order)
		}
		want := []int{}
		for v := 39; v > 39-n; v-- {
			want = append(want, v)
		}
		if diff := cmp.Diff(want, append([]int{}, s.best(n, order)...)); diff != "" {
			t.Errorf("the best %d of 40 (-want +got):\n%s", n, diff)
		}
	}
}

// talk returns stretches of an episode: filler about rivers, and one that speaks of vacuum.
func talk(episode string, n, at int) []insight.Passage {
	var out []insight.Passage
	for i := range n {
		text := strings.Repeat(fmt.Sprintf("The river number %d runs past the old mill and on to the sea. ", i), 4)
		if i == at {
			text = "Postgres needs vacuum because old row versions stay until nobody can see them any more."
		}
		out = append(out, insight.Passage{Episode: episode, Speaker: []string{"Ann", "Bob"}[i%2], Text: strings.TrimSpace(text), Start: time.Duration(i) * 20 * time.Second})
	}
	return out
}

func TestPassages(t *testing.T) {
	from := append(talk("one", 12, 7), talk("two", 12, -1)...)
	got := Passages("Why does Postgres need vacuum?", from, 3)
	if len(got) != 1 {
		t.Fatalf("Passages = %d, want the only one that holds a word of the question", len(got))
	}
	p := got[0]
	if !strings.Contains(p.Text, "needs vacuum") || p.Episode != "one" || p.Score <= 0 {
		t.Errorf("Passages = %+v, want the one on vacuum", p)
	}
	if n := len(strings.Fields(p.Text)); n < 60 || n > longestPiece {
		t.Errorf("the passage has %d words, want about %d", n, passageWords)
	}
	if !strings.Contains(p.Text, "\n") {
		t.Error("no line break stands where the speaker changes")
	}
	if got := Passages("zebra", from, 3); len(got) != 0 {
		t.Errorf("Passages(zebra) = %v, want nothing", got)
	}
	if got := Passages("vacuum", nil, 3); len(got) != 0 {
		t.Errorf("Passages of nothing = %v", got)
	}
}

func TestPassagesStayInTheirEpisode(t *testing.T) {
	from := append(talk("one", 1, -1), talk("two", 1, 0)...)
	for _, p := range join(from) {
		if strings.Contains(p.Text, "river") && strings.Contains(p.Text, "vacuum") {
			t.Errorf("a passage joins two episodes: %q", p.Text)
		}
	}
}

func TestPassagesCutLongStretches(t *testing.T) {
	text := strings.TrimSpace(strings.Repeat("Seven words are in this short sentence. ", 60))
	tests := []struct {
		name   string
		timing transcript.Timing
		next   time.Duration
		late   bool // whether the last piece starts later than the first
	}{
		{"exact", transcript.Exact, 10*time.Minute + 3*time.Minute, true},
		{"last of its episode", transcript.Exact, 0, true},
		{"times unknown", transcript.Unknown, 0, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := pieces(insight.Passage{Text: text, Start: 10 * time.Minute, Timing: test.timing}, test.next)
			if len(got) < 3 {
				t.Fatalf("pieces() = %d of 420 words, want at least 3", len(got))
			}
			var all []string
			for i, p := range got {
				all = append(all, p.Text)
				if n := len(strings.Fields(p.Text)); n > longestPiece {
					t.Errorf("a piece has %d words, want at most %d", n, longestPiece)
				}
				if i > 0 && p.Start < got[i-1].Start || test.next > 0 && p.Start > test.next {
					t.Errorf("a piece starts at %v, after one at %v and before %v", p.Start, got[i-1].Start, test.next)
				}
			}
			if joined := strings.Join(all, " "); joined != text {
				t.Errorf("the pieces are %q, want the text", joined)
			}
			if last := got[len(got)-1]; test.late != (last.Start > 10*time.Minute) {
				t.Errorf("the last piece starts at %v", last.Start)
			}
		})
	}
}
