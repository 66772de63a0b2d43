package emulator

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// maxEntities is how many entities of the sender's making are transmitted; the
// rest is dropped without a word.
const maxEntities = 100

// fixText is what becomes of a text before it is sent: cleaned of control
// characters, its entities put in order and completed by the detected ones,
// trimmed at both ends, and cut down to 100 entities. dropped tells how many
// were lost.
func fixText(text string, entities []Entity) (fixed string, kept []Entity, dropped int) {
	text, entities = cleanText(text, entities)
	entities = nestEntities(text, entities)
	text, entities = trimText(text, entities)
	entities, dropped = limitEntities(entities)
	entities = append(entities, detect(text, entities)...)
	sortEntities(entities)
	return text, entities, dropped
}

// utf16Len is the length of a text as entities count it.
func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

// sortEntities orders by offset, longer ones first, so that outer ones precede.
func sortEntities(entities []Entity) {
	slices.SortStableFunc(entities, func(a, b Entity) int {
		return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(b.Length, a.Length))
	})
}

// cleanText removes carriage returns and the invisible direction marks U+2028 to
// U+202E and turns other control characters into spaces.
func cleanText(text string, entities []Entity) (string, []Entity) {
	var out strings.Builder
	moved := make([]int, 0, len(text)+1) // old UTF-16 offset -> new one
	units := 0
	for _, r := range text {
		width := max(utf16.RuneLen(r), 1)
		for range width {
			moved = append(moved, units)
		}
		switch {
		case r == '\r', r >= 0x2028 && r <= 0x202e:
			continue
		case r < ' ' && r != '\n':
			r = ' '
		}
		out.WriteRune(r)
		units += width
	}
	moved = append(moved, units)
	kept := make([]Entity, 0, len(entities))
	for _, e := range entities {
		begin, end := clamp(e.Offset, moved), clamp(e.Offset+e.Length, moved)
		e.Offset, e.Length = begin, end-begin
		if e.Length > 0 {
			kept = append(kept, e)
		}
	}
	return out.String(), kept
}

func clamp(offset int, moved []int) int {
	return moved[min(max(offset, 0), len(moved)-1)]
}

// splittable entities may be cut in pieces without a loss of meaning.
func splittable(kind string) bool {
	switch kind {
	case "bold", "italic", "underline", "strikethrough", "spoiler":
		return true
	}
	return false
}

func isCode(kind string) bool { return kind == "code" || kind == "pre" }

func isQuote(kind string) bool { return kind == "blockquote" || kind == "expandable_blockquote" }

// nestEntities drops what may not be nested: anything within code, a style
// within the same style, quotes within quotes, links within links, and what
// covers only white space. A style around code is cut around it.
func nestEntities(text string, entities []Entity) []Entity {
	units := utf16.Encode([]rune(text))
	var kept []Entity
	for _, e := range entities {
		if e.Offset+e.Length > len(units) || blankUnits(units[e.Offset:e.Offset+e.Length]) {
			continue
		}
		if !slices.ContainsFunc(kept, func(outer Entity) bool { return excludes(outer, e) }) {
			kept = append(kept, e)
		}
	}
	var out []Entity
	for _, e := range kept {
		out = append(out, aroundCode(e, kept)...)
	}
	sortEntities(out)
	return out
}

func blankUnits(units []uint16) bool {
	for _, u := range units {
		if !unicode.IsSpace(rune(u)) {
			return false
		}
	}
	return true
}

// excludes reports whether inner cannot stand where outer already does.
func excludes(outer, inner Entity) bool {
	if inner.Offset >= outer.Offset+outer.Length || outer.Offset >= inner.Offset+inner.Length {
		return false
	}
	switch {
	case isCode(outer.Type):
		return !isQuote(inner.Type)
	case splittable(inner.Type):
		return outer.Type == inner.Type
	case isQuote(outer.Type):
		return isQuote(inner.Type)
	}
	return !splittable(outer.Type)
}

// aroundCode is a style without the stretches of code inside it.
func aroundCode(e Entity, all []Entity) []Entity {
	if !splittable(e.Type) {
		return []Entity{e}
	}
	var out []Entity
	begin, end := e.Offset, e.Offset+e.Length
	for _, code := range all {
		if !isCode(code.Type) || code.Offset < begin || code.Offset >= end {
			continue
		}
		if code.Offset > begin {
			part := e
			part.Offset, part.Length = begin, code.Offset-begin
			out = append(out, part)
		}
		begin = code.Offset + code.Length
	}
	if begin < end {
		e.Offset, e.Length = begin, end-begin
		out = append(out, e)
	}
	return out
}

// trimText cuts white space off the end, and blanks and newlines off the
// beginning as far as no entity covers them.
func trimText(text string, entities []Entity) (string, []Entity) {
	text = strings.TrimRightFunc(text, func(r rune) bool { return r <= ' ' || unicode.IsSpace(r) })
	lead := 0
	for lead < len(text) && (text[lead] == ' ' || text[lead] == '\n') && (len(entities) == 0 || lead < entities[0].Offset) {
		lead++
	}
	text = text[lead:]
	length := utf16Len(text)
	kept := entities[:0]
	for _, e := range entities {
		e.Offset -= lead // blanks are one unit each
		e.Length = min(e.Length, length-e.Offset)
		if e.Length > 0 {
			kept = append(kept, e)
		}
	}
	return text, kept
}

// limitEntities keeps 100: first those that cannot be split, in order, then
// styles as far as there is room.
func limitEntities(entities []Entity) (kept []Entity, dropped int) {
	if len(entities) <= maxEntities {
		return entities, 0
	}
	for _, styles := range []bool{false, true} {
		for _, e := range entities {
			if splittable(e.Type) == styles && len(kept) < maxEntities {
				kept = append(kept, e)
			}
		}
	}
	sortEntities(kept)
	return kept, len(entities) - len(kept)
}

// tooLong reports whether a text exceeds a limit in characters (code points).
func tooLong(text string, limit int) bool { return utf8.RuneCountInString(text) > limit }
