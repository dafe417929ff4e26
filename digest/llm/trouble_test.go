package llm

import (
	"encoding/json"
	"testing"
)

// FuzzTroubleIn: whatever a service says of a failure becomes an error that go-openai can read, with a status of one.
func FuzzTroubleIn(f *testing.F) {
	for _, seed := range []string{"", "null", "[]", `{"error":"x"}`, `{"error":{"code":404,"message":["a",{"msg":"b"}]}}`, `[{"error":{}}]`, `{"detail":[{"loc":["a"],"msg":"b"}]}`, "<title>x"} {
		f.Add([]byte(seed), true)
	}
	f.Fuzz(func(t *testing.T, answer []byte, failed bool) {
		said, isError := troubleIn(answer, failed)
		if failed && !isError {
			t.Errorf("troubleIn(%q, true) found no error", answer)
		}
		if s := said.status(); s < 400 || s > 599 || !json.Valid(said.encode()) {
			t.Errorf("troubleIn(%q, %t) = %+v of status %d", answer, failed, said, s)
		}
	})
}
