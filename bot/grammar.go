package bot

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"podbrief/bot/fit"
)

// maxTerm is the longest topic or word that is taken, in characters.
const maxTerm = 60

// terms is a list of topics as a user gave them: those wanted, and those that a minus excludes.
type terms struct{ want, not []string }

// parseTerms reads "ai, open source, -crypto". Commas, semicolons and line ends separate; case and spaces are evened
// out, so that a topic is one topic however it is typed.
func parseTerms(text string) (terms, error) {
	var t terms
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",;\n", r) }) {
		term, minus := strings.CutPrefix(strings.TrimSpace(part), "-")
		term = foldTerm(term)
		switch {
		case term == "":
			continue
		case !hasWord(term):
			return t, tell("“%s” is no topic to look for; give a word or a phrase, like “open source”.", clip(term, 20))
		case len([]rune(term)) > maxTerm:
			return t, tell("A topic has at most %d characters; shorten “%s…”.", maxTerm, string([]rune(term)[:20]))
		case minus:
			t.not = addTo(t.not, term)
		default:
			t.want = addTo(t.want, term)
		}
	}
	return t, nil
}

// foldTerm lowers case, drops quotes, control and format characters and evens out white space.
func foldTerm(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune("\"“”„`*_", r):
			return -1
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return unicode.ToLower(r)
	}, s)
	return strings.Trim(strings.Join(strings.Fields(s), " "), "'‘’")
}

// hasWord reports whether a text has anything to look for.
func hasWord(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) >= 0
}

// addTo returns list with s at its end, once.
func addTo(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// without returns list without s.
func without(list []string, s string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(x string) bool { return x == s })
}

// parseSchedule reads "08:30 weekdays Europe/Berlin" in any order. What is not said stays as it is in old.
func parseSchedule(text string, old Schedule) (Schedule, error) {
	s := old
	var days Days
	for _, word := range strings.FieldsFunc(strings.ReplaceAll(text, ",", " "), unicode.IsSpace) {
		if err := s.take(word, &days); err != nil {
			return old, err
		}
	}
	if days != 0 {
		s.Days = days
	}
	if s.Days == 1<<7-1 {
		s.Days = EveryDay
	}
	return s, nil
}

// take reads one word of a schedule into s; days collects the weekdays said so far.
func (s *Schedule) take(word string, days *Days) error {
	if h, m, ok := parseClock(word); ok {
		s.Hour, s.Minute = h, m
		return nil
	}
	if d, ok := parseDays(word); ok {
		if d == EveryDay {
			s.Days = EveryDay
		}
		*days |= d
		return nil
	}
	switch strings.ToLower(word) {
	case "at", "on", "and", "every", "each", "uhr", "o'clock", "o’clock":
		return nil
	case "weekly":
		if !s.Days.Weekly() {
			s.Days = 1 << time.Monday
		}
		return nil
	}
	zone, ok := findZone(word)
	if !ok {
		return notUnderstood(word)
	}
	s.Zone = zone
	return nil
}

// notUnderstood says of a word of a schedule how such a one is written.
func notUnderstood(word string) error {
	how := "write it like “08:30 weekdays Europe/Berlin”, “mon,thu” or “weekly fri”."
	switch {
	case strings.ContainsAny(word, "0123456789"):
		how = "a time of day is written like “08:30”, “20:30” or “8:30pm”."
	case strings.Contains(word, "/"):
		how = "a time zone is written like “Europe/Berlin”."
		if near, ok := Nearest(strings.ToLower(word), strings.Fields(strings.ToLower(strings.Join(zoneNames, " ")))); ok {
			zone, _ := findZone(near)
			how += " Did you mean “" + zone + "”?"
		}
	}
	return tell("I do not understand “%s”; %s", clip(word, 40), how)
}

// parseClock reads 8:30, 08:30, 0830, 8.30, 8h30, 8, 8am, 8:30pm, noon and midnight.
func parseClock(word string) (hour, minute int, ok bool) {
	w := strings.ToLower(word)
	switch w {
	case "noon":
		return 12, 0, true
	case "midnight":
		return 0, 0, true
	}
	pm := strings.HasSuffix(w, "pm")
	am := strings.HasSuffix(w, "am")
	if am || pm {
		w = w[:len(w)-2]
	}
	h, m, colon := strings.Cut(strings.TrimSuffix(strings.NewReplacer(".", ":", "h", ":").Replace(w), ":"), ":")
	if !colon && len(h) == 4 {
		h, m, colon = h[:2], h[2:], true
	}
	if len(h) > 2 || colon && len(m) != 2 || !digits(h) || m != "" && !digits(m) {
		return 0, 0, false
	}
	hour, _ = strconv.Atoi(h)
	minute, _ = strconv.Atoi(m)
	if am || pm {
		if hour < 1 || hour > 12 {
			return 0, 0, false
		}
		hour %= 12
		if pm {
			hour += 12
		}
	}
	return hour, minute, hour < 24 && minute < 60
}

func digits(s string) bool {
	return s != "" && len(s) <= 4 && strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// parseDays reads a weekday, a set's name or a range of weekdays; EveryDay for "daily".
func parseDays(word string) (Days, bool) {
	w := strings.ToLower(word)
	switch w {
	case "daily", "everyday", "day", "all":
		return EveryDay, true
	case "weekdays", "weekday", "workdays":
		return Weekdays, true
	case "weekends", "weekend":
		return Weekends, true
	}
	from, to, isRange := strings.Cut(w, "-")
	first, ok := parseDay(from)
	if !ok || !isRange {
		return 1 << first, ok
	}
	last, ok := parseDay(to)
	var set Days
	for d := first; ; d = (d + 1) % 7 {
		set |= 1 << d
		if d == last {
			return set, ok
		}
	}
}

// parseDay reads a weekday's name or its first three letters or more.
func parseDay(w string) (time.Weekday, bool) {
	w = strings.TrimSuffix(w, "s")
	for _, d := range week {
		if len(w) >= 3 && strings.HasPrefix(strings.ToLower(d.String()), w) {
			return d, true
		}
	}
	return 0, false
}

// parseUntil reads the end of a pause as the start of a day in loc: a date, a number of days or weeks, a weekday,
// "tomorrow"; the zero time for nothing, which means until somebody resumes.
func parseUntil(text string, now time.Time, loc *time.Location) (time.Time, error) {
	w := strings.Fields(strings.ToLower(text))
	for len(w) > 0 && (w[0] == "until" || w[0] == "for" || w[0] == "till") {
		w = w[1:]
	}
	if len(w) == 0 || len(w) == 1 && (w[0] == "forever" || w[0] == "indefinitely") {
		return time.Time{}, nil
	}
	today := now.In(loc)
	day := func(y int, m time.Month, d int) time.Time {
		return instant(time.Date(y, m, d, 0, 0, 0, 0, time.UTC), loc)
	}
	ahead := func(n int) (time.Time, error) { return day(today.Year(), today.Month(), today.Day()+n), nil }
	bad := tell("I do not understand “%s”; write a date after today like “pause until %s”.",
		clip(text, 40), today.AddDate(0, 0, 7).Format(time.DateOnly))

	if t, err := time.Parse(time.DateOnly, w[0]); err == nil && len(w) == 1 {
		until := day(t.Year(), t.Month(), t.Day())
		if !until.After(now) {
			return time.Time{}, bad
		}
		return until, nil
	}
	if n, unit, ok := parseSpan(w); ok {
		return ahead(n * unit)
	}
	if w[0] == "tomorrow" && len(w) == 1 {
		return ahead(1)
	}
	if d, ok := parseDay(w[0]); ok && len(w) == 1 {
		return ahead((int(d-today.Weekday())+6)%7 + 1)
	}
	return time.Time{}, bad
}

// parseSpan reads "3 days", "2w" and the like as a number of units of so many days.
func parseSpan(w []string) (n, unit int, ok bool) {
	text := strings.Join(w, "")
	num := strings.TrimRightFunc(text, unicode.IsLetter)
	n, err := strconv.Atoi(num)
	if err != nil || n < 1 || n > 366 {
		return 0, 0, false
	}
	switch text[len(num):] {
	case "d", "day", "days":
		return n, 1, true
	case "w", "week", "weeks":
		return n, 7, true
	case "month", "months":
		return n, 30, true
	}
	return 0, 0, false
}

// isNumber reports whether a word is the number of a pick.
func isNumber(word string) (int, bool) {
	n, err := strconv.Atoi(strings.TrimRight(strings.TrimPrefix(word, "#"), ".,!)"))
	return n, err == nil && n >= 0 && n < 100
}

// isID reports whether a word can be an insight's ID: time, episode and number with hyphens between them.
func isID(word string) bool {
	return strings.Count(word, "-") == 2 && len(word) >= 8 && len(word) <= 32 && strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// clip shortens a text to the words that fit into n characters, and shows that it did.
func clip(text string, n int) string { return fit.Words(text, n, fit.Characters) }
