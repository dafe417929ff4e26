package insight

import (
	"slices"
	"testing"
)

func TestUnresolvedBeginnings(t *testing.T) {
	for text, want := range map[string]bool{
		"I would still hand it to the lawyers, because contracts are never simple.":           true,
		"When you plant it in March, the frost gets half of the leaves.":                      true,
		"The idea behind that is old.":                                                        true,
		"The key there is to bake the bread before the guests arrive.":                        true,
		"There would be money for such a bridge.":                                             true,
		"As we look at others, bakers keep better hours.":                                     true,
		"SQL, on the other hand, is old.":                                                     true,
		"The city is building this new tram line for the suburbs.":                            true,
		"The mayor gave those to bakers.":                                                     true,
		"When you plant a tree in March, it freezes.":                                         false,
		"It is hard to say no.":                                                               false,
		"Bakers who weigh it get better bread.":                                               false,
		"The mistake that bakers make is that they hurry.":                                    false,
		"Bridges last longer this year.":                                                      false,
		"Tram lines, bridges and tunnels are slow to plan, and that is why cities buy buses.": false,
		"There is a reason for old rules.":                                                    false,
		"So, you know, there are more bakers than bridges.":                                   false,
		"A city with trams, bridges, parks and tunnels needs such a plan.":                    false,
	} {
		s := plainSentence(text)
		if got := s.lexicon.unresolved(&s.sentence); got != want {
			t.Errorf("unresolved(%q) = %v, want %v", text, got, want)
		}
	}
}

func TestHaltingBeginnings(t *testing.T) {
	for text, want := range map[string]bool{
		"Baking - that more than one bakes at a time.":   true,
		"The oven... it was cold.":                       true,
		"A well-known oven is cold.":                     false,
		"Most of the bakers -- not all -- get up early.": false,
	} {
		if s := plainSentence(text); s.halting() != want {
			t.Errorf("halting(%q) = %v, want %v", text, s.halting(), want)
		}
	}
}

// windowsOf returns the texts of the windows of what one person says in the middle of small talk.
func windowsOf(text string) []string {
	s := NewBuiltin().prepare(Input{Transcript: talk(smallTalk("Ana: " + text)...)})
	var out []string
	for _, w := range s.windows(false) {
		out = append(out, s.render(w))
	}
	return out
}

// TestWindowsThatNobodyCanFollow puts a sentence before or behind one that may be shown.
func TestWindowsThatNobodyCanFollow(t *testing.T) {
	const good = "A baker who weighs the flour gets the same bread every morning, because cups of flour differ by a fifth and nobody can taste why it failed."
	for text, want := range map[string]bool{
		good:                                    true,
		good + " Cold dough needs longer.":      true,
		good + " Okay.":                         false,
		good + " Two, it is cheap to do so.":    false,
		good + " The third thing is to wait.":   false,
		good + " First, the oven must be hot.":  false,
		good + " Two bakers need two scales.":   true,
		good + " It is cheap, simple and":       false,
		good + " What is left is simple:":       false,
		"Etc. " + good:                          false,
		"At the same time, " + good:             false,
		"There's another rule. " + good:         false,
		"The idea is to bake at night. " + good: false,
		"We call that a sponge. " + good:        false,
		"There are three rules. One, weigh it. Two, wait. It helps. " + good: false,
		"I think the same is true of rye. " + good:                           false,
		"I think those who bake rye know why. " + good:                       false,
		"I think rye is the better flour. " + good:                           true,
		"Meaning it sticks to the bowl. " + good:                             false,
		"Especially rye. " + good:                                            false,
		"Let's take rye. " + good:                                            false,
		"You also need a clock. " + good:                                     false,
		"The faster you'll find out how warm it is. " + good:                 false,
		"The idea of a sponge is old. " + good:                               true,
		"The faster the oven heats, the better it bakes. " + good:            true,
		"The big part there is the flour. " + good:                           false,
	} {
		whole := slices.Contains(windowsOf(text), display(text))
		if whole != want {
			t.Errorf("%q may be shown: %v, want %v; shown are %q", text, whole, want, windowsOf(text))
		}
	}
}
