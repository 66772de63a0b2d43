package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "note the migrations that have landed")

// databaseAt is a database in use with the first migrations only.
func databaseAt(t *testing.T, version int) (path string) {
	t.Helper()
	ctx := context.Background()
	path = filepath.Join(t.TempDir(), "old.db")
	db, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	names, err := migrationNames()
	if err != nil {
		t.Fatal(err)
	}
	rows, err := os.ReadFile("testdata/rows.sql")
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range names[:version] {
		if err := apply(ctx, db, name, i+1); err != nil {
			t.Fatal(err)
		}
		if i == 0 { // the rows are as old as the first schema
			if _, err := db.Exec(string(rows)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return path
}

// dump is what a query gives, a line a row, sorted.
func dump(t *testing.T, db *sql.DB, query string) (lines []string) {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(query, err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		row, dest := make([]any, len(names)), make([]any, len(names))
		for i := range row {
			dest[i] = &row[i]
		}
		if err := rows.Scan(dest...); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprint(row...))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(lines)
	return lines
}

// contents are the rows of all tables by a query for the columns they have now.
func contents(t *testing.T, db *sql.DB) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, table := range dump(t, db, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name NOT LIKE 'article\_fts%' ESCAPE '\'`) {
		columns := dump(t, db, `SELECT name FROM pragma_table_info('`+table+`')`)
		query := "SELECT " + strings.Join(columns, ", ") + " FROM " + table
		out[query] = dump(t, db, query)
	}
	return out
}

func rawDB(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// Whoever upgrades finds every row as it was, the tables of a fresh database,
// and a store that goes on where it stopped.
func TestUpgrade_fromEverySchema(t *testing.T) {
	t.Parallel()
	names, err := migrationNames()
	if err != nil {
		t.Fatal(err)
	}
	const schemaSQL = `SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\_%' ESCAPE '\'`
	freshPath := filepath.Join(t.TempDir(), "fresh.db")
	db, err := Open(context.Background(), freshPath)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	fresh := dump(t, rawDB(t, freshPath), schemaSQL)
	for version := 1; version <= len(names); version++ {
		t.Run(fmt.Sprint("schema ", version), func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			path := databaseAt(t, version)
			old := rawDB(t, path)
			before := contents(t, old)
			old.Close()
			for range 2 { // opening again changes nothing more
				db, err := Open(ctx, path)
				if err != nil {
					t.Fatal(err)
				}
				if err := db.Close(); err != nil {
					t.Fatal(err)
				}
			}
			now := rawDB(t, path)
			if diff := cmp.Diff(fresh, dump(t, now, schemaSQL)); diff != "" {
				t.Errorf("not the schema of a fresh database:\n%s", diff)
			}
			for query, want := range before {
				if diff := cmp.Diff(want, dump(t, now, query)); diff != "" {
					t.Errorf("%s:\n%s", query, diff)
				}
			}
			if got := dump(t, now, `PRAGMA integrity_check`); len(got) != 1 || got[0] != "ok" {
				t.Error(got)
			}
			if got := dump(t, now, `PRAGMA foreign_key_check`); len(got) != 0 {
				t.Error(got)
			}
			now.Close()
			goesOn(t, path)
		})
	}
}

// goesOn does with the upgraded database what was under way in it.
func goesOn(t *testing.T, path string) {
	t.Helper()
	ctx := context.Background()
	db, err := Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	at := time.UnixMilli(1785193400000)
	if n, err := db.Recover(ctx, at); n != 1 || err != nil {
		t.Errorf("taken back: %d, %v", n, err)
	}
	claimed, err := db.Claim(ctx, at, 8)
	if err != nil || len(claimed) != 2 || string(claimed[0].Message.HTML)+string(claimed[1].Message.HTML) != "onetwo" &&
		string(claimed[0].Message.HTML)+string(claimed[1].Message.HTML) != "twoone" {
		t.Errorf("the replies: %+v, %v", claimed, err)
	}
	if applied, err := db.ApplyUpdate(ctx, at, 2, nil, nil); applied || err != nil {
		t.Errorf("an update seen before the upgrade acts again: %v", err)
	}
	if c, err := db.Chat(ctx, 7); err != nil || c.Suspended != "blocked" || c.Rhythm.Minute != 540 {
		t.Errorf("%+v, %v", c, err)
	}
	if latest, err := db.Latest(ctx, "rare-earths", 3); err != nil || len(latest) != 1 || latest[0].Title != "稀土 prices" {
		t.Errorf("%+v, %v", latest, err)
	}
}

// A migration that has landed has run on somebody's database: it must never be
// edited. A new one is noted here by -update once it has landed.
func TestMigrations_landedOnesStayAsTheyAre(t *testing.T) {
	t.Parallel()
	names, err := migrationNames()
	if err != nil {
		t.Fatal(err)
	}
	const file = "testdata/landed.txt"
	var now strings.Builder
	for _, name := range names {
		script, err := migrations.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&now, "%x  %s\n", sha256.Sum256(script), filepath.Base(name))
	}
	landed, err := os.ReadFile(file)
	if err != nil && !*update {
		t.Fatal(err)
	}
	if !strings.HasPrefix(now.String(), string(landed)) {
		t.Errorf("a migration that has landed was changed, or another put before it:\n%s", cmp.Diff(string(landed), now.String()))
	}
	if *update {
		if err := os.WriteFile(file, []byte(now.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
