package catalogue

import (
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// text is the text of a scalar, whatever YAML takes it for: 2024 and true are
// words too.
func text(n node) (string, bool) {
	switch v := n.value.(type) {
	case *ast.StringNode:
		return v.Value, true
	case *ast.LiteralNode:
		if v.Value == nil {
			return "", true
		}
		return v.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		if t := n.value.GetToken(); t != nil {
			return t.Value, true
		}
	}
	return "", false
}

// text is a value that must be a text; "" if it is not there.
func (r *reader) text(n node) string {
	if !n.is() {
		return ""
	}
	s, ok := text(n)
	if !ok {
		r.fault(n, "a text is expected here, not "+kindOf(n), "write one word or a quoted text")
	}
	return strings.TrimSpace(s)
}

// number is a value that must be a whole number; 0 if it is not there.
func (r *reader) number(n node) int64 {
	if !n.is() {
		return 0
	}
	if s, ok := text(n); ok {
		if i, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64); err == nil {
			return i
		}
	}
	r.fault(n, "a whole number is expected here, not "+kindOf(n), "write digits only")
	return 0
}

func kindOf(n node) string {
	switch n.value.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "keys and values"
	case *ast.SequenceNode:
		return "a list"
	}
	if s, ok := text(n); ok {
		return quote(s)
	}
	return "this"
}
