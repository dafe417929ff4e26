package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"podbrief/bot"
	"podbrief/bot/console"
	"podbrief/bot/directory"
	"podbrief/bot/queue"
	"podbrief/digest"
	"podbrief/digest/feed"
	"podbrief/digest/llm"
	"podbrief/store"
)

// serveCmd is `podbrief serve`.
type serveCmd struct{}

// Run runs the bot with all that is configured until ctx is done.
func (serveCmd) Run(ctx context.Context, a *app, address storeAddress) error {
	e, db, err := a.open(ctx, address)
	if err != nil {
		return err
	}
	return errors.Join(a.serve(ctx, e, db, address), db.Close())
}

// serve runs the bot on an open store.
func (a *app) serve(ctx context.Context, e *digest.Engine, db store.DB, address storeAddress) error {
	ctx, quit := context.WithCancel(ctx)
	defer quit()
	lg := a.logger()
	q, err := queue.NewLocal(ctx, db, queue.Options{Kinds: bot.Kinds(), Log: lg})
	if err != nil {
		return err
	}
	client := feed.NewClient(feed.Policy{Allow: a.config.Fields("FETCH_ALLOW")})
	b := &bot.Bot{
		DB: db, Engine: e, Queue: q, Log: lg, Zone: time.Local.String(), Adapters: a.adapters(lg, quit),
		Sources: bot.Sources{Catalog: catalog(), Packs: a.config.Fields("PACKS"), Client: client, Directory: a.directory(client)},
	}
	if file, ok := db.(*store.Bolt); ok {
		b.Compact = func(ctx context.Context) error {
			return file.Compact(ctx, strings.TrimPrefix(string(address), "bolt:"))
		}
	}
	var budget *llm.Budget
	if usesModel(e) {
		budget = budgetOf(a.config, db)
		b.Models = models(budget)
	}
	g, ctx := errgroup.WithContext(ctx)
	if e.Embedder != nil {
		g.Go(func() error { return embedEvery(ctx, e, lg, time.Minute) })
	}
	g.Go(func() error { return watch(ctx, e, lg, time.Minute) })
	g.Go(func() error { return b.Serve(ctx) })
	g.Go(func() error { return listen(ctx, a.config.Get("LISTEN"), b, metricsPage(b, q, budget)) })
	return g.Wait()
}

// adapters returns the platforms that are configured; without any, the console.
func (a *app) adapters(lg *slog.Logger, quit func()) []bot.Adapter {
	var out []bot.Adapter
	if s := a.slack(lg); s != nil {
		out = append(out, s)
	}
	if d := a.discord(lg); d != nil {
		out = append(out, d)
	}
	if len(out) > 0 {
		return out
	}
	fmt.Fprintln(a.stderr, "No chat platform is configured, so this is the console: type “help”, or set SLACK_BOT_TOKEN or DISCORD_TOKEN.")
	return []bot.Adapter{&console.Console{
		In: a.stdin, Out: a.stdout, Width: a.screen.width, Styled: a.screen.color, Prompt: isTerminal(a.stdin), Quit: quit,
	}}
}

// directory returns where podcasts are looked up by name; nil when that is switched off.
func (a *app) directory(client *http.Client) directory.Directory {
	address := a.config.Get("DIRECTORY_URL")
	switch key := a.config.Get("PODCASTINDEX_KEY"); {
	case address == "off":
		return nil
	case key != "":
		return &directory.PodcastIndex{Client: client, Key: key, Secret: a.config.Get("PODCASTINDEX_SECRET")}
	}
	return &directory.Apple{Client: client, URL: address}
}

// listen answers /healthz and /metrics, and at its name each platform that sends signed requests, until ctx is done; with
// the address "off" nowhere.
func listen(ctx context.Context, address string, b *bot.Bot, metrics http.HandlerFunc) error {
	if address == "off" {
		return nil
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("listen at %q, which LISTEN names: %w; set LISTEN to another address, or to off", address, err)
	}
	srv := &http.Server{Handler: pages(b, metrics), ReadHeaderTimeout: 5 * time.Second}
	stop := context.AfterFunc(ctx, func() { srv.Close() })
	defer stop()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// pages are what is answered over HTTP.
func pages(b *bot.Bot, metrics http.HandlerFunc) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		h := b.Health()
		w.Header().Set("Content-Type", "application/json")
		if !h.OK {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		json.NewEncoder(w).Encode(h) //nolint:errcheck // whoever asked is gone
	})
	mux.HandleFunc("GET /metrics", metrics)
	for _, a := range b.Adapters {
		if h, ok := a.(http.Handler); ok {
			mux.Handle("/"+a.Platform(), h)
		}
	}
	return mux
}

// settingsCmd is `podbrief config`.
type settingsCmd struct{}

// Run prints the settings.
func (settingsCmd) Run(a *app) error { return a.config.Print(a.stdout) }
