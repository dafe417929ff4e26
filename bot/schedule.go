package bot

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// catchUp is how long after its time a brief may still be sent.
const catchUp = 12 * time.Hour

// Date is a day of a calendar, written 2006-01-02. With a channel it names a brief: never two for one date.
type Date string

// dateOf returns the date that a clock in t's zone shows.
func dateOf(t time.Time) Date { return Date(t.Format(time.DateOnly)) }

// noon returns the middle of the date in UTC, from which neighboring dates are counted.
func (d Date) noon() time.Time {
	t, _ := time.Parse(time.DateOnly, string(d))
	return t.Add(12 * time.Hour)
}

func (d Date) plus(days int) Date { return dateOf(d.noon().AddDate(0, 0, days)) }

// Days is a set of weekdays, one bit each from Sunday; none means every day.
type Days uint8

// The sets that have names.
const (
	EveryDay Days = 0
	Weekdays Days = 1<<time.Monday | 1<<time.Tuesday | 1<<time.Wednesday | 1<<time.Thursday | 1<<time.Friday
	Weekends Days = 1<<time.Saturday | 1<<time.Sunday
)

// Has reports whether d is in the set.
func (s Days) Has(d time.Weekday) bool { return s == EveryDay || s&(1<<d) != 0 }

// Weekly reports whether the set is a single day.
func (s Days) Weekly() bool { return s != 0 && s&(s-1) == 0 }

// String returns the set as users write it.
func (s Days) String() string {
	switch s {
	case EveryDay:
		return "every day"
	case Weekdays:
		return "weekdays"
	case Weekends:
		return "weekends"
	}
	var names []string
	for _, d := range week {
		if s.Has(d) {
			names = append(names, strings.ToLower(d.String()[:3]))
		}
	}
	if s.Weekly() {
		return "weekly " + names[0]
	}
	return strings.Join(names, ",")
}

// week is the days in the order in which people list them.
var week = [7]time.Weekday{
	time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday,
}

// Schedule is when a subscription's briefs are due.
type Schedule struct {
	Hour   int    `json:"hour"`
	Minute int    `json:"minute"`
	Days   Days   `json:"days,omitempty"`
	Zone   string `json:"zone"` // IANA name
}

// String returns the schedule as users write it: "08:30 weekdays Europe/Berlin".
func (s Schedule) String() string {
	return fmt.Sprintf("%02d:%02d %s %s", s.Hour, s.Minute, s.Days, s.Zone)
}

// location returns the schedule's zone; UTC when its name is not known any more.
func (s Schedule) location() *time.Location {
	if loc, ok := locations.Load(s.Zone); ok {
		return loc.(*time.Location)
	}
	loc, err := time.LoadLocation(s.Zone)
	if err != nil {
		return time.UTC
	}
	locations.Store(s.Zone, loc)
	return loc
}

// locations remembers zones by name: time.LoadLocation reads a file each time, and every minute all schedules are read.
var locations sync.Map

// At returns when the brief of a date is due; false when the date is not one of the schedule's days, or does not exist
// in the zone. A time that a clock skips is due at the first instant after the gap, and one that it shows twice the
// first time.
func (s Schedule) At(date Date) (time.Time, bool) {
	noon := date.noon()
	if !s.Days.Has(noon.Weekday()) {
		return time.Time{}, false
	}
	y, m, d := noon.Date()
	t := instant(time.Date(y, m, d, s.Hour, s.Minute, 0, 0, time.UTC), s.location())
	return t, dateOf(t) == date
}

// instant returns the first time at which a clock in loc shows what wall shows in UTC, or the end of the gap that
// swallows it.
func instant(wall time.Time, loc *time.Location) time.Time {
	before, after := offset(wall.Add(-24*time.Hour), loc), offset(wall.Add(24*time.Hour), loc)
	for _, o := range []time.Duration{max(before, after), min(before, after)} { // the larger offset comes first
		t := wall.Add(-o).In(loc)
		if _, shown := t.Zone(); time.Duration(shown)*time.Second == o {
			return t
		}
	}
	start, _ := wall.Add(-before).In(loc).ZoneBounds()
	return start
}

func offset(t time.Time, loc *time.Location) time.Duration {
	_, sec := t.In(loc).Zone()
	return time.Duration(sec) * time.Second
}

// Latest returns the newest date whose brief was due at or before now, and when; false when there was none in the last
// eight days.
func (s Schedule) Latest(now time.Time) (Date, time.Time, bool) {
	today := dateOf(now.In(s.location()))
	for back := 0; back <= 8; back++ {
		date := today.plus(-back)
		if at, ok := s.At(date); ok && !at.After(now) {
			return date, at, true
		}
	}
	return "", time.Time{}, false
}

// Next returns the first date after now whose brief is due and is not among done, and when.
func (s Schedule) Next(now time.Time, done func(Date) bool) (Date, time.Time) {
	date := dateOf(now.In(s.location()))
	for range 400 { // done may hold every date for some time ahead, never for ever
		if at, ok := s.At(date); ok && at.After(now) && !done(date) {
			return date, at
		}
		date = date.plus(1)
	}
	return "", time.Time{}
}

// Turn is what a schedule asks for at a moment.
type Turn int

// The turns.
const (
	NotYet Turn = iota // nothing is due
	Due                // a brief is due
	Missed             // a brief was due, and it is too late for it
)

// Turn returns what is to be done at now for a subscription that counts since a time, and the date that it is about. It
// asks only for the latest date: of several missed ones the earlier are given up.
func (s Schedule) Turn(now, since time.Time, done func(Date) bool) (Turn, Date, time.Time) {
	date, at, ok := s.Latest(now)
	switch {
	case !ok || at.Before(since) || done(date):
		return NotYet, "", time.Time{}
	case now.Sub(at) > catchUp:
		return Missed, date, at
	}
	return Due, date, at
}
