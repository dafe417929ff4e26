package stats

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"podbrief/digest/insight"
)

// Rated is a window that a judge rated from 0 (chatter) to 3 (would post it).
type Rated struct {
	Rating    int     `json:"rating"`
	Episode   string  `json:"episode"`
	Raw       string  `json:"raw"`
	TurnWords int     `json:"turn_words"`
	Pos       float64 `json:"pos"`
	Role      int     `json:"role"`
}

// ReadRated reads rated windows, one JSON object a line.
func ReadRated(path string) ([]Rated, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var out []Rated
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r Rated
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return nil, fmt.Errorf("read %s, line %d: %w", path, len(out)+1, err)
		}
		out = append(out, r)
	}
	return out, lines.Err()
}

// Good reports which windows are worth reading: rated 2 or 3.
func Good(rated []Rated) []bool {
	out := make([]bool, len(rated))
	for i, r := range rated {
		out[i] = r.Rating >= 2
	}
	return out
}

// Measure makes rows out of rated windows. The feature "wording" is left out: it is what the words are fitted for.
func Measure(rated []Rated) Rows {
	var rows Rows
	for _, r := range rated {
		m := insight.Measure(insight.Sample{Text: r.Raw, TurnWords: r.TurnWords, Place: r.Pos, Asks: float64(r.Role) / 2})
		words := map[string]float64{}
		for _, w := range m.Words {
			words[w]++
		}
		rows.Dense = append(rows.Dense, m.Features[:len(m.Features)-1])
		rows.Words = append(rows.Words, words)
		rows.Target = append(rows.Target, float64(r.Rating))
		rows.Group = append(rows.Group, r.Episode)
	}
	return rows
}
