package rank

import "testing"

func TestKinship(t *testing.T) {
	base := kinship{cosine: 0.22, around: 0.25, told: true, terms: 3}
	with := func(change func(*kinship)) kinship {
		k := base
		change(&k)
		return k
	}
	for name, test := range map[string]struct {
		k    kinship
		want bool
	}{
		"common words only":                   {base, false},
		"a phrase":                            {with(func(k *kinship) { k.phrase = true }), true},
		"a phrase by chance":                  {with(func(k *kinship) { k.phrase, k.cosine = true, 0.11 }), false},
		"a phrase, of other episodes":         {with(func(k *kinship) { k.phrase, k.around = true, 0.1 }), false},
		"a rare word in close episodes":       {with(func(k *kinship) { k.rare = true }), true},
		"a rare word in less close episodes":  {with(func(k *kinship) { k.rare, k.around = true, 0.16 }), false},
		"a rare word and the topics":          {with(func(k *kinship) { k.rare, k.topics, k.around = true, 2, 0.16 }), true},
		"the topics only":                     {with(func(k *kinship) { k.topics = 2 }), false},
		"nearly the same words":               {with(func(k *kinship) { k.cosine, k.around = 0.45, 0 }), true},
		"nearly the same, but for two words":  {with(func(k *kinship) { k.cosine, k.terms = 0.45, 2 }), false},
		"untold, a phrase":                    {with(func(k *kinship) { k.told, k.phrase, k.around = false, true, 0 }), true},
		"untold, a phrase by chance":          {with(func(k *kinship) { k.told, k.phrase, k.cosine = false, true, 0.14 }), false},
		"untold, a rare word":                 {with(func(k *kinship) { k.told, k.rare = false, true }), false},
		"untold, a rare word and more":        {with(func(k *kinship) { k.told, k.rare, k.cosine = false, true, 0.3 }), true},
		"notes, a phrase":                     {with(func(k *kinship) { k.noted, k.phrase = true, true }), false},
		"notes, a phrase and much in common":  {with(func(k *kinship) { k.noted, k.phrase, k.terms = true, true, 6 }), true},
		"untold, a phrase and much in common": {with(func(k *kinship) { k.told, k.phrase, k.terms, k.cosine = false, true, 6, 0.13 }), true},
	} {
		if got := test.k.close(); got != test.want {
			t.Errorf("%s: %+v.close() = %v, want %v", name, test.k, got, test.want)
		}
	}
}

func TestSharePhraseAndTopics(t *testing.T) {
	a, b := said("a", "f", "e", "x", "A private key stays on the phone."), said("b", "g", "h", "x", "Phones hold the private keys.")
	c := said("c", "h", "i", "x", "The key to a private life.")
	a.Topics, b.Topics = []string{"private key", "phone"}, []string{"phones", "key"}
	x := filledWith(a, b, c)
	entryOf := func(id string) *entry { return &x.docs[x.byID[id]] }
	if !x.sharePhrase(entryOf("a"), entryOf("b")) || x.sharePhrase(entryOf("a"), entryOf("c")) {
		t.Error(`sharePhrase: want "private key" in a and b, and nothing in a and c`)
	}
	if n := sharedTopics(entryOf("a"), entryOf("b")); n != 2 {
		t.Errorf("sharedTopics = %d, want 2: key and phone", n)
	}
}
