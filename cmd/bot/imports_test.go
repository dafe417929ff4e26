package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// module is our import path.
const module = "podbrief"

// mayImport says for each package of ours which others it may import; packages inside it that have no row of their own
// are part of it. The empty name stands for any. The arrows point one way: what is not listed is forbidden, and a package
// that is missing here is a failure, so that nobody forgets to decide.
var mayImport = map[string][]string{
	"store":             {},
	"store/postgres":    {"store"},
	"store/storetest":   {"store"},
	"configs":           {},
	"configs/mkfeeds":   {},
	"digest/feed":       {},
	"digest/transcript": {"digest/feed"},
	"digest/insight":    {"digest/feed", "digest/transcript"},
	"digest/rank":       {"digest/feed", "digest/transcript", "digest/insight"},
	"digest/sample":     {},
	"digest/llm":        {"digest/feed", "digest/transcript", "digest/insight", "digest/rank", "store"},
	"digest":            {"digest/feed", "digest/transcript", "digest/insight", "digest/rank", "store"},
	"bot/queue":         {"store"},
	"bot/fit":           {"digest/insight"},
	"bot":               {"digest", "digest/feed", "digest/insight", "digest/transcript", "bot/fit", "bot/queue", "store"},
	"bot/bottest":       {""},
	"bot/console":       {"bot"},
	"bot/slack":         {"bot", "bot/fit"},
	"bot/discord":       {"bot", "bot/fit"},
	"cmd":               {""},
}

// onlyIn says in which package an SDK may appear: whatever is peculiar to it stays there.
var onlyIn = map[string]string{
	"github.com/slack-go/slack":         "bot/slack",
	"github.com/bwmarrin/discordgo":     "bot/discord",
	"github.com/sashabaranov/go-openai": "digest/llm",
	"github.com/mmcdole/gofeed":         "digest/feed",
	"go.etcd.io/bbolt":                  "store",
	"github.com/jackc/pgx":              "store/postgres",
	"github.com/riverqueue/river":       "bot/queue/riverqueue",
	"github.com/alecthomas/kong":        "cmd/bot",
}

// listed is what `go list` tells of a package.
type listed struct {
	ImportPath string
	Imports    []string
}

// packages returns our packages with their imports, tests left out.
func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-e", "-json=ImportPath,Imports", module+"/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatalf("read go list: %v", err)
		}
		all = append(all, p)
	}
}

func TestImportsPointOneWay(t *testing.T) {
	for _, p := range packages(t) {
		from := strings.TrimPrefix(p.ImportPath, module+"/")
		rule, allowed := ruleOf(from)
		if rule == "" {
			t.Errorf("package %s has no row in mayImport; decide what it may import", from)
		}
		for _, imported := range p.Imports {
			to, ours := strings.CutPrefix(imported, module+"/")
			if its, _ := ruleOf(to); ours && its != rule && !slices.Contains(allowed, to) && !slices.Contains(allowed, "") {
				t.Errorf("%s imports %s; it may import only %v", from, to, allowed)
			}
		}
	}
}

// ruleOf returns the row for a package: its own, or that of the nearest package around it.
func ruleOf(path string) (rule string, allowed []string) {
	for p := path; p != ""; {
		if allowed, ok := mayImport[p]; ok {
			return p, allowed
		}
		p = p[:max(0, strings.LastIndexByte(p, '/'))]
	}
	return "", nil
}

func TestEachSDKInOnePackage(t *testing.T) {
	for _, p := range packages(t) {
		from := strings.TrimPrefix(p.ImportPath, module+"/")
		for _, imported := range p.Imports {
			for sdk, home := range onlyIn {
				inside := from == home || strings.HasPrefix(from, home+"/")
				if (imported == sdk || strings.HasPrefix(imported, sdk+"/")) && !inside {
					t.Errorf("%s imports %s, which may appear only in %s", from, imported, home)
				}
			}
		}
	}
}

func TestOnlyMainReadsTheEnvironment(t *testing.T) {
	out, err := exec.Command("go", "list", "-e", "-f", "{{.Name}} {{.ImportPath}} {{.Dir}}", module+"/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		f := strings.SplitN(strings.TrimSpace(line), " ", 3)
		if f[0] == "main" || strings.HasSuffix(f[1], "test") {
			continue
		}
		for file, text := range goFiles(t, f[2]) {
			for _, call := range []string{"os.Getenv(", "os.LookupEnv(", "os.Environ(", "os.Exit(", "log.Fatal"} {
				if strings.Contains(text, call) {
					t.Errorf("%s calls %s; only cmd/bot reads the environment or exits", file, call)
				}
			}
		}
	}
}

// goFiles returns the texts of a folder's Go files, tests left out.
func goFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(b)
	}
	return texts
}
