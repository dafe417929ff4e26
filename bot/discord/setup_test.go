package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"podbrief/bot"
	"podbrief/bot/discord/discordtest"
)

// shared returns a file of the shared data, or skips the test.
func shared(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(sharedFolder(), name))
	if err != nil {
		t.Skipf("no shared data: set PODBRIEF_SHARED to the folder with %s", name)
	}
	return b
}

func sharedFolder() string {
	if dir := os.Getenv("PODBRIEF_SHARED"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "..", "shared")
		}
		dir = filepath.Dir(dir)
	}
	return ""
}

// schemas are the request bodies of Discord's own description; nil when it is absent.
var schemas = sync.OnceValue(func() *bodies {
	b, err := os.ReadFile(filepath.Join(sharedFolder(), "discord-openapi.json"))
	if err != nil {
		return nil
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(b)))
	if err != nil {
		panic(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("discord.json", doc); err != nil {
		panic(err)
	}
	out := &bodies{compiler: c, known: map[string]*jsonschema.Schema{}}
	for path := range doc.(map[string]any)["paths"].(map[string]any) {
		out.paths = append(out.paths, path)
	}
	return out
})

type bodies struct {
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	paths    []string
	known    map[string]*jsonschema.Schema
}

var variable = regexp.MustCompile(`\{[^}]+\}`)

// check validates a request's body, and holds messages to the documented limits.
func (b *bodies) check(method, path string, body []byte) error {
	if err := limitsOf(path, body); err != nil || b == nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	s, err := b.schema(strings.ToLower(method), path)
	if err != nil {
		return err
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(body)))
	if err != nil {
		return err
	}
	return s.Validate(v)
}

func (b *bodies) schema(method, path string) (*jsonschema.Schema, error) {
	best := ""
	for _, p := range b.paths {
		pattern := "^" + variable.ReplaceAllString(regexp.QuoteMeta(strings.NewReplacer("{", "<", "}", ">").Replace(p)), "x") + "$"
		pattern = regexp.MustCompile(`<[^>]+>`).ReplaceAllString(pattern, `[^/]+`)
		if regexp.MustCompile(pattern).MatchString(path) && (best == "" || strings.Count(p, "{") < strings.Count(best, "{")) {
			best = p
		}
	}
	key := method + " " + best
	if s := b.known[key]; s != nil {
		return s, nil
	}
	at := strings.NewReplacer("~", "~0", "/", "~1").Replace(best)
	s, err := b.compiler.Compile("discord.json#/paths/" + at + "/" + method + "/requestBody/content/application~1json/schema")
	if err != nil {
		return nil, fmt.Errorf("no schema for %s %s: %w", method, path, err)
	}
	b.known[key] = s
	return s, nil
}

// limitsOf holds a body that holds a message to what Discord's description does not say.
func limitsOf(path string, body []byte) error {
	var m struct {
		message
		Data    *message
		First   *message `json:"message"`
		Mention *struct {
			Parse []string
		} `json:"allowed_mentions"`
	}
	if strings.HasSuffix(path, "/commands") {
		var defs commandSet
		return errors.Join(json.Unmarshal(body, &defs), defs.check())
	}
	if json.Unmarshal(body, &m) != nil {
		return nil
	}
	for _, part := range []*message{&m.message, m.Data, m.First} {
		if part == nil || part.Embeds == nil {
			continue
		}
		if part == &m.message && m.Mention != nil {
			part.AllowedMentions = mentions{Parse: m.Mention.Parse}
		}
		part.file = &upload{} // whether a message with nothing else has a file is not to be seen here
		if err := part.check(); err != nil {
			return err
		}
		if len(part.AllowedMentions.Parse) > 0 {
			return fmt.Errorf("pings %q", part.AllowedMentions.Parse)
		}
	}
	return nil
}

// fast is the pace of tests.
var fast = pace{
	ready: 2 * time.Second, firstPause: 20 * time.Millisecond, mostPause: 200 * time.Millisecond, invalid: 20 * time.Millisecond,
	identify: 5 * time.Millisecond,
}

// stage is a Discord and an adapter for it.
type stage struct {
	t      *testing.T
	server *discordtest.Server
	*Adapter
	done chan error
	stop context.CancelFunc
}

// newStage starts a Discord; whatever is sent to it is checked.
func newStage(t *testing.T) *stage {
	t.Helper()
	s := discordtest.New()
	s.Check = schemas().check
	st := &stage{t: t, server: s, Adapter: &Adapter{Token: discordtest.Token, API: s.API(), pace: fast, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}}
	t.Cleanup(func() {
		if st.stop != nil {
			st.end()
		}
		s.CloseClientConnections()
		s.Close()
		for _, err := range s.Wrong() {
			t.Error(err)
		}
	})
	return st
}

// run connects the adapter and waits until it is ready.
func (s *stage) run(cmds []bot.Command, h bot.Handler) {
	s.t.Helper()
	s.start(cmds, h)
	s.until("a connection", func() bool { return len(s.server.Live()) > 0 })
}

func (s *stage) start(cmds []bot.Command, h bot.Handler) {
	ctx, cancel := context.WithCancel(context.Background())
	s.stop, s.done = cancel, make(chan error, 1)
	go func() { s.done <- s.Run(ctx, cmds, h) }()
}

func (s *stage) end() {
	s.stop()
	s.stop = nil
	select {
	case err := <-s.done:
		if err != nil {
			s.t.Errorf("Run = %v, want nil", err)
		}
	case <-time.After(5 * time.Second):
		s.t.Error("Run did not end within 5 s")
	}
}

// until waits for something that happens over real connections.
func (s *stage) until(what string, ok func() bool) {
	s.t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("waited 20 s for %s", what)
		}
	}
}

// answered waits for an interaction's answer.
func (s *stage) answered(a *discordtest.Answer) discordtest.Answer {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 15*time.Second)
	defer cancel()
	final, err := s.server.Final(ctx, a)
	if err != nil {
		s.t.Fatal(err)
	}
	return final
}

// general is the text channel.
func general() bot.Channel {
	return bot.Channel{Platform: Platform, Workspace: discordtest.Guild, ID: discordtest.General, Name: "general"}
}

func forum() bot.Channel {
	return bot.Channel{Platform: Platform, Workspace: discordtest.Guild, ID: discordtest.Forum, Kind: bot.Forum}
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
