package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"github.com/gorilla/websocket"

	"podbrief/bot"
	"podbrief/bot/bottest"
	"podbrief/bot/slack/slacktest"
)

// Variables that make the test program something else than tests.
const (
	// served holds, in a process that serves a bot to be tried by hand, the address of the Web API and the store; and where
	// to listen for signed requests, when it is these that come.
	served = "PODBRIEF_TEST_SERVE"
	// framed holds, in a process that does what a person does on a page, the address of the page's socket and a frame for it.
	framed = "PODBRIEF_TEST_FRAME"
)

func TestMain(m *testing.M) {
	bottest.Killed(killedAdapter)
	for name, run := range map[string]func([]string) error{served: serveWorld, framed: sendFrame} {
		if args := os.Getenv(name); args != "" {
			if err := run(strings.Split(args, "\n")); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			os.Exit(0)
		}
	}
	os.Exit(m.Run())
}

// serveWorld serves a bot that knows the invented podcasts.
func serveWorld(args []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	w, err := bottest.Open(ctx, args[1], bottest.Options{Log: slog.NewTextHandler(os.Stderr, nil)})
	if err != nil {
		return err
	}
	a := &Adapter{BotToken: slacktest.BotToken, AppToken: slacktest.AppToken, SigningSecret: slacktest.Secret, APIURL: args[0], Log: w.Bot.Log}
	if len(args) > 2 {
		a.HTTP = true
		mux := http.NewServeMux()
		mux.Handle("/slack", a)
		srv := &http.Server{Addr: args[2], Handler: mux}
		defer srv.Close()
		go srv.ListenAndServe() //nolint:errcheck // whoever tries it by hand sees that it does not answer
	}
	w.Bot.Adapters = []bot.Adapter{a}
	return errors.Join(w.Bot.Serve(ctx), w.Close())
}

// sendFrame sends one frame to a socket.
func sendFrame(args []string) error {
	conn, _, err := websocket.DefaultDialer.Dial(args[0], nil)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.WriteMessage(websocket.TextMessage, []byte(args[1])); err != nil {
		return err
	}
	_, _, err = conn.ReadMessage() // what the page begins with: then the frame was taken
	return err
}
