package transcript

import (
	"context"
	"errors"
	"fmt"

	"podbrief/digest/feed"
)

// First is the Source that asks each of its sources in turn until one has a transcript. It stops at an error that does
// not wrap ErrNone: the better source may answer later. A caller that has waited long enough asks the next source itself.
type First []Source

// Transcript returns the first transcript found.
func (f First) Transcript(ctx context.Context, ep feed.Episode) (*Transcript, error) {
	var errs []error
	for _, s := range f {
		t, err := s.Transcript(ctx, ep)
		if err == nil {
			return t, nil
		}
		if !errors.Is(err, ErrNone) {
			return nil, err
		}
		errs = append(errs, err)
	}
	if len(errs) == 0 {
		return nil, fmt.Errorf("find transcript of %q: %w", ep.Title, ErrNone)
	}
	return nil, errors.Join(errs...)
}
