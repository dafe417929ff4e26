package slack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"sync"
	"time"
)

// How long payloads are remembered, so that one that is delivered again is not acted on again: Slack repeats events after
// one and five minutes, and was seen to repeat them an hour later.
const (
	seenTime = time.Hour
	maxSeen  = 5_000
)

// seen remembers payloads by their ID, each with its answer. It need not outlive the process: one process at a time holds
// the store, and what it has acknowledged Slack does not send again. The zero value is ready.
type seen struct {
	mu  sync.Mutex
	of  map[string]*answered
	ids []string // oldest first
}

// answered is a payload's answer, once there is one.
type answered struct {
	at    time.Time
	ready chan struct{} // closed when answer is there
	value any
}

// add remembers an ID. It returns false when it was there.
func (s *seen) add(id string) (*answered, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if s.of == nil {
		s.of = map[string]*answered{}
	}
	for len(s.ids) > 0 && (len(s.ids) >= maxSeen || s.of[s.ids[0]] == nil || now.Sub(s.of[s.ids[0]].at) > seenTime) {
		delete(s.of, s.ids[0])
		s.ids = s.ids[1:]
	}
	if known, ok := s.of[id]; ok {
		return known, false
	}
	a := &answered{at: now, ready: make(chan struct{})}
	s.of[id], s.ids = a, append(s.ids, id)
	return a, true
}

// is says what the answer is.
func (a *answered) is(value any) {
	a.value = value
	close(a.ready)
}

// wait returns the answer, or nil when there is none in time.
func (a *answered) wait(d time.Duration) any {
	select {
	case <-a.ready:
		return a.value
	case <-time.After(d):
		return nil
	}
}

// forget lets an ID be acted on when it is delivered again.
func (s *seen) forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.of, id)
}

// checkTime is how long an acknowledgement waits for the check of a form: Slack waits for three seconds.
const checkTime = 1500 * time.Millisecond

// taken is a payload that is to be acknowledged.
type taken struct {
	id     string
	answer any    // the acknowledgement's payload; nil for an empty one
	work   func() // what is to be done afterwards, at once; may be nil
}

// take reads a payload and says how to acknowledge it. What does not concern us is acknowledged and nothing else; what was
// delivered before gets the same acknowledgement again.
func (a *Adapter) take(s *session, kind string, body []byte) (taken, error) {
	self, err := a.self(s.work)
	if err != nil {
		return taken{}, err
	}
	in, err := decode(kind, body, self)
	if err != nil {
		a.Log.Warn("payload not understood", "kind", kind, "err", err)
		return taken{}, nil
	}
	if in.id == "" {
		h := sha256.Sum256(body)
		in.id = hex.EncodeToString(h[:])
	}
	if in.zero() {
		return taken{}, nil
	}
	answer, isNew := a.seen.add(in.id)
	if !isNew {
		return taken{answer: answer.wait(checkTime)}, nil
	}
	var wrong any
	if in.fields != nil {
		wrong = a.check(s, in)
	}
	answer.is(wrong)
	if wrong != nil {
		return taken{id: in.id, answer: wrong}, nil
	}
	return taken{id: in.id, work: func() { a.begin(s, in) }}, nil
}

// check says what is wrong with a form that was submitted.
func (a *Adapter) check(s *session, in incoming) any {
	c, ok := s.command(in.words)
	if !ok || c.Check == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(s.work, checkTime)
	defer cancel()
	r, err := a.request(ctx, in, s)
	if err != nil {
		return nil // the answer will say so
	}
	return wrongFields(c.Check(r, in.fields))
}

// begin answers what came in, in a goroutine of its own.
func (a *Adapter) begin(s *session, in incoming) {
	arrived := time.Now()
	s.running.Go(func() {
		s.slots <- struct{}{}
		defer func() { <-s.slots }()
		ctx, cancel := context.WithTimeout(s.work, answerTime)
		defer cancel()
		a.answer(ctx, s, in, arrived)
	})
}

// encode is an acknowledgement's payload; nothing for an empty one.
func (t taken) encode() json.RawMessage {
	if t.answer == nil {
		return nil
	}
	b, err := json.Marshal(t.answer)
	if err != nil {
		panic(err) // maps of strings always encode
	}
	return b
}
