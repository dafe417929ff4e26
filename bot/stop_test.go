package bot

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"podbrief/store"
)

// TestResumeTriesTheWorkspace stops a workspace by a bad token: “resume” tries it at once, says what came of it, and once it
// works lets the brief come that was held back.
func TestResumeTriesTheWorkspace(t *testing.T) {
	c := newCourier(t)
	c.platform.answers, c.platform.probe = []error{fault(TenantStop)}, fault(TenantStop)
	c.due(t, room("C1"))
	c.pass(t, 5*time.Minute)
	resume := func() string {
		return c.Handle(t.Context(), Request{Channel: room("C1"), User: "U1", Rights: Manage, Words: []string{"resume"}}, nil).Text
	}
	if said := resume(); c.platform.probes != 1 || !strings.HasPrefix(said, "I tried just now, and it does not work yet.\nNo brief comes: ") {
		t.Errorf("resume of a workspace that is still stopped says %q after %d probes", said, c.platform.probes)
	}
	if c.pass(t, 5*time.Minute); c.platform.count() != 1 {
		t.Errorf("%d posts into a stopped workspace, want the one that stopped it", c.platform.count())
	}
	c.platform.probe = nil
	if said := resume(); !strings.HasPrefix(said, "The brief comes again.\nNext brief: ") {
		t.Errorf("resume of a workspace that works again says %q", said)
	}
	if c.pass(t, 2*time.Minute); c.platform.count() != 2 || c.state(t, room("C1")).State != Delivered {
		t.Errorf("after resume: %d posts, %q, want the brief delivered", c.platform.count(), c.state(t, room("C1")).State)
	}
	if resume(); c.platform.probes != 2 {
		t.Errorf("%d probes, want none when nothing is stopped", c.platform.probes)
	}
}

// TestStartTriesStoppedWorkspaces starts the bot after a token was mended: the workspace works within a minute, though it was
// tried not long ago.
func TestStartTriesStoppedWorkspaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, p := emptyBot(t)
		now := time.Now()
		err := b.DB.Update(t.Context(), func(tx store.Tx) error {
			sub := Subscription{Channel: room("C1"), Topics: []string{"ai"}, Created: now, Since: now, Schedule: Schedule{Hour: 20, Zone: "UTC"}}
			if err := PutSubscription(tx, sub); err != nil {
				return err
			}
			stopped := Workspace{Managers: AdminsManage, Stop: Stop{Class: TenantStop, Since: now.AddDate(0, -2, 0), Probed: now.Add(-time.Hour)}}
			return store.Put(tx, workspaceBucket, workspaceKey(room("C1")), stopped)
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, end := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- b.Serve(ctx) }()
		time.Sleep(time.Minute)
		synctest.Wait()
		if stop, err := b.stopOf(t.Context(), room("C1")); err != nil || stop.Class != "" || p.probes != 1 {
			t.Errorf("a minute after the start: %+v, %v, %d probes, want it to work after one", stop, err, p.probes)
		}
		end()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
