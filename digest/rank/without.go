package rank

import "slices"

// Without returns the IDs of the docs that have no vector of a model, the newest first.
func (x *Index) Without(model string) []string {
	x.mu.RLock()
	defer x.mu.RUnlock()
	same := x.vectors != nil && x.vectors.model == model
	var ids []string
	for id := range x.byID {
		if same && x.vectors.of(id) != nil {
			continue
		}
		ids = append(ids, id)
	}
	slices.Sort(ids)
	slices.Reverse(ids)
	return ids
}
