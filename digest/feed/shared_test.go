package feed

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
)

// now is when the tests take place.
var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// shared returns the path of a file of the shared test data, which lies beside the repository. Tests are skipped
// without it.
func shared(t testing.TB, elements ...string) string {
	t.Helper()
	dir := os.Getenv("PODBRIEF_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	path := filepath.Join(append([]string{dir}, elements...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("shared test data is absent: set PODBRIEF_SHARED to its folder (%v)", err)
	}
	return path
}

// readJSON decodes a file of the shared test data.
func readJSON(t testing.TB, into any, elements ...string) {
	t.Helper()
	data, err := os.ReadFile(shared(t, elements...))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("decode %v: %v", elements, err)
	}
}

// readFile returns a file's content, decompressed up to a limit when it is gzip.
func readFile(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		return data
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("decompress %s: %v", path, err)
	}
	plain, _ := io.ReadAll(io.LimitReader(z, MaxFeed)) // what comes before the damage is the test
	return plain
}
