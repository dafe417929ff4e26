package feed

import (
	"bytes"
	"strings"

	ext "github.com/mmcdole/gofeed/extensions"
)

// A vocabulary is a set of elements that feeds borrow.
type vocabulary string

const (
	podcastWords vocabulary = "podcast"
	itunesWords  vocabulary = "itunes"
	mediaWords   vocabulary = "media"
)

// vocabularyOf recognises a namespace by its address, in the spellings that are in use.
func vocabularyOf(uri string) vocabulary {
	uri = strings.ToLower(strings.TrimSpace(uri))
	switch {
	case strings.Contains(uri, "podcastindex.org/namespace/1.0"), strings.Contains(uri, "podcastindex-org/podcast-namespace"):
		return podcastWords
	case strings.HasSuffix(uri, "/dtds/podcast-1.0.dtd"):
		return itunesWords
	case strings.Contains(uri, "search.yahoo.com/mrss"):
		return mediaWords
	}
	return ""
}

// prefixes reads the declared namespaces of the head and of some episodes. gofeed files elements under their prefix,
// and knows two namespaces of the podcast world in one spelling only.
func (o *outline) prefixes(items []span) map[string]vocabulary {
	found := map[string]vocabulary{}
	readPrefixes(found, o.head)
	for _, it := range items {
		readPrefixes(found, o.doc[it.start:it.end])
	}
	return found
}

func readPrefixes(found map[string]vocabulary, doc []byte) {
	for {
		_, after, ok := bytes.Cut(doc, []byte("xmlns:"))
		if !ok {
			return
		}
		doc = after
		prefix, value, ok := bytes.Cut(after[:min(len(after), 512)], []byte("="))
		value = bytes.TrimSpace(value)
		if !ok || len(value) < 2 || value[0] != '"' && value[0] != '\'' {
			continue
		}
		uri, _, _ := bytes.Cut(value[1:], value[:1])
		if v := vocabularyOf(string(uri)); v != "" {
			found[string(bytes.TrimSpace(prefix))] = v
		}
	}
}

// words are the elements of one vocabulary in one place, whatever their prefixes are.
type words []map[string][]ext.Extension

// wordsOf picks the elements of a vocabulary. gofeed's key is a prefix, its own name for the namespace, or the
// namespace's address when it is the default one.
func wordsOf(v vocabulary, all ext.Extensions, prefixes map[string]vocabulary) words {
	var out words
	for key, elements := range all {
		is := prefixes[key]
		if is == "" {
			is = vocabularyOf(key)
		}
		if is == v || is == "" && key == string(v) {
			out = append(out, elements)
		}
	}
	return out
}

// all returns the elements of a name, in the document's order. Upper and lower case are the same.
func (w words) all(name string) []ext.Extension {
	for _, elements := range w {
		if found := elements[name]; len(found) > 0 {
			return found
		}
		for key, found := range elements {
			if strings.EqualFold(key, name) && len(found) > 0 {
				return found
			}
		}
	}
	return nil
}

// text returns the text of the first element of a name.
func (w words) text(name string) string {
	for _, e := range w.all(name) {
		return strings.TrimSpace(e.Value)
	}
	return ""
}

// attr returns an attribute of the first element of a name.
func (w words) attr(name, attr string) string {
	for _, e := range w.all(name) {
		return attribute(e, attr)
	}
	return ""
}

func attribute(e ext.Extension, name string) string {
	if v, ok := e.Attrs[name]; ok {
		return strings.TrimSpace(v)
	}
	for key, v := range e.Attrs {
		if strings.EqualFold(key, name) {
			return strings.TrimSpace(v)
		}
	}
	return ""
}
