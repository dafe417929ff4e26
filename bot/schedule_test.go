package bot

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// shared returns the path of a file of the shared test data, or skips.
func shared(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("PODBRIEF_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("shared test data %s is not here", name)
	}
	return path
}

type scheduleCases struct {
	TimezoneCases []struct {
		ID        string
		Zone      string
		LocalTime string `json:"local_time"`
		Expect    []struct {
			LocalDate Date    `json:"local_date"`
			DueUTC    *string `json:"due_utc"`
		}
	} `json:"timezone_cases"`
}

func readScheduleCases(t testing.TB) scheduleCases {
	t.Helper()
	raw, err := os.ReadFile(shared(t, "payloads/schedule.json"))
	if err != nil {
		t.Fatal(err)
	}
	var c scheduleCases
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDueTimesInZones(t *testing.T) {
	for _, c := range readScheduleCases(t).TimezoneCases {
		h, m, ok := parseClock(c.LocalTime)
		if !ok {
			t.Fatalf("%s: time %q", c.ID, c.LocalTime)
		}
		s := Schedule{Hour: h, Minute: m, Zone: c.Zone}
		for _, e := range c.Expect {
			at, ok := s.At(e.LocalDate)
			if (e.DueUTC == nil) == ok {
				t.Errorf("%s: %s At(%s) = %v, %v, want %v", c.ID, s, e.LocalDate, at.UTC(), ok, e.DueUTC)
				continue
			}
			if ok && at.UTC().Format("2006-01-02T15:04Z") != *e.DueUTC {
				t.Errorf("%s: %s At(%s) = %v, want %s", c.ID, s, e.LocalDate, at.UTC(), *e.DueUTC)
			}
		}
	}
}

// TestYear lets a year pass in every zone of the shared cases and looks at the clock every ten minutes.
func TestYear(t *testing.T) {
	for _, c := range readScheduleCases(t).TimezoneCases {
		h, m, _ := parseClock(c.LocalTime)
		for _, days := range []Days{EveryDay, Weekdays, 1 << time.Thursday} {
			s := Schedule{Hour: h, Minute: m, Days: days, Zone: c.Zone}
			loc := s.location()
			start := instant(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), loc)
			end := instant(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), loc)
			sent := map[Date]int{}
			done := func(d Date) bool { return sent[d] > 0 }
			for now := start; now.Before(end); now = now.Add(10 * time.Minute) {
				turn, date, at := s.Turn(now, start, done)
				if turn == NotYet {
					continue
				}
				if turn != Due || now.Sub(at) >= 10*time.Minute {
					t.Fatalf("%s: Turn(%v) = %v, %s due %v, want it due within ten minutes", s, now, turn, date, at)
				}
				sent[date]++
			}
			for d := Date("2026-01-01"); d <= "2026-12-31"; d = d.plus(1) {
				want := 0
				if days.Has(d.noon().Weekday()) {
					want = 1
				}
				if sent[d] != want && !(d == "2026-12-31" && h == 23) {
					t.Errorf("%s: %d briefs for %s (%s), want %d", s, sent[d], d, d.noon().Weekday(), want)
				}
			}
		}
	}
}

func TestTurn(t *testing.T) {
	berlin, _ := time.LoadLocation("Europe/Berlin")
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, berlin)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	eight := Schedule{Hour: 8, Zone: "Europe/Berlin"}
	long := at("2026-01-01 00:00")
	tests := []struct {
		name     string
		schedule Schedule
		now      string
		since    time.Time
		done     []Date
		want     Turn
		date     Date
	}{
		{"on the second", eight, "2026-05-05 08:00", long, nil, Due, "2026-05-05"},
		{"a minute early", eight, "2026-05-05 07:59", long, []Date{"2026-05-04"}, NotYet, ""},
		{"sent already", eight, "2026-05-05 08:30", long, []Date{"2026-05-05"}, NotYet, ""},
		{"down until 19:59", eight, "2026-05-05 19:59", long, []Date{"2026-05-04"}, Due, "2026-05-05"},
		{"down until 20:01", eight, "2026-05-05 20:01", long, []Date{"2026-05-04"}, Missed, "2026-05-05"},
		{"down for three days", eight, "2026-05-05 09:00", long, []Date{"2026-05-01"}, Due, "2026-05-05"},
		{"changed from 8 to 9 after it was sent", Schedule{Hour: 9, Zone: "Europe/Berlin"}, "2026-05-05 09:00", long, []Date{"2026-05-05"}, NotYet, ""},
		{"changed from 20 to 8 before it was sent", eight, "2026-05-05 10:00", long, []Date{"2026-05-04"}, Due, "2026-05-05"},
		{"zone changed to one where it is yesterday", Schedule{Hour: 8, Zone: "Pacific/Honolulu"}, "2026-05-05 08:30", long,
			[]Date{"2026-05-04", "2026-05-05"}, NotYet, ""},
		{"clock set back a day", eight, "2026-05-04 08:30", long, []Date{"2026-05-04", "2026-05-05"}, NotYet, ""},
		{"clock set back three days after a jump ahead", eight, "2026-05-06 08:00", long, []Date{"2026-05-05", "2026-05-08"}, Due, "2026-05-06"},
		{"subscribed after today's time", eight, "2026-05-05 10:00", at("2026-05-05 09:00"), nil, NotYet, ""},
		{"weekend of a weekday brief", Schedule{Hour: 8, Days: Weekdays, Zone: "Europe/Berlin"}, "2026-05-09 09:00", long, []Date{"2026-05-08"}, NotYet, ""},
		{"late evening caught up after midnight", Schedule{Hour: 23, Minute: 30, Zone: "Europe/Berlin"}, "2026-05-06 00:30", long,
			[]Date{"2026-05-04"}, Due, "2026-05-05"},
	}
	for _, tt := range tests {
		done := func(d Date) bool {
			for _, x := range tt.done {
				if x == d {
					return true
				}
			}
			return false
		}
		got, date, _ := tt.schedule.Turn(at(tt.now), tt.since, done)
		if got != tt.want || date != tt.date {
			t.Errorf("%s: Turn = %v %q, want %v %q", tt.name, got, date, tt.want, tt.date)
		}
	}
}

func TestNext(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) // a Saturday
	none := func(Date) bool { return false }
	tests := []struct {
		schedule Schedule
		done     func(Date) bool
		want     string
	}{
		{Schedule{Hour: 8, Minute: 30, Zone: "Europe/Berlin"}, none, "2026-11-22T08:30:00+01:00"},
		{Schedule{Hour: 8, Minute: 30, Days: Weekdays, Zone: "Europe/Berlin"}, none, "2026-11-23T08:30:00+01:00"},
		{Schedule{Hour: 20, Zone: "Europe/Berlin"}, none, "2026-11-21T20:00:00+01:00"},
		{Schedule{Hour: 20, Zone: "Europe/Berlin"}, func(d Date) bool { return d == "2026-11-21" }, "2026-11-22T20:00:00+01:00"},
		{Schedule{Hour: 8, Days: 1 << time.Saturday, Zone: "UTC"}, none, "2026-11-28T08:00:00Z"},
	}
	for _, tt := range tests {
		if _, at := tt.schedule.Next(now, tt.done); at.Format(time.RFC3339) != tt.want {
			t.Errorf("%s: Next = %s, want %s", tt.schedule, at.Format(time.RFC3339), tt.want)
		}
	}
}
