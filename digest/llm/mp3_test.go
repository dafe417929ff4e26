package llm

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// speech is half a minute of speech as a WAV file.
func speech(t *testing.T) string {
	t.Helper()
	for _, tool := range []string{"espeak-ng", "ffmpeg"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("needs %s", tool)
		}
	}
	wav := filepath.Join(t.TempDir(), "speech.wav")
	run(t, "espeak-ng", "-w", wav, strings.Repeat("A queue hides an outage until the queue is full, and then both services fail together. ", 6))
	return wav
}

// mp3 is a WAV file as MP3, made with the given ffmpeg arguments.
func mp3(t *testing.T, wav string, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "speech.mp3")
	run(t, "ffmpeg", append(append([]string{"-v", "error", "-i", wav}, args...), file)...)
	return file
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

// decoded is how long a file is when ffmpeg decodes it, and what it complains about.
func decoded(t *testing.T, file string) (time.Duration, string) {
	t.Helper()
	var sound, complaints bytes.Buffer
	cmd := exec.Command("ffmpeg", "-v", "error", "-i", file, "-f", "s16le", "-ac", "1", "-ar", "8000", "-")
	cmd.Stdout, cmd.Stderr = &sound, &complaints
	if err := cmd.Run(); err != nil {
		t.Fatalf("decode %s: %v\n%s", file, err, &complaints)
	}
	return time.Duration(sound.Len()) * time.Second / 16000, complaints.String()
}

func TestCutMP3AgreesWithFFmpeg(t *testing.T) {
	wav := speech(t)
	for name, args := range map[string][]string{
		"64 kbit/s, 44.1 kHz":    {"-ar", "44100", "-b:a", "64k"},
		"variable rate":          {"-ar", "48000", "-q:a", "4"},
		"MPEG 2, 22 kHz":         {"-ar", "22050", "-b:a", "32k"},
		"MPEG 2.5, 8 kHz":        {"-ar", "8000", "-b:a", "16k"},
		"with tags":              {"-ar", "44100", "-b:a", "64k", "-metadata", "title=ID3 " + strings.Repeat("tag ", 200)},
		"without the Xing frame": {"-ar", "44100", "-b:a", "64k", "-write_xing", "0"},
	} {
		t.Run(name, func(t *testing.T) {
			file := mp3(t, wav, args...)
			info, err := os.Stat(file)
			if err != nil {
				t.Fatal(err)
			}
			size := info.Size() / 3
			parts, err := cutMP3(file, size)
			if err != nil || len(parts) < 3 {
				t.Fatalf("cutMP3 = %d parts, %v, want at least 3", len(parts), err)
			}
			whole, _ := decoded(t, file)
			var sum time.Duration
			for i, p := range parts {
				if p.size() > size {
					t.Errorf("part %d has %d bytes, want at most %d", i, p.size(), size)
				}
				if p.start+p.skip != sum {
					t.Errorf("part %d begins at %v, want %v where the one before ended", i, p.start+p.skip, sum)
				}
				sum += p.length - p.skip
				checkPart(t, i, p)
			}
			// ffmpeg leaves out the encoder's delay at both ends, up to 2,257 samples.
			if diff := math.Abs((sum - whole).Seconds()); diff > 0.3 {
				t.Errorf("the parts last %v together, ffmpeg reads %v", sum, whole)
			}
		})
	}
}

func checkPart(t *testing.T, i int, p cutPart) {
	t.Helper()
	file := filepath.Join(t.TempDir(), fmt.Sprintf("part-%d.mp3", i))
	if err := os.WriteFile(file, bytesOf(t, p), 0o600); err != nil {
		t.Fatal(err)
	}
	length, complaints := decoded(t, file)
	if math.Abs((length - p.length).Seconds()) > 0.15 {
		t.Errorf("part %d lasts %v, ffmpeg reads %v", i, p.length, length)
	}
	// The first frames of a cut part may lean on bits that stayed behind; they are the lead, which is skipped.
	for _, line := range strings.Split(strings.TrimSpace(complaints), "\n") {
		if line != "" && !(i > 0 && strings.Contains(line, "invalid new backstep")) {
			t.Errorf("part %d: ffmpeg complains: %s", i, line)
		}
	}
}

func TestCutFFmpegKeepsTheLength(t *testing.T) {
	file := mp3(t, speech(t), "-ar", "44100", "-b:a", "64k")
	whole, _ := decoded(t, file)
	parts, err := cutFFmpeg(t.Context(), "ffmpeg", file, t.TempDir())
	if err != nil || len(parts) != 1 {
		t.Fatalf("cutFFmpeg = %d parts, %v, want 1", len(parts), err)
	}
	if math.Abs((parts[0].length - whole).Seconds()) > 0.2 {
		t.Errorf("length = %v, ffmpeg reads %v", parts[0].length, whole)
	}
}

// bytesOf are the bytes of a part as they are sent.
func bytesOf(t *testing.T, p cutPart) []byte {
	t.Helper()
	f, err := os.Open(p.file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data, err := io.ReadAll(p.reader(f))
	if err != nil || int64(len(data)) != p.size() {
		t.Fatalf("read part: %d bytes, %v, want %d", len(data), err, p.size())
	}
	return data
}

func written(t testing.TB, data []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "audio")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// silentMP3 is an MP3 file of n frames without sound: 128 kbit/s, 44.1 kHz, 26.1 ms each.
func silentMP3(n int) []byte {
	frame := append([]byte{0xFF, 0xFB, 0x90, 0x64}, make([]byte, 413)...)
	return bytes.Repeat(frame, n)
}

func TestCutMP3RefusesNoise(t *testing.T) {
	for name, data := range map[string]string{"nothing": "", "text": strings.Repeat("<html>not audio</html>", 100), "an M4A file": m4a, "a tag alone": "ID3\x04\x00\x00\x00\x00\x7f\x7f"} {
		if parts, err := cutMP3(written(t, []byte(data)), 1<<20); !errors.Is(err, errNoMP3) {
			t.Errorf("cutMP3 of %s = %d parts, %v, want errNoMP3", name, len(parts), err)
		}
	}
}

var m4a = "\x00\x00\x00\x20ftypM4A " + strings.Repeat("\x00\x01\x02", 5000)

// What lies between frames is left out, and a long file is never held in memory.
func TestCutMP3ReadsAsAStream(t *testing.T) {
	data := append(silentMP3(100), "TAG between"...)
	file := written(t, append(data, silentMP3(60_000)...))
	before := allocated()
	parts, err := cutMP3(file, 8<<20)
	if grew := allocated() - before; err != nil || len(parts) < 3 || grew > 4<<20 {
		t.Fatalf("cutMP3 = %d parts, %v after %d bytes of memory, want 3 or more within 4 MB of a file of 25 MB", len(parts), err, grew)
	}
	if n := len(parts[0].bytes); n != 2 {
		t.Errorf("the first part is %d stretches, want 2 around what is no frame", n)
	}
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// TestMP3BehindPictures cuts a file with ten megabytes of pictures in two tags before the sound.
func TestMP3BehindPictures(t *testing.T) {
	tag := append([]byte("ID3\x04\x00\x00\x02\x40\x00\x00"), bytes.Repeat([]byte{0xFF, 0xD8, 0xFF, 0xE0}, 5<<20/4)...)
	parts, err := cutMP3(written(t, slices.Concat(tag, tag, silentMP3(100))), 1<<20)
	if want := 100 * 1152 * time.Second / 44100; err != nil || len(parts) != 1 || (parts[0].length-want).Abs() > time.Millisecond {
		t.Fatalf("cutMP3 = %+v, %v, want one part of %v", parts, err, want)
	}
}

func FuzzCutMP3(f *testing.F) {
	f.Add([]byte("ID3\x04\x00\x00\x00\x00\x00\x05hello\xff\xfb\x90\x64"), int64(500))
	f.Add(silentMP3(50), int64(5000))
	f.Fuzz(func(t *testing.T, data []byte, size int64) {
		parts, err := cutMP3(written(t, data), max(1, size))
		if err == nil && len(parts) == 0 {
			t.Error("neither parts nor an error")
		}
	})
}
