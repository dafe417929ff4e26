package main

import (
	"fmt"
	"regexp"
	"strings"

	"podbrief/digest"
)

// briefMarkdown writes a brief as Markdown (CommonMark).
func briefMarkdown(b *digest.Brief) string {
	var out strings.Builder
	fmt.Fprintf(&out, "# %s\n\n%s\n", escape(heading(b)), escape(subheading(b)))
	if b.Headline != "" {
		fmt.Fprintf(&out, "\n**%s**\n", escape(b.Headline))
	}
	for i, p := range b.Picks {
		fmt.Fprintf(&out, "\n## %d. %s\n\n", i+1, escape(p.Podcast))
		if p.IsQuote() {
			fmt.Fprintf(&out, "> %s\n\n", escape(p.Insight.Text))
		} else {
			fmt.Fprintf(&out, "**%s**\n\n> %s\n\n", escape(p.Insight.Text), escape(p.Insight.Quote))
		}
		if p.Insight.Why != "" {
			fmt.Fprintf(&out, "Why it matters: %s\n\n", escape(p.Insight.Why))
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
	if b.Label != "" {
		fmt.Fprintf(&out, "\n*%s*\n", escape(b.Label))
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

// escape makes a text mean nothing in Markdown or HTML, and changes no more of it than that takes.
func escape(text string) string {
	text = printable(text)
	var out strings.Builder
	block := startsBlock.FindStringSubmatchIndex(text) // its second pair is the mark
	for i, r := range text {
		if strings.ContainsRune("\\`*_[]<>|~", r) || r == '&' && entity.MatchString(text[i:]) || block != nil && i == block[2] {
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	return out.String()
}

var (
	startsBlock = regexp.MustCompile(`^\d*([-+#=.)])`) // a heading or a list
	entity      = regexp.MustCompile(`^&(#|\w+;)`)
)
