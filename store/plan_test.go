package store

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tagwire/internal/tagwire"
)

// The statements that run all the time must find their rows by index: with a
// million deliveries a scan is a standstill.
func TestHotStatements_scanNoTable(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db, err := Open(ctx, filepath.Join(t.TempDir(), "plan.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for name, q := range map[string]struct {
		sql  string
		args int
	}{
		"due sources":     {dueSourcesSQL, 2},
		"due digests":     {dueDigestsSQL, 2},
		"pending dests":   {pendingDestsSQL, 1},
		"pending digest":  {pendingDigestSQL, 2},
		"latest":          {latestSQL, 1},
		"latest of a tag": {latestTagSQL, 2},
		"tag counts":      {tagCountsSQL, 1},
		"articles":        {articlesSQL, 1},
		"chats":           {chatsSQL, 1},
		"fan-out":         {fanoutSubscribersSQL, 4},
		"ready replies":   {readyRepliesSQL, 2},
		"ready posts":     {readyPostsSQL, 3},
		"lane head":       {laneHeadSQL, 2},
		"refresh lane":    {refreshLaneSQL, 1},
		"release lane":    {releaseLaneSQL, 3},
		"dead":            {deadSQL, 1},
		"dead, counted":   {deadCountSQL, 0},
		"dead until":      {deadThroughSQL, 1},
		"old bodies":      {oldBodiesSQL, 3},
		"kept keys":       {keptKeysSQL, 3},
		"oldest keys":     {oldestKeysSQL, 2},
		"old keys":        {oldKeysSQL, 3},
		"next ready":      {nextReadySQL, 0},
	} {
		rows, err := db.reader.QueryContext(ctx, "EXPLAIN QUERY PLAN "+q.sql, make([]any, q.args)...)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		err = eachRow(rows, nil, func(scan *sql.Rows) error {
			var id, parent, unused int
			var detail string
			if err := scan.Scan(&id, &parent, &unused, &detail); err != nil {
				return err
			}
			// A scan along an index stops at its LIMIT or reads what it groups. A
			// search without one is a scan for the least value.
			harmless := strings.Contains(detail, "USING") || strings.Contains(detail, "ids VIRTUAL TABLE") ||
				strings.Contains(detail, "CONSTANT ROW") || strings.Contains(detail, "(subquery")
			if (strings.HasPrefix(detail, "SCAN") || strings.HasPrefix(detail, "SEARCH")) && !harmless {
				t.Errorf("%s: %s", name, detail)
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The index is for a search to come; it must find two Han characters that the
// text writes without blanks, and forget nothing.
func TestIndex_findsHanAndLatinWords(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db, err := Open(ctx, filepath.Join(t.TempDir(), "fts.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.writer.do(ctx, func(tx *tx) error {
		if err := tx.exec(`INSERT INTO sources (id, slug, name, url) VALUES (1, 's', 'S', 'u')`); err != nil {
			return err
		}
		_, err := tx.insertArticle(1, time.Now(), tagwire.Article{Keys: []string{"k"}, URL: "u", Title: "中国稀土市场", Summary: "Dysprosium up", Body: "用于永磁材料"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]int{`"稀 土"`: 1, `"土 稀"`: 0, `dysprosium`: 1, `"永 磁"`: 1, `copper`: 0} {
		var n int
		if err := db.reader.QueryRow(`SELECT count(*) FROM article_fts WHERE article_fts MATCH ?`, query).Scan(&n); err != nil || n != want {
			t.Errorf("%s: %d hits, want %d; %v", query, n, want, err)
		}
	}
}
