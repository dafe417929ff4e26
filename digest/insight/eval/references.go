package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"podbrief/digest/insight"
	"podbrief/digest/insight/eval/corpus"
)

// spansEach is how many spans each method gives of an episode.
const spansEach = 5

// Bounds of a baseline's span, in words.
const (
	spanFewest = 26
	spanMost   = 68
)

// item is what a person wrote about one part of an episode: where it begins, or the words of the part.
type item struct {
	Start *float64 `json:"start"` // seconds
	Text  string   `json:"text"`
}

// span is a stretch of an episode that a method chose.
type span struct {
	text       string
	start, end time.Duration
	rank       float64
}

// references compares how many of the parts that people wrote about are touched by the engine and by the usual methods.
func references(out io.Writer, o options) error {
	if o.shows == nil {
		o.shows = []string{"bitcoin-optech", "changelog-news"}
	}
	return eachShow(o, func(show corpus.Show, all []kept) error {
		items, err := readItems(o.shared, show.Name)
		if err != nil {
			return err
		}
		touched, total, bought := map[string]int{}, 0, 0
		for _, k := range all {
			parts := unbought(items[k.ID], k.Episode)
			total += len(parts)
			bought += len(items[k.ID]) - len(parts)
			spans := candidateSpans(k.Episode)
			for name, chosen := range map[string][]span{
				"engine": engineSpans(k), "lead-5": leadSpans(spans), "centroid": centroid(spans), "textrank": textRank(spans),
			} {
				touched[name] += countTouched(parts, chosen)
			}
		}
		if bought > 0 {
			fmt.Fprintf(out, "references: %s: %d parts are announced as a sponsor's and left out\n", show.Name, bought)
		}
		best := 0
		for _, name := range []string{"engine", "lead-5", "textrank", "centroid"} {
			fmt.Fprintf(out, "references: %s: %-8s touches %d of %d parts, %.3f\n", show.Name, name, touched[name], total, float64(touched[name])/float64(max(1, total)))
			if name != "engine" {
				best = max(best, touched[name])
			}
		}
		return gate(touched["engine"] > best, "references of "+show.Name)
	})
}

func readItems(shared, show string) (map[string][]item, error) {
	body, err := os.ReadFile(filepath.Join(shared, "corpus", show, "references.json"))
	if err != nil {
		return nil, err
	}
	var all map[string]struct {
		Items []item `json:"items"`
	}
	if err := json.Unmarshal(body, &all); err != nil {
		return nil, fmt.Errorf("read the references of %s: %w", show, err)
	}
	out := map[string][]item{}
	for id, r := range all {
		out[id] = r.Items
	}
	return out, nil
}

// unbought leaves out the parts that the episode announces as sponsored: no method should choose them.
func unbought(parts []item, ep corpus.Episode) []item {
	var ads []string
	for i, g := range ep.Transcript.Segments {
		if strings.Contains(strings.ToLower(g.Text), "time for sponsored") {
			text := ""
			for _, next := range ep.Transcript.Segments[i+1 : min(i+5, len(ep.Transcript.Segments))] {
				text += next.Text + " "
			}
			ads = append(ads, text)
		}
	}
	return slices.DeleteFunc(slices.Clone(parts), func(p item) bool {
		return p.Start == nil && slices.ContainsFunc(ads, func(ad string) bool { return contained(ad, p.Text) >= 0.5 })
	})
}

// countTouched counts the parts that hold one of the spans: by the second where parts have one, else by their words.
func countTouched(parts []item, spans []span) int {
	n := 0
	for i, p := range parts {
		end := math.Inf(1)
		if i+1 < len(parts) && parts[i+1].Start != nil {
			end = *parts[i+1].Start
		}
		if slices.ContainsFunc(spans, func(s span) bool { return touches(p, end, s) }) {
			n++
		}
	}
	return n
}

func touches(p item, end float64, s span) bool {
	if p.Start != nil {
		middle := (s.start + s.end).Seconds() / 2
		return *p.Start <= middle && middle < end
	}
	return contained(s.text, p.Text) >= 0.5
}

// contained is the share of a's runs of three words that b has too.
func contained(a, b string) float64 {
	in := map[string]bool{}
	for _, t := range threes(b) {
		in[t] = true
	}
	all := threes(a)
	n := 0
	for _, t := range all {
		if in[t] {
			n++
		}
	}
	return float64(n) / float64(max(1, len(all)))
}

func threes(s string) []string {
	ws := words(s)
	var out []string
	for i := 0; i+3 <= len(ws); i++ {
		out = append(out, strings.Join(ws[i:i+3], " "))
	}
	return out
}

// engineSpans are the engine's best insights of an episode.
func engineSpans(k kept) []span {
	var out []span
	for _, i := range k.insights[:min(spansEach, len(k.insights))] {
		out = append(out, span{text: i.Quote, start: i.Start, end: i.End})
	}
	return out
}

// candidateSpans cuts an episode into spans of an allowed length, one behind the other.
func candidateSpans(ep corpus.Episode) []span {
	var out []span
	var cur []string
	var from time.Duration
	for _, g := range ep.Transcript.Segments {
		sentences := insight.Sentences(g.Text)
		for i, s := range sentences {
			part := func(k int) time.Duration {
				return g.Start + (g.End-g.Start)*time.Duration(k)/time.Duration(len(sentences))
			}
			if len(cur) == 0 {
				from = part(i)
			}
			cur = append(cur, s)
			text := strings.Join(cur, " ")
			if n := len(words(text)); n >= spanFewest {
				if n <= spanMost {
					out = append(out, span{text: text, start: from, end: part(i + 1)})
				}
				cur = cur[:0]
			}
		}
	}
	return out
}

func leadSpans(all []span) []span { return all[:min(spansEach, len(all))] }

// centroid chooses the spans nearest to the mean of the episode, each unlike those chosen before (maximal marginal
// relevance, lambda 0.7).
func centroid(all []span) []span {
	vs := vectors(all)
	mean := vector{}
	for _, v := range vs {
		for w, x := range v {
			mean[w] += x / float64(len(vs))
		}
	}
	var out []span
	var chosen []vector
	for len(out) < min(spansEach, len(all)) {
		best, most := -1, math.Inf(-1)
		for i, v := range vs {
			alike := 0.0
			for _, c := range chosen {
				alike = max(alike, cosine(v, c))
			}
			if score := 0.7*cosine(v, mean) - 0.3*alike; v != nil && score > most {
				best, most = i, score
			}
		}
		out, chosen = append(out, all[best]), append(chosen, vs[best])
		vs[best] = nil
	}
	return out
}

// textRank chooses the spans of the highest rank in the graph of their likeness (Mihalcea and Tarau, TextRank, 2004).
func textRank(all []span) []span {
	vs := vectors(all)
	n := len(vs)
	edges, sums := make([][]float64, n), make([]float64, n)
	for i := range vs {
		edges[i] = make([]float64, n)
		for j := range i {
			edges[i][j] = cosine(vs[i], vs[j])
			edges[j][i] = edges[i][j]
			sums[i] += edges[i][j]
			sums[j] += edges[i][j]
		}
	}
	rank := make([]float64, n)
	for i := range rank {
		rank[i] = 1
	}
	for range 30 {
		next := make([]float64, n)
		for i := range next {
			next[i] = 0.15
			for j := range rank {
				next[i] += 0.85 * rank[j] * edges[j][i] / max(sums[j], 1e-9)
			}
		}
		rank = next
	}
	ranked := slices.Clone(all)
	for i := range ranked {
		ranked[i].rank = rank[i]
	}
	slices.SortStableFunc(ranked, func(a, b span) int { return cmp.Compare(b.rank, a.rank) })
	return ranked[:min(spansEach, n)]
}

func vectors(all []span) []vector {
	texts := make([]string, len(all))
	for i, s := range all {
		texts[i] = s.text
	}
	w := newWeigher(texts)
	out := make([]vector, len(all))
	for i, t := range texts {
		out[i] = w.vector(t)
	}
	return out
}
