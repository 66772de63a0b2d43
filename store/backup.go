package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Backup copies the database at path into a new file, beside a process that
// has it open or alone, as of one moment. The copy is checked before it gets its
// name; a file that is there already is never overwritten.
func Backup(ctx context.Context, path, to string) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("store: backup to %s: %w", to, err)
		}
	}()
	if _, err := os.Lstat(to); !errors.Is(err, os.ErrNotExist) {
		return errors.Join(errors.New("the file is there already; choose another name"), err)
	}
	db, _, err := openPlain(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	// An empty file of ours keeps the copy private from its first byte.
	f, err := os.CreateTemp(filepath.Dir(to), filepath.Base(to)+".partial-*")
	if err != nil {
		return err
	}
	partial := f.Name()
	defer func() { err = errors.Join(err, removeDatabase(partial)) }()
	if err := f.Close(); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", partial); err != nil {
		return wrap("copy", err)
	}
	if err := checkCopy(ctx, partial); err != nil {
		return err
	}
	if err := syncFile(partial); err != nil {
		return err
	}
	return publish(partial, to)
}

// publish gives a finished file its name, unless something has it already.
func publish(partial, to string) error {
	err := os.Link(partial, to)
	if err == nil || errors.Is(err, os.ErrExist) {
		return err
	}
	return os.Rename(partial, to) // a file system without hard links
}

// checkCopy looks whether a copy is a whole database of ours. It must have no
// other user.
func checkCopy(ctx context.Context, path string) (err error) {
	db, err := sql.Open("sqlite", fileURI(path)+"?_pragma=busy_timeout(5000)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	var faults []string
	for _, pragma := range []string{"PRAGMA integrity_check(5)", "PRAGMA foreign_key_check"} {
		rows, err := db.QueryContext(ctx, pragma)
		err = eachRow(rows, err, func(rows *sql.Rows) error {
			var first, unused any
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			into := []any{&first, &unused, &unused, &unused}[:len(columns)]
			if err := rows.Scan(into...); err != nil {
				return err
			}
			if first != "ok" {
				faults = append(faults, fmt.Sprint(first))
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("it is no whole database: %s", err)
		}
	}
	if len(faults) > 0 {
		return fmt.Errorf("it is damaged: %s", strings.Join(faults, "; "))
	}
	version, err := schema(ctx, db)
	if err == nil && version == 0 {
		err = errors.New("this is not a tagwire database")
	}
	return err
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// removeDatabase removes a database file and what SQLite keeps beside it.
func removeDatabase(path string) error {
	var errs []error
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
