package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"podbrief/digest/feed"
	"podbrief/store"
)

// brokenPlatform cannot connect.
type brokenPlatform struct {
	fakePlatform
	runs int
}

func (*brokenPlatform) Platform() string { return "broken" }

func (p *brokenPlatform) Run(context.Context, []Command, Handler) error {
	p.runs++
	return errors.New("the token is wrong")
}

// cutOffPlatform runs, and reaches nobody.
type cutOffPlatform struct{ fakePlatform }

func (*cutOffPlatform) Platform() string { return "cut off" }

func (*cutOffPlatform) Trouble() string { return "no connection stands" }

// TestServe checks that a platform that fails is tried again and stops nothing else, that a brief goes out at its hour, and
// that the bot ends when it is asked to.
func TestServe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, p := emptyBot(t)
		broken := &brokenPlatform{}
		b.Adapters = append(b.Adapters, broken, &cutOffPlatform{})
		start := time.Now()
		err := b.DB.Update(t.Context(), func(tx store.Tx) error {
			return PutSubscription(tx, Subscription{Channel: room("C1"), Topics: []string{"ai"}, Created: start, Since: start,
				Schedule: Schedule{Hour: start.UTC().Hour() + 2, Zone: "UTC"}})
		})
		if err != nil {
			t.Fatal(err)
		}
		if b.Health().OK {
			t.Error("Health says ok before anything has begun")
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- b.Serve(ctx) }()
		time.Sleep(startTime / 2)
		synctest.Wait()
		if h := b.Health(); h.OK || h.Adapters["fake"] != "starting" {
			t.Errorf("Health at the start = %+v, want it starting", h)
		}
		time.Sleep(startTime)
		synctest.Wait()
		if h := b.Health(); h.Adapters["fake"] != "ok" || h.Adapters["broken"] != "the token is wrong" || h.Adapters["cut off"] != "no connection stands" {
			t.Errorf("Health after the start = %+v", h)
		}
		time.Sleep(119*time.Minute - startTime*3/2)
		synctest.Wait()
		if n := p.count(); n != 0 {
			t.Errorf("%d posts before the hour", n)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if n := p.count(); n != 1 {
			t.Errorf("%d posts after the hour, want 1", n)
		}
		if h := b.Health(); h.OK || h.Adapters["fake"] != "ok" || h.Adapters["broken"] != "the token is wrong" {
			t.Errorf("Health = %+v", h)
		}
		if broken.runs < 3 {
			t.Errorf("the broken platform was started %d times in two hours", broken.runs)
		}
		asked := time.Now()
		stop()
		if err := <-done; err != nil || time.Since(asked) > 5*time.Second {
			t.Errorf("Serve ended with %v after %v", err, time.Since(asked))
		}
	})
}

func TestClockBehindTheStore(t *testing.T) {
	subs := []Subscription{{Created: noon}}
	for now, want := range map[time.Time]bool{time.Unix(0, 0): false, noon.Add(-25 * time.Hour): false, noon.Add(-23 * time.Hour): true, noon: true} {
		if got := sane(now, subs); got != want {
			t.Errorf("sane(%v) = %v, want %v", now, got, want)
		}
	}
}

// TestTidyAfterAJump checks that a clock that is ten years ahead deletes a tenth of the deliveries at most.
func TestTidyAfterAJump(t *testing.T) {
	b, _ := emptyBot(t)
	err := b.DB.Update(t.Context(), func(tx store.Tx) error {
		for i := range 100 {
			d := planned()
			d.ID, d.State = fmt.Sprintf("fake:W/C%d/2026-11-24", i), Delivered
			if err := putDelivery(tx, d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	b.Times.Now = func() time.Time { return noon.AddDate(10, 0, 0) }
	if err := b.tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	left, err := view(t.Context(), b.DB, func(tx store.Tx) ([]Delivery, error) { return all[Delivery](tx, deliveryBucket, "") })
	if err != nil || len(left) < 89 || len(left) == 100 {
		t.Errorf("%d of 100 deliveries are left, %v, want about 89", len(left), err)
	}
}

// TestTidyReadsKeysOnly puts something into young deliveries that cannot be decoded: tidying does not look into them.
func TestTidyReadsKeysOnly(t *testing.T) {
	b, _ := emptyBot(t)
	b.Times.Now = func() time.Time { return noon }
	err := b.DB.Update(t.Context(), func(tx store.Tx) error {
		old := planned()
		old.ID, old.State = "fake:W/C1/2024-11-24", Delivered
		return errors.Join(putDelivery(tx, old), tx.Put(deliveryBucket, "fake:W/C1/2026-11-23", []byte("no record")))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.tidy(t.Context()); err != nil {
		t.Errorf("tidy = %v, want it to leave young deliveries alone", err)
	}
	if _, err := b.delivery(t.Context(), "fake:W/C1/2024-11-24"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the old delivery: %v, want %v", err, store.ErrNotFound)
	}
}

func TestDueFeedsAreSpread(t *testing.T) {
	b := &Bot{}
	sub := Subscription{}
	feeds := b.casts.list()
	for i := range 100 {
		f := feedAt(fmt.Sprintf("https://f%d.example/", i), noon.Add(-72*time.Hour))
		feeds, sub.Follow = append(feeds, f), append(sub.Follow, f.URL)
	}
	feeds = append(feeds, feedAt("https://new.example/", time.Time{}), feedAt("https://unwanted.example/", noon.Add(-72*time.Hour)))
	sub.Follow = append(sub.Follow, "https://new.example/")
	b.casts.set(feeds)
	due := b.dueFeeds([]Subscription{sub}, noon)
	if len(due) > 12 || !strings.Contains(strings.Join(due, " "), "new.example") || strings.Contains(strings.Join(due, " "), "unwanted") {
		t.Errorf("%d feeds are read at once after an outage: %q, want a tenth and the new one", len(due), due)
	}
}

func feedAt(url string, checked time.Time) feed.Feed {
	return feed.Feed{URL: url, State: feed.State{CheckedAt: checked}}
}
