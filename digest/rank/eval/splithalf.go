package main

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"podbrief/digest/rank"
)

// poolSize is how many second halves a first half is to be found among.
const poolSize = 1500

// halves are four sentences and the next four of the same stretch of an episode.
type halves struct{ id, first, second string }

// splitHalf measures how well the closeness that Related goes by finds the continuation of four sentences: the mean
// reciprocal rank and the share found first.
func splitHalf(all []show) (mrr, first float64, n int, err error) {
	pool, err := stretches(all)
	if err != nil {
		return 0, 0, 0, err
	}
	x := rank.NewIndex()
	for _, h := range pool {
		x.Add(rank.Doc{ID: h.id + "/first", Episode: h.id + "/first", Feed: h.id, Text: h.first},
			rank.Doc{ID: h.id + "/second", Episode: h.id + "/second", Feed: h.id, Text: h.second})
	}
	for _, h := range pool {
		place := 0
		for _, r := range x.Similar(h.id+"/first", 100) {
			if strings.HasSuffix(r.ID, "/second") {
				place++
			}
			if r.ID == h.id+"/second" {
				mrr += 1 / float64(place)
				first += float64(1 / place)
			}
		}
	}
	return mrr / float64(len(pool)), first / float64(len(pool)), len(pool), nil
}

// stretches returns the same sample each time: eight sentences in a row, from the middle half of each episode.
func stretches(all []show) ([]halves, error) {
	var out []halves
	for _, s := range all {
		for _, ep := range s.episodes {
			if len(s.listed[ep.ID].Transcripts) == 0 {
				continue
			}
			t, err := s.transcript(ep)
			if err != nil {
				return nil, fmt.Errorf("read transcript of %q: %w", ep.ID, err)
			}
			var said []string
			for _, seg := range t.Segments {
				said = append(said, sentences(seg.Text)...)
			}
			for i := len(said) / 4; i+8 <= 3*len(said)/4; i += 24 {
				out = append(out, halves{fmt.Sprint(ep.ID, "/", i), strings.Join(said[i:i+4], " "), strings.Join(said[i+4:i+8], " ")})
			}
		}
	}
	slices.SortFunc(out, func(a, b halves) int { return strings.Compare(hash(a.id), hash(b.id)) })
	return out[:min(poolSize, len(out))], nil
}

// hash orders things as if by chance, but the same way each time.
func hash(s string) string {
	h := fnv.New64a()
	h.Write([]byte(s))
	return fmt.Sprintf("%016x", h.Sum64())
}

// sentences cuts a text after ".", "?" and "!", and drops what has fewer than five words.
func sentences(text string) []string {
	var out []string
	start := 0
	for i := range len(text) {
		if strings.IndexByte(".?!", text[i]) >= 0 && (i+1 == len(text) || text[i+1] == ' ') {
			if s := strings.TrimSpace(text[start : i+1]); len(strings.Fields(s)) >= 5 {
				out = append(out, s)
			}
			start = i + 1
		}
	}
	return out
}
