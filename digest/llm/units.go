package llm

import (
	"math"
	"slices"
	"strings"
)

// The words of units, by what they mean. Several languages share the table: their units do not contradict each other.
var (
	timeUnits = table(`
		millisecond: ms millisecond milliseconds millisekunde millisekunden milisegundos millisecondes
		second: second seconds sekunde sekunden segundo segundos seconde secondes
		minute: minute minutes minuten minuto minutos
		hour: hour hours stunde stunden hora horas heure heures
		day: day days tag tage tagen dia dias jour jours
		week: week weeks woche wochen semana semanas semaine semaines
		month: month months monat monate monaten mes meses mois
		year: year years jahr jahre jahren ano anos an ans annee annees
		decade: decade decades jahrzehnt jahrzehnte jahrzehnten decada decadas decennie decennies
		century: century centuries jahrhundert jahrhunderte siglo siglos siecle siecles`)
	otherUnits = table(`
		percent: percent percents % pct prozent percentage
		point: point points prozentpunkt prozentpunkte prozentpunkten punkte punkten punto puntos
		dollar: $ dollar dollars bucks usd dolares
		cent: cents
		euro: € euro euros eur
		pound: £ pound pounds quid gbp
		yen: ¥ yen
		krone: krone kroner krona kronor
		franc: franken francs chf
		rupee: rupee rupees
		byte: bytes
		kilobyte: kb kilobyte kilobytes
		megabyte: mb megabyte megabytes megabyte
		gigabyte: gb gigabyte gigabytes
		terabyte: tb terabyte terabytes
		watt: watt watts
		kilowatt: kw kilowatt kilowatts
		megawatt: mw megawatt megawatts
		gigawatt: gw gigawatt gigawatts
		meter: meter meters metre metres metros
		kilometer: km kilometer kilometers kilometre kilometres kilometros
		mile: mile miles
		foot: foot feet
		gram: gram grams gramm gramos grammes
		kilogram: kg kilogram kilograms kilo kilos kilogramm
		ton: ton tons tonne tonnes tonnen toneladas
		liter: liter liters litre litres
		gallon: gallon gallons
		barrel: barrel barrels
		inch: inch inches
		acre: acre acres
		hectare: hectare hectares
		degree: degree degrees grad grados degres
		token: token tokens
		times: times mal fold veces fois`)
	ordinals = map[string]float64{
		"third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4, "fifth": 5, "fifths": 5, "sixth": 6, "sixths": 6,
		"seventh": 7, "sevenths": 7, "eighth": 8, "eighths": 8, "ninth": 9, "tenth": 10, "tenths": 10, "eleventh": 11, "twelfth": 12,
	}
	magnitudes = map[string]float64{"dozens": 12, "hundreds": 100, "thousands": 1e3, "millions": 1e6, "billions": 1e9, "trillions": 1e12}
	suffixes   = map[string]float64{"k": 1e3, "m": 1e6, "b": 1e9, "bn": 1e9, "t": 1e12}
)

// table reads lines of "meaning: word word".
func table(lines string) map[string]string {
	m := map[string]string{}
	for _, l := range strings.Split(strings.TrimSpace(lines), "\n") {
		meaning, words, _ := strings.Cut(strings.TrimSpace(l), ": ")
		for _, w := range strings.Fields(words) {
			m[w] = meaning
		}
	}
	return m
}

func unitOf(word string) string {
	if u := timeUnits[word]; u != "" {
		return u
	}
	return otherUnits[word]
}

// unit finds what a number counts: the word behind it, or the sign before it.
func (n numerals) unit(a *amount) string {
	if a.unit != "" {
		return a.unit
	}
	if u := otherUnits[n.word(a.from-1)]; u != "" && strings.ContainsAny(n.word(a.from-1), "$€£¥") {
		return u
	}
	next, after := n.word(a.to), n.word(a.to+1)
	if next == "-" {
		next, after = after, n.word(a.to+2)
	}
	switch {
	case next == "basis" && strings.HasPrefix(after, "point"):
		return "basis"
	case next == "per" && after == "cent", next == "por" && after == "ciento", next == "pour" && (after == "cent" || after == "cents"):
		return "percent"
	case next == "percentage" && strings.HasPrefix(after, "point"), next == "percent" && strings.HasPrefix(after, "point"):
		return "point"
	case next == "out" || next == "of":
		return ""
	}
	return unitOf(next)
}

// bounds are the words before a number that open it to one side.
var bounds = map[string][]string{
	"more":  {"more than", "at least", "over", "above", "exceeding", "upwards of", "beyond", "longer than", "larger than", "bigger than", "greater than", "higher than", "older than", "heavier than", "no fewer than", "no less than", "mehr als", "mindestens", "mas de", "al menos", "plus de", "au moins"},
	"less":  {"less than", "fewer than", "shorter than", "smaller than", "lower than", "younger than", "lighter than", "under", "below", "at most", "up to", "no more than", "weniger als", "unter", "hochstens", "menos de", "como maximo", "moins de", "au plus"},
	"about": {"about", "around", "roughly", "approximately", "nearly", "almost", "some", "maybe", "perhaps", "circa", "etwa", "rund", "ungefahr", "fast", "unos", "unas", "casi", "aproximadamente", "environ", "presque", "pres de"},
}

// overTime is the bound of "over two years": during them, or more than them.
const overTime = "over"

// bound finds the words before a number that open it to one side.
func (n numerals) bound(a amount) string {
	from := a.from
	if slices.Contains([]string{"$", "€", "£", "¥", "a", "an"}, n.word(from-1)) {
		from--
	}
	before := n.word(from-3) + " " + n.word(from-2) + " " + n.word(from-1)
	for _, side := range []string{"less", "more", "about"} { // "no more than" is less
		for _, words := range bounds[side] {
			switch {
			case !strings.HasSuffix(before, " "+words):
			case words == "over" && timeUnits[n.word(a.to)] != "":
				return overTime
			default:
				return side
			}
		}
	}
	return ""
}

// ranges gives the first number of "ten to twenty percent" the unit of the second, and the second one of "to ten percent
// from twenty" that of the first.
func (n numerals) ranges(all []amount) []amount {
	for i := len(all) - 2; i >= 0; i-- {
		a, b := &all[i], &all[i+1]
		between := b.from - a.to
		if between < 1 || between > 3 {
			continue
		}
		if b.unit == "" && n.word(b.from-1) == "from" {
			b.unit = a.unit
		}
		for k := a.to; k < b.from && a.unit == "" && !a.isYear(); k++ {
			if slices.Contains([]string{"to", "and", "or", "-", "–", "bis", "und", "y", "a", "al", "et", "ou", "auf"}, n.word(k)) {
				a.unit = b.unit
			}
		}
	}
	return all
}

// isYear reports whether a number reads as a year.
func (a amount) isYear() bool {
	return a.unit == "" && len(a.text) == 4 && a.value >= 1900 && a.value < 2100
}

// years adds the year that "twenty twenty-eight" may be.
func (n numerals) years(all []amount) []amount {
	for i := 0; i+1 < len(all); i++ {
		a, b := all[i], all[i+1]
		if (a.value == 19 || a.value == 20) && a.unit == "" && b.from == a.to && b.value >= 10 && b.value < 100 {
			all = append(all, amount{value: a.value*100 + b.value, from: a.from, to: b.to, soft: true})
		}
	}
	return all
}

// ratios adds the share that "one in five", "one team in five" and "four out of five" are.
func (n numerals) ratios(all []amount) []amount {
	for i := 0; i+1 < len(all); i++ {
		a, b := all[i], all[i+1]
		in := n.word(a.to) == "in" && b.from == a.to+1 || n.word(a.to+1) == "in" && b.from == a.to+2 || n.word(a.to) == "out" && n.word(a.to+1) == "of" && b.from == a.to+2
		if in && a.value < b.value && a.unit == "" && b.unit == "" {
			all = append(all, amount{value: round(100 * a.value / b.value), unit: "percent", from: a.from, to: b.to, soft: true})
		}
	}
	return all
}

// factors are the units that are multiples of others.
var factors = map[string]struct {
	of    string
	times float64
}{
	"millisecond": {"second", 0.001}, "minute": {"second", 60}, "hour": {"second", 3600}, "day": {"second", 86400}, "week": {"second", 604800},
	"year": {"month", 12}, "decade": {"month", 120}, "century": {"month", 1200},
	"kilobyte": {"byte", 1e3}, "megabyte": {"byte", 1e6}, "gigabyte": {"byte", 1e9}, "terabyte": {"byte", 1e12},
	"kilowatt": {"watt", 1e3}, "megawatt": {"watt", 1e6}, "gigawatt": {"watt", 1e9}, "kilometer": {"meter", 1e3},
	"kilogram": {"gram", 1e3}, "cent": {"dollar", 0.01}, "basis": {"point", 0.01},
}

// base is an amount in the smallest unit of its kind.
func (a amount) base() (float64, string) {
	if f, ok := factors[a.unit]; ok {
		return a.value * f.times, f.of
	}
	return a.value, a.unit
}

// is reports whether two amounts are the same.
func (a amount) is(b amount) bool {
	if a.many != b.many {
		return false
	}
	v, u := a.base()
	w, x := b.base()
	return u == x && near(v, w)
}

func near(v, w float64) bool { return math.Abs(v-w) <= 1e-6*max(1, math.Abs(v)) }

// loose reports whether an amount of a claim may be one of the lines that names no unit or another kind of counting, when
// the lines name the claim's unit at all.
func (a amount) loose(b amount, named map[string]bool) bool {
	if a.many != b.many || !near(a.value, b.value) {
		return false
	}
	if a.unit == "" {
		return b.unit != "percent" && b.unit != "ordinal"
	}
	return b.unit == "" && (named[a.unit] || a.unit == "times")
}

// missingAmount returns an amount of text that have does not hold, in figures or words.
func (t tongue) missingAmount(text, have string) (amount, bool) {
	known := t.amounts(have)
	named := map[string]bool{}
	for _, tok := range tokensOf(have) {
		named[unitOf(tok.text)] = true
	}
	for _, a := range t.amounts(text) {
		if a.soft || a.value == 1 && a.unit == "" { // "one" is an article as often as a number
			continue
		}
		if !slices.ContainsFunc(known, func(b amount) bool { return a.is(b) || a.loose(b, named) }) {
			return a, true
		}
	}
	return amount{}, false
}
