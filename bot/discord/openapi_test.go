package discord

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"podbrief/bot/discord/discordtest"
)

// openAPI is Discord's own description of its calls; nil when it is absent.
var openAPI = sync.OnceValue(func() *description {
	b, err := os.ReadFile(filepath.Join(sharedFolder(), "discord-openapi.json"))
	if err != nil {
		return nil
	}
	d := &description{compiler: jsonschema.NewCompiler(), known: map[string]*jsonschema.Schema{}, patterns: map[string]*regexp.Regexp{}}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(b)))
	if err == nil {
		d.compiler.DefaultDraft(jsonschema.Draft2020)
		err = errors.Join(d.compiler.AddResource("discord.json", doc), json.Unmarshal(b, d))
	}
	if err != nil {
		panic(err)
	}
	for path := range d.Paths {
		d.patterns[path] = regexp.MustCompile("^" + regexp.MustCompile(`\\\{[^}]+\}`).ReplaceAllString(regexp.QuoteMeta(path), "[^/]+") + "$")
	}
	return d
})

// description is what Discord says about its calls.
type description struct {
	Paths map[string]map[string]json.RawMessage // by path and method

	mu       sync.Mutex
	compiler *jsonschema.Compiler
	patterns map[string]*regexp.Regexp
	known    map[string]*jsonschema.Schema // by where it stands
}

// check validates a request, and holds messages to the documented limits.
func (d *description) check(method, target string, body []byte) error {
	path, query, _ := strings.Cut(target, "?")
	if len(body) > 0 {
		if err := limitsOf(path, body); err != nil {
			return err
		}
	}
	if d == nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	at, err := d.call(strings.ToLower(method), path)
	if err == nil {
		err = d.checkQuery(at, query)
	}
	if err != nil || len(body) == 0 {
		return err
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(body)))
	if err != nil {
		return err
	}
	return d.validate(at.pointer+"/requestBody/content/application~1json/schema", v)
}

// operation is a call that is described.
type operation struct {
	pointer    string // where
	Parameters []struct{ Name, In string }
}

// call finds the description of a call: of those that fit the one with the fewest variables.
func (d *description) call(method, path string) (operation, error) {
	best := ""
	for p, fits := range d.patterns {
		if fits.MatchString(path) && (best == "" || strings.Count(p, "{") < strings.Count(best, "{")) {
			best = p
		}
	}
	said, ok := d.Paths[best][method]
	if !ok {
		return operation{}, fmt.Errorf("Discord has no call %s %s", method, path) //nolint:staticcheck // a name
	}
	op := operation{pointer: "#/paths/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(best) + "/" + method}
	return op, json.Unmarshal(said, &op)
}

// checkQuery validates what follows the question mark.
func (d *description) checkQuery(op operation, query string) error {
	values, err := url.ParseQuery(query)
	if err != nil {
		return err
	}
	for i, p := range op.Parameters {
		if p.In != "query" || !values.Has(p.Name) {
			continue
		}
		var v any = values.Get(p.Name)
		if text := values.Get(p.Name); len(text) < 10 { // longer numbers are IDs, which are strings
			if parsed, err := jsonschema.UnmarshalJSON(strings.NewReader(text)); err == nil {
				v = parsed
			}
		}
		if err := d.validate(fmt.Sprintf("%s/parameters/%d/schema", op.pointer, i), v); err != nil {
			return err
		}
		values.Del(p.Name)
	}
	if len(values) > 0 {
		return fmt.Errorf("parameters %v that the call does not have", values)
	}
	return nil
}

func (d *description) validate(pointer string, v any) error {
	s := d.known[pointer]
	if s == nil {
		var err error
		if s, err = d.compiler.Compile("discord.json" + pointer); err != nil {
			return fmt.Errorf("no schema at %s: %w", pointer, err)
		}
		d.known[pointer] = s
	}
	return s.Validate(v)
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
	}
	return nil
}

// TestTheCheckFinds checks that what every test relies on does find what is wrong.
func TestTheCheckFinds(t *testing.T) {
	if openAPI() == nil {
		t.Skip("no shared data: set PODBRIEF_SHARED to the folder with discord-openapi.json")
	}
	const message = `"content":"x","embeds":[],"components":[],"allowed_mentions":{"parse":[]}`
	for _, tt := range []struct {
		call, target, body string
		right              bool
	}{
		{"GET", "/gateway/bot", "", true},
		{"GET", "/gateway/bots", "", false},
		{"DELETE", "/gateway/bot", "", false},
		{"GET", "/channels/300000000000000001/messages?limit=100&after=1234567890123", "", true},
		{"GET", "/channels/300000000000000001/messages?limit=101", "", false},
		{"GET", "/channels/300000000000000001/messages?since=1", "", false},
		{"GET", "/channels/300000000000000001/threads/archived/public?limit=100&before=2026-11-24T10:00:00.5Z", "", true},
		{"POST", "/channels/300000000000000001/messages", `{` + message + `}`, true},
		{"POST", "/channels/300000000000000001/messages", `{` + message + `,"nonce":"12345678901234567890123456"}`, false},
		{"POST", "/channels/300000000000000001/messages", `{` + message + `,"flags":"x"}`, false},
		{"POST", "/channels/300000000000000001/messages", `{"content":"x","embeds":[]}`, false},
		{"POST", "/interactions/300000000000000001/token/callback", `{"type":4,"data":{` + message + `}}`, true},
		{"POST", "/interactions/300000000000000001/token/callback", `{"type":44}`, false},
	} {
		if err := openAPI().check(tt.call, tt.target, []byte(tt.body)); (err == nil) != tt.right {
			t.Errorf("check(%s %s %s) = %v, want it right: %v", tt.call, tt.target, tt.body, err, tt.right)
		}
	}
}

// TestNobodyIsPinged checks that the fake Discord sees messages that might ping somebody.
func TestNobodyIsPinged(t *testing.T) {
	s := discordtest.New()
	defer s.Close()
	for body, wrong := range map[string]bool{
		`{"content":"x","allowed_mentions":{"parse":[]}}`:                          false,
		`{"type":5,"data":{"flags":64}}`:                                           false,
		`{"content":"x"}`:                                                          true,
		`{"content":"x","allowed_mentions":{"parse":["users"]}}`:                   true,
		`{"type":4,"data":{"embeds":[]}}`:                                          true,
		`{"name":"x","message":{"content":"x","allowed_mentions":{"parse":null}}}`: true,
	} {
		before := len(s.Wrong())
		resp, err := http.Post(s.API()+"/channels/1/messages", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := len(s.Wrong()) > before; got != wrong {
			t.Errorf("%s is found wrong: %v, want %v", body, got, wrong)
		}
	}
}
