package transcript

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseJSON(t *testing.T) {
	want := []Segment{
		{Start: 500 * time.Millisecond, End: 2 * second, Speaker: "Ann", Text: "Salmon swim."},
		{Start: 2 * second, End: 3 * second, Speaker: "Bob", Text: "Up?"},
	}
	anonymous := []Segment{{Start: want[0].Start, End: want[0].End, Text: "Salmon swim."}, {Start: 2 * second, End: 3 * second, Text: "Up?"}}
	tests := []struct {
		name, in, language string
		want               []Segment
	}{
		{"podcast namespace", `{"version":"1.0.0","segments":[{"speaker":"Ann","startTime":0.5,"endTime":1,"body":"Salmon"},{"speaker":"Ann","startTime":1.0,"endTime":2,"body":"swim."},{"speaker":"Bob","startTime":2,"endTime":3,"body":"Up?"}]}`, "", want},
		{"speech recogniser", `{"text":"Salmon swim. Up?","language":"EN","segments":[{"id":0,"start":0.5,"end":2.0,"text":" Salmon swim.","avg_logprob":-0.2,"words":[{"word":"Salmon","start":0.5}]},{"id":1,"start":2,"end":3,"text":" Up?"}]}`, "en", anonymous},
		{"bare list", `[{"start":"0.5","end":"2","text":"Salmon swim."},{"start":2,"end":3,"text":"Up?"}]`, "", anonymous},
		{"clock times", `{"cues":[{"startTime":"00:00:00.500","endTime":"00:00:02","speaker":{"name":"Ann"},"content":"Salmon <i>swim</i>."},{"startTime":"0:02","endTime":"0:03","speaker":"Bob","content":"Up?"}]}`, "", want},
		{"milliseconds", `{"utterances":[{"start":600500,"end":602000,"text":"Salmon swim."},{"start":602000,"end":603000,"text":"Up?"}]}`, "", []Segment{
			{Start: 600*second + 500*time.Millisecond, End: 602 * second, Text: "Salmon swim."}, {Start: 602 * second, End: 603 * second, Text: "Up?"}}},
		{"words", `{"words":[{"word":"Salmon","start":0.5,"end":1.1},{"word":"swim.","start":1.1,"end":2},{"word":"Up?","start":2,"end":3}]}`, "", anonymous},
		{"numbered speakers", `[{"start":1,"end":2,"speaker":0,"text":"Hi."}]`, "", []Segment{{Start: 1 * second, End: 2 * second, Speaker: "Speaker 0", Text: "Hi."}}},
		{"without times", `{"segments":[{"speaker":"Ann","body":"Salmon swim."},{"speaker":"Bob","body":"Up?"}]}`, "", []Segment{{Timing: Unknown, Speaker: "Ann", Text: "Salmon swim."}, {Timing: Unknown, Speaker: "Bob", Text: "Up?"}}},
		{"a text", `{"transcript":"Salmon swim.\n\nUp?"}`, "", []Segment{{Timing: Unknown, Text: "Salmon swim."}, {Timing: Unknown, Text: "Up?"}}},
		{"segments in transcript", `{"transcript":[{"start":0.5,"end":2,"text":"Salmon swim."},{"start":2,"end":3,"text":"Up?"}]}`, "", anonymous},
		{"a field of another kind", `{"segments":[{"start":0.5,"end":2,"text":"Salmon swim.","id":"x"},{"start":2,"end":3,"text":"Up?","body":7}]}`, "", anonymous},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, language, err := parseJSON(test.in)
			if err != nil {
				t.Fatalf("parseJSON: %v", err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("parseJSON (-want +got):\n%s", diff)
			}
			if language != test.language {
				t.Errorf("parseJSON: language %q, want %q", language, test.language)
			}
		})
	}
}

func TestJSONThatIsNoTranscript(t *testing.T) {
	for in, want := range map[string]Reason{
		`{"message":"no"}`: NotTranscript, `{"segments":[]}`: NotTranscript, `{"segments":[{"startTime":NaN}]}`: Malformed,
		`{"segments":[{"body":"a"}`: Malformed, `[{"a":1}]`: Empty, `{"segments":{"a":1}}`: NotTranscript,
	} {
		if _, err := Parse([]byte(in), "application/json", ""); reason(err) != want {
			t.Errorf("Parse(%s) = %v, want refused as %s", in, err, want)
		}
	}
}

func TestParseChapters(t *testing.T) {
	got, err := ParseChapters([]byte(`{"version":"1.2.0","chapters":[{"startTime":60,"title":"Dams "},{"startTime":0,"title":"Rivers"},{"startTime":70,"title":"Hidden","toc":false},{"startTime":80},{"title":"No time"}]}`))
	want := []Chapter{{0, "Rivers"}, {60 * second, "Dams"}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("ParseChapters: %v (-want +got):\n%s", err, diff)
	}
	if got, err := ParseChapters([]byte("<html>")); err == nil {
		t.Errorf("ParseChapters(a page) = %v, want an error", got)
	}
}
