package feed

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
)

func TestFetchDecompresses(t *testing.T) {
	for name, answer := range map[string]struct {
		encoding string
		body     []byte
	}{
		"plain": {"", []byte(small("a"))}, "gzip": {"gzip", zipped(small("a"))}, "gzip file": {"", zipped(small("a"))},
		"gzip twice": {"gzip", zipped(string(zipped(small("a"))))}, "plain called gzip": {"gzip", []byte(small("a"))},
	} {
		t.Run(name, func(t *testing.T) {
			url, ft := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if answer.encoding != "" {
					w.Header().Set("Content-Encoding", answer.encoding)
				}
				w.Header().Set("Content-Type", "image/png") // who trusts that
				w.Write(answer.body)
			})
			if _, episodes, err := ft.Fetch(t.Context(), Feed{URL: url}); err != nil || len(episodes) != 1 {
				t.Errorf("Fetch = %d episodes, %v; want 1", len(episodes), err)
			}
		})
	}
}

func TestFetchStopsAtAudio(t *testing.T) {
	var sent atomic.Int64
	url, ft := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "ID3\x04\x00")
		for block := make([]byte, 64<<10); sent.Load() < 64<<20; sent.Add(int64(len(block))) {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	_, _, err := ft.Fetch(t.Context(), Feed{URL: url})
	if KindOf(err) != NotFeed || sent.Load() > 16<<20 {
		t.Errorf("Fetch = %v after %d bytes, want not_a_feed and not the whole episode", err, sent.Load())
	}
}
