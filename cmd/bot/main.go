// Command bot is Podbrief, built as podbrief: it scans podcasts and answers with the best insights of the day on the topics asked for.
//
// # The whole system, from the bottom up
//
// A newcomer reads the packages in this order; each knows nothing of those that come after it.
//
//   - [podbrief/store] keeps records: buckets, keys, bytes. It knows nothing of podcasts.
//   - [podbrief/digest/feed] fetches feeds politely and safely, and hands out podcasts and episodes in one form.
//   - [podbrief/digest/transcript] turns what an episode offers (VTT, SRT, JSON, HTML, text, or only show notes) into
//     segments with speaker and time.
//   - [podbrief/digest/insight] takes the insights out of a transcript: claims that stand alone, with their verbatim quote.
//   - [podbrief/digest/rank] chooses among all insights: by topic, quality, novelty; and finds what is related.
//   - [podbrief/digest] joins these into the Engine: Refresh a feed, Process an episode, answer with a Brief. It lists
//     its records at the top of records.go.
//   - [podbrief/bot] knows channels, subscriptions and deliveries, and no chat platform; its adapters know one each.
//   - this package reads flags and settings ([podbrief/configs]), wires the parts and prints. It is the only one that
//     reads the environment or exits.
//
// A brief comes about like this: open the store, load its insights into the index (engine.go), add the feeds that were
// named (sources.go), let Engine.Scan refresh and process them, ask Engine.Brief, and draw the answer (text.go,
// markdown.go, or json.go for machines).
//
// # Exit codes
//
// 0 all went well; 1 something failed; 2 the command was used wrongly, nothing was done; 3 nothing was found;
// 130 interrupted.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // zones are known on a machine without them too
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(exit(err, os.Stderr))
}

// The exit codes; they are documented in the help.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitNothing     = 3
	exitInterrupted = 130
)

// errNothing says that a command found nothing; what there is to say about it was printed.
var errNothing = errors.New("nothing found")

// usageError is a command that was used wrongly.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// exit tells an error to the person and returns the exit code for it.
func exit(err error, stderr io.Writer) int {
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errNothing):
		return exitNothing
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "podbrief: stopped")
		return exitInterrupted
	}
	fmt.Fprintln(stderr, "podbrief:", oneLineEach(err))
	if errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailed
}
