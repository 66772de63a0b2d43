package locale

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/feature/plural"
)

// constants are the keys declared in this package with the names of their
// constants.
func constants(t *testing.T) map[Key]string {
	t.Helper()
	out := map[Key]string{}
	paths, err := filepath.Glob("keys*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			for i, name := range spec.Names {
				value, err := strconv.Unquote(spec.Values[i].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				if other, twice := out[Key(value)]; twice {
					t.Errorf("%s and %s are both %s", other, name.Name, value)
				}
				out[Key(value)] = name.Name
			}
			return true
		})
	}
	return out
}

// program parses the module's Go files, tests left out.
func program(t *testing.T, visit func(fset *token.FileSet, f *ast.File)) {
	t.Helper()
	root := filepath.Join("..", "..")
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && path != root && (name == "testdata" || strings.HasPrefix(name, ".")) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("%v", err)
			return nil
		}
		visit(fset, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// ours is the name in locale.Name, "" for anything else.
func ours(e ast.Expr) string {
	if sel, ok := e.(*ast.SelectorExpr); ok {
		if x, ok := sel.X.(*ast.Ident); ok && x.Name == "locale" {
			return sel.Sel.Name
		}
	}
	return ""
}

func TestProgram_usesEveryText(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	program(t, func(_ *token.FileSet, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok {
				used[ours(e)] = true
			}
			return true
		})
	})
	for key, name := range constants(t) {
		if !used[name] {
			t.Errorf("locale.%s (%s) is used nowhere", name, key)
		}
	}
}

// implied reports whether the bot fills the placeholder in all of its texts.
func implied(name string) bool {
	return name == "place" || name == "zone" || name == "example" || strings.HasPrefix(name, "c_")
}

// A call of HTML or Plain (or of a caller's own html or plain) that names its key
// and its arguments on the spot must give exactly the placeholders of the text.
func TestProgram_fillsEveryPlaceholder(t *testing.T) {
	t.Parallel()
	keys := map[string]Key{}
	for key, name := range constants(t) {
		keys[name] = key
	}
	texts := languages()[Default].texts
	checked := 0
	program(t, func(fset *token.FileSet, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 || call.Ellipsis.IsValid() {
				return true
			}
			method, ok := call.Fun.(*ast.SelectorExpr)
			key := keys[ours(call.Args[0])]
			if !ok || key == "" || !slices.Contains([]string{"html", "plain"}, strings.ToLower(method.Sel.Name)) {
				return true
			}
			var given []string
			number := false
			for _, arg := range call.Args[1:] {
				c, ok := arg.(*ast.CallExpr)
				if !ok || !slices.Contains([]string{"Str", "Num", "Markup"}, ours(c.Fun)) {
					return true // made elsewhere: not to be judged here
				}
				lit, ok := c.Args[0].(*ast.BasicLit)
				if !ok {
					return true
				}
				name, _ := strconv.Unquote(lit.Value)
				given = append(given, name)
				number = number || name == "n" && ours(c.Fun) == "Num"
			}
			checked++
			want := placeholders(texts[key][plural.Other])
			if method.Sel.Name != "HTML" && method.Sel.Name != "Plain" {
				want = slices.DeleteFunc(want, func(name string) bool { return implied(name) && !slices.Contains(given, name) })
			}
			slices.Sort(given)
			if !slices.Equal(given, want) {
				t.Errorf("%s: %s is given %v, its placeholders are %v", fset.Position(call.Pos()), key, given, want)
			}
			if len(texts[key]) > 1 && !number {
				t.Errorf("%s: %s has plural forms and needs locale.Num(\"n\", …)", fset.Position(call.Pos()), key)
			}
			return true
		})
	})
	if checked < 10 {
		t.Errorf("only %d calls were found: has the API changed?", checked)
	}
}
