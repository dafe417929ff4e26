package llm_test

import (
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"podbrief/digest/llm"
)

const (
	asIs     = `{"choices":[{"message":{"role":"assistant","content":"{\"word\":\"ready\"}"},"finish_reason":"stop"}]}`
	noSystem = `{"error":{"code":400,"message":"Developer instruction is not enabled for this model","status":"INVALID_ARGUMENT"}}`
)

// TestManners asks services that answer in the ways of those that call themselves compatible.
func TestManners(t *testing.T) {
	content := func(message string) string { return `{"choices":[{"message":` + message + `,"finish_reason":"stop"}]}` }
	for _, c := range []struct {
		name   string
		status int
		answer string
		want   string // what the operator is told
	}{
		{"plain", 200, asIs, "answers with json_schema"},
		{"behind a thought that the service began", 200, content(`{"content":"{\"word\":\"not this longer one\"}</think>{\"word\":\"ready\"}"}`), "answers with json_schema"},
		{"a comma too many", 200, content(`{"content":"{\"word\":\"ready\",}"}`), "answers with json_schema"},
		{"in parts", 200, content(`{"content":[{"type":"text","text":"{\"word\":\"ready\"}"}]}`), "answers with json_schema"},
		{"among the thoughts only", 200, content(`{"content":null,"reasoning_content":"so {\"word\":\"ready\"}"}`), "answers with json_schema"},
		{"Ollama, no such model", 404, `{"error":"model \"x\" not found, try pulling it first"}`, `it says "model \"x\" not found`},
		{"an error with status 200", 200, `{"error":{"message":"no such model","code":404}}`, `does not know the model or the address`},
		{"a bare error with status 200", 200, `{"error":"out of memory"}`, `it says "out of memory"`},
		{"vLLM", 400, `{"object":"error","message":"max 4096 tokens of context length","code":400}`, "longer than the model's context"},
		{"Groq, too large", 413, `{"error":{"message":"Request too large for model"}}`, "longer than the model's context"},
		{"FastAPI", 422, `{"detail":[{"loc":["body","model"],"msg":"field required"}]}`, `it says "body; model field required"`},
		{"Gemini, the key", 400, `[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key."}}]`, "refuses the key; check OPENAI_API_KEY"},
		{"OpenRouter, the provider", 502, `{"error":{"message":"Provider returned error","metadata":{"raw":"overloaded"}}}`, `"Provider returned error overloaded"`},
		{"OpenRouter, no credit", 402, `{"error":{"message":"Insufficient credits"}}`, "has no credit left"},
		{"a gateway's page", 502, `<html><title>502 Bad Gateway</title><body>nginx</body></html>`, `answered HTTP 502; it says "a page: 502 Bad Gateway"`},
		{"a page to sign in", 200, `<!doctype html><title>Sign in</title>`, "is not the address of a model service"},
		{"nothing at all", 200, "", "is not the address of a model service"},
		{"a place without a service", 404, "404 page not found", "which most often ends with /v1"},
		{"another country", 403, `{"error":{"message":"Country not supported"}}`, `it says "Country not supported"`},
		{"the key told back", 500, `{"error":{"message":"bad key sk-test in header"}}`, `it says "bad key [secret] in header"`},
		{"not the form", 200, `{"choices":"none"}`, "does not answer as an OpenAI-compatible service"},
	} {
		t.Run(c.name, func(t *testing.T) {
			says, address := probed(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.status)
				io.WriteString(w, c.answer)
			})
			if !strings.Contains(says, c.want) {
				t.Errorf("Probe says %q, want %q in it", says, c.want)
			}
			if !strings.Contains(says, "answers with") && !strings.Contains(says, address) {
				t.Errorf("Probe says %q, want the address %s in it", says, address)
			}
		})
	}
}

// TestRefusals asks services that refuse a part of the request, and answer without it.
func TestRefusals(t *testing.T) {
	schema := `"type":"json_schema"`
	for _, c := range []struct {
		name, part string
		status     int
		refusal    string
		want       string
	}{
		{"not implemented", schema, 501, `{"error":{"message":"no"}}`, "answers with json_object"},
		{"no endpoint for it", `"response_format"`, 404, `{"error":{"message":"No endpoints found that can handle the requested parameters."}}`, "answers with plain text"},
		{"a failure of it", schema, 500, `{"error":"failed to parse grammar"}`, "answers with json_object"},
		{"no system message", `"role":"system"`, 400, noSystem, "answers with json_schema"},
	} {
		t.Run(c.name, func(t *testing.T) {
			says, _ := probed(t, func(w http.ResponseWriter, r *http.Request) {
				if body, err := io.ReadAll(r.Body); err != nil || strings.Contains(string(body), c.part) {
					w.WriteHeader(c.status)
					io.WriteString(w, c.refusal)
					return
				}
				io.WriteString(w, asIs)
			})
			if !strings.Contains(says, c.want) {
				t.Errorf("Probe says %q, want %q in it", says, c.want)
			}
		})
	}
}

// TestThinking gives a model that spent its answer on thoughts more room, once, and remembers it.
func TestThinking(t *testing.T) {
	for name, message := range map[string]string{
		"shown": `{"content":"<think>well, "}`, "apart": `{"content":null,"reasoning_content":"well, "}`, "kept back": `{"content":""}`,
	} {
		t.Run(name, func(t *testing.T) {
			calls := 0
			says, _ := probed(t, func(w http.ResponseWriter, r *http.Request) {
				calls++
				var asked struct {
					Most int `json:"max_tokens"`
				}
				if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.Most < 2000 {
					io.WriteString(w, `{"choices":[{"message":`+message+`,"finish_reason":"length"}]}`)
					return
				}
				io.WriteString(w, asIs)
			})
			if !strings.Contains(says, "answers with json_schema") || calls != 2 {
				t.Errorf("Probe says %q after %d calls, want an answer after 2", says, calls)
			}
		})
	}
	calls := 0
	says, _ := probed(t, func(w http.ResponseWriter, _ *http.Request) {
		calls++
		io.WriteString(w, `{"choices":[{"message":{"content":"<think>well, "},"finish_reason":"length"}]}`)
	})
	if !strings.Contains(says, "turn its thinking off") || calls != 2 {
		t.Errorf("Probe says %q after %d calls of a model that thinks for ever, want the remedy after 2", says, calls)
	}
}

// TestRedirects says where a service sends its callers, and does not take the key there.
func TestRedirects(t *testing.T) {
	reached := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer other.Close()
	says, _ := probed(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+"/v1/chat/completions?token=hidden", http.StatusTemporaryRedirect)
	})
	if want := "redirects to " + other.URL + "/v1/chat/completions; set OPENAI_BASE_URL"; !strings.Contains(says, want) || reached {
		t.Errorf("Probe says %q and reached the other host: %t; want %q and false", says, reached, want)
	}
}

// TestUntrusted says what is wrong with a certificate, and costs nothing.
func TestUntrusted(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	budget := &llm.Budget{DB: openStore(t)}
	svc := llm.New(server.URL+"/v1", "sk-test", llm.NewHTTPClient(nil, llm.Waits{}), budget)
	svc.Models.Extract = "m"
	if says := svc.Probe(t.Context())[0].Says; !strings.Contains(says, "certificate that is not trusted") || !strings.Contains(says, "SSL_CERT_FILE") {
		t.Errorf("Probe says %q, want the certificate and what to do", says)
	}
	if got, err := budget.Spent(t.Context(), time.Now()); err != nil || got != (llm.Amount{}) {
		t.Errorf("Spent() = %+v, %v, want nothing", got, err)
	}
}

// probed is what Probe says of a service that answers as it likes, and the service's address.
func probed(t *testing.T, handle http.HandlerFunc) (says, address string) {
	t.Helper()
	server := httptest.NewServer(handle)
	defer server.Close()
	svc := llm.New(server.URL+"/v1/", "sk-test", llm.NewHTTPClient(nil, llm.Waits{}), &llm.Budget{DB: openStore(t)})
	svc.Models.Extract = "m"
	return svc.Probe(t.Context())[0].Says, server.URL + "/v1"
}
