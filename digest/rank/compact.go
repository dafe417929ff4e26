package rank

// minDead is how many removed docs an index carries along before it looks whether to drop them.
const minDead = 1024

// compact drops removed docs, and episodes without docs, when they are more than a quarter. Numbers change, their order
// does not.
func (x *Index) compact() {
	if x.dead >= minDead && 4*x.dead >= len(x.docs) {
		x.forceCompact()
	}
}

func (x *Index) forceCompact() {
	docs := numbers(len(x.docs), func(n int) bool { return !x.docs[n].dead })
	eps := numbers(len(x.episodes), func(n int) bool { return len(x.episodes[n].docs) > 0 })
	x.text.renumber(docs)
	x.titles.renumber(eps)
	x.notes.renumber(eps)
	x.keepEpisodes(docs, eps)
	for f := range x.feeds {
		move(x.feeds[f].docs, docs)
	}
	kept := x.docs[:0]
	x.latest = x.latest[:0]
	for n := range x.docs {
		e := x.docs[n]
		if e.dead {
			continue
		}
		e.episode = eps[e.episode]
		x.byID[e.id] = len(kept)
		x.lengths[len(kept)] = x.lengths[n]
		x.latest = append(x.latest, max(x.latestAt(len(kept)-1), e.ingested))
		kept = append(kept, e)
	}
	clear(x.docs[len(kept):])
	x.docs, x.lengths, x.dead = kept, x.lengths[:len(kept)], 0
}

func (x *Index) keepEpisodes(docs, now []int32) {
	kept := x.episodes[:0]
	for n, e := range x.episodes {
		if now[n] < 0 {
			delete(x.byKey, e.id)
			continue
		}
		move(e.docs, docs)
		x.byKey[e.id] = len(kept)
		kept = append(kept, e)
	}
	clear(x.episodes[len(kept):])
	x.episodes = kept
}

// numbers gives the things that are kept new numbers without gaps, and -1 to the others.
func numbers(n int, keep func(int) bool) []int32 {
	out := make([]int32, n)
	next := int32(0)
	for i := range out {
		out[i] = -1
		if keep(i) {
			out[i] = next
			next++
		}
	}
	return out
}

func move(list, now []int32) {
	for i, n := range list {
		list[i] = now[n]
	}
}
