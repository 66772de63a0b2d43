package source

import (
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	readability "codeberg.org/readeck/go-readability/v2"
	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"tagwire/internal/tagwire"
)

// readableMax bounds the elements that readability looks at: 100,000 links cost
// it seconds.
const readableMax = 20_000

// DecodeArticle reads an article's page: the source's selectors first, then what
// the page says of itself to machines, then its looks. What the page does not
// tell is taken from the entry as it was listed; address and identity always
// are, for by them the entry was found to be new.
func DecodeArticle(src tagwire.Source, doc Document, listed tagwire.Entry, now time.Time) (tagwire.Entry, error) {
	page, base, err := parseHTML(src, doc)
	if err != nil {
		return tagwire.Entry{}, err
	}
	for _, sel := range src.Article.Drop {
		page.Find(sel).Remove()
	}
	a := article{rules: src.Article, page: page, base: base, zone: zoneOf(src.Zone), now: now, meta: readMeta(page)}
	return a.read(listed)
}

// article is a page being read.
type article struct {
	rules tagwire.ArticleRules
	page  *goquery.Document
	base  *url.URL
	zone  *time.Location
	now   time.Time
	meta  meta
	lines []line // the texts of the page, in order
}

func (a *article) read(listed tagwire.Entry) (tagwire.Entry, error) {
	e := listed
	a.lines = pageLines(a.page)
	if t := a.title(); t != "" {
		e.Title = t
	}
	at := a.findLine(e.Title)
	e.Categories = a.categories(at)
	e.PublisherTags = a.tags(at, e)
	if r, raw, ok := a.date(at); ok {
		e.Published, e.DateText = r.at.UTC(), raw
	} else if e.DateText == "" {
		e.DateText = raw
	}
	body, told := a.body(at, e)
	e.Body = body
	e.Translated = e.Translated || told || a.noticeNear(at)
	description, _ := ownLines(plain(a.meta.description), a.rules.DropLines)
	switch s := summarize("", e.Body, e.Title); {
	case letters(s) >= summaryMin:
		e.Summary = s
	case letters(description) > letters(s):
		e.Summary = summarize(description, "", e.Title)
	case s != "":
		e.Summary = s
	}
	if img := a.image(); img != "" {
		e.Image = img
	}
	e.Language = firstOf(a.meta.language, e.Language)
	if e.Title == "" {
		e.Title = firstSentence(e.Body)
	}
	if e.Title == "" {
		return tagwire.Entry{}, refuse("the page holds neither a title nor a text")
	}
	return e, nil
}

// title prefers what the page calls its headline; a bare h1 is on some sites the
// name of the site, so it needs a witness.
func (a *article) title() string {
	if sel := a.rules.Title; sel != "" {
		if t := headlineOf(a.page.Find(sel).First()); t != "" {
			return t
		}
	}
	if t := headline(a.meta.headline); t != "" {
		return t
	}
	og, page := headline(a.meta.title), headline(a.page.Find("head title").First().Text())
	var h1s []string
	a.page.Find("h1").Each(func(_ int, s *goquery.Selection) {
		if t := headlineOf(s); t != "" && len(h1s) < 5 {
			h1s = append(h1s, t)
		}
	})
	for _, h := range h1s {
		fold := strings.ToLower(h)
		// The witness holds it, or was itself cut short by a stray quote.
		if utf8.RuneCountInString(h) >= 4 && (strings.Contains(strings.ToLower(page), fold) && !a.siteName(h, page) ||
			strings.Contains(strings.ToLower(og), fold) || len(og) > 12 && strings.HasPrefix(fold, strings.ToLower(og))) {
			return h
		}
	}
	if t := a.withoutSite(og); t != "" {
		return t
	}
	if t := a.withoutSite(page); t != "" {
		return t
	}
	return firstOf(h1s...)
}

func headlineOf(s *goquery.Selection) string {
	return cleanLine(strings.ReplaceAll(nodeTextOf(s), "\n", " "))
}

// siteName reports whether a text is the page title's last part, where the site
// stands.
func (a *article) siteName(text, page string) bool {
	return text != page && strings.HasSuffix(page, text) && a.withoutSite(page) != page || strings.EqualFold(text, a.meta.site)
}

var titleEnd = regexp.MustCompile(`\s+[|–—»·-]\s+|\s*[|｜_]\s*|\s*-{2,}\s*`)

// withoutSite takes the site's name off the end of a title.
func (a *article) withoutSite(title string) string {
	i := titleEnd.FindAllStringIndex(title, -1)
	if len(i) == 0 {
		return title
	}
	// "Copper - Metal News - Example": keep the longest part from the left that
	// is longer than what is cut off.
	for k := range i {
		head, tail := title[:i[k][0]], title[i[k][1]:]
		if strings.EqualFold(tail, a.meta.site) || letters(head) >= 16 && letters(head) > letters(tail)/2 && letters(tail) <= 60 {
			return strings.TrimSpace(head)
		}
	}
	return title
}

// date looks in the order of trust: the source's selector, JSON-LD, metadata,
// <time>, the line by the title, the address. A machine-readable one that
// claims UTC but shows the wall clock of the visible line loses to that.
func (a *article) date(at int) (r reading, raw string, ok bool) {
	if sel := a.rules.Date; sel != "" {
		a.page.Find(sel).EachWithBreak(func(i int, s *goquery.Selection) bool {
			var text string
			r, text, ok = elementDate(s, a.zone, a.now)
			raw = firstOf(raw, text)
			if ok {
				raw = text
			}
			return !ok && i < 5
		})
		if ok {
			return r, raw, true
		}
	}
	shown, text, seen := a.dateline(at)
	for _, candidate := range a.meta.dates {
		m, ok := readDate(candidate, a.zone, a.now)
		if !ok || m.relative {
			continue
		}
		if seen && (sameClock(m, shown) || m.dayOnly && !shown.dayOnly && near(m.at, shown.at)) {
			return shown, text, true
		}
		return m, shorten(cleanLine(candidate), 100), true
	}
	var machine reading
	a.page.Find("time[datetime], [itemprop=datePublished]").EachWithBreak(func(i int, s *goquery.Selection) bool {
		if s.Closest("aside, nav, footer").Length() > 0 || otherArticle(s) {
			return true
		}
		var text string
		if machine, text, ok = elementDate(s, a.zone, a.now); ok {
			raw = text
		}
		return !ok && i < 5
	})
	if ok {
		if seen && sameClock(machine, shown) {
			return shown, text, true
		}
		return machine, raw, true
	}
	if seen {
		return shown, text, true
	}
	if r, ok := urlDate(a.base, a.zone, a.now); ok {
		return r, firstOf(raw, r.at.Format(time.DateOnly)), true
	}
	return reading{}, raw, false
}

// near tells two readings of one day.
func near(a, b time.Time) bool {
	d := a.Sub(b)
	return d < 36*time.Hour && d > -36*time.Hour
}

// otherArticle reports whether an element stands in the teaser of another
// article: within a link, or in a row of a list.
func otherArticle(s *goquery.Selection) bool {
	return s.Closest("a[href]").Length() > 0 || s.Closest("li").Find("a[href]").Length() > 0
}

// dateline finds the line by the title that shows the date: after it, within the
// first lines, else shortly before.
func (a *article) dateline(at int) (reading, string, bool) {
	if at < 0 {
		return reading{}, "", false
	}
	try := func(i int) (reading, string, bool) {
		text := a.lines[i].text
		if utf8.RuneCountInString(text) > 100 || a.lines[i].linked {
			return reading{}, "", false
		}
		r, ok := absolute(tidyDate(text), a.zone, a.now)
		return r, shorten(text, 100), ok
	}
	budget := 600 // letters of other text between title and date
	for i := at + 1; i < len(a.lines) && i <= at+15 && budget > 0; i++ {
		if r, raw, ok := try(i); ok {
			return r, raw, true
		}
		budget -= letters(a.lines[i].text)
	}
	for i := at - 1; i >= 0 && i >= at-4; i-- {
		if r, raw, ok := try(i); ok {
			return r, raw, true
		}
	}
	return reading{}, "", false
}

var datePath = regexp.MustCompile(`/(?:[a-z]{1,3})?((?:19|20)\d\d)[/-]?([01]\d)[/-]?([0-3]\d)(?:[/_.-]|$)`)

// urlDate reads the day that many addresses carry.
func urlDate(u *url.URL, zone *time.Location, now time.Time) (reading, bool) {
	if u == nil {
		return reading{}, false
	}
	m := datePath.FindStringSubmatch(u.Path)
	if m == nil {
		return reading{}, false
	}
	return absolute(m[1]+"-"+m[2]+"-"+m[3], zone, now)
}

// image is the picture the page shows of itself.
func (a *article) image() string {
	if sel := a.rules.Image; sel != "" {
		s := a.page.Find(sel).First()
		if !s.Is("img") && s.AttrOr("content", "") == "" {
			s = s.Find("img").First()
		}
		for _, attr := range []string{"src", "data-src", "content"} {
			if u := resolve(a.base, s.AttrOr(attr, "")); u != "" {
				return u
			}
		}
	}
	return resolve(a.base, a.meta.image)
}

// body is the article's text, by the source's selector or as readability finds
// it, without what the page repeats there of its head.
func (a *article) body(at int, e tagwire.Entry) (text string, told bool) {
	if sel := a.rules.Body; sel != "" {
		var parts []string
		taken := map[*html.Node]bool{}
		a.page.Find(sel).EachWithBreak(func(_ int, s *goquery.Selection) bool {
			n := s.Nodes[0]
			for up := n.Parent; up != nil; up = up.Parent {
				if taken[up] {
					return true // its text is there already
				}
			}
			taken[n] = true
			parts = append(parts, nodeText(n))
			return len(parts) < 50
		})
		text = strings.Join(parts, "\n")
	}
	if text == "" {
		p := readability.NewParser()
		p.MaxElemsToParse = readableMax
		p.DisableJSONLD = true
		p.CharThresholds = 120 // a flash of news is short
		if found, err := p.ParseDocument(a.page.Nodes[0], a.base); err == nil && found.Node != nil {
			text = nodeText(found.Node)
		}
	}
	own, told := ownLines(a.withoutHead(text, e), a.rules.DropLines)
	if letters(own) < 40 {
		if b, t := ownLines(plain(a.meta.body), a.rules.DropLines); letters(b) > letters(own) {
			return b, t || told
		}
	}
	return own, told
}

// withoutHead drops lines that only repeat title, date, tags or breadcrumb.
func (a *article) withoutHead(text string, e tagwire.Entry) string {
	repeated := map[string]bool{}
	for _, s := range append(append([]string{e.Title, strings.Join(e.PublisherTags, " "), strings.Join(e.PublisherTags, ", ")}, e.PublisherTags...), e.Categories...) {
		repeated[strings.ToLower(s)] = true
	}
	var kept []string
	for l := range strings.Lines(text) {
		l = strings.TrimSpace(l)
		if repeated[strings.ToLower(l)] || isDateline(l, a.zone, a.now) || crumbs.MatchString(l) || tagLine(l, e.PublisherTags) {
			continue
		}
		kept = append(kept, l)
	}
	return strings.Join(kept, "\n")
}

// tagLine holds for a line that is made of the publisher's tags alone.
func tagLine(l string, tags []string) bool {
	if len(tags) == 0 || utf8.RuneCountInString(l) > 200 {
		return false
	}
	rest := tagLabel.ReplaceAllString(strings.ToLower(l), "")
	for _, t := range tags {
		rest = strings.ReplaceAll(rest, strings.ToLower(t), "")
	}
	return letters(rest) == 0
}

var tagLabel = regexp.MustCompile(`(?i)^\s*(?:tags?|keywords?|topics?|标签|关键词|关键字)\s*[:：]?`)

// isDateline holds for a line that says little more than a date.
func isDateline(l string, zone *time.Location, now time.Time) bool {
	if utf8.RuneCountInString(l) > 60 {
		return false
	}
	if _, ok := absolute(tidyDate(l), zone, now); !ok {
		return false
	}
	words := 0
	for _, w := range strings.Fields(l) {
		if letters(w) > 3 && !strings.ContainsAny(w, "0123456789") {
			words++
		}
	}
	return words <= 3 && !ended(l)
}

// noticeNear looks for the notice of translation beside the title and the body:
// many pages set it between them.
func (a *article) noticeNear(at int) bool {
	for i := max(at, 0); i < len(a.lines) && i <= at+40; i++ {
		if isTranslationNotice(a.lines[i].text) {
			return true
		}
	}
	return false
}

// line is one text of a page as a reader sees it.
type line struct {
	text   string
	linked bool // all of it is one link
}

// pageLines are the lines of a page, from its top.
func pageLines(page *goquery.Document) []line {
	var out []line
	var b strings.Builder
	linked := 0
	flush := func() {
		if t := cleanLine(b.String()); t != "" {
			out = append(out, line{text: t, linked: linked*10 >= len(t)*9})
		}
		b.Reset()
		linked = 0
	}
	var walk func(n *html.Node, inLink bool)
	walk = func(n *html.Node, inLink bool) {
		switch n.Type {
		case html.TextNode:
			b.WriteString(flow(n.Data))
			if inLink {
				linked += len(strings.TrimSpace(n.Data))
			}
			return
		case html.ElementNode:
			if unseen(n.DataAtom) {
				return
			}
			inLink = inLink || n.DataAtom == atom.A
		}
		g := ""
		if n.Type == html.ElementNode {
			g = gap(n.DataAtom)
		}
		if g == "\n" {
			flush()
		} else {
			b.WriteString(g)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, inLink)
		}
		if g == "\n" {
			flush()
		} else {
			b.WriteString(g)
		}
	}
	for _, n := range page.Nodes {
		walk(n, false)
	}
	flush()
	return out
}

// findLine is where the title stands among the lines: the last of those that
// equal it within the first part, else one that holds it. Breadcrumbs may
// repeat it before.
func (a *article) findLine(title string) int {
	if title == "" {
		return -1
	}
	fold := strings.ToLower(title)
	holds := -1
	for i, l := range a.lines {
		t := strings.ToLower(l.text)
		if t == fold && !l.linked {
			return i
		}
		if holds < 0 && strings.Contains(t, fold) && len(t) < 2*len(fold) {
			holds = i
		}
	}
	return holds
}
