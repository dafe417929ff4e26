package digest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"podbrief/digest/insight"
	"podbrief/store"
)

// embedAtOnce is how many insights are embedded between two writes.
const embedAtOnce = 128

// vectorRecord is the meaning of an insight's text, as a model tells it. Those of different models cannot be compared.
type vectorRecord struct {
	Model   string `json:"model"`
	Numbers []byte `json:"numbers"` // float32, little-endian
}

// Embed lets the model tell the meaning of the insights that lack it, the newest first, and returns of how many it did.
// With another model all lack it. Without an Embedder it does nothing. What was done before a failure is kept.
func (e *Engine) Embed(ctx context.Context) (done int, err error) {
	if e.Embedder == nil {
		return 0, nil
	}
	model := e.Embedder.Model()
	ids := e.Index.Without(model)
	if len(ids) == 0 {
		return 0, nil
	}
	ctx, end := e.busy.begin(ctx, "embed", "")
	defer end()
	for len(ids) > 0 {
		insight.Progress(ctx, fmt.Sprintf("%d insights left", len(ids)))
		n := min(embedAtOnce, len(ids))
		if err := e.embed(ctx, model, ids[:n]); err != nil {
			return done, fmt.Errorf("embed insights: %w", err)
		}
		done, ids = done+n, ids[n:]
	}
	return done, nil
}

// embed stores the vectors of some insights, and puts them into the index.
func (e *Engine) embed(ctx context.Context, model string, ids []string) error {
	var texts, known []string
	err := e.DB.View(ctx, func(tx store.Tx) error {
		texts, known = nil, nil
		for _, id := range ids {
			ins, err := getInsight(tx, id)
			if isUnknown(err) {
				continue // removed since the index was asked
			}
			if err != nil {
				return err
			}
			texts, known = append(texts, ins.Text), append(known, id)
		}
		return nil
	})
	if err != nil || len(known) == 0 {
		return err
	}
	vecs, err := e.Embedder.Embed(ctx, texts)
	if err != nil {
		return err
	}
	of := map[string][]float32{}
	err = e.DB.Update(ctx, func(tx store.Tx) error {
		for i, id := range known {
			if !has(tx, insightBucket, id) {
				continue
			}
			of[id] = vecs[i]
			if err := store.Put(tx, vectorBucket, id, vectorRecord{model, packFloats(vecs[i])}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	defer e.kin.forget()
	return e.Index.SetVectors(model, of)
}

// loadVectors puts the stored vectors of the present model into the index.
func (e *Engine) loadVectors(ctx context.Context) error {
	model := e.Embedder.Model()
	err := e.DB.View(ctx, func(tx store.Tx) error {
		for ids := range slices.Chunk(e.Index.Without(model), embedAtOnce) {
			of := map[string][]float32{}
			for _, id := range ids {
				rec, err := store.Get[vectorRecord](tx, vectorBucket, id)
				switch {
				case errors.Is(err, store.ErrNotFound):
				case err != nil:
					return err
				case rec.Model == model:
					of[id] = unpackFloats(rec.Numbers)
				}
			}
			if err := e.Index.SetVectors(model, of); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("load the vectors: %w", err)
	}
	return nil
}

func packFloats(v []float32) []byte {
	b := make([]byte, 0, 4*len(v))
	for _, f := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
	}
	return b
}

func unpackFloats(b []byte) []float32 {
	v := make([]float32, len(b)/4)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return v
}
