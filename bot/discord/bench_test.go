package discord

import (
	"testing"

	"podbrief/bot/bottest"
)

// BenchmarkRender draws a brief, and what is far too long for a message, which is drawn anew in every step.
func BenchmarkRender(b *testing.B) {
	for _, f := range bottest.Fixtures() {
		if f.Name != "brief-5" && f.Name != "brief-10" && f.Name != "long" && f.Name != "many-sections" {
			continue
		}
		b.Run(f.Name, func(b *testing.B) {
			for b.Loop() {
				render(f.Message, "markedmarked")
			}
		})
	}
}
