package render

import (
	"cmp"
	"slices"
	"time"

	"tagwire/internal/locale"
	"tagwire/internal/tagwire"
)

// Bounds of a digest: what a person may want to read on a phone.
const (
	maxPerTag = 8
	maxShown  = 60
	maxPages  = 4
)

// Paginate cuts a digest into pages. Each article that carries a subscribed tag
// stands once, under the most telling of them, or is counted in a group's More;
// articles that carry none are left out. No articles, no pages. The slot is a
// local date, "2026-07-28"; anything may follow it.
func (r *Renderer) Paginate(articles []tagwire.Article, subscribed []tagwire.TagSlug, chat tagwire.Chat, slot string) []tagwire.DigestPage {
	groups := r.group(articles, subscribed)
	total := 0
	for _, g := range groups {
		total += len(g.articles)
	}
	if total == 0 {
		return nil
	}
	l := r.newLayout(tagwire.DigestPage{
		Slot: slot, Part: maxPages, Parts: maxPages, Total: total,
		Language: chat.Language, Zone: chat.Zone,
	})
	// Long headlines may fill the pages before the bound on articles is met:
	// show fewer then.
	pages := l.pages(groups, maxShown)
	for shown := min(maxShown, total) - 1; len(pages) > maxPages && shown > 0; shown-- {
		pages = l.pages(groups, shown)
	}
	for i := range pages {
		pages[i].Part, pages[i].Parts = i+1, len(pages)
	}
	// People who read a channel cannot command the bot there.
	pages[len(pages)-1].Hint = chat.Type != tagwire.Channel
	return pages
}

// tagged are the articles of a digest under one tag, newest first.
type tagged struct {
	tag      tagwire.TagSlug
	articles []tagwire.Article
}

// group puts each article under one subscribed tag; groups in catalogue order.
func (r *Renderer) group(articles []tagwire.Article, subscribed []tagwire.TagSlug) []tagged {
	wanted := make(map[tagwire.TagSlug]bool, len(subscribed))
	for _, tag := range subscribed {
		wanted[tag] = true
	}
	sorted := slices.Clone(articles)
	slices.SortFunc(sorted, func(a, b tagwire.Article) int {
		return cmp.Or(b.At().Compare(a.At()), cmp.Compare(b.ID, a.ID))
	})
	seen := make(map[tagwire.ArticleID]bool, len(sorted))
	byTag := map[tagwire.TagSlug][]tagwire.Article{}
	for _, a := range sorted {
		if tag := r.heading(a, wanted); tag != "" && !seen[a.ID] {
			seen[a.ID] = true
			byTag[tag] = append(byTag[tag], a)
		}
	}
	groups := make([]tagged, 0, len(byTag))
	for tag, list := range byTag {
		groups = append(groups, tagged{tag, list})
	}
	slices.SortFunc(groups, func(a, b tagged) int {
		return cmp.Or(cmp.Compare(r.order(a.tag), r.order(b.tag)), cmp.Compare(a.tag, b.tag))
	})
	return groups
}

// heading is the subscribed tag an article stands under: the strongest of those
// its words gave, else the most special of the implied ones.
func (r *Renderer) heading(a tagwire.Article, wanted map[tagwire.TagSlug]bool) tagwire.TagSlug {
	for _, tag := range a.ShownTags() {
		if wanted[tag] {
			return tag
		}
	}
	best := tagwire.TagSlug("")
	for _, m := range a.Tags {
		if !wanted[m.Tag] {
			continue
		}
		if best == "" || cmp.Or(
			cmp.Compare(r.tags[best].depth, r.tags[m.Tag].depth),
			cmp.Compare(r.order(m.Tag), r.order(best)),
			cmp.Compare(m.Tag, best),
		) < 0 {
			best = m.Tag
		}
	}
	return best
}

// order is the tag's place in the catalogue; what has left it comes last.
func (r *Renderer) order(tag tagwire.TagSlug) int {
	if p, ok := r.tags[tag]; ok {
		return p.order
	}
	return len(r.tags)
}

// allot shares a number of articles out among the groups: one to each in turn,
// so that a busy tag does not silence the others.
func allot(groups []tagged, shown int) []int {
	out := make([]int, len(groups))
	for round := range maxPerTag {
		for i, g := range groups {
			if shown > 0 && round < len(g.articles) {
				out[i]++
				shown--
			}
		}
	}
	return out
}

// layout measures what the pages of one digest are made of.
type layout struct {
	r     *Renderer
	page  tagwire.DigestPage // with the longest heading it can get
	texts locale.Texts
	day   time.Time
	zone  *time.Location
	lines map[tagwire.ArticleID]size
	head  size
	foot  size
}

func (r *Renderer) newLayout(page tagwire.DigestPage) *layout {
	t, day := locale.For(page.Language), slotDay(page.Slot)
	return &layout{
		r: r, page: page, texts: t, day: day, zone: zone(page.Zone),
		lines: map[tagwire.ArticleID]size{},
		head:  sizeOf(digestHead(page, day, t)),
		foot:  sizeOf(hint(t)),
	}
}

func (l *layout) line(a tagwire.Article) size {
	s, ok := l.lines[a.ID]
	if !ok {
		s = sizeOf(line(a, l.day, l.zone, l.texts))
		l.lines[a.ID] = s
	}
	return s
}

// group is the size of a group with so many of its articles.
func (l *layout) group(g tagged, shown int) size {
	s := sizeOf(l.r.groupHead(tagwire.DigestGroup{Tag: g.tag, Count: len(g.articles)}, l.texts)).
		plus(sizeOf(more(len(g.articles), l.texts)))
	for _, a := range g.articles[:shown] {
		s = s.plus(l.line(a))
	}
	return s
}

// pages lays out the groups with so many articles shown in all.
func (l *layout) pages(groups []tagged, shown int) []tagwire.DigestPage {
	share := allot(groups, shown)
	var pages []tagwire.DigestPage
	var used size
	turn := func() {
		p := l.page
		p.Groups = nil
		pages = append(pages, p)
		used = l.head.plus(l.foot)
	}
	turn()
	// add puts an article of a group, or a group without one, on the page.
	add := func(g tagwire.DigestGroup, need size) {
		if used.plus(need).fits() {
			used = used.plus(need)
		} else {
			turn()
			used = used.plus(need)
		}
		p := &pages[len(pages)-1]
		p.Groups = append(p.Groups, g)
	}
	rest := 0
	for i, g := range groups {
		if share[i] == 0 {
			rest += len(g.articles)
			continue
		}
		// A group that need not be torn is not, once half the page is full.
		if whole := l.group(g, share[i]); used.units > maxUnits/2 && !used.plus(whole).fits() &&
			l.head.plus(l.foot).plus(whole).fits() {
			turn()
		}
		for j, a := range g.articles[:share[i]] {
			need := l.line(a)
			left := 0
			if j == share[i]-1 {
				left = len(g.articles) - share[i]
			}
			if left > 0 {
				need = need.plus(sizeOf(more(left, l.texts)))
			}
			p := &pages[len(pages)-1]
			if j > 0 && used.plus(need).fits() {
				used = used.plus(need)
				last := &p.Groups[len(p.Groups)-1]
				last.Articles = append(last.Articles, a.ID)
				last.More = left
				continue
			}
			head := tagwire.DigestGroup{
				Tag: g.tag, Count: len(g.articles), Continued: j > 0,
				Articles: []tagwire.ArticleID{a.ID}, More: left,
			}
			add(head, need.plus(sizeOf(l.r.groupHead(head, l.texts))))
		}
	}
	if rest > 0 {
		g := tagwire.DigestGroup{Count: rest, More: rest}
		add(g, sizeOf(l.r.groupHead(g, l.texts)))
	}
	return pages
}
