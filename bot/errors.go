package bot

import (
	"errors"
	"fmt"
)

// userError is one sentence for the person who asked. It says what to do.
type userError string

func (e userError) Error() string { return string(e) }

// tell returns an error that is shown to the person who asked.
func tell(format string, args ...any) error { return userError(fmt.Sprintf(format, args...)) }

// told returns the sentence that an error has for people; false when it has none and belongs in the log.
func told(err error) (string, bool) {
	u, ok := errors.AsType[userError](err)
	return string(u), ok
}
