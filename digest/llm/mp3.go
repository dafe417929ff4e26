package llm

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// errNoMP3 says that audio is not MPEG layer III, so it cannot be cut without ffmpeg.
var errNoMP3 = errors.New("without ffmpeg only MP3 files can be cut, and this is none; install ffmpeg")

// frame is one MPEG audio frame. Header layout: ISO/IEC 11172-3 §2.4.1.3 and 13818-3.
type frame struct {
	at      int64 // byte in the file
	size    int
	samples int
	rate    int // Hz
}

// lasts is how long a frame sounds.
func (f frame) lasts() time.Duration {
	return time.Duration(f.samples) * time.Second / time.Duration(f.rate)
}

var (
	bitrates1 = [16]int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0} // kbit/s, MPEG 1 layer III
	bitrates2 = [16]int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0}     // MPEG 2 and 2.5
	rates     = [4]int{44100, 48000, 32000, 0}
)

// headerOfFrame reads the four bytes that a frame begins with.
func headerOfFrame(b []byte) (frame, bool) {
	if len(b) < 4 || b[0] != 0xFF || b[1]&0xE0 != 0xE0 {
		return frame{}, false
	}
	version, layer := b[1]>>3&3, b[1]>>1&3
	bits, rate, pad := int(b[2]>>4), rates[b[2]>>2&3], int(b[2]>>1&1)
	if version == 1 || layer != 1 || rate == 0 {
		return frame{}, false
	}
	f := frame{samples: 1152, rate: rate}
	kbits := bitrates1[bits]
	if version != 3 { // MPEG 2 halves the rate and the samples, MPEG 2.5 halves the rate again
		kbits, f.samples, f.rate = bitrates2[bits], 576, rate/2
		if version == 0 {
			f.rate /= 2
		}
	}
	f.size = f.samples/8*kbits*1000/f.rate + pad
	return f, kbits > 0 && f.size > 4
}

// noiseBefore is how many bytes before the first frame may be something else, besides a tag.
const noiseBefore = 1 << 20

// frames walks the frames of an MP3 file and keeps no more of it in memory than one of them. Bytes that are no frame are
// passed over when frames go on after them.
type frames struct {
	r     *bufio.Reader
	at    int64
	begin int64 // behind the tags
	found bool
}

func newFrames(r io.Reader) (*frames, error) {
	f := &frames{r: bufio.NewReaderSize(r, 64<<10)}
	return f, f.skipTag()
}

// skipTag passes over ID3v2 tags, which may hold pictures that look like frames. Some programs write one before another.
func (f *frames) skipTag() error {
	for {
		b, err := f.r.Peek(10)
		if err != nil || !bytes.HasPrefix(b, []byte("ID3")) {
			f.begin = f.at
			return nil // no tag; that there is nothing at all is found by next
		}
		size := int(b[6]&0x7F)<<21 | int(b[7]&0x7F)<<14 | int(b[8]&0x7F)<<7 | int(b[9]&0x7F)
		if err := f.skip(10 + size); err != nil {
			return err
		}
	}
}

func (f *frames) skip(n int) error {
	n, err := f.r.Discard(n)
	f.at += int64(n)
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// next returns the next frame; io.EOF behind the last one, errNoMP3 when there is none.
func (f *frames) next() (frame, error) {
	for {
		b, err := f.r.Peek(4)
		switch {
		case len(b) < 4 && !f.found, !f.found && f.at-f.begin > noiseBefore:
			return frame{}, errNoMP3
		case len(b) < 4 && errors.Is(err, io.EOF):
			return frame{}, io.EOF
		case len(b) < 4:
			return frame{}, err
		}
		if x, ok := headerOfFrame(b); ok && f.whole(x) {
			x.at = f.at
			information := !f.found && f.informs(x)
			f.found = true
			if err := f.skip(x.size); err != nil {
				return frame{}, err
			}
			if information {
				continue
			}
			return x, nil
		}
		if err := f.skip(1); err != nil {
			return frame{}, err
		}
	}
}

// whole reports whether all of a frame is there. Before the first one another must follow it, or the end: one header
// alone is found in any noise.
func (f *frames) whole(x frame) bool {
	b, err := f.r.Peek(x.size + 4)
	if len(b) < x.size {
		return false
	}
	if f.found || len(b) < x.size+4 && errors.Is(err, io.EOF) {
		return true
	}
	_, ok := headerOfFrame(b[x.size:])
	return ok
}

// informs reports whether a frame is a Xing, Info or VBRI header: it holds the length of the whole file instead of sound,
// and would give every part that length.
func (f *frames) informs(x frame) bool {
	head, _ := f.r.Peek(min(x.size, 64)) // whole has seen all of it
	return bytes.Contains(head, []byte("Xing")) || bytes.Contains(head, []byte("Info")) || bytes.Contains(head, []byte("VBRI"))
}

// stretch is a run of bytes of a file.
type stretch struct{ from, to int64 }

// cutPart is a part of an episode's sound that a service takes in one request. It stays on disk until it is sent.
type cutPart struct {
	file   string
	bytes  []stretch     // of the file
	ext    string        // of the format, "mp3"
	start  time.Duration // in the episode
	skip   time.Duration // at its beginning that belongs to the part before
	length time.Duration
}

// size is how many bytes are sent.
func (p cutPart) size() (n int64) {
	for _, s := range p.bytes {
		n += s.to - s.from
	}
	return n
}

// reader reads the part out of its opened file.
func (p cutPart) reader(f *os.File) io.Reader {
	var all []io.Reader
	for _, s := range p.bytes {
		all = append(all, io.NewSectionReader(f, s.from, s.to-s.from))
	}
	return io.MultiReader(all...)
}

// add appends a frame. What lies between frames is not sound and is left out.
func (p *cutPart) add(x frame) {
	end := x.at + int64(x.size)
	if n := len(p.bytes); n > 0 && p.bytes[n-1].to == x.at {
		p.bytes[n-1].to = end
	} else {
		p.bytes = append(p.bytes, stretch{x.at, end})
	}
	p.length += x.lasts()
}

// lead is how many frames a part repeats of the one before: a frame may use bits of the frames before it (bit reservoir),
// and no word may be lost at the cut.
const lead = 40 // about a second

// cutMP3 cuts an MP3 file at frames into parts of at most size bytes.
func cutMP3(file string, size int64) ([]cutPart, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	walk, err := newFrames(f)
	if err != nil {
		return nil, fmt.Errorf("read MP3: %w", err)
	}
	var parts []cutPart
	var last []frame // the newest, at most lead
	at := time.Duration(0)
	for {
		x, err := walk.next()
		if errors.Is(err, io.EOF) && len(parts) > 0 {
			return parts, nil
		}
		if errors.Is(err, io.EOF) {
			return nil, errNoMP3
		}
		if err != nil {
			return nil, err
		}
		n := len(parts) - 1
		if n < 0 || parts[n].size()+int64(x.size) > size && parts[n].length > parts[n].skip {
			parts = append(parts, after(last, at, file))
			n++
		}
		parts[n].add(x)
		at += x.lasts()
		if last = append(last, x); len(last) > lead {
			last = last[1:]
		}
	}
}

// after begins a part with the frames before it.
func after(last []frame, at time.Duration, file string) cutPart {
	p := cutPart{file: file, ext: "mp3"}
	for _, x := range last {
		p.add(x)
	}
	p.skip = p.length
	p.start = at - p.skip
	return p
}
