package bottest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"podbrief/bot"
	"podbrief/store"
)

// Killing is a run of the kill harness: a real process that serves a bot is ended by SIGKILL at random moments and started
// again, while the platform gives faulty answers.
type Killing struct {
	Kills     int
	Collector *Collector // required: of the fake platform that Command's process posts to
	// Channel returns the nth channel that gets a brief.
	Channel func(n int) bot.Channel // required
	// Address is where the fake platform is found, as Killed's adapter gets it.
	Address string // required
	// Began is told when the clock of the processes begins; may be nil.
	Began func(start time.Time)
	// Blind is set when nothing can be looked up after a crash: then a brief may be there twice, and never more often.
	Blind bool
}

// perKill is how many channels' briefs become due for each kill.
const perKill = 4

// Test kills, lets the last process end its work, and checks that every brief is there once, that the store was clean
// after each kill, and that a start took at most two seconds.
func (k *Killing) Test(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kill.db")
	start := time.Now()
	if k.Began != nil {
		k.Began(start)
	}
	channels := k.Kills * perKill
	var slowest time.Duration
	for i := range k.Kills {
		if err := k.subscribe(path, i, Simulated(start)); err != nil {
			t.Fatalf("before kill %d: %v", i+1, err)
		}
		p, err := startProcess(k.command(t, path, start))
		if err != nil {
			t.Fatal(err)
		}
		slowest = max(slowest, p.started)
		time.Sleep(8*time.Millisecond + rand.N(140*time.Millisecond))
		p.cmd.Process.Kill() //nolint:errcheck // it may be dead already, which the next line sees
		if err := p.cmd.Wait(); err == nil {
			t.Fatal("the process ended by itself")
		}
	}
	if err := checkStore(path); err != nil {
		t.Fatalf("after the last kill: %v", err)
	}
	k.drain(t, path, start, channels)
	posts, lost, doubled := k.Collector.Report(channels)
	t.Logf("%d kills, %d briefs, %d posts: %d lost, %d doubled, slowest start %v", k.Kills, channels, posts, lost, len(doubled), slowest)
	if k.Blind && k.Collector.most() <= 2 {
		doubled = nil
	}
	if k.Blind && lost*blindLoss <= channels {
		lost = 0
	}
	if lost != 0 || len(doubled) > 0 {
		t.Errorf("lost %d briefs, doubled %q, want none", lost, doubled)
		k.explain(t, path)
	}
	if slowest > 2*time.Second {
		t.Errorf("the slowest start took %v, want at most 2s", slowest)
	}
}

// explain says what became of the briefs that nobody sees.
func (k *Killing) explain(t *testing.T, path string) {
	db, err := store.OpenBolt(path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.View(t.Context(), func(tx store.Tx) error {
		for n := range k.Kills * perKill {
			if key := k.Channel(n).ID; !k.Collector.has(key) {
				t.Logf("%s has %s", key, deliveriesIn(tx, key))
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// deliveriesIn describes the deliveries of a channel.
func deliveriesIn(tx store.Tx, channel string) string {
	said := "no delivery"
	for key := range tx.Scan("delivery", "", "\xff") {
		if !strings.Contains(key, "/"+channel+"/") {
			continue
		}
		d, err := store.Get[bot.Delivery](tx, "delivery", key)
		said = fmt.Sprintf("%s: %q, %d tries from %v to %v, due %v, again at %v, %d waits, id %q, %q, %v",
			key, d.State, d.Tries, d.FirstTry, d.SettleAt, d.Due, d.RetryAt, d.Waits, d.MessageID, d.Error, err)
	}
	return said
}

// blindLoss bounds what may be lost when the history cannot be read: one brief in so many. At most two tries are made then,
// and nobody can know whether both of them failed before they were stored; with these faults that is about one in 150.
const blindLoss = 20

// subscribe makes the subscriptions whose briefs become due in the kill-th life of the process, on no other day of the week:
// a thousand lives are days by the bot's clock. It opens the store, which checks it.
func (k *Killing) subscribe(path string, kill int, now time.Time) error {
	db, err := store.OpenBolt(path, store.Options{})
	if err != nil {
		return err
	}
	due := now.UTC().Truncate(time.Minute)
	err = db.Update(context.Background(), func(tx store.Tx) error {
		for n := kill * perKill; n < (kill+1)*perKill; n++ {
			sub := bot.Subscription{
				Channel: k.Channel(n), Topics: []string{"ai"}, Count: 5, Created: now, Since: due.Add(-time.Minute),
				Schedule: bot.Schedule{Hour: due.Hour(), Minute: due.Minute(), Zone: "UTC", Days: 1 << due.Weekday()},
			}
			if err := bot.PutSubscription(tx, sub); err != nil {
				return err
			}
		}
		return nil
	})
	return errors.Join(err, db.Close())
}

// Simulated is the time by the clock of the processes, which began at start and runs fast.
func Simulated(start time.Time) time.Time { return start.Add(time.Since(start) * KillSpeed) }

// drain lets a process end the work that is left, and then ends it as an operator does.
func (k *Killing) drain(t *testing.T, path string, start time.Time, channels int) {
	p, err := startProcess(k.command(t, path, start))
	if err != nil {
		t.Fatal(err)
	}
	patience := 2*time.Minute + time.Duration(channels)*100*time.Millisecond // all that the kills left over
	if k.Blind {
		patience = 30 * time.Second // a lost one never comes
	}
	deadline := time.Now().Add(patience)
	for k.Collector.Len() < channels && time.Now().Before(deadline) {
		time.Sleep(50 * time.Millisecond)
	}
	time.Sleep(2 * killSettle) // whatever would be sent twice is sent by now
	asked := time.Now()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("ended by SIGTERM: %v, want exit code 0", err)
	}
	if took := time.Since(asked); took > 5*time.Second {
		t.Errorf("the end took %v, want at most 5s", took)
	}
}

// process is a started process.
type process struct {
	cmd     *exec.Cmd
	started time.Duration // from start until it served
}

// startProcess starts a process and waits until it says that it serves.
func startProcess(cmd *exec.Cmd) (*process, error) {
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != serving {
		return nil, fmt.Errorf("the process says %q: %w", line, errors.Join(err, cmd.Wait()))
	}
	go io.Copy(io.Discard, out) //nolint:errcheck // ends with the process
	return &process{cmd: cmd, started: time.Since(began)}, nil
}

// checkStore opens the store, which checks it, and closes it.
func checkStore(path string) error {
	db, err := store.OpenBolt(path, store.Options{})
	if err != nil {
		return err
	}
	return db.Close()
}

// serving is what a process says when it serves.
const serving = "serving\n"
