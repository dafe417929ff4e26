package rank

import (
	"math"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"
)

// Index holds insights in memory: postings of their words, their episodes and podcasts, and the vectors of a model when
// there are some. It is safe for concurrent use. Make one with NewIndex.
//
// Docs are numbered in the order in which they came, which is nearly the order of their times: the postings of "since
// yesterday" are the ends of their lists.
type Index struct {
	mu       sync.RWMutex
	vocab    *vocabulary
	table    *table
	docs     []entry
	byID     map[string]int
	latest   []int64 // by doc: the latest Ingested up to it, in seconds
	text     lists   // of docs
	words    int     // terms of all living docs' texts, stop words left out
	episodes []episode
	byKey    map[string]int // episodes by feed.Episode.ID
	lengths  []uint16       // by doc: terms of the text that are not stop words
	titles   lists          // of episodes
	notes    lists          // of episodes
	feeds    []podcast
	byFeed   map[string]int
	dead     int
	logs     *logarithms
	logDocs  float32 // ln(living docs + 1)
	change   uint64  // counts changes, so that what was learned from the corpus is learned anew
	learned  cache
	vectors  *vectors
	scratch  sync.Pool
	seq      []term // working memory of add
	vec      []counted
}

// entry is a Doc as the index keeps it: text and notes are kept as terms only.
type entry struct {
	id        string
	episode   int32
	feed      int32
	seq       []term // the text's terms in order, then noTerm and the doc's topics
	said      uint16 // how many of seq are the text
	tier      tier
	dead      bool
	speaker   bool
	notes     bool
	good      float32
	vec       []counted // of the text and topics
	quality   float32
	language  string
	ingested  int64 // seconds
	published int64
}

// episode is what the docs of one episode share.
type episode struct {
	id     string
	title  string
	seq    []term // title, noTerm, notes
	titled uint16 // how many of seq are the title
	titleN uint16 // without stop words
	notesN uint16
	docs   []int32
}

// podcast is what the docs of one feed share.
type podcast struct {
	url   string
	title string
	seq   []term // of the title
	docs  []int32
}

// maxNotes is how many words of show notes are looked at.
const maxNotes = 400

// NewIndex returns an empty index.
func NewIndex() *Index {
	x := &Index{
		vocab:  newVocabulary(),
		byID:   map[string]int{},
		byKey:  map[string]int{},
		byFeed: map[string]int{},
		logs:   newLogarithms(),
	}
	x.table = newTable(x.vocab, topicsText)
	return x
}

// changed sees to what depends on all docs after some came or went.
func (x *Index) changed() {
	x.change++
	x.compact()
	x.logDocs = float32(math.Log(float64(x.living() + 1)))
}

// Add puts docs into the index; one whose ID is there already takes its place. In one call the oldest go first,
// whatever their order, lest a query since yesterday has to look through all of them.
func (x *Index) Add(docs ...Doc) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !slices.IsSortedFunc(docs, older) {
		docs = slices.Clone(docs)
		slices.SortStableFunc(docs, older)
	}
	for _, d := range docs {
		x.remove(d.ID)
		x.add(d)
	}
	x.changed()
}

func older(a, b Doc) int { return a.Ingested.Compare(b.Ingested) }

// Remove takes docs out of the index. IDs that are not there do no harm.
func (x *Index) Remove(ids ...string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, id := range ids {
		x.remove(id)
	}
	x.changed()
}

// Len returns how many docs the index holds.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.living()
}

// Get returns a doc without its Text and Notes, of which the index keeps the terms only.
func (x *Index) Get(id string) (Doc, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	n, ok := x.byID[id]
	if !ok {
		return Doc{}, false
	}
	e := &x.docs[n]
	return Doc{
		ID: e.id, Episode: x.episodes[e.episode].id, Feed: x.feeds[e.feed].url, Title: x.episodes[e.episode].title,
		Podcast: x.feeds[e.feed].title, Language: e.language, Quality: float64(e.quality), Speaker: e.speaker,
		FromNotes: e.notes, Ingested: moment(e.ingested), Published: moment(e.published),
	}, true
}

// moment is the inverse of seconds.
func moment(s int64) time.Time {
	if s == 0 {
		return time.Time{}
	}
	return time.Unix(s, 0).UTC()
}

func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func (x *Index) living() int { return len(x.docs) - x.dead }

// average returns the mean length of a doc's text.
func (x *Index) average() float64 { return float64(x.words)/float64(max(1, x.living())) + 1e-9 }

func (x *Index) add(d Doc) {
	if len(x.docs) == maxDocs {
		return
	}
	n := len(x.docs)
	feed := x.feedOf(d)
	ep := x.episodeOf(d)
	seq := x.vocab.addAll(x.seq[:0], d.Text)
	said := min(len(seq), 1<<16-1)
	for _, t := range d.Topics {
		seq = x.vocab.addAll(append(seq, noTerm), t)
	}
	vec := countTerms(x.vec[:0], seq, x.vocab.stop)
	x.seq, x.vec = seq, vec
	length := 0
	for _, c := range vec {
		length += c.count()
		x.text.add(c.term(), newPosting(n, c.count()))
	}
	t, good := grade(d)
	x.docs = append(x.docs, entry{
		id: d.ID, episode: int32(ep), feed: int32(feed), seq: slices.Clone(seq), said: uint16(said),
		tier: t, good: good, speaker: d.Speaker, notes: d.FromNotes,
		vec: slices.Clone(vec), quality: float32(d.Quality), language: baseLanguage(d.Language),
		ingested: seconds(d.Ingested), published: seconds(d.Published),
	})
	x.lengths = append(x.lengths, uint16(min(length, 1<<16-1)))
	x.words += length
	x.byID[d.ID] = n
	x.latest = append(x.latest, max(x.latestAt(n-1), seconds(d.Ingested)))
	x.episodes[ep].docs = append(x.episodes[ep].docs, int32(n))
	x.feeds[feed].docs = append(x.feeds[feed].docs, int32(n))
}

func (x *Index) latestAt(n int) int64 {
	if n < 0 {
		return -1 << 62
	}
	return x.latest[n]
}

// baseLanguage returns the language of a BCP 47 tag without region and script.
func baseLanguage(tag string) string {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	return base
}

func (x *Index) feedOf(d Doc) int {
	n, ok := x.byFeed[d.Feed]
	if !ok {
		n = len(x.feeds)
		x.byFeed[d.Feed] = n
		x.feeds = append(x.feeds, podcast{url: d.Feed})
	}
	if f := &x.feeds[n]; f.title != d.Podcast {
		f.title = d.Podcast
		f.seq = x.vocab.addAll(nil, d.Podcast)
	}
	return n
}

func (x *Index) episodeOf(d Doc) int {
	n, ok := x.byKey[d.Episode]
	if !ok {
		n = len(x.episodes)
		x.byKey[d.Episode] = n
		x.episodes = append(x.episodes, episode{id: d.Episode, title: d.Title})
	}
	if d.Title != x.episodes[n].title || !ok || d.Notes != "" && !x.episodes[n].noted() {
		x.unhead(n)
		x.head(n, d)
	}
	return n
}

func (e *episode) noted() bool { return len(e.seq) > int(e.titled)+1 }

// head indexes an episode's title and notes.
func (x *Index) head(n int, d Doc) {
	e := &x.episodes[n]
	e.title = d.Title
	e.seq = x.vocab.addAll(nil, d.Title)
	e.titled = uint16(min(len(e.seq), 1<<16-1))
	e.titleN = uint16(x.content(e.seq))
	notes := x.vocab.addAll(nil, d.Notes)
	notes = notes[:min(len(notes), maxNotes)]
	e.notesN = uint16(x.content(notes))
	e.seq = slices.Clip(append(append(e.seq, noTerm), notes...))
	for _, c := range countTerms(nil, e.seq[:e.titled], x.vocab.stop) {
		x.titles.add(c.term(), newPosting(n, c.count()))
	}
	for _, c := range countTerms(nil, e.seq[e.titled:], x.vocab.stop) {
		x.notes.add(c.term(), newPosting(n, c.count()))
	}
}

// unhead takes an episode's title and notes out of the postings.
func (x *Index) unhead(n int) {
	e := &x.episodes[n]
	x.titles.drop(countTerms(nil, e.seq[:e.titled], x.vocab.stop), n)
	x.notes.drop(countTerms(nil, e.seq[e.titled:], x.vocab.stop), n)
}

// content counts the terms that are not stop words.
func (x *Index) content(seq []term) int {
	n := 0
	for _, t := range seq {
		if !x.vocab.stop[t] {
			n++
		}
	}
	return n
}

func (x *Index) remove(id string) {
	n, ok := x.byID[id]
	if !ok {
		return
	}
	delete(x.byID, id)
	e := &x.docs[n]
	for _, c := range e.vec {
		x.text.df[c.term()]--
	}
	x.words -= int(x.lengths[n])
	x.dead++
	e.dead = true
	if x.vectors != nil {
		x.vectors.drop(id)
	}
	ep := &x.episodes[e.episode]
	ep.docs = without(ep.docs, n)
	f := &x.feeds[e.feed]
	f.docs = without(f.docs, n)
}

func without(list []int32, n int) []int32 {
	return slices.DeleteFunc(list, func(d int32) bool { return int(d) == n })
}

// since returns the number of the first doc that may have been ingested at or after t.
func (x *Index) since(t time.Time) int {
	if t.IsZero() {
		return 0
	}
	return sort.Search(len(x.latest), func(i int) bool { return x.latest[i] >= seconds(t) })
}
