package rank

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// talks is an index of three podcasts that speak of passwords, each in two remarks, and one of bread.
func talks() *Index {
	x := NewIndex()
	for _, d := range []Doc{
		said("a1", "a", "ea", "Passkeys", "Passkeys replace passwords with a private key that never leaves the phone."),
		said("a2", "a", "ea", "Passkeys", "Phishing fails when the browser checks the address before it signs."),
		said("b1", "b", "eb", "The end of passwords", "Passwords leak, and a private key bound to the phone cannot be typed into a fake page."),
		said("b2", "b", "eb", "The end of passwords", "Support calls are mostly about passwords that people forgot."),
		said("c1", "c", "ec", "Login", "What makes a passkey strong is a private key that stays in the phone; passwords are secrets shared with every site."),
		said("c2", "c", "ec", "Login", "Passkeys sync between devices, which helps people who lose one."),
		said("c3", "c", "ec2", "Again", "Passkeys replace passwords with a private key that never leaves the phone."),
		said("d1", "d", "ed", "Bread", "Flour, salt and water need a night of rest."),
		said("d2", "d", "ed", "Bread", "A phone has no place in a kitchen with flour."),
	} {
		x.Add(d)
	}
	for i := range 40 {
		x.Add(said(fmt.Sprint("n", i), fmt.Sprint("n", i), fmt.Sprint("n", i), "x", fmt.Sprintf("Remark %d is about a river, a hill and number %d.", i, i*7)))
	}
	return x
}

func found(s []Scored) []string {
	var out []string
	for _, v := range s {
		out = append(out, v.ID)
	}
	return out
}

func TestRelated(t *testing.T) {
	x := talks()
	got := found(x.Related("a1", 5))
	slices.Sort(got)
	if diff := cmp.Diff([]string{"b1", "c1"}, got); diff != "" {
		t.Errorf("Related(a1): one of each other podcast, and not what says the very same (-want +got):\n%s", diff)
	}
	if got := x.Related("a1", 1); len(got) != 1 {
		t.Errorf("Related(a1, 1) = %v, want one", got)
	}
	for _, id := range []string{"d1", "d2", "unknown", "n1"} {
		if got := x.Related(id, 5); slices.ContainsFunc(got, func(s Scored) bool { return s.ID[0] != 'n' }) {
			t.Errorf("Related(%s) = %v, want nothing of passwords", id, got)
		}
	}
}

func TestRelatedByMeaning(t *testing.T) {
	x := talks()
	err := x.SetVectors("m", map[string][]float32{"d1": {1, 0}, "n5": {0.7, 0.6}, "n6": {0, 1}, "d2": {1, 0.05}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"n5"}, found(x.Related("d1", 5))); diff != "" {
		t.Errorf("Related(d1) with vectors (-want +got):\n%s", diff)
	}
	if got := found(x.SearchMeaning("flour", []float32{0, 1}, 4)); !slices.Contains(got, "n6") || !slices.Contains(got, "d1") || len(got) != 4 {
		t.Errorf("SearchMeaning(flour) = %v, want four with d1 by its words and n6 by its meaning", got)
	}
}

func TestContainment(t *testing.T) {
	v := newVocabulary()
	tests := []struct {
		a, b string
		want float64
	}{
		{"one two three four", "one two three four", 1},
		{"one two three four", "zero one two three four five", 1},
		{"one two three four", "four three two one", 0},
		{"one two three four five", "one two three six seven", 1.0 / 3},
		{"one two", "one two", 0},
		{"", "one two three", 0},
	}
	for _, test := range tests {
		got := containment(v.addAll(nil, test.a), v.addAll(nil, test.b))
		if math.Abs(got-test.want) > 1e-9 {
			t.Errorf("containment(%q, %q) = %.3f, want %.3f", test.a, test.b, got, test.want)
		}
	}
}

func TestCosine(t *testing.T) {
	x := talks()
	a, again, bread := x.profile(x.byID["a1"]), x.profile(x.byID["c3"]), x.profile(x.byID["d1"])
	if c, same := likeness(a, again); math.Abs(c-1) > 1e-5 || !same {
		t.Errorf("likeness of equal texts = %.3f, %t; want 1, true", c, same)
	}
	if c, same := likeness(a, bread); c > 0.1 || same {
		t.Errorf("likeness of passkeys and bread = %.3f, %t; want about 0, false", c, same)
	}
}

func TestVote(t *testing.T) {
	x := talks()
	up := x.Vote(Taste{}, "b1", 1)
	if up.Feeds["b"] <= 0 || len(up.Words) == 0 {
		t.Errorf("Vote(b1, 1) = %+v, want its podcast and words liked", up)
	}
	back := x.Vote(up, "b1", -1)
	if len(back.Feeds)+len(back.Words) != 0 {
		t.Errorf("Vote(b1, -1) after 1 = %+v, want nothing left", back)
	}
	many := Taste{}
	for range 100 {
		many = x.Vote(many, "b1", 1)
	}
	for word, w := range many.Words {
		if w > 1 {
			t.Errorf("after 100 votes %q weighs %.2f, want at most 1", word, w)
		}
	}
	if got := x.Vote(up, "unknown", 1); !cmp.Equal(got, up) {
		t.Errorf("Vote(unknown) = %+v, want %+v", got, up)
	}
}
