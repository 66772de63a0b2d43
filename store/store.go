// Package store keeps everything tagwire must remember in one SQLite file.
//
// A method is one whole step and one transaction; the instant it happens at is
// passed in, SQL never asks for the time. No SQL type and no error of the driver
// leaves the package: a missing row is tagwire.ErrNotFound.
//
// All writes go through one writer that commits what is waiting together (group
// commit, synchronous=FULL: what a method returned from survives kill -9 and,
// on honest disks, a power cut). Reads run beside it on their own connections.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the database/sql driver "sqlite"

	"tagwire/internal/tagwire"
)

// DB is an open database. It is safe for concurrent use.
type DB struct {
	reader   *sql.DB
	prepared sync.Map // query -> *sql.Stmt of the reader
	writer   *writer
	close    func() error
}

// Open opens the database file, makes it where there is none (readable by its
// owner only) and brings its tables up to date. It fails on a file that another
// process has open so (ErrInUse), that is not a tagwire database or was written
// by a newer tagwire.
func Open(ctx context.Context, path string) (*DB, error) {
	if err := makeFolder(path); err != nil {
		return nil, fmt.Errorf("store: open %s: %w", path, err)
	}
	release, err := lock(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("store: open %s: %w", path, err)
	}
	db, err := open(ctx, path)
	if err != nil {
		return nil, errors.Join(err, release())
	}
	end := db.close
	db.close = sync.OnceValue(func() error { return errors.Join(end(), release()) })
	return db, nil
}

// open is Open for whoever holds the lock.
func open(ctx context.Context, path string) (*DB, error) {
	if err := touch(path); err != nil {
		return nil, fmt.Errorf("store: open %s: %w", path, err)
	}
	wdb, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		return nil, fmt.Errorf("store: open %s: %w", path, err)
	}
	wdb.SetMaxOpenConns(1)
	if err := migrate(ctx, wdb); err != nil {
		return nil, errors.Join(fmt.Errorf("store: open %s: %w", path, err), wdb.Close())
	}
	w, err := newWriter(ctx, wdb)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("store: open %s: %w", path, err), wdb.Close())
	}
	reader, err := sql.Open("sqlite", dsn(path)+"&_pragma=query_only(1)")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("store: open %s: %w", path, err), w.close())
	}
	reader.SetMaxOpenConns(max(2, runtime.NumCPU()))
	reader.SetMaxIdleConns(max(2, runtime.NumCPU()))
	db := &DB{reader: reader, writer: w}
	db.close = func() error { return errors.Join(w.close(), reader.Close()) }
	return db, nil
}

// Close waits for the writes under way and closes the file. Closing again does
// nothing.
func (db *DB) Close() error { return db.close() }

func makeFolder(path string) error {
	if dir := filepath.Dir(path); dir != "." {
		return os.MkdirAll(dir, 0o700)
	}
	return nil
}

// touch makes the file before SQLite does, so that it, and with it the -wal and
// -shm files, are private to the owner whatever the umask.
func touch(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// dsn sets the pragmas for every connection of the pool; one sent by Exec would
// reach a single connection only.
func dsn(path string) string {
	pragmas := []string{
		"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
		"temp_store(MEMORY)", "cache_size(-16000)", "mmap_size(0)", "trusted_schema(0)",
		"journal_size_limit(67108864)",
	}
	q := "_txlock=immediate"
	for _, p := range pragmas {
		q += "&_pragma=" + p
	}
	return fileURI(path) + "?" + q
}

func fileURI(path string) string {
	escaped := (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()
	return "file:" + strings.ReplaceAll(escaped, "?", "%3F")
}

func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMS(v int64) time.Time {
	if v == 0 {
		return time.Time{}
	}
	return time.UnixMilli(v).UTC()
}

// notFound turns the driver's word for a missing row into ours.
func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return tagwire.ErrNotFound
	}
	return err
}
