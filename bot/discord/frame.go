package discord

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
)

// frame is a frame of a websocket. https://www.rfc-editor.org/rfc/rfc6455#section-5.2
type frame struct {
	kind    byte
	more    bool // the message goes on in another frame
	payload []byte
}

// The kinds of frames.
const (
	moreFrame  = 0
	textFrame  = 1
	closeFrame = 8
	pingFrame  = 9
	pongFrame  = 10
)

// maxMessage bounds a message of the gateway; a large server's first message has a few megabytes.
const maxMessage = 64 << 20

// readFrame reads a frame, which is masked when a client sent it.
func readFrame(r io.Reader, masked bool) (frame, error) {
	var head [2]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return frame{}, err
	}
	f := frame{kind: head[0] & 0x0f, more: head[0]&0x80 == 0}
	n, err := readLength(r, head[1]&0x7f)
	if err != nil {
		return frame{}, err
	}
	if n > maxMessage || head[0]&0x70 != 0 || head[1]&0x80 != 0 != masked {
		return frame{}, fmt.Errorf("a frame of %d bytes that begins with %x, which no gateway sends", n, head)
	}
	var mask [4]byte
	if masked {
		if _, err := io.ReadFull(r, mask[:]); err != nil {
			return frame{}, err
		}
	}
	// Read as it comes: what a length promises is not allocated before it is there.
	f.payload, err = io.ReadAll(io.LimitReader(r, int64(n)))
	if err == nil && uint64(len(f.payload)) < n {
		err = io.ErrUnexpectedEOF
	}
	apply(mask, f.payload)
	return f, err
}

// readLength reads what follows a short length that is none.
func readLength(r io.Reader, short byte) (uint64, error) {
	var b [8]byte
	size := map[byte]int{126: 2, 127: 8}[short]
	if size == 0 {
		return uint64(short), nil
	}
	_, err := io.ReadFull(r, b[8-size:])
	return binary.BigEndian.Uint64(b[:]), err
}

// bytes writes a frame, with a mask when a client sends it.
func (f frame) bytes(masked bool) []byte {
	first := f.kind
	if !f.more {
		first |= 0x80
	}
	var flag byte
	if masked {
		flag = 0x80
	}
	out := []byte{first}
	switch n := len(f.payload); {
	case n < 126:
		out = append(out, flag|byte(n))
	case n < 1<<16:
		out = binary.BigEndian.AppendUint16(append(out, flag|126), uint16(n))
	default:
		out = binary.BigEndian.AppendUint64(append(out, flag|127), uint64(n))
	}
	if !masked {
		return append(out, f.payload...)
	}
	var mask [4]byte
	rand.Read(mask[:]) //nolint:errcheck // never fails
	out = append(out, mask[:]...)
	n := len(out)
	out = append(out, f.payload...)
	apply(mask, out[n:])
	return out
}

func apply(mask [4]byte, b []byte) {
	for i := range b {
		b[i] ^= mask[i%4]
	}
}
