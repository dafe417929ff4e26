package store_test

import (
	"testing"

	"podbrief/store"
	"podbrief/store/storetest"
)

func open(t *testing.T, path string, o store.Options) *store.Bolt {
	t.Helper()
	b, err := store.OpenBolt(path, o)
	if err != nil {
		t.Fatalf("OpenBolt(%s) = %v", path, err)
	}
	t.Cleanup(func() { b.Close() }) //nolint:errcheck // tests that close it themselves look at the error
	return b
}

func TestBolt(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.DB { return open(t, t.TempDir()+"/podbrief.db", store.Options{}) })
}
