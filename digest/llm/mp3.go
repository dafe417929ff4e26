package llm

import (
	"bytes"
	"errors"
	"time"
)

// errNoMP3 says that audio is not MPEG layer III, so it cannot be cut without ffmpeg.
var errNoMP3 = errors.New("the audio is no MP3 file")

// frame is one MPEG audio frame. Header layout: ISO/IEC 11172-3 §2.4.1.3 and 13818-3.
type frame struct {
	offset, size int
	samples      int
	rate         int // Hz
}

var (
	bitrates1 = [16]int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0} // kbit/s, MPEG 1 layer III
	bitrates2 = [16]int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0}     // MPEG 2 and 2.5
	rates     = [4]int{44100, 48000, 32000, 0}
)

// frameAt reads the frame header at offset i of data.
func frameAt(data []byte, i int) (frame, bool) {
	if i+4 > len(data) || data[i] != 0xFF || data[i+1]&0xE0 != 0xE0 {
		return frame{}, false
	}
	version, layer := data[i+1]>>3&3, data[i+1]>>1&3
	bits, rate, pad := int(data[i+2]>>4), rates[data[i+2]>>2&3], int(data[i+2]>>1&1)
	if version == 1 || layer != 1 || rate == 0 {
		return frame{}, false
	}
	f := frame{offset: i, samples: 1152, rate: rate}
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

// skipID3 is the offset after an ID3v2 tag, which may hold pictures that look like frames.
func skipID3(data []byte) int {
	if len(data) < 10 || !bytes.HasPrefix(data, []byte("ID3")) {
		return 0
	}
	size := int(data[6]&0x7F)<<21 | int(data[7]&0x7F)<<14 | int(data[8]&0x7F)<<7 | int(data[9]&0x7F)
	return min(len(data), 10+size)
}

// informs reports whether a frame is a Xing, Info or VBRI header: it holds the length of the whole file instead of sound,
// and would give every part that length.
func informs(data []byte, f frame) bool {
	head := data[f.offset:min(len(data), f.offset+min(f.size, 64))]
	return bytes.Contains(head, []byte("Xing")) || bytes.Contains(head, []byte("Info")) || bytes.Contains(head, []byte("VBRI"))
}

// frames walks the frames of MP3 data. Bytes that are no frame are passed over when frames go on after them.
func frames(data []byte) ([]frame, error) {
	var all []frame
	for i := skipID3(data); i+4 <= len(data); {
		f, ok := frameAt(data, i)
		next := i + f.size
		if ok && next <= len(data) && (len(all) > 0 || follows(data, next)) {
			if len(all) > 0 || !informs(data, f) {
				all = append(all, f)
			}
			i = next
			continue
		}
		i++
	}
	if len(all) == 0 {
		return nil, errNoMP3
	}
	return all, nil
}

// follows reports whether a frame begins at i, or data ends there. One header alone is found in any noise.
func follows(data []byte, i int) bool {
	_, ok := frameAt(data, i)
	return ok || i >= len(data)
}

// cutPart is a stretch of audio that a service takes in one request.
type cutPart struct {
	data   []byte
	ext    string        // of the format, "mp3"
	start  time.Duration // in the episode
	skip   time.Duration // at its beginning that belongs to the part before
	length time.Duration
}

// lead is how many frames a part repeats of the one before: a frame may use bits of the frames before it (bit reservoir),
// and no word may be lost at the cut.
const lead = 40 // about a second

// cutMP3 cuts MP3 data at frames into parts of at most size bytes.
func cutMP3(data []byte, size int) ([]cutPart, error) {
	all, err := frames(data)
	if err != nil {
		return nil, err
	}
	var parts []cutPart
	begin, at := 0, time.Duration(0)
	starts := make([]time.Duration, len(all)+1)
	for i, f := range all {
		starts[i] = at
		at += time.Duration(f.samples) * time.Second / time.Duration(f.rate)
		starts[i+1] = at
	}
	for i, f := range all {
		from := max(0, begin-lead)
		if f.offset+f.size-all[from].offset > size && i > begin {
			parts = append(parts, joined(data, all, starts, begin, i))
			begin = i
		}
	}
	return append(parts, joined(data, all, starts, begin, len(all))), nil
}

// joined copies the frames from begin to end with the lead before them, since what lies between frames is not sound.
func joined(data []byte, all []frame, starts []time.Duration, begin, end int) cutPart {
	from := max(0, begin-lead)
	var b bytes.Buffer
	for _, f := range all[from:end] {
		b.Write(data[f.offset : f.offset+f.size])
	}
	return cutPart{data: b.Bytes(), ext: "mp3", start: starts[from], skip: starts[begin] - starts[from], length: starts[end] - starts[from]}
}
