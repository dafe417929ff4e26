package transcript

import (
	"os"
	"path/filepath"
	"testing"
)

// shared returns a folder of the data that is kept beside the repository, and skips the test where it is absent.
func shared(t testing.TB, path ...string) string {
	t.Helper()
	root := os.Getenv("PODBRIEF_SHARED")
	if root == "" {
		dir, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		for {
			if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
				break
			}
			parent := filepath.Dir(dir)
			if parent == dir {
				t.Skip("no go.mod above the test's folder")
			}
			dir = parent
		}
		root = filepath.Join(dir, "..", "shared")
	}
	found := filepath.Join(append([]string{root}, path...)...)
	if _, err := os.Stat(found); err != nil {
		t.Skipf("no shared data at %s; set PODBRIEF_SHARED", found)
	}
	return found
}
