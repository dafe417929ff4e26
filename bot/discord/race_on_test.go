//go:build race

package discord

// raceDetector says that this binary finds races.
const raceDetector = true
