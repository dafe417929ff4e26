package llm

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"
)

// chunk is how long the parts are that ffmpeg cuts: an hour of 24 kbit/s Opus is 10 MB.
const chunk = time.Hour

// errSilent says that there is nothing to hear in a file.
var errSilent = errors.New("ffmpeg found no sound in it")

// cannotWrite finds what ffmpeg says when the machine is at fault and not the audio: another try may help.
var cannotWrite = regexp.MustCompile(`No space left|Disk quota exceeded|Permission denied|Read-only file system|Cannot allocate memory|Too many open files`)

// cutFFmpeg turns an audio file into mono Opus of 16 kHz and cuts it into hours. Opus packets do not lean on each other
// over a cut as MP3 frames do, so the parts need no lead.
func cutFFmpeg(ctx context.Context, ffmpeg, file, dir string) ([]cutPart, error) {
	cmd := exec.CommandContext(ctx, ffmpeg, "-nostdin", "-y", "-v", "error", "-protocol_whitelist", "file,pipe", "-i", file, "-vn", "-map", "0:a:0",
		"-ac", "1", "-ar", "16000", "-c:a", "libopus", "-b:a", "24k",
		"-f", "segment", "-segment_time", fmt.Sprint(int(chunk.Seconds())), "-reset_timestamps", "1", filepath.Join(dir, "part-%04d.ogg"))
	if out, err := cmd.CombinedOutput(); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if cannotWrite.Match(out) {
			return nil, fmt.Errorf("run ffmpeg: %w: %s", err, shorten(string(out), 200))
		}
		return nil, fmt.Errorf("%w: %s", errSilent, shorten(string(out), 200))
	}
	names, err := filepath.Glob(filepath.Join(dir, "part-*.ogg"))
	if err != nil || len(names) == 0 {
		return nil, errSilent
	}
	var parts []cutPart
	for i, name := range names {
		p := cutPart{file: name, ext: "ogg", start: time.Duration(i) * chunk}
		if err := p.measure(); err != nil {
			return nil, fmt.Errorf("measure part %d: %w", i+1, err)
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// maxPage is the largest page of an Ogg stream (RFC 3533 §6).
const maxPage = 65307

// measure fills in the size and the length of an Ogg Opus file: the granule position of its last page counts samples of
// 48 kHz (RFC 7845 §4).
func (p *cutPart) measure() error {
	f, err := os.Open(p.file)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	p.bytes = []stretch{{0, info.Size()}}
	tail := make([]byte, min(info.Size(), maxPage))
	if _, err := f.ReadAt(tail, info.Size()-int64(len(tail))); err != nil {
		return err
	}
	p.length = oggLength(tail)
	return nil
}

// oggLength is the time at the end of an Ogg Opus stream whose last page is in tail.
func oggLength(tail []byte) time.Duration {
	for i := len(tail) - 14; i >= 0; i-- {
		if string(tail[i:i+4]) == "OggS" {
			var granule uint64
			for j := 7; j >= 0; j-- {
				granule = granule<<8 | uint64(tail[i+6+j])
			}
			return time.Duration(granule) * time.Second / 48000
		}
	}
	return chunk
}
