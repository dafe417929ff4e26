//go:build failpoint

package bot

// Failpoint is called at each named point. Tests set it before the bot starts: it may kill the process, panic, sleep or
// return an error.
var Failpoint func(point string) error

func fail(point string) error {
	if Failpoint == nil {
		return nil
	}
	return Failpoint(point)
}
