package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// corpusShows are the folders of the corpus, and corpusTranscripts how many transcripts they have in all.
var corpusShows = []string{
	"arrested-devops", "bitcoin-optech", "brain-science", "changelog-friends", "changelog-news", "founders-talk",
	"future-of-coding", "new-rustacean", "practical-ai", "request-for-commits", "security-now", "ship-it", "syntax",
	"talk-python", "virtual-coffee",
}

const corpusTranscripts = 280

// corpus returns the folder of the real podcasts, or skips.
func corpus(tb testing.TB) string {
	tb.Helper()
	dir := os.Getenv("PODBRIEF_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	dir = filepath.Join(dir, "corpus")
	if _, err := os.Stat(dir); err != nil {
		tb.Skip("the corpus of real podcasts is not there; set PODBRIEF_SHARED to its folder")
	}
	return dir
}

// serveCorpus serves the corpus with its own addresses filled in, and returns the addresses of its feeds.
func serveCorpus(tb testing.TB) (server *httptest.Server, feeds []string) {
	tb.Helper()
	dir := corpus(tb)
	files := http.FileServer(http.Dir(dir))
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, ".xml") && !strings.HasSuffix(r.URL.Path, ".json") {
			files.ServeHTTP(w, r)
			return
		}
		b, err := os.ReadFile(filepath.Join(dir, filepath.Clean("/"+r.URL.Path)))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Write(bytes.ReplaceAll(b, []byte("{{BASE}}"), []byte("http://"+r.Host))) //nolint:errcheck // a client that went away
	}))
	tb.Cleanup(server.Close)
	for _, show := range corpusShows {
		name := "feed.xml"
		if show == "new-rustacean" {
			name = "feed.local.xml"
		}
		feeds = append(feeds, server.URL+"/"+show+"/"+name)
	}
	return server, feeds
}

// briefOf are the arguments of a brief of these feeds.
func briefOf(feeds []string, args ...string) []string {
	args = append([]string{"brief", "--since", "all"}, args...)
	for _, f := range feeds {
		args = append(args, "--feed", f)
	}
	return args
}

func TestBriefOfTheCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 370 real episodes; left out with -short")
	}
	server, feeds := serveCorpus(t)
	env := map[string]string{
		"STORE":       filepath.Join(t.TempDir(), "corpus.db"),
		"FETCH_ALLOW": strings.TrimPrefix(server.URL, "http://"),
	}
	bot := func(args ...string) []byte {
		t.Helper()
		var stdout, stderr bytes.Buffer
		err := run(context.Background(), args, func(k string) string { return env[k] }, strings.NewReader(""), &stdout, &stderr)
		if err != nil || stderr.Len() > 0 {
			t.Fatalf("bot %s: %v, stderr %s", strings.Join(args, " "), err, stderr.String())
		}
		return stdout.Bytes()
	}
	out := bot(briefOf(feeds, "--topic", "open source", "--format", "json")...)
	checkSchema(t, "brief", out)
	var brief jsonBrief
	if err := json.Unmarshal(out, &brief); err != nil {
		t.Fatal(err)
	}
	checkCorpusBrief(t, brief)

	var list struct{ Feeds []jsonFeed }
	if err := json.Unmarshal(bot("feeds", "list", "--format", "json"), &list); err != nil {
		t.Fatal(err)
	}
	transcripts := 0
	for _, f := range list.Feeds {
		transcripts += f.Transcripts
		if f.Insights == 0 || f.Error != "" {
			t.Errorf("feeds list: %s has %d insights, error %q; want some and none", f.Title, f.Insights, f.Error)
		}
	}
	if len(list.Feeds) != len(corpusShows) || transcripts != corpusTranscripts {
		t.Errorf("feeds list: %d podcasts, %d transcripts, want %d and %d", len(list.Feeds), transcripts, len(corpusShows), corpusTranscripts)
	}
}

// checkCorpusBrief checks what is known of a brief of the corpus on open source.
func checkCorpusBrief(t *testing.T, b jsonBrief) {
	t.Helper()
	if len(b.Picks) != 5 || b.Podcasts != len(corpusShows) {
		t.Errorf("brief: %d picks from %d podcasts, want 5 from %d", len(b.Picks), b.Podcasts, len(corpusShows))
	}
	perPodcast := map[string]int{}
	for i, p := range b.Picks {
		perPodcast[p.Episode.Podcast]++
		all := strings.ToLower(p.Insight.Text + p.Episode.Title + p.Episode.Podcast)
		if !strings.Contains(all, "open source") && !strings.Contains(all, "open-source") && !strings.Contains(p.Why, "Close to") {
			t.Errorf("pick %d does not speak of open source, and its reason is %q", i+1, p.Why)
		}
		if p.Insight.Timing != "unknown" && !strings.Contains(p.Episode.Link, "#t=") && !strings.Contains(p.Episode.Link, "t=") {
			t.Errorf("pick %d: link %q does not lead to the second", i+1, p.Episode.Link)
		}
	}
	for podcast, n := range perPodcast {
		if n > 2 {
			t.Errorf("%d picks are from %s, want at most 2", n, podcast)
		}
	}
}

func checkSchema(t *testing.T, definition string, doc []byte) {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(schemaDir, "podbrief.schema.json") + "#/$defs/" + definition)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err == nil {
		err = schema.Validate(v)
	}
	if err != nil {
		t.Errorf("output is not a valid %s: %v", definition, err)
	}
}

// buildBot builds the program as users have it.
func buildBot(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "bot")
	cmd := exec.Command("go", "build", "-o", path, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

// timeBot runs the program b.N times and reports its largest memory.
func timeBot(b *testing.B, env func() []string, args ...string) {
	b.Helper()
	path := buildBot(b)
	most := int64(0)
	for b.Loop() {
		cmd := exec.Command(path, args...)
		cmd.Env = env()
		cmd.Stdout, cmd.Stderr = io.Discard, os.Stderr
		if err := cmd.Run(); err != nil {
			b.Fatalf("bot %v: %v", args, err)
		}
		most = max(most, cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
	}
	b.ReportMetric(float64(most)/1024, "MB-RSS")
}

// BenchmarkTry is the time from the start of the program to the brief of the invented shows; to reach: 2 s.
func BenchmarkTry(b *testing.B) { timeBot(b, os.Environ, "try") }

// BenchmarkCorpus is the time from an empty store to the brief of all 15 shows with 280 transcripts; to reach: 30 s on two
// cores, 200 MB.
func BenchmarkCorpus(b *testing.B) {
	server, feeds := serveCorpus(b)
	env := func() []string {
		return append(os.Environ(), "STORE="+filepath.Join(b.TempDir(), "corpus.db"), "FETCH_ALLOW="+strings.TrimPrefix(server.URL, "http://"))
	}
	timeBot(b, env, briefOf(feeds, "--topic", "open source")...)
}
