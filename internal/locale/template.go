package locale

import (
	"slices"
	"strings"
)

// expand replaces each {name} of a template by what value gives for the name; a
// name without a value stays as it is written.
func expand(template string, value func(name string) (string, bool)) string {
	var b strings.Builder
	for template != "" {
		before, rest, open := strings.Cut(template, "{")
		b.WriteString(before)
		if !open {
			break
		}
		name, after, closed := strings.Cut(rest, "}")
		v, ok := "", false
		if closed && isName(name) {
			v, ok = value(name)
		}
		if !ok {
			b.WriteByte('{')
			template = rest
			continue
		}
		b.WriteString(v)
		template = after
	}
	return b.String()
}

// placeholders are the names in a template, sorted, each once.
func placeholders(template string) []string {
	var names []string
	expand(template, func(name string) (string, bool) {
		names = append(names, name)
		return "", true
	})
	slices.Sort(names)
	return slices.Compact(names)
}

func isName(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz_") == ""
}
