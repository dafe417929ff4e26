package llm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// told is a transport that puts what services say of failures into the one form that go-openai reads. Services that call
// themselves compatible say it as text, as a page, in lists, and with status 200.
type told struct{ next http.RoundTripper }

// RoundTrip does the request.
func (t told) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(req)
	if err != nil || resp.StatusCode < 400 && resp.StatusCode != http.StatusOK {
		return resp, err
	}
	answer, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	if trouble, failed := troubleIn(answer, resp.StatusCode >= 400); failed {
		if resp.StatusCode == http.StatusOK {
			resp.StatusCode = trouble.status()
		}
		resp.Header.Set("Content-Type", "application/json")
		answer = trouble.encode()
	}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(answer)), int64(len(answer))
	return resp, nil
}

// trouble is an error as OpenAI says it.
type trouble struct {
	Message string `json:"message"`
	Type    string `json:"type,omitempty"`
	Param   string `json:"param,omitempty"`
	Code    string `json:"code,omitempty"`
}

func (t trouble) encode() []byte {
	data, err := json.Marshal(map[string]trouble{"error": t})
	if err != nil {
		panic(err) // four strings
	}
	return data
}

// noService is the code of an answer that is not from a model service.
const noService = "no_model_service"

// status is that of an error that came with status 200.
func (t trouble) status() int {
	if n, err := strconv.Atoi(t.Code); err == nil && n >= 400 && n < 600 {
		return n
	}
	if t.Code == noService {
		return http.StatusNotFound
	}
	return http.StatusBadGateway
}

// troubleIn finds the error in an answer. A page or a bare text is one too, and anything is when failed.
func troubleIn(answer []byte, failed bool) (trouble, bool) {
	var list []json.RawMessage
	if json.Unmarshal(answer, &list) == nil && len(list) > 0 { // Gemini
		answer = list[0]
	}
	var object map[string]any
	if json.Unmarshal(answer, &object) != nil {
		return page(answer), failed || len(bytes.TrimSpace(answer)) == 0 || bytes.TrimSpace(answer)[0] == '<'
	}
	if object["error"] == nil && !failed {
		return trouble{}, false
	}
	src, ok := object["error"].(map[string]any)
	if !ok {
		src = object
	}
	t := trouble{Param: saying(src["param"]), Code: saying(src["code"]), Type: saying(src["type"])}
	if t.Type == "" {
		t.Type = saying(src["status"])
	}
	for _, v := range []any{src["message"], src["detail"], object["error"]} {
		if t.Message == "" {
			t.Message = saying(v)
		}
	}
	if meta, ok := src["metadata"].(map[string]any); ok { // OpenRouter: what the service behind it said
		t.Message = strings.TrimSpace(t.Message + " " + saying(meta["raw"]))
	}
	return t, true
}

// saying is the text of a value of an error: itself, or what its parts say.
func saying(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		var all []string
		for _, x := range v {
			all = append(all, saying(x))
		}
		return strings.Join(all, "; ")
	case map[string]any: // FastAPI: {"loc": ["body", "temperature"], "msg": "..."}
		return strings.TrimSpace(saying(v["loc"]) + " " + saying(v["message"]) + saying(v["msg"]))
	}
	return ""
}

var (
	pageTitle = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	tags      = regexp.MustCompile(`<[^>]*>`)
)

// page says what a page or a bare text says.
func page(answer []byte) trouble {
	text := string(answer)
	if m := pageTitle.FindStringSubmatch(text); m != nil {
		text = "a page: " + m[1]
	}
	return trouble{Message: strings.Join(strings.Fields(tags.ReplaceAllString(text, " ")), " "), Code: noService}
}
