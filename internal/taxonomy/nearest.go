package taxonomy

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"tagwire/internal/tagwire"
)

// How a spelling stands for its tag.
const (
	asSlug = iota
	asName
	asAlias
)

// spelling is one way to write a tag, in lower case with single blanks, the last
// word in the singular.
type spelling struct {
	text string
	tag  int32
	kind uint8
	size uint8 // in runes, at most 255
}

func newSpelling(words []string, tag, kind int) spelling {
	s := spell(words)
	return spelling{text: s, tag: int32(tag), kind: uint8(kind), size: uint8(min(len([]rune(s)), 255))}
}

// spell joins words by blanks, but Han runes without.
func spell(words []string) string {
	var b []byte
	var before bool // the word before was a Han rune
	for i, w := range words {
		r := []rune(w)[0]
		isHan := classify(r) == han
		if i > 0 && !(before && isHan) {
			b = append(b, ' ')
		}
		if i == len(words)-1 {
			b = singular(b, lower(nil, w), w)
		} else {
			b = lower(b, w)
		}
		before = isHan
	}
	return string(b)
}

// The ranks of likeness, the smaller the nearer.
const (
	rankSame   = 0
	rankTypo   = 10 // for each letter amiss
	rankPrefix = 12
	rankShort  = 13 // a letter amiss in a word too short to tell much
	rankPart   = 25
	rankWord   = 15 // added when only one word of several is alike
)

// Nearest are up to n tags that a mistyped word may have meant, best first.
func (t *Taxonomy) Nearest(word string, n int) []tagwire.Tag {
	if n <= 0 {
		return nil
	}
	words := wordsOf(normalize(strings.ToValidUTF8(word, " "), maxAlias))
	words = words[:min(len(words), 40)]
	if len(words) == 0 {
		return nil
	}
	best := map[int32]near{}
	t.weigh(spell(words), 0, best)
	if tried := 0; len(words) > 1 {
		for _, w := range words {
			// A single Han rune says too little beside others.
			if len([]rune(w)) < 3 || tried == 6 {
				continue
			}
			tried++
			t.weigh(spell([]string{w}), rankWord, best)
		}
	}
	all := make([]near, 0, len(best))
	for _, m := range best {
		all = append(all, m)
	}
	slices.SortFunc(all, near.compare)
	var out []tagwire.Tag
	for _, m := range all[:min(n, len(all))] {
		out = append(out, t.tags[m.tag])
	}
	return out
}

// near is a tag with its likeness to what was typed.
type near struct {
	rank int
	kind uint8
	size uint8
	tag  int32
}

func (a near) compare(b near) int {
	return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.kind, b.kind), cmp.Compare(a.size, b.size), cmp.Compare(a.tag, b.tag))
}

// weigh compares a text with all spellings and keeps the best of each tag.
func (t *Taxonomy) weigh(text string, penalty int, best map[int32]near) {
	typed := []rune(text)
	if len(typed) > maxShown {
		typed = typed[:maxShown]
		text = string(typed)
	}
	var d distance
	for _, s := range t.spelled {
		rank, ok := d.rank(text, typed, s)
		if !ok {
			continue
		}
		m := near{rank + penalty, s.kind, s.size, s.tag}
		if old, ok := best[s.tag]; !ok || m.compare(old) < 0 {
			best[s.tag] = m
		}
	}
}

// distance counts typing errors; it keeps its buffers between calls.
type distance struct {
	other []rune
	rows  [3][]int
}

// rank is the likeness of a typed text to a spelling.
func (d *distance) rank(text string, typed []rune, s spelling) (rank int, ok bool) {
	if text == s.text {
		return rankSame, true
	}
	n := len(typed)
	isHan := unicode.Is(unicode.Han, typed[0])
	limit := 0
	switch {
	case isHan && n > 3, !isHan && n > 5 && n < 9:
		limit = 2
	case isHan && n > 1, !isHan && n > 2 && n < 6:
		limit = 1
	case !isHan && n >= 9:
		limit = 3
	}
	rank = 1 << 20
	if diff := int(s.size) - n; limit > 0 && -limit <= diff && diff <= limit {
		d.other = append(d.other[:0], []rune(s.text)...)
		if e := d.errors(typed, d.other); e <= limit && e < min(n, int(s.size)) {
			rank = rankTypo * e
			if e > 0 && n < 4 {
				rank = rankShort
			}
		}
	}
	if n > 1 || isHan {
		switch at := strings.Index(s.text, text); {
		case at == 0:
			rank = min(rank, rankPrefix)
		case at > 0 && (s.text[at-1] == ' ' || isHan || n > 3):
			rank = min(rank, rankPart)
		}
	}
	if long := s.size > 3 || s.text[0] >= 0x80; long && strings.Contains(text, s.text) {
		rank = min(rank, rankPart)
	}
	return rank, rank < 1<<20
}

// errors is the number of letters missing, too many, wrong or swapped.
func (d *distance) errors(a, b []rune) int {
	for i := range d.rows {
		d.rows[i] = slices.Grow(d.rows[i][:0], len(b)+1)[:len(b)+1]
	}
	before, last, row := d.rows[0], d.rows[1], d.rows[2]
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(row[j-1]+1, last[j]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// Closest is the candidate that a mistyped word most likely meant; it is not ok
// when none is alike.
func Closest(word string, candidates []string) (closest string, ok bool) {
	words := wordsOf(normalize(strings.ToValidUTF8(word, " "), maxAlias))
	if len(words) == 0 {
		return "", false
	}
	text := spell(words)
	typed := []rune(text)
	var d distance
	best := 1 << 20
	for i, c := range candidates {
		w := wordsOf(c)
		if len(w) == 0 {
			continue
		}
		if rank, near := d.rank(text, typed[:min(len(typed), maxShown)], newSpelling(w, i, asName)); near && rank < best {
			best, closest, ok = rank, c, true
		}
	}
	return closest, ok
}
