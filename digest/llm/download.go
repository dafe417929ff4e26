package llm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"podbrief/digest/feed"
	"podbrief/digest/insight"
	"podbrief/digest/transcript"
)

// Bounds of an enclosure.
const (
	maxAudio     = 512 << 20 // bytes
	downloadWait = 30 * time.Minute
	staleAudio   = 7 * 24 * time.Hour // then what a crash left behind is removed
)

var errTooLarge = fmt.Errorf("%w: the audio is larger than %d MB", transcript.ErrNone, maxAudio>>20)

// fetched is an enclosure that is or was fetched to a file. It stays there until the episode is heard, so that an attempt
// after a crash goes on with the same sound: a host may put other ads into each download.
func (s *Speech) fetched(ctx context.Context, url, dir string) (file string, err error) {
	file = filepath.Join(dir, "audio")
	if _, err := os.Stat(file); err == nil {
		return file, nil
	}
	insight.Progress(ctx, "fetching the audio")
	if err := s.download(ctx, url, file+".part"); err != nil {
		return "", err
	}
	return file, os.Rename(file+".part", file)
}

// download streams an enclosure to a file, within limits. Its error is transcript.ErrNone when another try cannot help.
func (s *Speech) download(ctx context.Context, url, file string) error {
	ctx, cancel := context.WithTimeout(ctx, downloadWait)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := s.Client.Do(req)
	if refused := (*feed.Error)(nil); errors.As(err, &refused) && (refused.Kind == feed.Blocked || refused.Kind == feed.Redirects) {
		return fmt.Errorf("%w: %w", transcript.ErrNone, refused)
	}
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode >= 400 && resp.StatusCode < 500 && resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode != http.StatusRequestTimeout:
		return fmt.Errorf("%w: the server answered HTTP %d", transcript.ErrNone, resp.StatusCode)
	case resp.StatusCode != http.StatusOK:
		return fmt.Errorf("the server answered HTTP %d", resp.StatusCode)
	case resp.ContentLength > maxAudio:
		return errTooLarge
	case !maybeAudio(resp.Header.Get("Content-Type")):
		return fmt.Errorf("%w: the server sends %s instead of audio", transcript.ErrNone, shorten(resp.Header.Get("Content-Type"), 40))
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	n, err := io.Copy(f, io.LimitReader(resp.Body, maxAudio+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if n > maxAudio {
		return errTooLarge
	}
	return nil
}

// maybeAudio reports whether a media type may be sound: servers that do not know say so, and a page says that it is one.
func maybeAudio(header string) bool {
	kind, _, err := mime.ParseMediaType(header)
	return err != nil || strings.HasPrefix(kind, "audio/") || strings.HasPrefix(kind, "video/") ||
		kind == "application/octet-stream" || kind == "binary/octet-stream" || kind == "application/ogg"
}

// place returns the folder in which an episode's sound is worked on, and clears away what crashes left behind.
func (s *Speech) place(episode string) (string, error) {
	root := filepath.Join(s.Dir, "podbrief-audio")
	if s.Dir == "" {
		root = filepath.Join(os.TempDir(), "podbrief-audio")
	}
	old, err := filepath.Glob(filepath.Join(root, "*"))
	if err != nil {
		return "", err
	}
	for _, dir := range old {
		if info, err := os.Stat(dir); err == nil && time.Since(info.ModTime()) > staleAudio {
			os.RemoveAll(dir) //nolint:errcheck // it is tried again next time
		}
	}
	dir := filepath.Join(root, hashOf(episode)[:16])
	return dir, os.MkdirAll(dir, 0o700)
}
