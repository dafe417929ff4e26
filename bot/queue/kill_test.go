package queue_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"podbrief/bot/queue"
	"podbrief/store"
)

const killDir = "PODBRIEF_TEST_KILL_DIR" // set in the process that is killed: where its store and its log are

// TestKill kills a process with SIGKILL at random moments while it adds and does jobs. What Add had confirmed is done in the
// end, and a job whose end was on disk is not done again.
func TestKill(t *testing.T) {
	if dir := os.Getenv(killDir); dir != "" {
		victim(dir)
	}
	dir, rnd := t.TempDir(), rand.New(rand.NewPCG(5, 6))
	rounds := 12
	if testing.Short() {
		rounds = 3
	}
	for round := range rounds {
		killOnce(t, dir, time.Duration(20+rnd.IntN(130))*time.Millisecond)
		db, err := store.OpenBolt(dir+"/podbrief.db", store.Options{})
		if err != nil {
			t.Fatalf("round %d: OpenBolt after a kill = %v", round, err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	finish(t, dir)
	added, done := readLog(t, dir)
	if len(added) < rounds {
		t.Fatalf("only %d jobs were confirmed in %d rounds", len(added), rounds)
	}
	for key := range added {
		if done[key] == 0 {
			t.Errorf("job %s was confirmed and never done", key)
		}
	}
	most, again := 0, 0
	for _, n := range done {
		most = max(most, n)
		if n > 1 {
			again++
		}
	}
	if most > rounds+1 || again > rounds*2*killWorkers {
		t.Errorf("%d jobs were done again, one of them %d times, in %d kills of %d workers", again, most, rounds, killWorkers)
	}
	t.Logf("%d kills: %d jobs confirmed, %d done, %d of them more than once", rounds, len(added), len(done), again)
}

const killWorkers = 8

// killOnce starts the victim and kills it a while after it is at work.
func killOnce(t *testing.T, dir string, after time.Duration) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKill$")
	cmd.Env = append(os.Environ(), killDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Errorf("the process says %q, %v", line, err)
	}
	time.Sleep(after) // the random moment; nothing is waited for
	if err := cmd.Process.Kill(); err != nil {
		t.Errorf("kill = %v", err)
	}
	if err := cmd.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Errorf("the process ended with %v before it was killed", err)
	}
}

// victim adds and does jobs until it is killed. It writes "added" after Add returned and "done" within the job.
func victim(dir string) {
	q, note := openVictim(dir)
	go func() {
		for i := 0; ; i++ {
			j := queue.Job{Kind: "k", Key: fmt.Sprintf("w%d/%d-%d", i%3, os.Getpid(), i)}
			if q.Add(context.Background(), j) == nil {
				note("added", j)
			}
		}
	}()
	fmt.Println("ready")
	err := q.Run(context.Background(), func(_ context.Context, j queue.Job) error {
		note("done", j)
		return nil
	})
	panic(err)
}

func openVictim(dir string) (*queue.Local, func(string, queue.Job)) {
	db, err := store.OpenBolt(dir+"/podbrief.db", store.Options{})
	if err != nil {
		panic(err)
	}
	q, err := queue.NewLocal(context.Background(), db, queue.Options{Kinds: map[string]queue.Kind{"k": {Workers: killWorkers, Attempts: 100}}})
	if err != nil {
		panic(err)
	}
	log, err := os.OpenFile(dir+"/log", os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		panic(err)
	}
	return q, func(what string, j queue.Job) {
		if _, err := fmt.Fprintf(log, "%s %s\n", what, j.Key); err != nil {
			panic(err)
		}
	}
}

// finish does what is left, in this process.
func finish(t *testing.T, dir string) {
	t.Helper()
	q, note := openVictim(dir)
	drain(t, q, func(_ context.Context, j queue.Job) error {
		note("done", j)
		return nil
	})
}

func readLog(t *testing.T, dir string) (added, done map[string]int) {
	t.Helper()
	b, err := os.ReadFile(dir + "/log")
	if err != nil {
		t.Fatal(err)
	}
	added, done = map[string]int{}, map[string]int{}
	for line := range strings.Lines(string(b)) {
		what, key, _ := strings.Cut(strings.TrimSpace(line), " ")
		if what == "added" {
			added[key]++
		} else {
			done[key]++
		}
	}
	return added, done
}
