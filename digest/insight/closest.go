package insight

import "context"

// closestName is the name of the answerer without a model.
const closestName = "closest/1"

// Closest is the answerer without a model. It claims no answer: whether words that match a question answer it cannot be
// told from the words alone, so its answer has no sentences and the caller shows the closest passages.
type Closest struct{}

// Answer returns an answer without sentences, that says what is missing.
func (Closest) Answer(ctx context.Context, a Asking) (Answer, error) {
	gap := "These are the closest passages; without a language model they are not put into an answer."
	if len(a.Passages) == 0 {
		gap = "No transcript holds the words of the question."
	}
	return Answer{Gap: gap, Engine: closestName}, ctx.Err()
}
