package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"podbrief/digest/sample"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"podbrief": main})
}

// TestScripts plays whole commands as a person would type them. Each script is a story; the podcasts are the invented
// ones, served by a web server of this process at $WEB, with some faults beside them (see podcasts).
func TestScripts(t *testing.T) {
	web := httptest.NewServer(podcasts(t))
	t.Cleanup(web.Close)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("WEB", web.URL)
			env.Setenv("FETCH_ALLOW", strings.TrimPrefix(web.URL, "http://"))
			env.Setenv("STORE", "podbrief.db")
			env.Setenv("COLUMNS", "80")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"valid":  valid,
			"getid":  getID,
			"expand": expand,
		},
	})
}

// podcasts serves the invented shows, and what else the scripts need.
func podcasts(t *testing.T) http.Handler {
	shows := &http.Client{Transport: sample.Transport(time.Now())}
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		resp, err := shows.Get(sample.Base + r.URL.Path)
		if err != nil {
			t.Errorf("get sample %s: %v", r.URL.Path, err)
			return
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Errorf("read sample %s: %v", r.URL.Path, err)
		}
		w.Header().Set("Content-Type", resp.Header.Get("Content-Type"))
		w.WriteHeader(resp.StatusCode)
		fmt.Fprint(w, strings.ReplaceAll(string(body), sample.Base, "http://"+r.Host))
	})
	mux.HandleFunc("/fault/page", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<html><head><link rel="alternate" type="application/rss+xml" href="http://%s%s"></head><body>A show</body></html>`, r.Host, sample.Shows()[0].Path)
	})
	mux.HandleFunc("/fault/blank", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<html><body>Nothing here</body></html>")
	})
	mux.HandleFunc("/fault/broken", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<?xml version="1.0"?><rss version="2.0"><channel><title>Broken`)
	})
	mux.HandleFunc("/fault/server", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "no", http.StatusInternalServerError)
	})
	mux.HandleFunc("/fault/transcript", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, feedWithTranscript, time.Now().Format(time.RFC1123Z), "http://"+r.Host+"/fault/server")
	})
	return mux
}

// feedWithTranscript is a feed whose only episode links to a transcript.
const feedWithTranscript = `<?xml version="1.0"?>
<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel><title>Lost Words</title>
<item><title>The episode with no words</title><guid>lost-1</guid><pubDate>%s</pubDate>
<enclosure url="https://lost.example/1.mp3" type="audio/mpeg" length="1"/>
<podcast:transcript url="%s" type="text/vtt"/></item></channel></rss>`

// valid checks a document against a definition of the schema: valid DEFINITION FILE.
func valid(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: valid DEFINITION FILE")
	}
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(schemaDir, "podbrief.schema.json") + "#/$defs/" + args[0])
	ts.Check(err)
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(ts.ReadFile(args[1])))
	ts.Check(err)
	ts.Check(schema.Validate(doc))
}

// schemaDir is found before the scripts change the folder.
var schemaDir = func() string {
	dir, err := filepath.Abs("schema")
	if err != nil {
		panic(err)
	}
	return dir
}()

// getID sets a variable to the ID of the nth pick of a brief in JSON, or of the first one with related insights:
// getid VARIABLE N|related FILE.
func getID(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: getid VARIABLE N|related FILE")
	}
	var brief jsonBrief
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[2])), &brief))
	for i, p := range brief.Picks {
		if fmt.Sprint(i+1) == args[1] || args[1] == "related" && len(p.Related) > 0 {
			ts.Setenv(args[0], p.Insight.ID)
			return
		}
	}
	ts.Fatalf("the brief has %d picks, and not the one for %q", len(brief.Picks), args[1])
}

// expand replaces $WEB in files: expand FILE...
func expand(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range args {
		text := strings.ReplaceAll(ts.ReadFile(name), "$WEB", ts.Getenv("WEB"))
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o600))
	}
}
