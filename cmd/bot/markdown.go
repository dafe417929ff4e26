package main

import (
	"fmt"
	"strings"

	"podbrief/digest"
)

// briefMarkdown writes a brief as Markdown (CommonMark).
func briefMarkdown(b *digest.Brief) string {
	var out strings.Builder
	fmt.Fprintf(&out, "# %s\n\n%s\n", escape(heading(b)), escape(subheading(b)))
	for i, p := range b.Picks {
		fmt.Fprintf(&out, "\n## %d. %s\n\n", i+1, escape(p.Podcast))
		if isQuote(p.Item) {
			fmt.Fprintf(&out, "> %s\n\n", escape(p.Insight.Text))
		} else {
			fmt.Fprintf(&out, "**%s**\n\n> %s\n\n", escape(p.Insight.Text), escape(p.Insight.Quote))
		}
		fmt.Fprintf(&out, "%s\n\n*%s*\n", linked(strings.ReplaceAll(where(p.Item), "\u00a0", " "), p.Link), escape(p.Reason))
		if len(p.Also) > 0 {
			fmt.Fprintf(&out, "\nAlso said on %s.\n", escape(list(p.Also)))
		}
		if len(p.Related) > 0 {
			out.WriteString("\nRelated:\n\n")
		}
		for _, r := range p.Related {
			fmt.Fprintf(&out, "- %s: “%s”\n", linked(r.Podcast, r.Link), escape(teaser(r.Insight.Text)))
		}
	}
	if footer := thin(b); footer != "" {
		fmt.Fprintf(&out, "\n%s\n", escape(footer))
	}
	return out.String()
}

// linked is a text with an address under it, when there is one.
func linked(text, address string) string {
	if address == "" {
		return escape(text)
	}
	return "[" + escape(text) + "](<" + strings.NewReplacer("<", "%3C", ">", "%3E", "\n", "", "\\", "%5C").Replace(printable(address)) + ">)"
}

// escape makes a text mean nothing in Markdown or HTML.
func escape(text string) string {
	var out strings.Builder
	for _, r := range printable(text) {
		if strings.ContainsRune("\\`*_{}[]<>()#+-!|~&", r) {
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	return out.String()
}
