package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"podbrief/digest/rank"
)

//go:embed testdata/pairs.json
var votesJSON []byte

// vote is a judgement by eye of whether an insight shown as related to another one is.
type vote struct {
	ID      string `json:"id"`
	Related string `json:"related"`
	Vote    int    `json:"vote"` // 2: the same question; 1: the same subject; 0: neither
}

// pairs takes the closest related insight of a sample of insights that may be posted: the same n each time. It tells how
// many were asked for that.
func pairs(x *rank.Index, docs []rank.Doc, n int) (out [][2]rank.Doc, asked int) {
	byID := map[string]rank.Doc{}
	var posted []string
	for _, d := range docs {
		byID[d.ID] = d
		if d.Quality >= rank.Builtin().Blind {
			posted = append(posted, d.ID)
		}
	}
	slices.SortFunc(posted, func(a, b string) int { return strings.Compare(hash(a), hash(b)) })
	for _, id := range posted {
		asked++
		if r := x.Related(id, 1); len(r) > 0 {
			out = append(out, [2]rank.Doc{byID[id], byID[r[0].ID]})
		}
		if len(out) == n {
			break
		}
	}
	return out, asked
}

// printPairs writes pairs for judging.
func printPairs(w io.Writer, found [][2]rank.Doc) {
	for i, p := range found {
		fmt.Fprintf(w, "%d. %s [%s: %s]\n   %s\n   %s [%s: %s]\n   %s\n\n", i+1,
			p[0].ID, p[0].Podcast, p[0].Title, p[0].Text, p[1].ID, p[1].Podcast, p[1].Title, p[1].Text)
	}
}

// votes returns the judgements kept, and the shares of pairs judged at least 1 and 2. An insight's ID holds a hash of its
// text, so a vote is on the very words that were judged.
func votes() (all []vote, related, close float64, err error) {
	if err := json.Unmarshal(votesJSON, &all); err != nil {
		return nil, 0, 0, fmt.Errorf("read votes: %w", err)
	}
	for _, v := range all {
		if v.Vote >= 1 {
			related += 1 / float64(len(all))
		}
		if v.Vote >= 2 {
			close += 1 / float64(len(all))
		}
	}
	return all, related, close, nil
}
