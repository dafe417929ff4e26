package insight

import "slices"

// spareInsights are picked in addition, to stand in for those that must not be shown.
const spareInsights = 4

// harmless leaves out picks that give orders to a machine, and those with addresses, mentions or markup: what an attacker
// would write into a transcript. It returns at most mostInsights.
func harmless(picks []shown) []shown {
	picks = slices.DeleteFunc(picks, func(p shown) bool { return Instructs(p.text) || Unsafe(p.text) })
	return picks[:min(len(picks), mostInsights)]
}
