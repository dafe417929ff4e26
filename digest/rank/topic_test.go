package rank

import (
	"fmt"
	"strings"
	"testing"
)

// speaks reports which topics a single text answers.
func speaks(text string, topics ...string) map[string]bool {
	x := NewIndex()
	x.Add(said("1", "f", "e", "An episode", text), said("2", "g", "e2", "Another", "Bread needs flour, salt and a night of rest."))
	out := map[string]bool{}
	for _, topic := range topics {
		for _, s := range x.Matching(topic, 10) {
			out[topic] = out[topic] || s.ID == "1"
		}
	}
	return out
}

func TestTopicsMatch(t *testing.T) {
	tests := []struct{ topic, text string }{
		{"ai", "We shipped AI features and nobody asked for them."},
		{"AI", "Large language models are bad at counting."},
		{"artificial intelligence", "OpenAI raised its prices again."},
		{"machine learning", "We retrain the neural network every night."},
		{"llms", "An LLM that runs on a phone changes the economics."},
		{"ai agents", "Coding agents need tests more than people do."},
		{"go", "The team rewrote it in Go because of the tooling."},
		{"golang", "A goroutine costs two kilobytes of stack."},
		{"rust", "The borrow checker finds what a review overlooks."},
		{"c++", "Most of the engine is written in C++ today."},
		{"security", "The vulnerability was known for ten years."},
		{"open source", "An open-source maintainer owes you nothing."},
		{"Open Source", "Copyleft keeps a company from closing the code."},
		{"kubernetes", "You do not need k8s for three servers."},
		{"databases", "Postgres can do what your queue does."},
		{"startups", "Product market fit feels like chaos."},
		{"mental health", "Therapy taught me to name what I feel, and the anxiety got smaller."},
		{"remote work", "A distributed team writes more things down."},
		{"kettlebell training", "Kettlebell training twice a week is enough."},
		{"espresso", "An espresso takes thirty seconds."},
		{"open source licensing", "Relicensing an open source project breaks the promise that it made."},
		{"ai in healthcare", "The hospital uses machine learning to read scans."},
	}
	for _, test := range tests {
		t.Run(test.topic, func(t *testing.T) {
			if !speaks(test.text, test.topic)[test.topic] {
				t.Errorf("Matching(%q) does not find %q", test.topic, test.text)
			}
		})
	}
}

func TestTopicsDoNotMatch(t *testing.T) {
	tests := []struct{ topic, text string }{
		{"ai", "He said the main thing is to maintain and to train daily."},
		{"ai", "The model was tall and walked with confidence."},
		{"go", "Now go and tell them that we go home."},
		{"go", "Go and see for yourself what they do."},
		{"rust", "You can trust a crusty old robust process."},
		{"security", "Securities trading pays a fee, and insecure people pay two."},
		{"react", "People react badly to surprises."},
		{"swift", "A swift answer is worth more than a long one."},
		{"apple", "Orange juice keeps longer than you think."},
		{"containers", "The letter contains a warning about the plant."},
		{"marketing", "The farmers' market opens at nine."},
		{"c", "Plan b was better than plan a."},
		{"r", "You are right about that, sir."},
		{"kubernetes", "A pod of whales swam past the harbour."},
		{"open source", "The source of the river is open to visitors."},
		{"machine learning", "Learning to drive a machine takes months."},
		{"space", "Give people some space to think."},
		{"product", "Rain is a product of warm air."},
		{"design", "By design, the door opens to the inside."},
		{"kettlebell training", "Training a dog takes patience."},
		{"ai in healthcare", "The hospital has a new roof."},
		{"", "Anything at all."},
		{"the of and", "The best of it and the rest."},
		{"quantum", "The tomatoes were red."},
	}
	for _, test := range tests {
		t.Run(test.topic+"/"+test.text, func(t *testing.T) {
			if speaks(test.text, test.topic)[test.topic] {
				t.Errorf("Matching(%q) finds %q", test.topic, test.text)
			}
		})
	}
}

func TestTableOfTopics(t *testing.T) {
	v := newVocabulary()
	table := newTable(v, topicsText)
	if n := len(table.topics); n < 40 {
		t.Errorf("the table has %d topics, want at least 40", n)
	}
	first := map[string]string{}
	for line := range strings.Lines(topicsText) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		if strings.Count(line, "=") != 1 || strings.Count(line, "~") != 1 {
			t.Errorf("the line %.40q… has not one = and one ~", line)
		}
		name := strings.TrimSpace(strings.SplitN(line, ",", 2)[0])
		id := key(v.named(strings.TrimSuffix(name, "?")))
		if other, taken := first[id]; taken {
			t.Errorf("the topic %q stands there twice, as %q too", name, other)
		}
		first[id] = name
	}
	for _, want := range []string{"ai", "engineering management", "security", "science", "finance", "startups", "open source", "business", "health", "product", "design", "history", "politics", "world news", "podcasting"} {
		if _, n := table.match(v.addAll(nil, want)); n == 0 {
			t.Errorf("the table does not know the topic %q", want)
		}
	}
}

func TestLearnedTermsAreBoundedAndConfirmOnly(t *testing.T) {
	x := NewIndex()
	for i := range 12 {
		feed := fmt.Sprint("f", i%3)
		x.Add(said(fmt.Sprintf("a%02d", i), feed, fmt.Sprint("e", i), "x", "An espresso needs a portafilter and a grinder that holds its setting."))
	}
	for i := range 60 {
		x.Add(said(fmt.Sprintf("b%02d", i), fmt.Sprint("g", i%3), fmt.Sprint("h", i), "y", fmt.Sprintf("The river %d floods in spring.", i)))
	}
	x.Add(said("z", "f9", "e9", "z", "A portafilter from steel lasts a lifetime."))
	learned := 0
	for _, p := range x.prepare("espresso").concepts[0].phrases {
		if p.weight == weightFound {
			learned++
		}
	}
	if learned == 0 || learned > maxFound {
		t.Errorf("prepare(espresso) learned %d terms, want 1 to %d", learned, maxFound)
	}
	for _, s := range x.Matching("espresso", 100) {
		if s.ID == "z" {
			t.Errorf("Matching(espresso) = %v: a learned term alone is no match", s)
		}
	}
}
