package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
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
	names, err := fs.Glob(migrations, "migrations/*.sql") // in lexical order
	if err != nil {
		return err
	}
	var version, appID, tables int
	for pragma, dest := range map[string]*int{
		"PRAGMA user_version":                &version,
		"PRAGMA application_id":              &appID,
		"SELECT count(*) FROM sqlite_schema": &tables,
	} {
		if err := db.QueryRowContext(ctx, pragma).Scan(dest); err != nil {
			return err
		}
	}
	if appID != applicationID && (appID != 0 || tables > 0) {
		return fmt.Errorf("this is not a tagwire database; choose another DATABASE_PATH")
	}
	if version > len(names) {
		return fmt.Errorf("the database has schema %d, this tagwire knows up to %d; use a newer tagwire", version, len(names))
	}
	for i := version; i < len(names); i++ {
		if err := apply(ctx, db, names[i], i+1); err != nil {
			return fmt.Errorf("migration %s: %w", names[i], err)
		}
	}
	return nil
}

func apply(ctx context.Context, db *sql.DB, name string, version int) error {
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
	return tx.Commit()
}
