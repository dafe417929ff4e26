package discord

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const readme = "../../README.md"

// part returns what stands in the README between two marks.
func part(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(data), "<!-- "+name+" -->")
	inside, _, ended := strings.Cut(rest, "<!-- end of "+name+" -->")
	if !found || !ended {
		t.Fatalf("%s has no part %q", readme, name)
	}
	return inside
}

var testFunc = regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)

// testsOf returns the tests of a folder by name.
func testsOf(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range testFunc.FindAllStringSubmatch(string(data), -1) {
			out[m[1]] = true
		}
	}
	return out
}

var testName = regexp.MustCompile("`(Test\\w+)`")

// TestReadmeComparison holds the README's table of both platforms to the tests that it names: every cell names one at least,
// and each of them is there.
func TestReadmeComparison(t *testing.T) {
	columns := []map[string]bool{nil, testsOf(t, "../slack"), testsOf(t, ".")}
	rows := strings.Split(strings.TrimSpace(part(t, "platforms")), "\n")[2:] // under the head
	if len(rows) < 20 {
		t.Fatalf("the table has %d rows", len(rows))
	}
	for _, row := range rows {
		cells := strings.Split(strings.Trim(row, "| "), " | ")
		if len(cells) != len(columns) {
			t.Errorf("%d cells instead of %d: %s", len(cells), len(columns), row)
			continue
		}
		for i, cell := range cells[1:] {
			named := testName.FindAllStringSubmatch(cell, -1)
			if len(named) == 0 {
				t.Errorf("%s: no test is named: %s", cells[0], cell)
			}
			for _, m := range named {
				if !columns[i+1][m[1]] {
					t.Errorf("%s: there is no %s", cells[0], m[1])
				}
			}
		}
	}
}

// TestReadmeInvite checks that the README invites the bot with exactly the permissions that doctor wants, all of them named.
func TestReadmeInvite(t *testing.T) {
	data, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range append(strings.Split(names(inviteWith), ", "), fmt.Sprintf("&scope=bot+applications.commands&permissions=%d`", inviteWith)) {
		if !strings.Contains(string(data), want) {
			t.Errorf("%s does not say %q", readme, want)
		}
	}
}
