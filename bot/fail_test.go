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

// live runs a process with a fault for one look at what is due. Each life is two minutes later.
func live(t *testing.T, dir string, n int, fault string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestLife$")
	cmd.Env = append(os.Environ(), "LIFE_DIR="+dir, "LIFE_FAULT="+fault, fmt.Sprintf("LIFE=%d", n))
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
	if n == 0 {
		err := db.Update(t.Context(), func(tx store.Tx) error {
			return PutSubscription(tx, Subscription{Channel: room("C1"), Topics: []string{"ai"}, Count: 5, Created: noon.Add(-time.Hour),
				Since: noon.Add(-time.Hour), Schedule: Schedule{Hour: 12, Zone: "UTC"}})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	point, how, _ := strings.Cut(os.Getenv("LIFE_FAULT"), "=")
	Failpoint = func(at string) error {
		if at != point {
			return nil
		}
		point = ""
		return breakDown(how)
	}
	if err := b.Deliver(t.Context(), "fake:W/"); err != nil {
		t.Log(err)
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
