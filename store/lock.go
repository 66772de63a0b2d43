package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	sqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrInUse says that another process owns the database: two services on one
// file would each send what is queued.
var ErrInUse = errors.New("another tagwire is running on this database; stop that one first, or choose another DATABASE_PATH")

// lock makes this process the only owner of a database file until release is
// called or the process ends, however it ends.
//
// The lock is an exclusive transaction of SQLite on an empty file beside the
// database. So it holds wherever the database's own locks hold, on every system,
// and readers of the database (tagwire check, tagwire backup) need not ask it.
func lock(ctx context.Context, path string) (release func() error, err error) {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real // one file, one lock, by whatever name
	}
	path += ".lock"
	// An open and close of the file would drop the locks that this process holds
	// on it, so one that exists is left alone.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	switch {
	case err == nil:
		if err := f.Close(); err != nil {
			return nil, err
		}
	case !errors.Is(err, os.ErrExist):
		return nil, err
	}
	db, err := sql.Open("sqlite", fileURI(path))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	release = func() error { return errors.Join(conn.Close(), db.Close()) }
	if _, err = conn.ExecContext(ctx, "BEGIN EXCLUSIVE"); err == nil {
		return release, nil
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok && e.Code()&0xff == sqlite3.SQLITE_BUSY {
		err = ErrInUse
	} else {
		err = fmt.Errorf("lock %s: %w", path, err)
	}
	return nil, errors.Join(err, release())
}
