package bottest_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/bot/console"
	"podbrief/digest/feed"
	"podbrief/digest/sample"
)

// TestScripts runs the whole bot on the console platform, one script a command, in a bubble whose clock stands at
// 2000-01-01 00:00 UTC and moves only when everything waits. Scripts have these commands beside testscript's own:
//
//	say LINE     types a line at the console; what is printed until nothing moves any more is stdout
//	at TIME      lets time pass until then, which is RFC 3339
//	restart      stops the bot and starts it again on the same store
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	warmUp(t)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { runScript(t, file) })
		})
	}
}

// warmUp processes an episode outside of any bubble: the compressor that all engines share makes its channels with its
// first use.
func warmUp(t *testing.T) {
	w, err := bottest.Open(t.Context(), filepath.Join(t.TempDir(), "warm.db"), bottest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	url := sample.Feeds()[0]
	if err := w.Bot.Engine.AddFeed(t.Context(), feed.Feed{URL: url}, false); err != nil {
		t.Fatal(err)
	}
	if err := w.Bot.Engine.Scan(t.Context(), []string{url}, nil); err != nil {
		t.Fatal(err)
	}
}

func runScript(t *testing.T, file string) {
	p := &program{store: filepath.Join(t.TempDir(), "podbrief.db")}
	testscript.RunT(&inBubble{T: t}, testscript.Params{
		Files: []string{file},
		Setup: func(env *testscript.Env) error {
			p.start(t)
			env.Defer(func() { p.stop(t) })
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"say": func(ts *testscript.TestScript, _ bool, args []string) {
				fmt.Fprintln(p.in, strings.Join(args, " "))
				fmt.Fprint(ts.Stdout(), p.printed())
			},
			"at": func(ts *testscript.TestScript, _ bool, args []string) {
				until, err := time.Parse(time.RFC3339, args[0])
				ts.Check(err)
				time.Sleep(time.Until(until))
				fmt.Fprint(ts.Stdout(), p.printed())
			},
			"restart": func(ts *testscript.TestScript, _ bool, _ []string) {
				p.stop(t)
				p.start(t)
				fmt.Fprint(ts.Stdout(), p.printed())
			},
		},
	})
}

// program is a bot that serves the console.
type program struct {
	store string
	in    *io.PipeWriter
	out   output
	world *bottest.World
	quit  context.CancelFunc
	done  chan error
}

func (p *program) start(t *testing.T) {
	w, err := bottest.Open(t.Context(), p.store, bottest.Options{Log: slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})})
	if err != nil {
		t.Fatal(err)
	}
	in, typed := io.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	p.in, p.world, p.quit, p.done = typed, w, cancel, make(chan error, 1)
	w.Bot.Adapters = []bot.Adapter{&console.Console{In: in, Out: &p.out, Width: 200, Quit: cancel}}
	go func() { p.done <- w.Bot.Serve(ctx) }()
	p.printed()
}

func (p *program) stop(t *testing.T) {
	p.quit()
	p.in.Close()
	if err := <-p.done; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if err := p.world.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

// printed waits until nothing moves and returns what was printed since the last time.
func (p *program) printed() string {
	synctest.Wait()
	return p.out.take()
}

type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(b)
}

func (o *output) take() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	defer o.buf.Reset()
	return o.buf.String()
}

// inBubble is a testscript.T in a synctest bubble, which allows no subtests.
type inBubble struct{ *testing.T }

func (*inBubble) Parallel() {}

func (*inBubble) Verbose() bool { return testing.Verbose() }

// Run runs f in a goroutine of its own: FailNow ends that.
func (b *inBubble) Run(_ string, f func(testscript.T)) {
	done := make(chan bool)
	go func() {
		defer close(done)
		f(b)
	}()
	<-done
}

func (b *inBubble) FailNow() { b.Fail(); runtime.Goexit() }

func (b *inBubble) Fatal(args ...any) { b.Error(args...); runtime.Goexit() }
