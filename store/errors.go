package store

import (
	"errors"
	"fmt"

	sqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"tagwire/internal/tagwire"
)

// wrap names the step that failed. A missing row and a closed database stay
// what they are; the driver's errors become text, with those an operator can
// mend said in plain words.
func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, tagwire.ErrNotFound) {
		return fmt.Errorf("store: %s: %w", what, tagwire.ErrNotFound)
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		switch e.Code() & 0xff { // the primary code
		case sqlite3.SQLITE_FULL:
			return fmt.Errorf("store: %s: the disk is full", what)
		case sqlite3.SQLITE_READONLY:
			return fmt.Errorf("store: %s: the database file can't be written", what)
		case sqlite3.SQLITE_BUSY:
			return fmt.Errorf("store: %s: another program keeps the database locked", what)
		}
		return fmt.Errorf("store: %s: %s", what, e.Error())
	}
	return fmt.Errorf("store: %s: %w", what, err)
}
