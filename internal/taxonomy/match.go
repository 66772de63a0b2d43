package taxonomy

import (
	"cmp"
	"slices"
	"strings"

	"tagwire/internal/tagwire"
)

// place is a part of an article.
type place int

const (
	inTitle place = iota
	inTags        // what the publisher tagged it with
	inLead        // the summary, or the beginning of the body
	inBody
	places
)

// What a tag's words weigh in each place, and how often they count there. A
// breadcrumb or section weighs nothing: a market round-up is filed under Copper,
// and so is the odd article on rare earths.
const (
	titleWeight = 10
	tagsWeight  = 8
	leadWeight  = 4
	bodyWeight  = 1
	leadMost    = 2
	bodyMost    = 5
)

// The score from which a tag is the article's. Where the publisher's tags say what
// the article is about, or the title does within the tag's tree, further tags
// need the lead twice, or the lead and most of the body: words met in passing
// never suffice. Where they say nothing, or the title only names a tag further
// up ("battery metals"), one mention in the lead does, or four in the body.
const (
	enoughBeside = 8
	enoughAlone  = 4
)

// Whatever an article holds beyond these bounds is not read.
const (
	maxTitle    = 1 << 10 // bytes
	maxPubTag   = 200
	maxPubTags  = 50
	maxSummary  = 8 << 10
	maxLead     = 600
	maxBody     = 64 << 10
	maxRounds   = 4 // of alias needs that hang on each other
	contextFrom = 2 // the score from which a tag is context for needs
)

// Match gives the tags of an article: those its words gave, strongest first,
// then the ancestors they imply.
//
// A parent that only the lead or body names beside one of its children is
// implied as well. An alias with needs counts when a needed tag, or one below
// it, is met by other words: in the title, the publisher's tags, the lead or the
// breadcrumb, or twice in the body.
func (t *Taxonomy) Match(a tagwire.Article) []tagwire.TagMatch {
	m := matching{t: t}
	m.read(inTitle, normalize(a.Title, maxTitle))
	for _, tag := range a.PublisherTags[:min(len(a.PublisherTags), maxPubTags)] {
		m.read(inTags, normalize(tag, maxPubTag))
	}
	lead, rest, body := parts(normalize(a.Summary, maxSummary), normalize(a.Body, maxBody))
	m.read(inLead, lead)
	m.read(inBody, rest)
	m.read(inBody, body)
	for _, c := range a.Categories[:min(len(a.Categories), maxPubTags)] {
		m.context(normalize(c, maxPubTag))
	}
	for range maxRounds {
		m.count()
		if !m.wanting || !m.meet() {
			break
		}
	}
	return m.decide()
}

// parts gives the lead, the rest of a summary too long for a lead, and the body
// without what the summary repeats of it.
func parts(summary, body string) (lead, rest, remaining string) {
	summary = strings.TrimSpace(summary)
	if summary == "" {
		body = strings.TrimSpace(body)
		lead = cut(body, maxLead)
		if i := strings.IndexByte(lead, '\n'); i > 0 {
			lead = lead[:i]
		} else if i := strings.LastIndexByte(lead, ' '); i > 0 && len(lead) < len(body) {
			lead = lead[:i]
		}
		return lead, "", body[len(lead):]
	}
	start := strings.TrimRight(summary, " .…")
	body = strings.TrimPrefix(strings.TrimSpace(body), start)
	lead = cut(summary, maxLead)
	return lead, summary[len(lead):], body
}

// matching is the work on one article.
type matching struct {
	t        *Taxonomy
	passages []passage
	tallies  []tally
	at       map[int32]int // tag to its tally
	met      map[int32]bool
	wanting  bool // an alias was passed over because its needs were not met
}

// passage is a text of the article with the phrases in it.
type passage struct {
	place  place
	text   string
	words  []word
	hits   []hit
	decoys []decoy
	named  int32 // a publisher's tag that is a tag's very name: that tag, else -1
}

// decoy is a phrase whose words count for no alias of the tag.
type decoy struct {
	tag      int32
	at, size int32
}

// tally counts what was met of one tag.
type tally struct {
	tag    int32
	counts [places]int
	first  [places]string // the words as they stand in the text
	score  int
}

// read adds a passage.
func (m *matching) read(where place, text string) {
	if text == "" {
		return
	}
	p := passage{place: where, text: text, named: -1}
	p.words, p.hits = m.t.phrases.scan(text, make([]word, 0, len(text)/4+1), nil)
	for _, h := range p.hits {
		for _, e := range m.t.phrases.lists[h.list] {
			if e.not && p.holds(h, e) {
				p.decoys = append(p.decoys, decoy{e.tag, h.at, h.size})
			}
		}
	}
	if where == inTags {
		if tag, ok := m.t.named[key(wordsOf(text))]; ok {
			p.named = tag
		}
	}
	m.passages = append(m.passages, p)
}

// context marks the tags of a breadcrumb as met, for the needs of aliases.
func (m *matching) context(text string) {
	p := passage{text: text}
	p.words, p.hits = m.t.phrases.scan(text, nil, nil)
	for _, h := range p.hits {
		for _, e := range m.t.phrases.lists[h.list] {
			if !e.not && (e.on == nil || e.on.needs == nil) && p.holds(h, e) {
				m.meetTag(e.tag)
			}
		}
	}
}

// meetTag marks a tag and its ancestors; it reports whether that was news.
func (m *matching) meetTag(tag int32) bool {
	news := false
	for ; tag >= 0; tag = m.t.parents[tag] {
		if !m.met[tag] {
			if m.met == nil {
				m.met = map[int32]bool{}
			}
			m.met[tag], news = true, true
		}
	}
	return news
}

// meet marks the tags counted so far; it reports whether that was news.
func (m *matching) meet() bool {
	news := false
	for _, y := range m.tallies {
		if y.score >= contextFrom && m.meetTag(y.tag) {
			news = true
		}
	}
	return news
}

// holds reports whether the words of the hit have the case that the alias asks.
func (p *passage) holds(h hit, e entry) bool {
	return e.on == nil || e.on.exact == nil || same(p.text, p.words[h.at:h.at+h.size], e.on.exact)
}

// decoyed reports whether a decoy of the tag covers part of the hit. A phrase
// longer than the decoy wins over it.
func (p *passage) decoyed(h hit, tag int32) bool {
	for _, d := range p.decoys {
		if d.tag == tag && h.size <= d.size && h.at < d.at+d.size && d.at < h.at+h.size {
			return true
		}
	}
	return false
}

// count tallies all passages: from the left, the longest phrase at each word,
// whose words then count for nothing else.
func (m *matching) count() {
	m.tallies, m.at, m.wanting = m.tallies[:0], map[int32]int{}, false
	for i := range m.passages {
		p := &m.passages[i]
		named := 0
		if p.named >= 0 {
			named = m.counted(p.named, inTags)
		}
		free := int32(0) // the first word not yet counted
		for i := 0; i < len(p.hits); {
			end := i + 1
			for end < len(p.hits) && p.hits[end].at == p.hits[i].at {
				end++
			}
			if p.hits[i].at >= free {
				for j := end - 1; j >= i; j-- {
					if m.take(p, p.hits[j]) {
						free = p.hits[j].at + p.hits[j].size
						break
					}
				}
			}
			i = end
		}
		if p.named >= 0 && m.counted(p.named, inTags) == named {
			m.add(p.named, p, hit{0, int32(len(p.words)), 0})
		}
	}
	for i := range m.tallies {
		y := &m.tallies[i]
		y.score = titleWeight*min(y.counts[inTitle], 1) + tagsWeight*min(y.counts[inTags], 1) +
			leadWeight*min(y.counts[inLead], leadMost) + bodyWeight*min(y.counts[inBody], bodyMost)
	}
}

// take counts a phrase for every tag it stands for; it reports whether there is
// one.
func (m *matching) take(p *passage, h hit) bool {
	taken := false
	for _, e := range m.t.phrases.lists[h.list] {
		if e.not || !p.holds(h, e) || p.decoyed(h, e.tag) {
			continue
		}
		if e.on != nil && e.on.needs != nil && !slices.ContainsFunc(e.on.needs, func(n int32) bool { return m.met[n] }) {
			m.wanting = true
			continue
		}
		m.add(e.tag, p, h)
		taken = true
	}
	return taken
}

func (m *matching) counted(tag int32, where place) int {
	if i, ok := m.at[tag]; ok {
		return m.tallies[i].counts[where]
	}
	return 0
}

func (m *matching) add(tag int32, p *passage, h hit) {
	i, ok := m.at[tag]
	if !ok {
		i = len(m.tallies)
		m.at[tag] = i
		m.tallies = append(m.tallies, tally{tag: tag})
	}
	y := &m.tallies[i]
	if y.counts[p.place] == 0 {
		y.first[p.place] = p.text[p.words[h.at].start:p.words[h.at+h.size-1].end]
	}
	y.counts[p.place]++
}

// decide takes the tallies that suffice and adds the ancestors.
func (m *matching) decide() []tagwire.TagMatch {
	published, titled, roots := false, map[int32]bool{}, map[int32]bool{}
	for _, y := range m.tallies {
		published = published || y.counts[inTags] > 0
		if y.counts[inTitle] > 0 {
			titled[y.tag], roots[m.t.roots[y.tag]] = true, true
		}
	}
	enough := m.tallies[:0]
	for _, y := range m.tallies {
		need := enoughAlone
		if published || roots[m.t.roots[y.tag]] && !m.t.below(y.tag, titled) {
			need = enoughBeside
		}
		if y.score >= need {
			enough = append(enough, y)
		}
	}
	above := map[int32]bool{} // ancestors of what was found
	for _, y := range enough {
		for p := m.t.parents[y.tag]; p >= 0; p = m.t.parents[p] {
			above[p] = true
		}
	}
	enough = slices.DeleteFunc(enough, func(y tally) bool {
		return above[y.tag] && y.counts[inTitle] == 0 && y.counts[inTags] == 0
	})
	// Equal scores stay in the order in which the article names them.
	slices.SortStableFunc(enough, func(a, b tally) int { return cmp.Compare(b.score, a.score) })
	matches := make([]tagwire.TagMatch, 0, len(enough)+4)
	for _, y := range enough {
		matches = append(matches, tagwire.TagMatch{Tag: m.t.tags[y.tag].Slug, Reason: y.reason(), Score: y.score})
	}
	return m.t.imply(matches)
}

// below reports whether an ancestor of the tag is among the tags.
func (t *Taxonomy) below(tag int32, tags map[int32]bool) bool {
	for p := t.parents[tag]; p >= 0; p = t.parents[p] {
		if tags[p] {
			return true
		}
	}
	return false
}

// imply appends the ancestors of the matches that are not among them.
func (t *Taxonomy) imply(matches []tagwire.TagMatch) []tagwire.TagMatch {
	have := make(map[tagwire.TagSlug]bool, len(matches)+4)
	for _, m := range matches {
		have[m.Tag] = true
	}
	for _, m := range matches {
		for _, p := range t.Ancestors(m.Tag) {
			if !have[p] {
				have[p] = true
				matches = append(matches, tagwire.TagMatch{Tag: p, Implied: true, Reason: "parent of " + string(m.Tag), Score: m.Score})
			}
		}
	}
	return matches
}
