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

// TestParseJSONOfManyMakers reads the same two sentences as different programs write them.
func TestParseJSONOfManyMakers(t *testing.T) {
	half := 500 * time.Millisecond
	for name, test := range map[string]struct {
		in       string
		speakers [2]string
		language string
	}{
		"channels with words": {`{"metadata":{"channels":1},"results":{"channels":[{"alternatives":[{"transcript":"salmon swim up","confidence":0.9,"words":[
			{"word":"salmon","start":0.5,"end":1,"punctuated_word":"Salmon","speaker":0},{"word":"swim","start":1,"end":2,"punctuated_word":"swim.","speaker":0},
			{"word":"up","start":2,"end":3,"punctuated_word":"Up?","speaker":1}]}]}]}}`, [2]string{"Speaker 0", "Speaker 1"}, ""},
		"utterances within results": {`{"results":{"channels":[],"utterances":[{"start":0.5,"end":2,"transcript":"Salmon swim.","speaker":0},{"start":2,"end":3,"transcript":"Up?","speaker":1}]}}`,
			[2]string{"Speaker 0", "Speaker 1"}, ""},
		"utterances with letters": {`{"language_code":"en_us","text":"Salmon swim. Up?","words":[],"utterances":[{"speaker":"A","text":"Salmon swim.","start":0.5,"end":2},{"speaker":"B","text":"Up?","start":2,"end":3}]}`,
			[2]string{"A", "B"}, "en-us"},
		"items with marks of their own": {`{"jobName":"x","results":{"transcripts":[{"transcript":"Salmon swim. Up?"}],"items":[
			{"start_time":"0.5","end_time":"1","alternatives":[{"confidence":"0.9","content":"Salmon"}],"type":"pronunciation","speaker_label":"spk_0"},
			{"start_time":"1","end_time":"2","alternatives":[{"content":"swim"}],"type":"pronunciation","speaker_label":"spk_0"},{"alternatives":[{"content":"."}],"type":"punctuation"},
			{"start_time":"2","end_time":"3","alternatives":[{"content":"Up"}],"speaker_label":"spk_1"},{"alternatives":[{"content":"?"}],"type":"punctuation"}]}}`, [2]string{"spk_0", "spk_1"}, ""},
		"results with alternatives": {`{"results":[{"alternatives":[{"transcript":"Salmon swim.","words":[{"startTime":"0.500s","endTime":"1s","word":"Salmon"}]}],"endTime":"2s"},
			{"alternatives":[{"transcript":"Up?","words":[{"startTime":"2s","endTime":"3s","word":"Up?"}]}],"endTime":"3s"}]}`, [2]string{}, ""},
		"results of one word each": {`{"results":[{"type":"word","start_time":0.5,"end_time":1,"alternatives":[{"content":"Salmon","speaker":"S1"}]},{"type":"word","start_time":1,"end_time":2,"alternatives":[{"content":"swim","speaker":"S1"}]},
			{"type":"punctuation","start_time":2,"end_time":2,"alternatives":[{"content":".","speaker":"S1"}]},{"type":"word","start_time":2,"end_time":3,"alternatives":[{"content":"Up","speaker":"S2"}]},{"alternatives":[{"content":"?"}]}]}`, [2]string{"S1", "S2"}, ""},
		"monologues": {`{"monologues":[{"speaker":0,"elements":[{"type":"text","value":"Salmon","ts":0.5,"end_ts":1},{"type":"punct","value":" "},{"type":"text","value":"swim","ts":1,"end_ts":2},{"type":"punct","value":"."}]},
			{"speaker":1,"elements":[{"type":"text","value":"Up","ts":2,"end_ts":3},{"type":"punct","value":"?"}]}]}`, [2]string{"Speaker 0", "Speaker 1"}, ""},
		"transcription with offsets": {`{"result":{"language":"en"},"transcription":[{"timestamps":{"from":"00:00:00,500","to":"00:00:02,000"},"offsets":{"from":500,"to":2000},"text":" Salmon swim."},
			{"timestamps":{"from":"00:00:02,000","to":"00:00:03,000"},"text":" Up?"}]}`, [2]string{}, ""},
		"events": {`{"events":[{"tStartMs":0,"dDurationMs":10,"id":1},{"tStartMs":500,"dDurationMs":1500,"segs":[{"utf8":"Salmon"},{"utf8":" swim."}]},{"tStartMs":2000,"dDurationMs":1000,"segs":[{"utf8":"Up?"}]}]}`, [2]string{}, ""},
		"a player's list": {`{"transcripts":[{"start":"00:00:00.500","start_ms":500,"end":"00:00:02.000","speaker":"1","voice":"Ann","text":"Salmon swim."},{"start":"00:00:02.000","end":"00:00:03.000","speaker":"2","voice":"Bob","text":"Up?"}]}`,
			[2]string{"Ann", "Bob"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			want := []Segment{{Start: half, End: 2 * second, Speaker: test.speakers[0], Text: "Salmon swim."}, {Start: 2 * second, End: 3 * second, Speaker: test.speakers[1], Text: "Up?"}}
			got, language, err := parseJSON(test.in)
			if err != nil || language != test.language {
				t.Fatalf("parseJSON = language %q, %v; want %q", language, err, test.language)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("parseJSON (-want +got):\n%s", diff)
			}
		})
	}
}
