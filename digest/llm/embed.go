package llm

import (
	"context"
	"fmt"
	"slices"

	"github.com/sashabaranov/go-openai"
)

// embedBatch is how many texts go into one call.
const embedBatch = 128

// Embedder turns texts into vectors with a model. It is safe for concurrent use.
type Embedder struct{ Service *Service }

// Model names the model: vectors of another one cannot be compared with its.
func (e *Embedder) Model() string { return e.Service.Models.Embed }

// Embed returns a vector per text, in order. Its error is ErrBudget or ErrUnavailable, wrapped with the reason.
func (e *Embedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	var all [][]float32
	for len(texts) > 0 {
		n := min(embedBatch, len(texts))
		vectors, err := e.Service.embed(ctx, texts[:n])
		if err != nil {
			return nil, err
		}
		all, texts = append(all, vectors...), texts[n:]
	}
	return all, nil
}

func (s *Service) embed(ctx context.Context, texts []string) ([][]float32, error) {
	if err := s.rest.check(); err != nil {
		return nil, err
	}
	tokens := 0
	for _, t := range texts {
		tokens += len(t)/2 + 8
	}
	model := s.Models.Embed
	r, err := s.Budget.Reserve(ctx, s.cost(model, openai.Usage{PromptTokens: tokens}))
	if err != nil {
		return nil, err
	}
	resp, err := s.client.CreateEmbeddings(ctx, openai.EmbeddingRequestStrings{Input: texts, Model: openai.EmbeddingModel(model)})
	if err != nil {
		billed := mayBeBilled(err)
		err = s.unavailable(err)
		s.rest.note(ctx, err)
		if billed {
			return nil, err
		}
		return nil, joinSettle(err, r.Settle(context.WithoutCancel(ctx), Amount{}))
	}
	s.rest.note(ctx, nil)
	if resp.Usage.TotalTokens > 0 {
		if err := r.Settle(context.WithoutCancel(ctx), s.cost(model, resp.Usage)); err != nil {
			return nil, err
		}
	}
	return inOrder(resp.Data, len(texts))
}

// inOrder puts vectors in the order of the texts that they were asked for, and refuses what cannot be compared.
func inOrder(data []openai.Embedding, n int) ([][]float32, error) {
	vectors := make([][]float32, n)
	if len(data) == n && !slices.ContainsFunc(data, func(d openai.Embedding) bool { return d.Index != 0 }) {
		for i := range data {
			data[i].Index = i // some services do not count
		}
	}
	for _, d := range data {
		if d.Index < 0 || d.Index >= n || len(d.Embedding) == 0 {
			return nil, fmt.Errorf("%w: its vectors do not belong to the texts", ErrUnavailable)
		}
		vectors[d.Index] = d.Embedding
	}
	for _, v := range vectors {
		if len(v) == 0 || len(v) != len(vectors[0]) {
			return nil, fmt.Errorf("%w: a vector is missing or of another length", ErrUnavailable)
		}
	}
	return vectors, nil
}

// joinSettle adds a failed settlement to the error that it followed.
func joinSettle(err, settle error) error {
	if settle != nil {
		return fmt.Errorf("%w; settle: %w", err, settle)
	}
	return err
}
