package store

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"slices"
)

// bbolt trusts its file: pages with damage make it panic, also in goroutines of its own, where nobody can recover, or
// read what was never written. So the pages are read here first, with every offset checked. The format is the one of
// bbolt's internal/common: page.go, meta.go, inode.go; numbers are in the machine's byte order.

const (
	pageHead    = 16 // id 8, flags 2, count 2, overflow 4
	elementSize = 16
	bucketHead  = 16 // root page 8, sequence 8
	metaSize    = 64
	metaSum     = 56 // where the checksum of a meta page is
	metaMagic   = 0xED0CDAED
	metaVersion = 2
	maxDepth    = 64

	branchPage = 0x01
	leafPage   = 0x02
	metaPage   = 0x04
)

var order = binary.NativeEndian

// meta is the head of a bbolt file; there are two, of the last transaction and the one before.
type meta struct {
	pageSize          int64
	root, pages, txid uint64
}

func parseMeta(b []byte) (m meta, err error) {
	h := fnv.New64a()
	h.Write(b[pageHead : pageHead+metaSum])
	p := b[pageHead:]
	if order.Uint16(b[8:]) != metaPage || order.Uint32(p) != metaMagic || order.Uint32(p[4:]) != metaVersion ||
		order.Uint64(p[metaSum:]) != h.Sum64() {
		return m, fmt.Errorf("head page: %w", ErrDamaged)
	}
	m = meta{int64(order.Uint32(p[8:])), order.Uint64(p[16:]), order.Uint64(p[40:]), order.Uint64(p[48:])}
	if m.pageSize < 1024 || m.pageSize > 1<<16 || m.pageSize&(m.pageSize-1) != 0 {
		return m, fmt.Errorf("head page: page size %d: %w", m.pageSize, ErrDamaged)
	}
	return m, nil
}

// readMeta returns the newer head. Both must be good: with one lost, the other would silently bring back the records of
// the transaction before. (A head is 80 bytes in one sector, so a power failure does not tear it.)
func readMeta(r io.ReaderAt, size int64) (meta, error) {
	var b [pageHead + metaSize]byte
	if _, err := r.ReadAt(b[:], 0); err != nil {
		return meta{}, fmt.Errorf("head page 0: %w", shortRead(err))
	}
	m0, err := parseMeta(b[:])
	if err != nil {
		return meta{}, err
	}
	if _, err := r.ReadAt(b[:], m0.pageSize); err != nil {
		return meta{}, fmt.Errorf("head page 1: %w", shortRead(err))
	}
	m, err := parseMeta(b[:])
	if err != nil {
		return meta{}, err
	}
	if m0.txid > m.txid {
		m = m0
	}
	if m.pageSize != m0.pageSize || m.pages < 3 || m.pages > uint64(size/m.pageSize) {
		return meta{}, fmt.Errorf("file of %d bytes should have %d pages: %w", size, m.pages, ErrDamaged)
	}
	return m, nil
}

func shortRead(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("file is cut short: %w", ErrDamaged)
	}
	return err
}

// pageReader walks the pages of a file.
type pageReader struct {
	r    io.ReaderAt
	meta meta
	seen []bool   // pages met
	bufs [][]byte // one per depth, each used again for the next page there
	leaf func(path []string, key, val []byte) error
}

// walk calls leaf for every key and value of every bucket, in order; path names the buckets above. leaf must not keep them.
func walk(r io.ReaderAt, m meta, leaf func(path []string, key, val []byte) error) error {
	w := &pageReader{r: r, meta: m, seen: make([]bool, m.pages), leaf: leaf}
	return w.page(m.root, nil, bounds{}, 0)
}

// bounds are the keys that a page may hold: low <= key < high; nil is open.
type bounds struct{ low, high []byte }

func (b bounds) hold(key []byte) bool {
	return (b.low == nil || string(b.low) <= string(key)) && (b.high == nil || string(key) < string(b.high))
}

func (w *pageReader) page(id uint64, path []string, in bounds, depth int) error {
	if depth > maxDepth {
		return pageError(id, "too deep")
	}
	b, err := w.read(id, depth)
	if err != nil {
		return err
	}
	elements, err := parsePage(b, in)
	if err != nil {
		return pageError(id, err.Error())
	}
	if order.Uint16(b[8:]) == leafPage {
		return w.leaves(elements, path, depth)
	}
	for i, e := range elements {
		below := bounds{e.key, in.high}
		if i+1 < len(elements) {
			below.high = elements[i+1].key
		}
		if err := w.page(e.page, path, below, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func pageError(id uint64, what string) error {
	return fmt.Errorf("page %d: %s: %w", id, what, ErrDamaged)
}

// read returns the page id with its overflow, after the checks that need no look inside.
func (w *pageReader) read(id uint64, depth int) ([]byte, error) {
	if id < 2 || id >= w.meta.pages {
		return nil, pageError(id, "out of range")
	}
	size := w.meta.pageSize
	for len(w.bufs) <= depth {
		w.bufs = append(w.bufs, make([]byte, size))
	}
	b := w.bufs[depth][:size]
	if _, err := w.r.ReadAt(b, int64(id)*size); err != nil {
		return nil, shortRead(err)
	}
	extra := uint64(order.Uint32(b[12:]))
	if order.Uint64(b) != id || extra >= w.meta.pages-id {
		return nil, pageError(id, "bad head")
	}
	for i := id; i <= id+extra; i++ {
		if w.seen[i] {
			return nil, pageError(i, "used twice")
		}
		w.seen[i] = true
	}
	if extra == 0 {
		return b, nil
	}
	b = slices.Grow(b, int(int64(extra)*size))[:size*int64(1+extra)]
	w.bufs[depth] = b
	if _, err := w.r.ReadAt(b[size:], (int64(id)+1)*size); err != nil {
		return nil, shortRead(err)
	}
	return b, nil
}

// element is one entry of a page: of a branch with a page, of a leaf with a value, which may be a bucket.
type element struct {
	key, val []byte
	page     uint64
	bucket   bool
}

// parsePage reads the entries of a branch or leaf. Entries lie one after the other without gaps, which a changed count,
// position or size breaks.
func parsePage(b []byte, in bounds) ([]element, error) {
	flags, count := order.Uint16(b[8:]), int(order.Uint16(b[10:]))
	if flags != branchPage && flags != leafPage || flags == branchPage && count == 0 {
		return nil, fmt.Errorf("kind %#x with %d entries", flags, count)
	}
	off := uint64(pageHead + elementSize*count)
	if off > uint64(len(b)) {
		return nil, fmt.Errorf("%d entries", count)
	}
	out := make([]element, count)
	for i := range out {
		start := pageHead + elementSize*i
		e, pos, klen, vlen := parseElement(b[start:], flags)
		if uint64(start)+pos != off || klen == 0 || off+klen+vlen > uint64(len(b)) {
			return nil, fmt.Errorf("entry %d out of place", i)
		}
		e.key, e.val = b[off:off+klen], b[off+klen:off+klen+vlen]
		off += klen + vlen
		if !in.hold(e.key) || i > 0 && string(out[i-1].key) >= string(e.key) {
			return nil, fmt.Errorf("entry %d out of order", i)
		}
		out[i] = e
	}
	return out, nil
}

func parseElement(b []byte, flags uint16) (e element, pos, klen, vlen uint64) {
	first, second, third := order.Uint32(b), order.Uint32(b[4:]), order.Uint32(b[8:])
	if flags == branchPage {
		e.page = order.Uint64(b[8:])
		return e, uint64(first), uint64(second), 0
	}
	e.bucket = first == 1
	return e, uint64(second), uint64(third), uint64(order.Uint32(b[12:]))
}

func (w *pageReader) leaves(elements []element, path []string, depth int) error {
	for _, e := range elements {
		if e.bucket {
			if err := w.bucket(e, append(path[:len(path):len(path)], string(e.key)), depth); err != nil {
				return err
			}
			continue
		}
		if err := w.leaf(path, e.key, e.val); err != nil {
			return err
		}
	}
	return nil
}

// bucket reads a bucket, whose pages are elsewhere, or whose only one follows its head when it is small.
func (w *pageReader) bucket(e element, path []string, depth int) error {
	if len(e.val) < bucketHead {
		return fmt.Errorf("bucket %q: %w", path, ErrDamaged)
	}
	if root := order.Uint64(e.val); root != 0 {
		return w.page(root, path, bounds{}, depth+1)
	}
	inline := e.val[bucketHead:]
	if len(inline) < pageHead || order.Uint16(inline[8:]) != leafPage || depth > maxDepth {
		return fmt.Errorf("bucket %q: %w", path, ErrDamaged)
	}
	elements, err := parsePage(inline, bounds{})
	if err != nil {
		return fmt.Errorf("bucket %q: %w: %w", path, err, ErrDamaged)
	}
	return w.leaves(elements, path, depth+1)
}
