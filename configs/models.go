package configs

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// modelSettings are the settings of language models.
func modelSettings() []Setting {
	return []Setting{
		{Key: "OPENAI_API_KEY", Secret: true, Help: "key of an OpenAI-compatible service; some need none"},
		{Key: "OPENAI_BASE_URL", Default: "https://api.openai.com/v1", check: serviceAddress,
			Help: "address of an OpenAI-compatible service, up to and with /v1"},
		{Key: "OPENAI_MODEL", Help: "model that takes insights and answers; empty: the built-in engine does, and nothing is sent anywhere"},
		{Key: "OPENAI_ANSWER_MODEL", Help: "model that answers questions, when it is another one"},
		{Key: "OPENAI_EMBED_MODEL", Help: "model that tells meaning, for related insights and search; empty: words only"},
		{Key: "OPENAI_SPEECH_MODEL", Help: "model that writes down episodes without a transcript; empty: none"},
		{Key: "OPENAI_CONTEXT", Default: "8192", check: wholeNumber, Help: "tokens that fit into one call"},
		{Key: "OPENAI_TIMEOUT", Default: "300", check: wholeNumber, Help: "seconds after which a call is given up"},
		{Key: "OPENAI_PRICES", check: each(price),
			Help: "dollars by model, per million tokens in/out or per minute of audio: name=0.25/2.00, name=0.006/min"},
		{Key: "OPENAI_BUDGET_DAY", Default: "usd=2, calls=2000", check: each(limit),
			Help: "limit of a day, of usd, tokens and calls; models without a price cost no usd"},
		{Key: "OPENAI_BUDGET_WORKSPACE", Default: "usd=1, calls=500", check: each(limit), Help: "limit of a workspace's day"},
		{Key: "OPENAI_BUDGET_CHANNEL", Default: "usd=0.50, calls=200", check: each(limit), Help: "limit of a channel's day"},
		{Key: "OPENAI_BUDGET_EPISODE", Default: "usd=0.50, calls=12", check: each(limit), Help: "limit of one episode for ever"},
		{Key: "OPENAI_SPEECH_DAY", Default: "0", check: wholeNumber,
			Help: "minutes of audio that may be written down in a day; 0 switches it off"},
		{Key: "OPENAI_SPEECH_EPISODE", Default: "180", check: wholeNumber, Help: "minutes of the longest episode that is written down"},
		{Key: "OPENAI_SPEECH_OLDEST", Default: "7", check: wholeNumber, Help: "age in days from which on episodes are not written down; 0: any age"},
		{Key: "OPENAI_SPEECH_DIR", Help: "folder for audio while it is written down; empty: the system's temporary folder"},
		{Key: "OPENAI_LONGEST", Default: "300", check: wholeNumber, Help: "length in minutes from which on the built-in engine reads episodes; 0: any length"},
		{Key: "OPENAI_OLDEST", Default: "30", check: wholeNumber, Help: "age in days from which on the built-in engine reads episodes; 0: none"},
		{Key: "OPENAI_OFF", Default: "0", check: oneOf("0", "1"), Help: "1 stops all calls of models at once"},
	}
}

// serviceAddress accepts a base address, to which paths are added.
func serviceAddress(v string) error {
	if strings.ContainsAny(v, "?#") {
		return errors.New("it must end with its path, most often /v1; a key belongs into OPENAI_API_KEY")
	}
	return webAddress(v)
}

// wholeNumber accepts numbers that stay numbers when they are counted in the smallest unit of time.
func wholeNumber(v string) error {
	if digits(v) != nil || len(v) > 8 {
		return errors.New("it must be a number of at most eight digits")
	}
	return nil
}

// price accepts a model's price: name=0.25/2.00, or name=0.006/min.
func price(v string) error {
	name, rest, _ := strings.Cut(v, "=")
	in, out, ok := strings.Cut(rest, "/")
	if name == "" || !ok || !isAmount(in) || out != "min" && !isAmount(out) {
		return errors.New("write prices as name=0.25/2.00 (dollars per million tokens in and out) or name=0.006/min")
	}
	return nil
}

// limit accepts a limit: usd=2, tokens=1000000 or calls=100.
func limit(v string) error {
	name, n, _ := strings.Cut(v, "=")
	if err := oneOf("usd", "tokens", "calls")(name); err != nil {
		return fmt.Errorf("write limits as usd=2, tokens=1000000, calls=100: %w", err)
	}
	if !isAmount(n) {
		return errors.New("write limits as usd=2, tokens=1000000, calls=100")
	}
	if f, err := strconv.ParseFloat(n, 64); err == nil && f == 0 {
		return errors.New("a limit of 0 is none; leave it out, or stop all calls with OPENAI_OFF=1")
	}
	return nil
}

func isAmount(v string) bool {
	n, err := strconv.ParseFloat(v, 64)
	return err == nil && n >= 0 && n < 1e12
}
