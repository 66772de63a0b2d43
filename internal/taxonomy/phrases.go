package taxonomy

import (
	"tagwire/internal/tagwire"
)

// An alias longer than this many bytes is refused: it would never be met, and
// what a person types is looked up in pieces of at most maxWords words.
const (
	maxAlias = 200
	maxWords = 16
)

// entry says that a phrase stands for a tag, and on what conditions.
type entry struct {
	tag int32
	not bool  // a decoy
	on  *when // nil for always
}

// when is what must hold for an alias to count.
type when struct {
	exact []string // the words with their case; nil for any case
	needs []int32  // one of these tags must be met by other words
}

// edge leaves a node of the trie by a word.
type edge struct{ node, word uint32 }

// phrases is a trie over words, in which a Han rune counts as a word: so Latin
// phrases match whole words only, and Han ones anywhere. Words that no phrase
// has get no number, and end a walk at once.
type phrases struct {
	words map[string]uint32 // from 1
	next  map[edge]uint32   // by words as they are
	ends  map[edge]uint32   // by the last word's singular, to an index of lists
	lists [][]entry
	nodes uint32
}

func newPhrases() *phrases {
	return &phrases{words: map[string]uint32{}, next: map[edge]uint32{}, ends: map[edge]uint32{}, nodes: 1}
}

// number gives a word its number.
func (p *phrases) number(word []byte) uint32 {
	n, ok := p.words[string(word)]
	if !ok {
		n = uint32(len(p.words) + 1)
		p.words[string(word)] = n
	}
	return n
}

// add makes the words a phrase of the entry.
func (p *phrases) add(words []string, e entry) {
	var node uint32
	last := len(words) - 1
	for _, w := range words[:last] {
		at := edge{node, p.number(lower(nil, w))}
		to, ok := p.next[at]
		if !ok {
			to = p.nodes
			p.nodes++
			p.next[at] = to
		}
		node = to
	}
	at := edge{node, p.number(singular(nil, lower(nil, words[last]), words[last]))}
	list, ok := p.ends[at]
	if !ok {
		list = uint32(len(p.lists))
		p.ends[at] = list
		p.lists = append(p.lists, nil)
	}
	p.lists[list] = append(p.lists[list], e)
}

// word is a word of a scanned text by numbers, 0 for one that no phrase has.
type word struct {
	span
	whole, stem uint32
}

// hit is a phrase met: size words from the word at.
type hit struct {
	at, size int32
	list     uint32
}

// scan reads a normalised text: its words, and every phrase at every word, the
// shorter ones first.
func (p *phrases) scan(text string, words []word, hits []hit) ([]word, []hit) {
	words, hits = words[:0], hits[:0]
	var low, stem [64]byte
	split(text, func(s span) {
		raw, w := s.of(text), word{span: s}
		switch {
		case s.han:
			w.whole = p.words[raw]
			w.stem = w.whole
		case len(raw) <= len(low):
			l := lower(low[:0], raw)
			w.whole = p.words[string(l)]
			w.stem = w.whole
			if n := len(l); n > 2 && l[n-1] == 's' {
				w.stem = p.words[string(singular(stem[:0], l, raw))]
			}
		}
		words = append(words, w)
	})
	for i := range words {
		var node uint32
		for j := i; j < len(words); j++ {
			w := words[j]
			if j > i && !w.after {
				break
			}
			if w.stem != 0 {
				if list, ok := p.ends[edge{node, w.stem}]; ok {
					hits = append(hits, hit{int32(i), int32(j - i + 1), list})
				}
			}
			to, ok := p.next[edge{node, w.whole}]
			if w.whole == 0 || !ok {
				break
			}
			node = to
		}
	}
	return words, hits
}

// same reports whether the words of the text are those of an exact alias. A
// plural s may follow: "EVs".
func same(text string, words []word, exact []string) bool {
	for i, want := range exact {
		got := words[i].of(text)
		if got == want || i == len(exact)-1 && got == want+"s" {
			continue
		}
		return false
	}
	return true
}

// phrasesOf builds the trie of all tags; index gives a tag's place. Names and
// slug words count as aliases unless the tag has an alias of the same words.
func phrasesOf(tags []tagwire.Tag, index map[tagwire.TagSlug]int32) *phrases {
	p := newPhrases()
	for i, tag := range tags {
		taken := map[string]bool{}
		for _, a := range tag.Aliases {
			words := wordsOf(normalize(a.Text, maxAlias))
			e := entry{tag: int32(i), not: a.Not}
			if a.Exact || len(a.Needs) > 0 {
				e.on = &when{}
			}
			if a.Exact {
				e.on.exact = words
			}
			for _, need := range a.Needs {
				e.on.needs = append(e.on.needs, index[need])
			}
			taken[key(words)] = true
			p.add(words, e)
		}
		for _, name := range names(tag) {
			words := wordsOf(normalize(name, maxAlias))
			if k := key(words); k != "" && !taken[k] {
				taken[k] = true
				p.add(words, entry{tag: int32(i)})
			}
		}
	}
	return p
}
