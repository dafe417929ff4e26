package bot

// Nearest returns the word of a list that is closest to one that was typed, when it is close enough to be meant.
func Nearest(typed string, list []string) (string, bool) {
	best, dist := "", 1+min(2, (len(typed)+1)/3)
	for _, w := range list {
		if d := editDistance([]rune(typed), []rune(w)); d < dist {
			best, dist = w, d
		}
	}
	return best, best != ""
}

// didYouMean asks back about a word that is nearly one of a list; "" when it is near none.
func didYouMean(typed string, list []string) string {
	near, ok := Nearest(foldTerm(typed), list)
	if !ok {
		return ""
	}
	return " Did you mean “" + near + "”?"
}

// editDistance counts the insertions, deletions, substitutions and swaps of neighbors between two words (optimal string
// alignment, Damerau 1964).
func editDistance(a, b []rune) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
