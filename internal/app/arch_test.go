package app_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "tagwire/"

// mayImport is the table of who may import whom of our packages (test files
// apart). What is not named here may import nothing of ours.
func mayImport() map[string][]string {
	nouns := []string{"internal/tagwire"}
	crashable := append(slices.Clone(nouns), "internal/failpoint")
	pure := append(nouns, "internal/source", "internal/taxonomy", "internal/render", "internal/locale", "internal/catalogue")
	all := append(slices.Clone(pure), "store", "bot", "internal/fetch", "internal/schedule", "internal/config",
		"internal/telegram", "internal/ingest", "internal/dispatch", "internal/outbox", "internal/web")
	return map[string][]string{
		"internal/source":    nouns,
		"internal/taxonomy":  nouns,
		"internal/locale":    nouns,
		"internal/render":    append(slices.Clone(nouns), "internal/locale"),
		"internal/catalogue": append(slices.Clone(nouns), "internal/taxonomy"),
		"internal/telegram":  crashable,
		"store":              crashable,
		"internal/ingest":    append(slices.Clone(pure), "internal/fetch", "internal/failpoint"),
		"internal/dispatch":  pure,
		"internal/outbox":    append(slices.Clone(pure), "internal/failpoint"),
		"internal/web":       pure,
		"bot":                append(slices.Clone(pure), "internal/telegram"),
		"internal/app":       all,
		"internal/demo":      append(slices.Clone(nouns), "internal/app", "internal/emulator", "internal/config", "internal/catalogue", "internal/schedule"),
		"cmd/tagwire":        {"internal/app", "internal/demo", "internal/config", "internal/telegram", "internal/failpoint"},
	}
}

// onlyIn names the third-party and standard packages that belong to one place.
func onlyIn() map[string]string {
	return map[string]string{
		"database/sql":       "store",
		"modernc.org/sqlite": "store",
		"github.com/go-telegram-bot-api/telegram-bot-api/v5": "internal/telegram",
		"github.com/robfig/cron/v3":                          "internal/schedule",
		"github.com/mmcdole/gofeed":                          "internal/source",
		"github.com/spf13/cobra":                             "cmd/tagwire",
	}
}

func TestArchitecture_importsFollowTheTable(t *testing.T) {
	t.Parallel()
	allowed, owners := mayImport(), onlyIn()
	eachFile(t, func(dir string, file *ast.File) {
		for _, imp := range file.Imports {
			path := strings.Trim(imp.Path.Value, `"`)
			if ours, ok := strings.CutPrefix(path, module); ok && !slices.Contains(allowed[dir], ours) {
				t.Errorf("%s imports %s, which the table of the design does not allow", dir, ours)
			}
			if owner := owners[path]; owner != "" && owner != dir {
				t.Errorf("%s imports %s, which belongs to %s alone", dir, path, owner)
			}
			std := !strings.Contains(strings.Split(path, "/")[0], ".")
			if (dir == "internal/tagwire" || dir == "internal/emulator") && !std {
				t.Errorf("%s imports %s, but may import the standard library only", dir, path)
			}
		}
	})
}

// State lives in values that someone made: no init, no package variable that
// could change, no reading of the environment outside the command.
func TestArchitecture_noHiddenState(t *testing.T) {
	t.Parallel()
	eachFile(t, func(dir string, file *ast.File) {
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.Name == "init" {
					t.Errorf("%s has an init function", dir)
				}
			case *ast.GenDecl:
				if d.Tok == token.VAR {
					checkVars(t, dir, d)
				}
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok || dir == "cmd/tagwire" {
				return true
			}
			if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "os" {
				switch sel.Sel.Name {
				case "Getenv", "LookupEnv", "Environ", "Setenv", "ExpandEnv":
					t.Errorf("%s reads the environment (os.%s)", dir, sel.Sel.Name)
				}
			}
			return true
		})
	})
}

// checkVars allows the package variables that never change: embedded files, and
// values made once by a call (errors, compiled patterns, replacers, once-values).
func checkVars(t *testing.T, dir string, d *ast.GenDecl) {
	if d.Doc != nil && strings.Contains(d.Doc.List[len(d.Doc.List)-1].Text, "//go:embed") {
		return
	}
	for _, spec := range d.Specs {
		v := spec.(*ast.ValueSpec)
		if v.Doc != nil && strings.Contains(v.Doc.List[len(v.Doc.List)-1].Text, "//go:embed") {
			continue
		}
		for i, name := range v.Names {
			if name.Name == "_" {
				continue
			}
			if i >= len(v.Values) {
				t.Errorf("%s: package variable %s has no value of its own", dir, name.Name)
				continue
			}
			if _, ok := v.Values[i].(*ast.CallExpr); !ok {
				t.Errorf("%s: package variable %s could change; make it a constant or a function", dir, name.Name)
			}
		}
	}
}

// eachFile parses every Go file of the module that is not a test or a helper of
// tests (storetest, rendertest).
func eachFile(t *testing.T, visit func(dir string, file *ast.File)) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && (name == "testdata" || (strings.HasPrefix(name, ".") && path != root)) {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		if !strings.HasSuffix(file.Name.Name, "test") { // helpers of tests
			visit(filepath.ToSlash(dir), file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
