package llm

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"podbrief/store"
)

// Cache keeps the answers of models, so that the same text is never sent twice, whoever reads it. It holds what was asked
// of public episodes only: questions of people are not cached. It is safe for concurrent use.
//
//	llm-cache   hex SHA-256 of model, prompt and schema   the JSON object that was answered
type Cache struct{ DB store.DB }

const cacheBucket = "llm-cache"

// ask returns the cached answer to p, or asks s and keeps the answer.
func (c *Cache) ask(ctx context.Context, s *Service, p prompt) (json.RawMessage, error) {
	key := p.hash()
	var val []byte
	err := c.DB.View(ctx, func(tx store.Tx) (err error) {
		val, err = tx.Get(cacheBucket, key)
		return err
	})
	if err == nil {
		return val, nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("read cached answer: %w", err)
	}
	answer, err := s.ask(ctx, p)
	if err != nil {
		return nil, err
	}
	err = c.DB.Update(context.WithoutCancel(ctx), func(tx store.Tx) error {
		return errors.Join(tx.Put(cacheBucket, key, answer), ending(tx, cacheBucket, key, keepAnswers))
	})
	if err != nil {
		return nil, fmt.Errorf("keep answer: %w", err)
	}
	return answer, nil
}

func (p prompt) hash() string { return hashOf(p.Model, p.System, p.User, string(p.Schema)) }

// hashOf is the hex SHA-256 of some texts and their lengths.
func hashOf(texts ...string) string {
	h := sha256.New()
	for _, t := range texts {
		fmt.Fprintf(h, "%d\n%s", len(t), t)
	}
	return hex.EncodeToString(h.Sum(nil))
}
