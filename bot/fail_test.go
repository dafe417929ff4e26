//go:build failpoint

package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"podbrief/bot/queue"
	"podbrief/digest"
	"podbrief/digest/rank"
	"podbrief/store"
)

// points are where a delivery can be broken, in its order.
var points = []string{
	"plan.before", "rank", "plan.after", "intent.before", "intent.after", "post.before", "post.after", "settle.before", "settle.after",
	"look.before", "look.after",
}

// TestFailpoints breaks a process at each point in each way, starts it again without faults, and checks that the brief is
// there once.
func TestFailpoints(t *testing.T) {
	for _, point := range points {
		for _, how := range []string{"kill", "panic", "error", "sleep"} {
			t.Run(point+"/"+how, func(t *testing.T) {
				dir := t.TempDir()
				lives := []string{point + "=" + how, "", "", ""}
				if strings.HasPrefix(point, "look") { // there must be something to look up
					lives = append([]string{"post.after=kill"}, lives...)
				}
				for n, fault := range lives {
					live(t, dir, n, fault)
				}
				posts, err := os.ReadFile(filepath.Join(dir, "posts"))
				if got := strings.Count(string(posts), "\n"); err != nil || got != 1 {
					t.Errorf("%d messages, want 1 (%v)", got, err)
				}
				db, err := store.OpenBolt(filepath.Join(dir, "db"), store.Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer db.Close()
				d, err := (&Bot{DB: db}).delivery(t.Context(), "fake:W/C1/2026-11-24")
				if err != nil || d.State != Delivered {
					t.Errorf("delivery is %q, %v, want %q", d.State, err, Delivered)
				}
			})
		}
	}
}

// TestPurgeFailpoints breaks a process while it deletes, at the first, a middle and the last step, in each way; starts it
// again without faults, and checks that nothing of what was to go is left, and all else is.
func TestPurgeFailpoints(t *testing.T) {
	for _, what := range []string{"leave workspace yes", "profile forget", "leave yes"} {
		for _, point := range []string{"purge#1", fmt.Sprintf("purge#%d", len(ownedBuckets)/2), fmt.Sprintf("purge#%d", len(ownedBuckets)), "purge.after#1"} {
			for _, how := range []string{"kill", "panic", "error", "sleep"} {
				t.Run(strings.ReplaceAll(what, " ", "-")+"/"+point+"/"+how, func(t *testing.T) {
					dir := t.TempDir()
					live(t, dir, 0, "", "LIFE_SAYS="+what)
					live(t, dir, 1, point+"="+how, "LIFE_SAYS="+what)
					live(t, dir, 2, "", "LIFE_SAYS="+what)
					checkDeleted(t, dir, what)
				})
			}
		}
	}
}

func checkDeleted(t *testing.T, dir, what string) {
	db, err := store.OpenBolt(filepath.Join(dir, "db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	b := &Bot{DB: db}
	if keys, err := b.cutOff(t.Context()); err != nil || len(keys) > 0 {
		t.Errorf("still being deleted: %q, %v", keys, err)
	}
	left := map[string]int{}
	for key := range everything(t, b) {
		bucket, rest, _ := strings.Cut(key, " ")
		if bucket == workspaceBucket || bucket == messageBucket {
			continue
		}
		parts := strings.SplitN(rest, "/", 3)
		left[bucket+" "+parts[0]+"/"+parts[1]]++
	}
	want := map[string][]string{
		"leave workspace yes": {"subscription fake:W2/C1"},
		"profile forget":      {"subscription fake:W/C1", "subscription fake:W/C2", "subscription fake:W2/C1", "vote fake:W/C1"},
		"leave yes":           {"subscription fake:W/C2", "subscription fake:W/@U1", "subscription fake:W2/C1", "saved fake:W/U1", "managed fake:W/U1"},
	}[what]
	for _, k := range want {
		if left[k] == 0 {
			t.Errorf("after %q %q is gone, left are %v", what, k, left)
		}
		delete(left, k)
	}
	if len(left) > 0 {
		t.Errorf("after %q there are still %v", what, left)
	}
}

// live runs a process with a fault for one look at what is due. Each life is two minutes later.
func live(t *testing.T, dir string, n int, fault string, env ...string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestLife$")
	cmd.Env = append(append(os.Environ(), "LIFE_DIR="+dir, "LIFE_FAULT="+fault, fmt.Sprintf("LIFE=%d", n)), env...)
	out, err := cmd.CombinedOutput()
	if err != nil && fault == "" {
		t.Fatalf("life %d: %v\n%s", n, err, out)
	}
}

// TestLife is one life of a process that TestFailpoints starts.
func TestLife(t *testing.T) {
	dir := os.Getenv("LIFE_DIR")
	if dir == "" {
		t.Skip("only for TestFailpoints")
	}
	db, err := store.OpenBolt(filepath.Join(dir, "db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n int
	fmt.Sscan(os.Getenv("LIFE"), &n)
	now := noon.Add(time.Duration(n) * 2 * time.Minute)
	lg := slog.New(slog.DiscardHandler)
	q, err := queue.NewLocal(t.Context(), db, queue.Options{Kinds: Kinds(), Log: lg})
	if err != nil {
		t.Fatal(err)
	}
	b := &Bot{DB: db, Queue: q, Log: lg, Adapters: []Adapter{&filePlatform{path: filepath.Join(dir, "posts")}},
		Engine: &digest.Engine{DB: db, Index: rank.NewIndex()}, Times: Times{Now: func() time.Time { return now }}}
	Failpoint = failAt(os.Getenv("LIFE_FAULT"))
	if says := os.Getenv("LIFE_SAYS"); says != "" {
		liveAndDelete(t, b, q, n, says)
		return
	}
	if n == 0 {
		err := db.Update(t.Context(), func(tx store.Tx) error {
			return PutSubscription(tx, Subscription{Channel: room("C1"), Topics: []string{"ai"}, Count: 5, Created: noon.Add(-time.Hour),
				Since: noon.Add(-time.Hour), Schedule: Schedule{Hour: 12, Zone: "UTC"}})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Deliver(t.Context(), "fake:W/"); err != nil {
		t.Log(err)
	}
}

// failAt makes a fault of "point=how", or of "point#3=how" for the third time that the point is reached.
func failAt(fault string) func(string) error {
	point, how, _ := strings.Cut(fault, "=")
	point, nth, _ := strings.Cut(point, "#")
	left := 1
	fmt.Sscan(nth, &left)
	return func(at string) error {
		if at != point {
			return nil
		}
		if left--; left != 0 {
			return nil
		}
		return breakDown(how)
	}
}

// liveAndDelete is a life of TestPurgeFailpoints: the first makes what is deleted, the second deletes, the third finds what
// is left to do.
func liveAndDelete(t *testing.T, b *Bot, q *queue.Local, n int, says string) {
	say := func(ws, channel, line string, rights Rights) {
		r := sentBy(rights, false, line)
		r.Channel.ID, r.Channel.Workspace, r.Personal.Workspace = channel, ws, ws
		if m := b.Handle(t.Context(), r, nil); strings.HasPrefix(m.Text, "You need") {
			t.Fatalf("%s: %q", line, m.Text)
		}
	}
	const all = Read | Own | Manage | Administer
	switch n {
	case 0:
		for _, place := range []struct{ ws, channel string }{{"W", "C1"}, {"W", "C2"}, {"W2", "C1"}} {
			setBrief(t, b, Channel{Platform: "fake", Workspace: place.ws, ID: place.channel})
		}
		say("W", "C2", "time 09:00", all)
		say("W", "C2", "topic @me ai", all)
		keepInsight(t, b, "U1", 1, noon)
		for _, user := range []string{"U1", "U2"} {
			putVote(t, b, user)
		}
		say("W", "C1", "settings managers members", all)
	case 1:
		say("W", "C1", says, all)
	case 2:
		if _, err := b.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := q.Drain(t.Context(), b.Do); err != nil {
			t.Fatal(err)
		}
	}
}

func putVote(t *testing.T, b *Bot, user string) {
	t.Helper()
	err := b.DB.Update(t.Context(), func(tx store.Tx) error {
		return store.Put(tx, voteBucket, channelKey(room("C1"))+part(user)+"/0mdx4k2h1-abcdef-0", Vote{Up: true, Feed: "https://x.example/", At: noon})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func breakDown(how string) error {
	switch how {
	case "kill":
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case "panic":
		panic("failpoint")
	case "sleep":
		time.Sleep(10 * time.Millisecond)
		return nil
	}
	return errors.New("failpoint")
}

// filePlatform keeps messages in a file, which outlives the process.
type filePlatform struct {
	fakePlatform
	path string
}

func (p *filePlatform) Post(_ context.Context, _ Channel, _ Message, key DeliveryKey) (string, error) {
	f, err := os.OpenFile(p.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	defer f.Close()
	_, err = fmt.Fprintln(f, key)
	return "m1", err
}

func (p *filePlatform) Find(_ context.Context, _ Channel, key DeliveryKey, _ time.Time) (string, bool, bool, error) {
	posts, err := os.ReadFile(p.path)
	if errors.Is(err, os.ErrNotExist) {
		return "", false, true, nil
	}
	return "m1", strings.Contains(string(posts), string(key)+"\n"), true, err
}
