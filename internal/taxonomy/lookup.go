package taxonomy

import (
	"strings"
	"unicode"

	"tagwire/internal/tagwire"
)

// What a person types is read up to these bounds. A message of Telegram has at
// most 4,096 characters.
const (
	maxArgs    = 4096 // bytes
	maxUnknown = 10   // words handed back
	maxShown   = 40   // runes of each
)

// learn fills what Lookup, Parse and Nearest read. A slug wins over a name, a
// name over an alias, an alias that fits any case over an exact one, and the
// earlier tag over the later.
func (t *Taxonomy) learn() {
	t.lookup, t.named = map[string]int32{}, map[string]int32{}
	put := func(text string, tag int, kind int) {
		words := wordsOf(normalize(text, maxAlias))
		k := key(words)
		if k == "" {
			return
		}
		if _, ok := t.lookup[k]; !ok {
			t.lookup[k] = int32(tag)
		}
		if _, ok := t.named[k]; !ok && kind < asAlias {
			t.named[k] = int32(tag)
		}
		s := newSpelling(words, tag, kind)
		if s.text == k {
			s.text = k // one string less to keep
		}
		t.spelled = append(t.spelled, s)
	}
	for i, tag := range t.tags {
		put(string(tag.Slug), i, asSlug)
	}
	for i, tag := range t.tags {
		for _, name := range names(tag)[1:] {
			put(name, i, asName)
		}
	}
	for _, exact := range []bool{false, true} {
		for i, tag := range t.tags {
			for _, a := range tag.Aliases {
				if !a.Not && a.Exact == exact {
					put(a.Text, i, asAlias)
				}
			}
		}
	}
}

// Lookup finds the tag that a whole word or phrase stands for: its slug, a name
// or an alias in any language, in any case, with hyphen, slash, underscore and
// blank alike, with or without a leading "#".
func (t *Taxonomy) Lookup(word string) (tagwire.Tag, bool) {
	if len(word) > maxAlias {
		return tagwire.Tag{}, false
	}
	i, ok := t.lookup[key(wordsOf(normalize(word, maxAlias)))]
	if !ok {
		return tagwire.Tag{}, false
	}
	return t.tags[i], true
}

// Parse reads a list of tags as a person types it, "rare earths, copper 稀土",
// longest phrase first; commas of either script, semicolons and line breaks
// always separate. Each tag is found once. What stands for no tag comes back as
// typed, clipped, in unknown.
func (t *Taxonomy) Parse(args string) (found []tagwire.Tag, unknown []string) {
	seen := map[int32]bool{}
	reject := func(text string) {
		text = clip(text, maxShown)
		if text != "" && len(unknown) < maxUnknown {
			unknown = append(unknown, text)
		}
	}
	// NFKC turns the full-width comma and semicolon into the plain ones.
	args = normalize(strings.ToValidUTF8(args, " "), maxArgs)
	separator := func(r rune) bool { return strings.ContainsRune(",;、\n|", r) }
	for part := range strings.FieldsFuncSeq(args, separator) {
		var words []span
		split(part, func(s span) { words = append(words, s) })
		if len(words) == 0 {
			reject(part)
		}
		from := 0 // where the words begin that stand for no tag
		rejectTo := func(to int) {
			if from < to {
				reject(part[words[from].start:words[to-1].end])
			}
		}
		for at := 0; at < len(words); {
			tag, size := t.longest(part, words[at:])
			if size == 0 {
				at++
				continue
			}
			rejectTo(at)
			at += size
			from = at
			if !seen[tag] {
				seen[tag] = true
				found = append(found, t.tags[tag])
			}
		}
		rejectTo(len(words))
	}
	return found, unknown
}

// longest finds the longest phrase that the words begin with.
func (t *Taxonomy) longest(text string, spans []span) (tag int32, size int) {
	var words []string
	for _, s := range spans[:min(len(spans), maxWords)] {
		words = append(words, s.of(text))
	}
	for size = len(words); size > 0; size-- {
		if tag, ok := t.lookup[key(words[:size])]; ok {
			return tag, size
		}
	}
	return 0, 0
}

// clip makes one line of a text and cuts it to so many runes.
func clip(text string, runes int) string {
	var b strings.Builder
	n := 0
	gap := false
	for _, r := range text {
		if unicode.IsSpace(r) || unicode.IsControl(r) || classify(r) == skip {
			gap = n > 0
			continue
		}
		if n >= runes || gap && n+1 >= runes {
			b.WriteRune('…')
			break
		}
		if gap {
			b.WriteByte(' ')
			gap = false
			n++
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}
