package transcript

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"podbrief/digest/feed"

	"github.com/google/go-cmp/cmp"
)

func TestLinkedRanks(t *testing.T) {
	offer := func(url, mediaType, language, rel string) feed.Transcript {
		return feed.Transcript{URL: url, Type: mediaType, Language: language, Rel: rel}
	}
	formats := []feed.Transcript{
		offer("a.pdf", "application/pdf", "", ""), offer("a.txt", "text/plain", "", ""), offer("a.html", "text/html", "", ""),
		offer("a", "text/plain", "", "captions"), offer("a.srt", "application/x-subrip", "", "captions"),
		offer("a.vtt", "text/vtt", "", "captions"), offer("a.json", "application/json", "", ""), offer("b", "", "", ""),
	}
	languages := []feed.Transcript{
		offer("de.json", "application/json", "de", ""), offer("en.vtt", "text/vtt", "en-gb", ""),
		offer("fr.vtt", "text/vtt", "fr", ""), offer("own.txt", "text/plain", "", ""),
	}
	tests := []struct {
		name      string
		languages []string
		episode   feed.Episode
		want      string
	}{
		{"formats with most of speakers and times first", nil, feed.Episode{Transcripts: formats}, "a.json a.vtt a.srt a a.html a.txt b"},
		{"the episode's own language", nil, feed.Episode{Language: "en-gb", Transcripts: languages}, "en.vtt own.txt de.json fr.vtt"},
		{"the same language of another region", nil, feed.Episode{Language: "fr-ca", Transcripts: languages}, "own.txt fr.vtt de.json en.vtt"},
		{"the operator's, when the own is not wanted", []string{"de", "fr"}, feed.Episode{Language: "en-gb", Transcripts: languages}, "de.json fr.vtt en.vtt own.txt"},
		{"the own, when it is wanted", []string{"de", "en"}, feed.Episode{Language: "en-gb", Transcripts: languages}, "en.vtt own.txt de.json fr.vtt"},
		{"the operator's, when the feed says nothing", []string{"fr"}, feed.Episode{Transcripts: languages}, "fr.vtt de.json en.vtt own.txt"},
	}
	for _, test := range tests {
		var got []string
		for _, o := range (Linked{Languages: test.languages}).rank(test.episode) {
			got = append(got, o.URL)
		}
		if got := strings.Join(got, " "); got != test.want {
			t.Errorf("rank (%s) = %s, want %s", test.name, got, test.want)
		}
	}
}

func TestLinkedFallsToTheNextOffer(t *testing.T) {
	asked := ""
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked += r.URL.Path + " "
		switch r.URL.Path {
		case "/good.txt":
			w.Write(body("", "Ann: Salmon swim up river #.\n\n", ""))
		case "/moved.vtt":
			http.Redirect(w, r, "/good.txt", http.StatusFound)
		case "/page.json":
			w.Write([]byte("<!doctype html><title>Log in</title>"))
		case "/busy.srt":
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			http.NotFound(w, r)
		}
	}))
	defer srv.Close()
	l := Linked{Client: feed.NewClient(feed.Policy{Allow: []string{strings.TrimPrefix(srv.URL, "http://")}})}
	offers := func(paths ...string) feed.Episode {
		ep := feed.Episode{Title: "Rivers", Language: "en"}
		for _, p := range paths {
			ep.Transcripts = append(ep.Transcripts, feed.Transcript{URL: srv.URL + p})
		}
		return ep
	}
	tests := []struct {
		name, asked string
		episode     feed.Episode
		ok, none    bool
	}{
		{"the first is good", "/moved.vtt /good.txt ", offers("/good.txt", "/moved.vtt"), true, false},
		{"a login, then nothing, then a good one", "/page.json /busy.srt /good.txt ", offers("/good.txt", "/page.json", "/busy.srt"), true, false},
		{"none is a transcript", "/page.json /gone.vtt ", offers("/page.json", "/gone.vtt"), false, true},
		{"one may come back", "/page.json /busy.srt ", offers("/page.json", "/busy.srt"), false, false},
		{"no offers", "", offers(), false, true},
		{"too many offers", "/1.vtt /2.vtt /3.vtt /4.vtt ", offers("/1.vtt", "/2.vtt", "/3.vtt", "/4.vtt", "/good.txt"), false, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			asked = ""
			tr, err := l.Transcript(t.Context(), test.episode)
			if (err == nil) != test.ok || errors.Is(err, ErrNone) != test.none {
				t.Errorf("Transcript = %v, %v; want ok %v, ErrNone %v", tr, err, test.ok, test.none)
			}
			if asked != test.asked {
				t.Errorf("asked for %s, want %s", asked, test.asked)
			}
			if tr != nil && (tr.Language != "en" || tr.URL != srv.URL+"/good.txt") {
				t.Errorf("Transcript: language %q, URL %q", tr.Language, tr.URL)
			}
		})
	}
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := l.Transcript(ctx, offers("/good.txt")); !errors.Is(err, context.Canceled) || errors.Is(err, ErrNone) {
			t.Errorf("Transcript(cancelled) = %v, want %v", err, context.Canceled)
		}
	})
}

func TestLinkedReadsInTheCharsetOfTheHost(t *testing.T) {
	russian := strings.Repeat("\xd0\xe5\xea\xe0 \xf2\xe5\xf7\xb8\xf2. ", 200)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", r.URL.Query().Get("type"))
		fmt.Fprint(w, russian)
	}))
	defer srv.Close()
	l := Linked{Client: feed.NewClient(feed.Policy{Allow: []string{strings.TrimPrefix(srv.URL, "http://")}})}
	for _, declared := range []string{"text/plain; charset=Windows-1251", "application/octet-stream; charset=windows-1251"} {
		offer := feed.Transcript{URL: srv.URL + "/?type=" + url.QueryEscape(declared), Type: "text/plain; charset=utf-8"}
		tr, err := l.Transcript(t.Context(), feed.Episode{Transcripts: []feed.Transcript{offer}})
		if err != nil || !strings.HasPrefix(tr.Segments[0].Text, "Река течёт.") {
			t.Errorf("Transcript(%s) = %.60v, %v; want Russian", declared, tr, err)
		}
	}
}

func TestTimesAfterTheEnd(t *testing.T) {
	tr := &Transcript{Segments: []Segment{{Start: second, End: 2 * second}, {Start: 3 * time.Hour, End: 3*time.Hour + second}}}
	talk := &Transcript{Segments: []Segment{{Start: time.Hour, End: 2 * time.Hour, Text: strings.Repeat("word ", 9000)}}}
	for _, end := range []time.Duration{0, 45 * second} {
		talk.forgetTimesAfter(end)
		if talk.Segments[0].Timing != Exact {
			t.Errorf("forgetTimesAfter(%v): the length is not known or cannot be, but times were dropped", end)
		}
	}
	tr.forgetTimesAfter(time.Hour)
	want := []Segment{{Start: second, End: 2 * second}, {Timing: Unknown}}
	if diff := cmp.Diff(want, tr.Segments); diff != "" {
		t.Errorf("forgetTimesAfter(1h) (-want +got):\n%s", diff)
	}
}

// source answers with what it holds.
type source struct {
	t   *Transcript
	err error
}

func (s source) Transcript(context.Context, feed.Episode) (*Transcript, error) { return s.t, s.err }

func TestFirst(t *testing.T) {
	busy := errors.New("busy")
	none, fails, has := source{err: ErrNone}, source{err: busy}, source{t: &Transcript{Source: "notes"}}
	tests := []struct {
		name string
		in   First
		err  error
	}{
		{"the one that has it", First{none, has, fails}, nil},
		{"an error that may pass", First{none, fails, has}, busy},
		{"none", First{none, none}, ErrNone},
		{"no sources", nil, ErrNone},
	}
	for _, test := range tests {
		got, err := test.in.Transcript(t.Context(), feed.Episode{Title: "Rivers"})
		if !errors.Is(err, test.err) || (got == nil) != (test.err != nil) {
			t.Errorf("First (%s) = %v, %v; want error %v", test.name, got, err, test.err)
		}
	}
}

func TestNotes(t *testing.T) {
	tests := []struct {
		name, notes string
		want        []string // nil: ErrNone
	}{
		{"sentences stay", `Ann Lee explains why salmon remember the river that they were born in, and what dams do to them.

They live on the smell of their first weeks. Bob asks e.g. about eels, which do the opposite for no known reason.`, []string{
			"Ann Lee explains why salmon remember the river that they were born in, and what dams do to them.",
			"They live on the smell of their first weeks. Bob asks e.g. about eels, which do the opposite for no known reason.",
		}},
		{"all else goes", `Salmon remember the smell of the river for four years, and [Ann Lee](https://example.org/ann) has measured it in forty rivers. Read more at https://example.org/salmon today.

This episode is brought to you by Example Boats, the best boats of all boats.

00:00 Intro and a few words on dams.
(12:30) Why eels do the opposite of salmon.
Links
- https://example.org
- The map of rivers
Follow us on Mastodon and leave a review of the show.

She says that every dam of more than five metres ends a run of salmon within eight years.`, []string{
			"Salmon remember the smell of the river for four years, and Ann Lee has measured it in forty rivers.",
			"She says that every dam of more than five metres ends a run of salmon within eight years.",
		}},
		{"lines broken at 40 signs", "Ann Lee explains why salmon remember the\nriver that they were born in, and what\ndams do to them. They live on the smell of their first weeks for four years.\n- The map", []string{
			"Ann Lee explains why salmon remember the river that they were born in, and what dams do to them. They live on the smell of their first weeks for four years.",
		}},
		{"too little", "Ann Lee and Bob talk about salmon and eels this week.", nil},
		{"nothing", "", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tr, err := Notes{}.Transcript(t.Context(), feed.Episode{Title: "Rivers", Notes: test.notes, Link: "https://example.org/1", Language: "en"})
			if test.want == nil {
				if !errors.Is(err, ErrNone) {
					t.Errorf("Transcript = %v, %v; want ErrNone", tr, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			check(t, tr.Segments)
			if diff := cmp.Diff(test.want, strings.Split(texts(tr.Segments), "|")); diff != "" || !tr.FromNotes() || tr.Segments[0].Timing != Unknown {
				t.Errorf("Transcript = %+v (-want +got):\n%s", tr, diff)
			}
		})
	}
}
