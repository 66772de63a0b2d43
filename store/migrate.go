package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"tagwire/internal/failpoint"
)

//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks the file as tagwire's ("tagw"), so that another program's
// database is refused rather than written to.
const applicationID = 0x74616777

// migrate brings the schema up to date: the numbered files that the database
// has not seen, each in a transaction of its own. PRAGMA user_version counts
// them.
func migrate(ctx context.Context, db *sql.DB) error {
	names, err := migrationNames()
	if err != nil {
		return err
	}
	version, err := schema(ctx, db)
	if err != nil {
		return err
	}
	for i := version; i < len(names); i++ {
		if err := apply(ctx, db, names[i], i+1); err != nil {
			return fmt.Errorf("migration %s: %w", names[i], err)
		}
	}
	return nil
}

// migrationNames are the migrations in the order of their numbers.
func migrationNames() ([]string, error) { return fs.Glob(migrations, "migrations/*.sql") }

// schema is how many migrations the database has seen, 0 for an empty one. It
// fails on what is not a tagwire database, or not one of this version's.
func schema(ctx context.Context, db *sql.DB) (version int, err error) {
	names, err := migrationNames()
	if err != nil {
		return 0, err
	}
	var appID, tables int
	for pragma, dest := range map[string]*int{
		"PRAGMA user_version":                &version,
		"PRAGMA application_id":              &appID,
		"SELECT count(*) FROM sqlite_schema": &tables,
	} {
		if err := db.QueryRowContext(ctx, pragma).Scan(dest); err != nil {
			return 0, err
		}
	}
	if appID != applicationID && (appID != 0 || tables > 0) {
		return 0, fmt.Errorf("this is not a tagwire database; choose another DATABASE_PATH")
	}
	if version > len(names) {
		return 0, fmt.Errorf("the database has schema %d, this tagwire knows up to %d; use a newer tagwire", version, len(names))
	}
	return version, nil
}

func apply(ctx context.Context, db *sql.DB, name string, version int) error {
	failpoint.Hit(failpoint.SchemaBegin)
	script, err := migrations.ReadFile(name)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, q := range []string{
		string(script),
		fmt.Sprintf("PRAGMA application_id = %d", applicationID),
		fmt.Sprintf("PRAGMA user_version = %d", version),
	} {
		if _, err := tx.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	failpoint.Hit(failpoint.SchemaWriting)
	if err := tx.Commit(); err != nil {
		return err
	}
	failpoint.Hit(failpoint.SchemaWritten)
	return nil
}
