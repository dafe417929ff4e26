package insight

import "testing"

func TestDisplayLeavesOutDisfluencies(t *testing.T) {
	for text, want := range map[string]string{
		"we, um, measured it.":                    "We measured it.",
		"It was, you know, slow.":                 "It was, slow.",
		"I think -- I think the the cache helps.": "I think the cache helps.",
		"Then you'll, you'll see it.":             "Then you'll see it.",
		"That is cheaper, right?":                 "That is cheaper.",
		"It runs on .NET today .":                 "It runs on .NET today.",
		"We had had enough.":                      "We had had enough.", // a word that is often doubled on purpose
		"éclair is a cake.":                       "Éclair is a cake.",
		"A well-known a-a bug.":                   "A well-known a-a bug.", // a hyphen is no pause
	} {
		if got := display(text); got != want {
			t.Errorf("display(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestLeadInsAreTrimmed(t *testing.T) {
	for text, want := range map[string]string{
		"So, you know, the cache is cold at first.": "the cache is cold at first.",
		"And so I think, caching is a hard thing.":  "caching is a hard thing.",
		"But the tests were green all week.":        "the tests were green all week.",
		"So far the tests were green.":              "So far the tests were green.", // "so far" is no connective
		"Well-known bugs stay for years.":           "Well-known bugs stay for years.",
		"Yeah, okay, sure.":                         "Yeah, okay, sure.", // too little would be left
		"The cache is cold.":                        "The cache is cold.",
	} {
		s := plainSentence(text)
		if got := text[s.lead:]; got != want {
			t.Errorf("without lead-ins %q is %q, want %q", text, got, want)
		}
	}
}

// fine is a text that passes the form checks.
const fine = "The cost of a slow test suite is not the waiting, it is that people stop running it. Teams that keep it under a minute find most mistakes before review."

func TestForm(t *testing.T) {
	for text, want := range map[string]string{
		fine:                             "",
		"The cost is high.":              "length",
		fine + " " + fine + " " + fine:   "length",
		fine + ` He said "no.`:           "unbalanced",
		fine + " Who pays for that?":     "question",
		fine + " And then --":            "broken off",
		"It means that " + fine:          "deictic start",
		"For example, " + fine:           "deictic start",
		"However, " + fine:               "deictic start",
		fine + " Thank you so much.":     "chatter",
		fine + " Subscribe to the show.": "chatter",
	} {
		if got := Form(text); got != want {
			t.Errorf("Form(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestDanglingPronouns(t *testing.T) {
	for text, want := range map[string]int{
		"The cache helps, because it is near.":  0,
		"If it is near, the cache helps.":       1,
		"When they left, these were forgotten.": 2,
		"Caches and databases: those are slow.": 0,
	} {
		s := plainSentence(text)
		if got := s.lexicon.dangling(&s.sentence); got != want {
			t.Errorf("dangling(%q) = %d, want %d", text, got, want)
		}
	}
}
