package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Finding is what trying one duty came to.
type Finding struct {
	Duty string // "extract", "answer", "embed", "transcribe"
	OK   bool
	Says string // one sentence for the operator
}

// Probe tries each duty once with a tiny request and says what the service can do. The calls are charged like any other.
func (s *Service) Probe(ctx context.Context) []Finding {
	return []Finding{
		s.probeChat(ctx, "extract", s.Models.Extract),
		s.probeChat(ctx, "answer", s.Models.Answer),
		s.probeEmbed(ctx),
		s.probeSpeech(ctx),
	}
}

func (s *Service) probeChat(ctx context.Context, duty, model string) Finding {
	if model == "" {
		return off(duty)
	}
	p := prompt{
		Model: model, System: "Answer with JSON only.", User: `Return {"word":"ready"}.`, Name: "probe", MaxOut: probeMaxOut,
		Schema: json.RawMessage(`{"type":"object","additionalProperties":false,"required":["word"],"properties":{"word":{"type":"string"}}}`),
	}
	if _, err := s.ask(ctx, p); err != nil {
		return Finding{duty, false, fmt.Sprintf("%s: %v.", model, err)}
	}
	how := map[answerForm]string{jsonSchema: "json_schema", jsonObject: "json_object", plainText: "plain text only"}
	return Finding{duty, true, fmt.Sprintf("%s answers with %s.", model, how[answerForm(s.form.Load())])}
}

func (s *Service) probeEmbed(ctx context.Context) Finding {
	if s.Models.Embed == "" {
		return off("embed")
	}
	v, err := s.embed(ctx, []string{"ready"})
	if err != nil {
		return Finding{"embed", false, fmt.Sprintf("%s: %v.", s.Models.Embed, err)}
	}
	return Finding{"embed", true, fmt.Sprintf("%s gives vectors of %d numbers.", s.Models.Embed, len(v[0]))}
}

// probeMaxOut leaves room for a model that thinks first.
const probeMaxOut = 800

// probeSpeech sends a second of silence.
func (s *Service) probeSpeech(ctx context.Context) Finding {
	if s.Models.Transcribe == "" {
		return off("transcribe")
	}
	if _, err := s.transcribe(ctx, bytes.NewReader(silence()), "silence.wav", time.Second, "en"); err != nil {
		return Finding{"transcribe", false, fmt.Sprintf("%s: %v.", s.Models.Transcribe, err)}
	}
	return Finding{"transcribe", true, fmt.Sprintf("%s writes down speech.", s.Models.Transcribe)}
}

// silence is a second of silence as a WAV file: 8 kHz, mono, 16 bit.
func silence() []byte {
	const size = 16000
	head := []byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data")
	put := func(n int) []byte { return []byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)} }
	copy(head[4:], put(36+size))
	return append(append(head, put(size)...), make([]byte, size)...)
}

func off(duty string) Finding {
	return Finding{duty, true, "off: no model is named for it."}
}
