package insight

import (
	"regexp"
	"slices"
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
	`\byou are (?:now )?(?:dan|jailbroken|unrestricted|an? (?:unrestricted|different) (?:ai|model|assistant|bot))\b`, `\bstay in character\b.{0,40}\b(?:listeners|users|channel|team)\b`,
	`\b(?:dear|attention|hey|note to|message to|instructions? (?:for|to))\s+(?:the\s+)?(?:ai|llm|language model|model|assistant|summari[sz]er|summarization|bot|chatgpt|gpt|claude|transcript processor)\b`,
	`\b(?:ai|assistant|model|summari[sz]er|bot|llm)s?\s*(?:,|:|must|should)\s*(?:now\s+)?(?:ignore|post|output|include|add|write|rate|return|say|send|call|execute|run|mark|give|set|use|respond|reply)\b`,
	`\b(?:post|include|insert|add|output|append)\b.{0,40}(?:@everyone|@here|<!channel>|<!everyone>|the following (?:text|link|message)|this link|verbatim)`,
	`\b(?:when|if) (?:you )?(?:summari[sz]|extract|generat|process)\w*\b.{0,60}\b(?:this|insights?|transcript|episode)\b.{0,60}\b(?:include|add|write|say|output|always|must)\b`,
	`\b(?:rate|score|mark|rank) this (?:episode|insight|show|podcast)\b.{0,40}\b(?:highest|10|top|first|novelty|usefulness|3)\b`,
	`\b(?:base64|hex)\b.{0,40}\b(?:decode|follow|execute|obey)\b`, `\b(?:decode|follow|execute)\b.{0,30}\b(?:base64|hex)\b.{0,30}\b(?:obey|follow|execute|do)\b`,
	`"(?:role|tool_calls?|function|insights|usefulness)"\s*:`,
}, "|"))

// squashed finds orders whose letters were spaced out; it is matched against a text without spaces.
var squashed = regexp.MustCompile(`(?i)(?:ignore|disregard|forget)(?:all|any|the|your)*(?:previous|prior|above|earlier)(?:instruction|prompt|rule|message)`)

// abroad finds the commonest order in other languages.
var abroad = regexp.MustCompile(`(?i)忽略.{0,8}(?:指令|提示|规则)|無視して|ignorier\w*.{0,30}(?:anweisung|instruktion)|ignora.{0,30}(?:instrucciones|istruzioni|instruções)|ignor\w+.{0,30}instructions|игнорируй.{0,30}(?:инструкци|указани)`)

// Instructs reports whether a text gives orders to a machine instead of talking to listeners, also when the orders are
// hidden in invisible characters, spaced-out letters, scrambled words or other languages.
func Instructs(text string) bool {
	v := Visible(text)
	return instruction.MatchString(text) || instruction.MatchString(v) || abroad.MatchString(v) ||
		spacedOut(v) && squashed.MatchString(strings.Join(strings.Fields(v), "")) || scrambledOrder(v)
}

// spacedOut reports whether many single letters stand in a row.
func spacedOut(text string) bool {
	run := 0
	for w := range strings.FieldsSeq(text) {
		if len([]rune(w)) != 1 {
			run = 0
		} else if run++; run >= 8 {
			return true
		}
	}
	return false
}

// orderWords are the words of an order to forget what was said before, in the order in which they are met.
var orderWords = [][]string{{"ignore", "disregard", "forget"}, {"previous", "prior", "above", "earlier"}, {"instructions", "instruction", "prompts", "rules"}}

// scrambledOrder finds "ignroe all prevoius instrcutions": readers and models read words whose inner letters are mixed.
func scrambledOrder(text string) bool {
	stage, since := 0, 0
	for w := range strings.FieldsSeq(strings.ToLower(text)) {
		w = strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) })
		if since++; since > 4 {
			stage = 0
		}
		if slices.ContainsFunc(orderWords[stage], func(o string) bool { return sameLetters(w, o) }) {
			if stage, since = stage+1, 0; stage == len(orderWords) {
				return true
			}
		}
	}
	return false
}

// sameLetters reports whether two words have the same first and last letter and the same letters between.
func sameLetters(a, b string) bool {
	if len(a) != len(b) || a == "" || a[0] != b[0] || a[len(a)-1] != b[len(b)-1] {
		return false
	}
	x, y := []byte(a), []byte(b)
	slices.Sort(x)
	slices.Sort(y)
	return string(x) == string(y)
}

// Visible is a text in compatibility form, without characters that nobody sees; tag characters become their letters.
func Visible(text string) string {
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

// Unsafe reports whether a text of a model holds what readers must not be shown: addresses, mentions, markup, control
// and invisible characters.
func Unsafe(text string) bool {
	if unsafe.MatchString(text) || unsafe.MatchString(Visible(text)) {
		return true
	}
	return strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r)
	})
}
