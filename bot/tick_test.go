package bot

import (
	"slices"
	"strings"
	"testing"
	"time"

	"podbrief/bot/queue"
	"podbrief/digest/feed"
	"podbrief/store"
)

// waiting lists the jobs of a kind that wait, by their keys.
func waiting(t *testing.T, b *Bot, kind string) []string {
	t.Helper()
	var keys []string
	err := b.DB.View(t.Context(), func(tx store.Tx) error {
		keys = nil
		for key := range tx.Scan("jobs", kind+"/", kind+"0") {
			keys = append(keys, strings.TrimPrefix(key, kind+"/"))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// TestTickDeliveries checks for which workspaces a job is added.
func TestTickDeliveries(t *testing.T) {
	daily := Schedule{Hour: 12, Zone: "UTC"}
	old := noon.AddDate(0, 0, -3)
	sub := func(ws string, change func(*Subscription)) Subscription {
		s := Subscription{Channel: Channel{Platform: "fake", Workspace: ws, ID: "C1"}, Topics: []string{"ai"}, Schedule: daily, Created: old, Since: noon.Add(-time.Hour)}
		change(&s)
		return s
	}
	subs := []Subscription{
		sub("due", func(*Subscription) {}),
		sub("later", func(s *Subscription) { s.Schedule.Hour = 14 }),
		sub("paused", func(s *Subscription) { s.Paused = true }),
		sub("new", func(s *Subscription) { s.First, s.Since, s.Schedule.Hour = true, noon, 20 }),
		sub("new-and-empty", func(s *Subscription) { s.First, s.Since, s.Topics, s.Schedule.Hour = true, noon, nil, 20 }),
		sub("stopped", func(s *Subscription) {
			s.Stop = Stop{Class: ChannelStop, Since: old, Probed: noon.Add(-25 * time.Hour)}
		}),
		sub("stopped-and-tried", func(s *Subscription) { s.Stop = Stop{Class: ChannelStop, Since: old, Probed: noon.Add(-time.Hour)} }),
		sub("tenant-stopped", func(*Subscription) {}),
		sub("weekend", func(s *Subscription) { s.Schedule.Days = 1<<time.Saturday | 1<<time.Sunday }),
	}
	b, _ := emptyBot(t)
	now := noon.Add(time.Minute)
	b.Times.Now = func() time.Time { return now }
	err := b.DB.Update(t.Context(), func(tx store.Tx) error {
		for _, s := range subs {
			if err := PutSubscription(tx, s); err != nil {
				return err
			}
		}
		stopped := Workspace{Stop: Stop{Class: TenantStop, Since: old, Probed: noon.Add(-48 * time.Hour)}}
		return store.Put(tx, workspaceBucket, "fake:tenant-stopped/", stopped)
	})
	if err != nil {
		t.Fatal(err)
	}
	b.tickDeliveries(t.Context(), subs, now)
	if got, want := waiting(t, b, jobDeliver), []string{"fake:due/", "fake:new/"}; !slices.Equal(got, want) {
		t.Errorf("deliver jobs for %q, want %q", got, want)
	}
	if got, want := waiting(t, b, jobProbe), []string{"fake:stopped/", "fake:tenant-stopped/"}; !slices.Equal(got, want) {
		t.Errorf("probe jobs for %q, want %q", got, want)
	}
}

// TestTickWakes returns when the next delivery that waits is to be looked at, and adds jobs for those whose time has come.
func TestTickWakes(t *testing.T) {
	b, _ := emptyBot(t)
	now := noon
	b.Times.Now = func() time.Time { return now }
	err := b.DB.Update(t.Context(), func(tx store.Tx) error {
		for ws, at := range map[string]time.Time{"A": noon.Add(5 * time.Minute), "B": noon.Add(9 * time.Minute), "C": noon.Add(-time.Minute)} {
			ch := Channel{Platform: "fake", Workspace: ws, ID: "C1"}
			d := Delivery{ID: channelKey(ch) + "2026-11-24", Channel: ch, State: Planned, RetryAt: at}
			if err := putDelivery(tx, &d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	next := b.tickDeliveries(t.Context(), nil, now)
	if want := noon.Add(5 * time.Minute); !next.Equal(want) {
		t.Errorf("next look at %v, want %v", next, want)
	}
	if got := waiting(t, b, jobDeliver); !slices.Equal(got, []string{"fake:C/"}) {
		t.Errorf("deliver jobs for %q, want the one whose time has come", got)
	}
	if got := b.nextWake(t.Context()); !got.Equal(noon.Add(time.Second)) {
		t.Errorf("nextWake = %v, want in a second, since one is late already", got)
	}
}

// TestHousekeeping adds one job to tidy, and with a directory one for each topic that is followed, at most a hundred.
func TestHousekeeping(t *testing.T) {
	b, _ := emptyBot(t)
	subs := []Subscription{{Topics: []string{"ai", "rust"}}, {Topics: []string{"rust"}}}
	b.housekeeping(t.Context(), subs)
	if got := waiting(t, b, jobTidy); len(got) != 1 || len(waiting(t, b, jobDiscover)) != 0 {
		t.Errorf("without a directory: tidy jobs %q, discover jobs %q", got, waiting(t, b, jobDiscover))
	}
	b.Sources.Directory = &fakeDirectory{}
	b.housekeeping(t.Context(), subs)
	if got := waiting(t, b, jobDiscover); !slices.Equal(got, []string{"ai", "rust"}) {
		t.Errorf("discover jobs %q, want one for each topic", got)
	}
}

// TestDoUnknown refuses a job of a kind that nobody knows, and ends one whose feed is gone.
func TestDoUnknown(t *testing.T) {
	b, _ := emptyBot(t)
	if err := b.Do(t.Context(), queue.Job{Kind: "dance", Key: "x"}); err == nil || !strings.Contains(err.Error(), `unknown kind "dance"`) {
		t.Errorf("Do of an unknown kind: %v", err)
	}
	for _, kind := range []string{jobRefresh, jobPurge, jobProbe, jobTidy, jobCompact, jobListen} {
		if err := b.Do(t.Context(), queue.Job{Kind: kind, Key: "fake:W/"}); err != nil {
			t.Errorf("Do of %q about nothing that exists: %v", kind, err)
		}
	}
	for kind := range Kinds() {
		if err := b.Queue.Add(t.Context(), queue.Job{Kind: kind, Key: "fake:W/"}); err != nil {
			t.Errorf("a job of %q cannot be added: %v", kind, err)
		}
	}
}

// TestTidy deletes what is old, and nothing else.
func TestTidy(t *testing.T) {
	b, _ := emptyBot(t)
	b.Times.Now = func() time.Time { return noon }
	ch := room("C1")
	put := func(tx store.Tx, id string, due time.Time, state State) error {
		d := Delivery{ID: channelKey(ch) + id, Channel: ch, State: state, Due: due, MessageID: "m-" + id, Insights: []string{"i-" + id}}
		if err := store.Put(tx, seenBucket, channelKey(ch)+"i-"+id, seenMark{}); err != nil {
			return err
		}
		if err := store.Put(tx, threadBucket, channelKey(ch)+"m-"+id, Thread{At: noon.AddDate(0, 0, -1)}); err != nil {
			return err
		}
		return putDelivery(tx, &d)
	}
	person := func(user string, gone time.Time) Subscription {
		s := Subscription{Channel: Channel{Platform: "fake", Workspace: "W", Kind: Direct, User: user}, Created: noon, Topics: []string{"rust"}}
		if !gone.IsZero() {
			s.Stop = Stop{Class: UserGone, Since: gone}
		}
		return s
	}
	err := b.DB.Update(t.Context(), func(tx store.Tx) error {
		for _, s := range []Subscription{person("here", time.Time{}), person("left", noon.AddDate(0, 0, -10)), person("gone", noon.AddDate(0, 0, -91))} {
			if err := PutSubscription(tx, s); err != nil {
				return err
			}
		}
		for key, last := range map[string]time.Time{"fake:W/ask/old": noon.AddDate(0, 0, -8), "fake:W/ask/new": noon.AddDate(0, 0, -1)} {
			if err := store.Put(tx, useBucket, key, Uses{Times: []time.Time{last}}); err != nil {
				return err
			}
		}
		for thread, at := range map[string]time.Time{"elsewhere": noon.AddDate(0, 0, -31), "lately": noon.AddDate(0, 0, -29)} {
			if err := store.Put(tx, threadBucket, channelKey(ch)+thread, Thread{At: at}); err != nil {
				return err
			}
		}
		for topic := range map[string]bool{"rust": true, "nobody follows": true} {
			if err := store.Put(tx, topicBucket, part(topic), topicRecord{AskedAt: noon}); err != nil {
				return err
			}
		}
		for id, due := range map[string]time.Time{"2025-01-01": noon.AddDate(-2, 0, 0), "2026-11-23": noon.AddDate(0, 0, -1)} {
			if err := put(tx, id, due, Delivered); err != nil {
				return err
			}
		}
		return put(tx, "2024-01-01", noon.AddDate(-3, 0, 0), Planned) // still open: kept
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	left := everything(t, b)
	for key, want := range map[string]bool{
		"delivery fake:W/C1/2025-01-01": false, "seen fake:W/C1/i-2025-01-01": false, "message fake:W/C1/m-2025-01-01": false, "thread fake:W/C1/m-2025-01-01": false,
		"delivery fake:W/C1/2026-11-23": true, "seen fake:W/C1/i-2026-11-23": true, "message fake:W/C1/m-2026-11-23": true, "thread fake:W/C1/m-2026-11-23": true,
		"thread fake:W/C1/elsewhere": false, "thread fake:W/C1/lately": true,
		"delivery fake:W/C1/2024-01-01": true, "open fake:W/C1/2024-01-01": true,
		"subscription fake:W/@here/": true, "subscription fake:W/@left/": true, "subscription fake:W/@gone/": false,
	} {
		if _, got := left[key]; got != want {
			t.Errorf("after tidy %q is there: %v, want %v", key, got, want)
		}
	}
	topics := topicsKnown(t, b)
	if !slices.Equal(topics, []string{"rust"}) {
		t.Errorf("topics known are %q, want only the one that is followed", topics)
	}
	uses, err := view(t.Context(), b.DB, func(tx store.Tx) ([]Uses, error) { return all[Uses](tx, useBucket, "") })
	if err != nil || len(uses) != 1 || !uses[0].Times[0].Equal(noon.AddDate(0, 0, -1)) {
		t.Errorf("counts left are %v, %v, want the one of yesterday", uses, err)
	}
}

// topicsKnown lists the topics of which the store has something.
func topicsKnown(t *testing.T, b *Bot) (topics []string) {
	t.Helper()
	err := b.DB.View(t.Context(), func(tx store.Tx) error {
		for key := range tx.Scan(topicBucket, "", "") {
			topics = append(topics, key)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return topics
}

// TestMetrics counts what is open, late, stopped and sent.
func TestMetrics(t *testing.T) {
	c := newCourier(t)
	c.platform.answers = []error{fault(Wait), fault(PayloadFix), fault(PayloadFix), fault(ChannelStop)}
	c.due(t, room("C1"))
	c.pass(t, 20*time.Minute)
	for _, id := range []string{"C2", "C3"} {
		c.due(t, room(id))
		c.pass(t, time.Minute)
	}
	if err := c.Engine.AddFeed(t.Context(), feed.Feed{URL: "https://x.example/"}, false); err != nil {
		t.Fatal(err)
	}
	if err := c.know(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.now = c.now.Add(time.Hour)
	m, err := c.Metrics(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if m.Failed[Wait] != 1 || m.Failed[PayloadFix] != 2 || m.Failed[ChannelStop] != 1 {
		t.Errorf("posts failed are %v, want 1 wait, 2 refused, 1 channel stop", m.Failed)
	}
	if m.Sent[Daily] != 1 || m.Channels != 3 || m.Stopped != 1 || m.Waiting != 1 || m.Late != 1 || m.Podcasts != 1 || m.Unreadable != 0 || !m.Scanned.IsZero() {
		t.Errorf("Metrics = %+v", m)
	}
}
