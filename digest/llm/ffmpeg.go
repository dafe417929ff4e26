package llm

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// chunk is how long the parts are that ffmpeg cuts: an hour of 24 kbit/s Opus is 10 MB.
const chunk = time.Hour

// cutFFmpeg turns an audio file into mono Opus of 16 kHz and cuts it into hours. Opus packets do not lean on each other
// over a cut as MP3 frames do, so the parts need no lead.
func cutFFmpeg(ctx context.Context, ffmpeg, file, dir string) ([]cutPart, error) {
	cmd := exec.CommandContext(ctx, ffmpeg, "-nostdin", "-v", "error", "-protocol_whitelist", "file,pipe", "-i", file, "-vn", "-map", "0:a:0",
		"-ac", "1", "-ar", "16000", "-c:a", "libopus", "-b:a", "24k",
		"-f", "segment", "-segment_time", fmt.Sprint(int(chunk.Seconds())), "-reset_timestamps", "1", filepath.Join(dir, "part-%04d.ogg"))
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("ffmpeg: %w: %s", err, shorten(string(out), 200))
	}
	names, err := filepath.Glob(filepath.Join(dir, "part-*.ogg"))
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("ffmpeg found no sound")
	}
	var parts []cutPart
	for i, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		parts = append(parts, cutPart{data: data, ext: "ogg", start: time.Duration(i) * chunk, length: oggLength(data)})
	}
	return parts, nil
}

// oggLength is the length of an Ogg Opus stream: the granule position of its last page counts samples of 48 kHz
// (RFC 7845 §4).
func oggLength(data []byte) time.Duration {
	for i := len(data) - 14; i >= 0; i-- {
		if string(data[i:i+4]) == "OggS" {
			var granule uint64
			for j := 7; j >= 0; j-- {
				granule = granule<<8 | uint64(data[i+6+j])
			}
			return time.Duration(granule) * time.Second / 48000
		}
	}
	return chunk
}
