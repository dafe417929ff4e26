package feed

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadOPML(t *testing.T) {
	const doc = `junk<?xml version="1.0" encoding="ISO-8859-1"?><!-- x --><OPML version="1.0"><head><title>Mine</title></head><body>
<outline text="AI &amp; data"><outline type="rss" text="One" xmlUrl="https://one.example.com/rss"/>
 <outline title="Deep"><outline title="Two" text="two" xmlurl=" https://two.example.com/rss "/></outline>
 <outline text="One again" xmlUrl="https://one.example.com/rss"/></outline>
<outline text="Caf` + "\xe9" + `" XMLURL="https://three.example.com/rss"/><outline text="Page" url="https://four.example.com/rss"/>
<outline text="nothing"/><outline text="a < b" xmlUrl="https://five.example.com/?a=1&b=2"/></body></OPML>`
	want := []Outline{
		{Title: "One", URL: "https://one.example.com/rss", Topic: "AI & data"},
		{Title: "Two", URL: "https://two.example.com/rss", Topic: "Deep"},
		{Title: "Café", URL: "https://three.example.com/rss"},
		{Title: "Page", URL: "https://four.example.com/rss"},
		{Title: "a < b", URL: "https://five.example.com/?a=1&b=2"},
	}
	got, err := ReadOPML(strings.NewReader(doc))
	if err != nil {
		t.Fatalf("ReadOPML = %v, want no error", err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ReadOPML (-want +got):\n%s", diff)
	}
	got, err = ReadOPML(strings.NewReader(doc[:strings.Index(doc, "<outline text=\"nothing")]))
	if err != nil || len(got) != 4 {
		t.Errorf("ReadOPML of a cut file = %d feeds, %v; want the 4 before the cut", len(got), err)
	}
}

func TestReadOPMLRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		doc  string
		want Kind
	}{
		"nothing":   {"", NotFeed},
		"text":      {"my feeds", NotFeed},
		"web page":  {"<html><body><outline xmlUrl='https://a.example.com'/></body></html>", NotFeed},
		"feed":      {small("a"), NotFeed},
		"too many":  {"<opml>" + strings.Repeat("<outline/>", 3) + manyOutlines(maxOutlines+1) + "</opml>", TooLarge},
		"too deep":  {"<opml>" + strings.Repeat("<outline>", 100) + `<outline xmlUrl="https://a.example.com/"/>`, TooLarge},
		"too large": {"<opml>" + strings.Repeat(" ", MaxFeed), TooLarge},
		"damaged":   {"<opml><outline", NotFeed},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := ReadOPML(strings.NewReader(test.doc)); KindOf(err) != test.want {
				t.Errorf("ReadOPML = %d feeds, %v; want kind %s", len(got), err, test.want)
			}
		})
	}
}

func manyOutlines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `<outline xmlUrl="https://a.example.com/%d"/>`, i)
	}
	return b.String()
}

func TestWriteOPML(t *testing.T) {
	want := []Outline{
		{Title: "One & two", URL: "https://one.example.com/?a=1&b=2", Topic: "ai"},
		{Title: "Three", URL: "https://three.example.com/", Topic: "ai"},
		{Title: "<Four>", URL: "https://four.example.com/"},
	}
	var b bytes.Buffer
	if err := WriteOPML(&b, "My podcasts", want); err != nil {
		t.Fatal(err)
	}
	const golden = `<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0">
  <head>
    <title>My podcasts</title>
  </head>
  <body>
    <outline text="ai">
      <outline type="rss" text="One &amp; two" title="One &amp; two" xmlUrl="https://one.example.com/?a=1&amp;b=2"></outline>
      <outline type="rss" text="Three" title="Three" xmlUrl="https://three.example.com/"></outline>
    </outline>
    <outline type="rss" text="&lt;Four&gt;" title="&lt;Four&gt;" xmlUrl="https://four.example.com/"></outline>
  </body>
</opml>
`
	if diff := cmp.Diff(golden, b.String()); diff != "" {
		t.Errorf("WriteOPML (-want +got):\n%s", diff)
	}
	got, err := ReadOPML(&b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ReadOPML of what was written (-want +got):\n%s", diff)
	}
}
