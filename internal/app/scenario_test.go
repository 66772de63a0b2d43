package app_test

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/tools/txtar"
	"rsc.io/script"
)

// TestScenarios plays every testdata/*.txtar: people, publishers and faults act
// on the whole program, and the script says what must be seen of it. All is
// real but Telegram, the news sites and the passing of time. The words a script
// may use are in words_test.go.
func TestScenarios(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no scenarios", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { play(t, file) })
		})
	}
}

func play(t *testing.T, file string) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	archive := txtar.Parse(data)
	ctx := context.Background()
	s := newStage(t, time.Minute)
	defer s.close()
	engine := &script.Engine{Cmds: s.commands(), Conds: map[string]script.Cond{}}
	state, err := script.NewState(ctx, t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := state.ExtractFiles(archive); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	err = engine.Execute(state, filepath.Base(file), bufio.NewReader(bytes.NewReader(archive.Comment)), &log)
	if cerr := state.CloseAndWait(&log); err == nil {
		err = cerr
	}
	if err == nil {
		err = s.audit()
	}
	if err != nil {
		t.Errorf("%s\n%v\n\nwhat was said and not asked for:\n%s", log.String(), err, s.unread())
	}
}
