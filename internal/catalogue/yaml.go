package catalogue

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"tagwire/internal/taxonomy"
)

// Bounds on what is taken from a file.
const (
	maxFaults = 100
	maxDepth  = 50 // of nesting; the parser recurses
	maxNodes  = 500_000
)

// node is a value of the document and where it stands.
type node struct {
	value ast.Node
	at    *token.Token
}

// is reports whether the value is there: not left out, not null.
func (n node) is() bool { return n.value != nil }

// fault is one thing wrong with the file.
type fault struct {
	line, col    int
	what, remedy string
}

func sortFaults(faults []fault) {
	slices.SortStableFunc(faults, func(a, b fault) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.col, b.col))
	})
}

// reader walks a document and gathers its faults.
type reader struct {
	name          string
	checkSchedule func(spec string) error
	anchors       map[string]ast.Node
	nodes         int
	faults        []fault
	known         []string        // tag slugs
	isTag         map[string]bool // the same
}

// know makes a slug one that may be referred to.
func (r *reader) know(slug string) {
	if slug == "" || r.isTag[slug] {
		return
	}
	if r.isTag == nil {
		r.isTag = map[string]bool{}
	}
	r.isTag[slug] = true
	r.known = append(r.known, slug)
}

func (r *reader) fault(n node, what, remedy string) {
	f := fault{line: 1, col: 1, what: what, remedy: remedy}
	if n.at != nil && n.at.Position != nil {
		f.line, f.col = max(n.at.Position.Line, 1), max(n.at.Position.Column, 1)
	}
	r.faults = append(r.faults, f)
}

// tree parses the bytes into one document.
func (r *reader) tree(data []byte) (root node, err error) {
	if !utf8.Valid(data) {
		return node{}, fmt.Errorf("%s: not UTF-8; save the file in that encoding", r.name)
	}
	// The parser has met inputs that it panics on; to the operator such a file is
	// as wrong as one that it refuses.
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s: cannot be read as YAML; check indentation and quotes", r.name)
		}
	}()
	tokens := lexer.Tokenize(strings.TrimPrefix(string(data), "\uFEFF"))
	if t := tooDeep(tokens); t != nil {
		r.fault(node{at: t}, fmt.Sprintf("nested deeper than %d levels", maxDepth), "a catalogue needs five at most")
		return node{}, r.err()
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		var syntax yaml.Error
		if errors.As(err, &syntax) {
			r.fault(node{at: syntax.GetToken()}, "not YAML: "+oneLine(syntax.GetMessage()), "check indentation, quotes and brackets here and one line above")
			return node{}, r.err()
		}
		return node{}, fmt.Errorf("%s: not YAML: %s; check indentation and quotes", r.name, oneLine(err.Error()))
	}
	var bodies []ast.Node
	for _, doc := range file.Docs {
		if doc != nil && doc.Body != nil && doc.Body.Type() != ast.CommentType && doc.Body.Type() != ast.CommentGroupType {
			bodies = append(bodies, doc.Body)
		}
	}
	switch len(bodies) {
	case 0:
		r.fault(node{}, "the catalogue is empty", "write at least one of language, timezone, sources, tags, groups")
		return node{}, r.err()
	case 1:
		return r.resolve(bodies[0]), nil
	}
	r.fault(node{at: place(bodies[1])}, "a second document begins", `keep one, without "---" between`)
	return node{}, r.err()
}

// tooDeep finds the token at which the nesting exceeds the limit: brackets, and
// signs that nest on one line.
func tooDeep(tokens token.Tokens) *token.Token {
	brackets, signs := 0, 0
	for _, t := range tokens {
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			brackets++
		case token.SequenceEndType, token.MappingEndType:
			brackets--
		case token.SequenceEntryType, token.MappingKeyType, token.TagType, token.AnchorType:
			signs++
			if signs > maxDepth {
				return t
			}
			continue
		case token.CommentType:
			continue
		}
		signs = 0
		if brackets > maxDepth {
			return t
		}
		if t.Position != nil && t.Position.IndentLevel > maxDepth {
			return t
		}
	}
	return nil
}

// oneLine makes a message one short line.
func oneLine(s string) string {
	s = strings.ReplaceAll(s, "character '\t'", "a tab")
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 120 {
		s = string(r[:120]) + "…"
	}
	return s
}

// quote shows a value of the file in an error.
func quote(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return strconv.Quote(s)
}

// resolve takes off anchors, aliases and explicit types; null is nothing. It
// stops at a bound, since aliases of aliases can grow without end.
func (r *reader) resolve(v ast.Node) node {
	if v == nil {
		return node{}
	}
	at := place(v)
	for range maxDepth {
		if r.nodes++; r.nodes > maxNodes {
			if r.nodes == maxNodes+1 {
				r.fault(node{at: at}, "the catalogue grows beyond all bounds", "repeat less by *alias")
			}
			return node{at: at}
		}
		switch n := v.(type) {
		case nil, *ast.NullNode:
			return node{at: at}
		case *ast.AnchorNode:
			if r.anchors == nil {
				r.anchors = map[string]ast.Node{}
			}
			r.anchors[n.Name.GetToken().Value] = n.Value
			v = n.Value
		case *ast.AliasNode:
			name := n.Value.GetToken().Value
			to, ok := r.anchors[name]
			if !ok {
				r.fault(node{at: at}, "no anchor &"+name+" above", "define it first, or put the value in quotes if it begins with *")
				return node{at: at}
			}
			v = to
		case *ast.TagNode:
			v = n.Value
		default:
			return node{v, at}
		}
	}
	r.fault(node{at: at}, "the value refers to itself", "write it out")
	return node{at: at}
}

// place is the token where a value begins. A mapping's own token is its first
// colon.
func place(v ast.Node) *token.Token {
	switch n := v.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return place(n.Values[0])
		}
	case *ast.MappingValueNode:
		if n.Key != nil {
			return n.Key.GetToken()
		}
	}
	return v.GetToken()
}

// fields is a mapping by its keys.
type fields struct {
	r      *reader
	self   node
	values map[string]node
}

// node is the value of a key, nothing if it is not there or null.
func (f fields) node(key string) node {
	n := f.values[key]
	if n.at == nil {
		n.at = f.self.at
	}
	return n
}

// need is the value of a key that must be there.
func (f fields) need(key, what, remedy string) node {
	n := f.node(key)
	if s, ok := text(n); ok && strings.TrimSpace(s) == "" {
		n = node{at: n.at} // written, but empty
	}
	if !n.is() && f.self.is() {
		f.r.fault(f.self, what+" has no "+key, remedy)
	}
	return n
}

// fields reads a mapping that may have the keys given and no others.
func (r *reader) fields(n node, what string, allowed ...string) fields {
	f := fields{r: r, self: n, values: map[string]node{}}
	if !n.is() {
		return f
	}
	pairs, ok := r.pairs(n, what)
	if !ok {
		f.self = node{at: n.at}
		return f
	}
	for _, p := range pairs {
		if _, twice := f.values[p.name]; twice {
			r.fault(p.key, fmt.Sprintf("key %s is there twice", quote(p.name)), "keep one")
			continue
		}
		if !slices.Contains(allowed, p.name) {
			r.fault(p.key, fmt.Sprintf("%s has no key %s", what, quote(p.name)), suggestKey(p.name, allowed))
			continue
		}
		f.values[p.name] = p.value
	}
	return f
}

// suggestKey is the remedy for a key that is not known.
func suggestKey(name string, allowed []string) string {
	also := map[string]string{
		"zone": "timezone", "tz": "timezone", "lang": "language", "cron": "schedule", "every": "schedule",
		"interval": "schedule", "type": "kind", "link": "url", "feed": "url", "title": "name", "id": "slug",
		"alias": "aliases", "words": "aliases", "encoding": "charset", "limit": "max_items",
	}
	if k := also[strings.ToLower(name)]; slices.Contains(allowed, k) {
		return "use " + k
	}
	if k, ok := taxonomy.Closest(name, allowed); ok {
		return "did you mean " + k + "?"
	}
	return "use " + strings.Join(allowed, ", ")
}

// pair is a key and a value of a mapping.
type pair struct {
	name       string
	key, value node
}

// pairs are the keys and values of a mapping in order.
func (r *reader) pairs(n node, what string) ([]pair, bool) {
	var values []*ast.MappingValueNode
	switch v := n.value.(type) {
	case *ast.MappingNode:
		values = v.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{v}
	default:
		r.fault(n, fmt.Sprintf("%s is expected here, not %s", what, kindOf(n)), "write keys and values, as key: value")
		return nil, false
	}
	var out []pair
	for _, v := range values {
		if v == nil || v.Key == nil {
			continue
		}
		key := node{v.Key, v.Key.GetToken()}
		if v.Key.IsMergeKey() {
			r.fault(key, "merge keys (<<) are not supported", "write the keys out, or use *alias for a whole value")
			continue
		}
		name, ok := text(r.resolve(v.Key))
		if !ok {
			r.fault(key, "the key is not a word", "write a plain word before the colon")
			continue
		}
		value := r.resolve(v.Value)
		if !value.is() {
			value.at = key.at
		}
		out = append(out, pair{name, key, value})
	}
	return out, true
}

// list are the values of a sequence; what says what belongs into it.
func (r *reader) list(n node, what string) []node {
	if !n.is() {
		return nil
	}
	seq, ok := n.value.(*ast.SequenceNode)
	if !ok {
		r.fault(n, fmt.Sprintf("a list of %s is expected here, not %s", what, kindOf(n)), "write [a, b], or one per line after a hyphen")
		return nil
	}
	var out []node
	for _, v := range seq.Values {
		item := r.resolve(v)
		if !item.is() {
			if item.at == nil {
				item.at = n.at
			}
			r.fault(item, "the list has an empty place", "fill it or take the hyphen away")
			continue
		}
		out = append(out, item)
	}
	return out
}
