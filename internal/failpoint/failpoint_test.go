package failpoint_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tagwire/internal/failpoint"
)

// Every declared point is listed, under a name of its own, and passed somewhere
// in the program; that it is also passed when the program runs is held by
// internal/app/crash.
func TestPoints_areListedAndPlaced(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "failpoint.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	declared := map[string]string{} // constant -> name
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) == 1 {
			if lit, ok := v.Values[0].(*ast.BasicLit); ok {
				declared[v.Names[0].Name] = strings.Trim(lit.Value, `"`)
			}
		}
		return true
	})
	points := failpoint.Points()
	if len(points) < 25 || len(points) != len(declared) {
		t.Errorf("%d points are declared and %d listed; both should be the same, and 25 or more", len(declared), len(points))
	}
	placed := placedPoints(t)
	for constant, name := range declared {
		if !slices.Contains(points, failpoint.Point(name)) {
			t.Errorf("%s is not listed", constant)
		}
		if !placed[constant] {
			t.Errorf("no code passes %s", constant)
		}
	}
	unique := slices.Clone(points)
	slices.Sort(unique)
	if len(slices.Compact(unique)) != len(points) {
		t.Error("two points share a name")
	}
}

func placedPoints(t *testing.T) map[string]bool {
	t.Helper()
	placed := map[string]bool{}
	for _, pattern := range []string{"../../store/*.go", "../*/*.go", "../../bot/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, after := range strings.Split(string(text), "failpoint.Hit(failpoint.")[1:] {
				constant, _, _ := strings.Cut(after, ")")
				placed[constant] = true
			}
		}
	}
	return placed
}
