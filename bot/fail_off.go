//go:build !failpoint

package bot

// fail does nothing. Built with the tag failpoint it lets tests break the program at a named point.
func fail(string) error { return nil }
