package bot

import (
	"context"
	"fmt"
	"testing"
	"time"

	"podbrief/digest/insight"
	"podbrief/digest/rank"
)

// counting is an answerer that counts its calls and keeps who was charged for the last one.
type counting struct {
	calls    int
	accounts []insight.Account
}

func (c *counting) Answer(ctx context.Context, _ insight.Asking) (insight.Answer, error) {
	c.calls++
	c.accounts = insight.Accounts(ctx)
	return insight.Answer{}, nil
}

// A user who asks a thousand times in ten minutes costs at most ten calls of a model, and a guest three.
func TestQuestionsAreLimited(t *testing.T) {
	b, _ := emptyBot(t)
	model := &counting{}
	b.Engine.Answerer = model
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	b.Times.Now = func() time.Time { return now }
	for i := range 1000 {
		now = now.Add(600 * time.Millisecond)
		b.Handle(t.Context(), Request{Channel: room("C1"), User: "U1", Rights: Read | Own, Words: []string{"ask", fmt.Sprintf("what about %d?", i)}}, nil)
	}
	if model.calls == 0 || model.calls > maxUserAsks {
		t.Errorf("1,000 questions made %d calls, want 1 to %d", model.calls, maxUserAsks)
	}
	before := model.calls
	for range 20 {
		b.Handle(t.Context(), Request{Channel: room("C1"), User: "U2", Rights: Read, Words: []string{"ask", "what about prices?"}}, nil)
	}
	if got := model.calls - before; got != maxGuestAsks {
		t.Errorf("20 questions of a guest made %d calls, want %d", got, maxGuestAsks)
	}
	want := []insight.Account{{Kind: "workspace", Name: workspaceKey(room("C1"))}, {Kind: "channel", Name: channelKey(room("C1"))}}
	if len(model.accounts) != 2 || model.accounts[0] != want[0] || model.accounts[1] != want[1] {
		t.Errorf("charged %v, want %v", model.accounts, want)
	}
}

// measuring counts what a model is asked the meaning of.
type measuring struct{ calls int }

func (*measuring) Model() string { return "m" }

func (m *measuring) Embed(_ context.Context, texts []string) ([][]float32, error) {
	m.calls++
	return make([][]float32, len(texts)), nil
}

// A user who searches a thousand times costs at most ten calls of a model; the others go by words.
func TestSearchesAreLimited(t *testing.T) {
	b, _ := emptyBot(t)
	model := &measuring{}
	b.Engine.Embedder = model
	b.Engine.Index.Add(rank.Doc{ID: "a", Text: "Prices fall when there is enough to buy.", Feed: "f"})
	if err := b.Engine.Index.SetVectors("m", map[string][]float32{"a": {1, 0}}); err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		b.Handle(t.Context(), Request{Channel: room("C1"), User: "U1", Rights: Read | Own, Words: []string{"search", "prices"}}, nil)
	}
	if model.calls != maxMeant {
		t.Errorf("1,000 searches made %d calls, want %d", model.calls, maxMeant)
	}
}
