package bot

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update-readme", false, "write the command reference into README.md")

const readme = "../README.md"

// The README's command reference comes from the command table: `go test ./bot -run Readme -update-readme` writes it.
func TestReadmeListsTheCommands(t *testing.T) {
	data, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- commands -->\n", "<!-- end of commands -->"
	head, rest, ok := strings.Cut(string(data), begin)
	old, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s lacks the marks %q and %q", readme, begin, end)
	}
	want := reference((&Bot{}).Commands())
	if *update {
		if err := os.WriteFile(readme, []byte(head+begin+want+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if old != want {
		t.Errorf("the README's command reference is not the command table's; run go test ./bot -run Readme -update-readme")
	}
}

// reference is the command table as Markdown.
func reference(table []Command) string {
	var b strings.Builder
	b.WriteString("| command | does | who may |\n| --- | --- | --- |\n")
	who := map[Rights]string{Read: "everybody", Own: "everybody, for themselves", Manage: "who manages the channel", Administer: "who manages the workspace"}
	for _, c := range table {
		b.WriteString("| `" + usage(c) + "` | " + c.Help + " | " + who[c.Right] + " |\n")
	}
	return b.String()
}
