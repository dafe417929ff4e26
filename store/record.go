package store

import (
	"encoding/binary"
	"hash/crc32"
)

// A record on disk is a checksum and the value. The checksum covers bucket and key too: a value that turns up under
// another name is as wrong as a changed one.
const headSize = 4

func seal(bucket, key string, val []byte) []byte {
	b := make([]byte, headSize, headSize+len(val))
	binary.LittleEndian.PutUint32(b, checksum(bucket, key, val))
	return append(b, val...)
}

// unseal returns the value within rec, not a copy.
func unseal(bucket, key string, rec []byte) (val []byte, ok bool) {
	if len(rec) < headSize {
		return nil, false
	}
	val = rec[headSize:]
	return val, binary.LittleEndian.Uint32(rec) == checksum(bucket, key, val)
}

func checksum(bucket, key string, val []byte) uint32 {
	name := append(make([]byte, 0, 128), bucket...) // on the stack, but for long keys
	name = append(append(append(name, 0), key...), 0)
	return crc32.Update(crc32.Update(0, castagnoli, name), castagnoli, val)
}

// castagnoli has an instruction of its own on amd64 and arm64.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// total is the number of records and the sum of their checksums. It is kept with them, so that a lost page is found
// however well the pages that are left fit together.
type total struct{ count, sum uint64 }

func (t total) plus(rec []byte) total {
	return total{t.count + 1, t.sum + uint64(binary.LittleEndian.Uint32(rec))}
}

func (t total) minus(rec []byte) total {
	return total{t.count - 1, t.sum - uint64(binary.LittleEndian.Uint32(rec))}
}

func (t total) bytes() []byte {
	b := binary.LittleEndian.AppendUint64(nil, t.count)
	return binary.LittleEndian.AppendUint64(b, t.sum)
}

func parseTotal(b []byte) (t total, ok bool) {
	if len(b) != 16 {
		return total{}, false
	}
	return total{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])}, true
}
