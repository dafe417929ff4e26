package llm

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// instruction finds text that addresses a model, a prompt or the bot instead of listeners. Podcasts about models talk of
// prompts all day, so a match needs an order, a chat template or a key, not the mere word.
var instruction = regexp.MustCompile(`(?i)` + strings.Join([]string{
	`<\|?/?(?:im_start|im_end|system|user|assistant|endoftext|inst)\b`, `\[/?inst\]`, `<</?sys>>`, `###\s*(?:system|instruction|assistant|user)\b`,
	`\b(?:ignore|disregard|forget|override)\b.{0,30}\b(?:previous|prior|above|earlier|all|your|these|the)\b.{0,30}\b(?:instructions?|prompts?|rules|guidelines|directions|messages?)\b`,
	`\b(?:system|developer)\s+(?:prompt|message|override|note|instruction)s?\s*[:=]`,
	`\b(?:reveal|print|repeat|output|show|leak|reproduce)\b.{0,40}\b(?:system prompt|your (?:instructions|prompt|rules|configuration)|api key|token|environment|secrets?)\b`,
	`\byou are now\b.{0,40}\b(?:dan|mode|unrestricted|assistant|admin|bot|model)\b`,
	`\b(?:dear|attention|hey|note to|message to|instructions? (?:for|to))\s+(?:the\s+)?(?:ai|llm|language model|model|assistant|summari[sz]er|summarization|bot|chatgpt|gpt|claude|transcript processor)\b`,
	`\b(?:ai|assistant|model|summari[sz]er|bot|llm)s?\s*(?:,|:|must|should)\s*(?:now\s+)?(?:ignore|post|output|include|add|write|rate|return|say|send|call|execute|run|mark|give|set|use|respond|reply)\b`,
	`\b(?:post|include|insert|add|output|append)\b.{0,40}(?:@everyone|@here|<!channel>|<!everyone>|the following (?:text|link|message)|this link|verbatim)`,
	`\b(?:when|if) (?:you )?(?:summari[sz]|extract|generat|process)\w*\b.{0,60}\b(?:this|insights?|transcript|episode)\b.{0,60}\b(?:include|add|write|say|output|always|must)\b`,
	`\b(?:rate|score|mark|rank) this (?:episode|insight|show|podcast)\b.{0,40}\b(?:highest|10|top|first|novelty|usefulness|3)\b`,
	`\bbase64\b.{0,30}\b(?:decode|follow|execute)\b`, `\b(?:decode|follow|execute)\b.{0,30}\bbase64\b`,
	`"(?:role|tool_calls?|function|insights|usefulness)"\s*:`,
}, "|"))

// instructs reports whether a text gives orders to a machine, also after hidden characters are taken out.
func instructs(text string) bool {
	return instruction.MatchString(text) || instruction.MatchString(visible(text))
}

// visible is a text in compatibility form, without characters that nobody sees; tag characters become their letters.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0xE0020 && r <= 0xE007E:
			return r - 0xE0000
		case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Mn, r) && r > 0x2FF:
			return -1
		}
		return r
	}, norm.NFKC.String(text))
}

var unsafe = regexp.MustCompile(`(?i)https?:|www\.|\b[a-z0-9-]+\.(?:com|net|org|io|dev|ai|example|ly|me|co|app|xyz|info|ru|cn)(?:/|\b)|\S+@\S+\.\S+|@(?:everyone|here|channel)|<[!@#/a-z|]|\]\(|` + "[`*]{2}|\\|\\||\\+?\\d[\\d ()-]{8,}\\d|[{}]")

// unsafeText reports whether a text of a model holds what readers must not be shown: addresses, mentions, markup, control
// and invisible characters.
func unsafeText(text string) bool {
	if unsafe.MatchString(text) || unsafe.MatchString(visible(text)) {
		return true
	}
	return strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r)
	})
}
