package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
)

// Inspection is what Inspect found.
type Inspection struct {
	Missing bool // there is no file; Open makes it
	Behind  int  // migrations that Open will apply
}

// Inspect looks whether a database can be used, beside a process that has it
// open or alone, and changes nothing: neither the schema, which a service under
// way relies on, nor a row.
func Inspect(ctx context.Context, path string) (found Inspection, err error) {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return Inspection{Missing: true}, nil
	}
	db, version, err := openPlain(ctx, path)
	if err != nil {
		return found, fmt.Errorf("store: inspect %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	names, err := migrationNames()
	if err != nil {
		return found, err
	}
	found.Behind = len(names) - version
	tx, err := db.BeginTx(ctx, nil) // BEGIN IMMEDIATE: it could be written
	if err == nil {
		err = tx.Rollback()
	}
	return found, wrap("inspect "+path, err)
}

// openPlain opens a database that exists as it is, without lock and migration.
func openPlain(ctx context.Context, path string) (*sql.DB, int, error) {
	if _, err := os.Stat(path); err != nil { // SQLite would make the file
		return nil, 0, err
	}
	db, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		return nil, 0, err
	}
	version, err := schema(ctx, db)
	if err != nil {
		return nil, 0, errors.Join(err, db.Close())
	}
	return db, version, nil
}
