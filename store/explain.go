package store

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// explain adds to an error of opening what to do about it.
func explain(path string, o Options, err error) error {
	err = fmt.Errorf("open store %s: %w", path, err)
	switch {
	case errors.Is(err, ErrBusy):
		return fmt.Errorf("%w: another bot is running on this file; stop it, or give this one a file of its own", err)
	case errors.Is(err, ErrMissing):
		return fmt.Errorf("%w: %s, or remove %s to start with an empty store", err, restore(path, o), markerPath(path))
	case errors.Is(err, ErrDamaged):
		return fmt.Errorf("%w: %s", err, restore(path, o))
	case errors.Is(err, ErrNewer):
		return fmt.Errorf("%w: run the version that wrote it, or a newer one", err)
	case errors.Is(err, ErrFull):
		return fmt.Errorf("%w: free some space on its disk", err)
	}
	return err
}

// restore says which backup to put back: the newest good one.
func restore(path string, o Options) string {
	for _, p := range backups(path, o) {
		if checkIdle(context.Background(), p, o.Schema) == nil {
			return fmt.Sprintf("restore the newest good backup, cp %s %s", p, path)
		}
	}
	return "restore a backup; there is no good one in " + o.Backups
}

// A marker beside the file remembers that there was one, so that a file that is lost is not taken for a new one.
func markerPath(path string) string { return path + ".marker" }

func writeMarker(path string) error {
	const text = "This file says that the store beside it is in use. Remove it only to start with an empty store.\n"
	f, err := os.OpenFile(markerPath(path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close())
}
