package source

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"tagwire/internal/tagwire"
)

// pageMax bounds an HTML page: beyond it, parsing costs seconds.
const pageMax = 3 << 20

// decodePage reads an HTML list of news, by the source's selectors or, without
// any, by looking for the largest group of links that are alike.
func decodePage(src tagwire.Source, doc Document, now time.Time) ([]tagwire.Entry, error) {
	root, base, err := parseHTML(src, doc)
	if err != nil {
		return nil, err
	}
	l := list{src: src, base: base, zone: zoneOf(src.Zone), now: now, targets: map[*html.Node][]string{}}
	rules := src.List
	var found []tagwire.Entry
	switch {
	case rules.Item != "":
		items := root.Find(rules.Item)
		if items.Length() == 0 {
			return nil, refuse("the page has no entries: the item selector %q matches nothing", rules.Item)
		}
		items.EachWithBreak(func(_ int, s *goquery.Selection) bool {
			found = l.add(found, l.item(s))
			return len(found) < maxItems
		})
	case rules.Link != "":
		links := root.Find(rules.Link)
		if links.Length() == 0 {
			return nil, refuse("the page has no entries: the link selector %q matches nothing", rules.Link)
		}
		links.EachWithBreak(func(_ int, s *goquery.Selection) bool {
			found = l.add(found, l.link(s))
			return len(found) < maxItems
		})
	default:
		for _, s := range cluster(root, base) {
			found = l.add(found, l.link(s))
		}
		if len(found) == 0 {
			return nil, refuse("no list of news was found on the page: say with list selectors where it is")
		}
	}
	if len(found) == 0 {
		return nil, refuse("the page has no entries: what the list selectors match holds no links to articles")
	}
	return found, nil
}

// parseHTML makes a tree of a page, with the address its links are relative to.
func parseHTML(src tagwire.Source, doc Document) (*goquery.Document, *url.URL, error) {
	if len(doc.Body) > pageMax {
		return nil, nil, refuse("the page is larger than %d MiB", pageMax>>20)
	}
	if what := binary(doc); what != "" {
		return nil, nil, refuse("this is %s, not a web page", what)
	}
	text, _ := toUTF8(doc.Body, src.Charset, doc.ContentType)
	if t := bytes.TrimSpace(text); len(t) > 0 && (t[0] == '{' || t[0] == '[') {
		return nil, nil, refuse("this is JSON, not a web page")
	}
	root, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		return nil, nil, refuse("the page cannot be read: %v", err)
	}
	page := goquery.NewDocumentFromNode(root)
	base := baseOf(doc.URL)
	if href, ok := page.Find("base[href]").First().Attr("href"); ok {
		if b := baseOf(resolve(base, href)); b != nil {
			base = b
		}
	}
	return page, base, nil
}

// list is what reading one list needs to know.
type list struct {
	src  tagwire.Source
	base *url.URL
	zone *time.Location
	now  time.Time
	// targets are the first two articles that an element links to.
	targets map[*html.Node][]string
}

// add appends an entry; a second link to the same article only fills its gaps.
func (l list) add(found []tagwire.Entry, e tagwire.Entry) []tagwire.Entry {
	if e.URL == "" {
		return found
	}
	for i := range found {
		if f := &found[i]; f.URL == e.URL {
			if letters(e.Title) > letters(f.Title) && letters(f.Title) < 10 {
				f.Title = e.Title
			}
			if f.Published.IsZero() {
				f.Published, f.DateText = e.Published, e.DateText
			}
			if f.Summary == "" {
				f.Summary = e.Summary
			}
			return found
		}
	}
	return append(found, e)
}

// item reads one entry of a list within its own element.
func (l list) item(s *goquery.Selection) tagwire.Entry {
	links := s.Find(firstOf(l.src.List.Link, "a[href]"))
	if s.Is("a[href]") && (l.src.List.Link == "" || links.Length() == 0) {
		links = s
	}
	// The first link of a row may be its category: without a selector the one
	// that says most is the article's.
	link := links.First()
	if l.src.List.Link == "" {
		most := -1
		links.EachWithBreak(func(i int, a *goquery.Selection) bool {
			if n := letters(a.Text()); n > most && l.href(a) != "" {
				link, most = a, n
			}
			return i < 50
		})
	}
	e := tagwire.Entry{URL: l.href(link), Title: anchorText(link)}
	if sel := l.src.List.Title; sel != "" {
		if t := find(s, sel); t.Length() > 0 {
			if full := anchorText(t.First()); full != "" {
				e.Title = full
			}
		}
	}
	if sel := l.src.List.Summary; sel != "" {
		e.Summary, e.Translated = ownLines(nodeTextOf(s.Find(sel).First()), l.src.Article.DropLines)
		e.Summary = shorten(joinLines(e.Summary), summaryMax)
	}
	if sel := l.src.List.Date; sel != "" {
		l.date(&e, find(s, sel))
	} else {
		l.date(&e, s.Find("time, [class*=date], [class*=time]"))
		if e.Published.IsZero() {
			l.dateWithin(&e, s)
		}
	}
	return e
}

// link reads an entry of which only the link is known; its date may stand in
// the same row.
func (l list) link(a *goquery.Selection) tagwire.Entry {
	if !a.Is("a[href]") {
		a = a.Find("a[href]").First()
	}
	e := tagwire.Entry{URL: l.href(a), Title: anchorText(a)}
	row := a
	for range 3 {
		up := row.Parent()
		if up.Length() == 0 || up.Is("body, html") || l.others(up.Nodes[0], e.URL) {
			break
		}
		row = up
		if l.dateWithin(&e, row); !e.Published.IsZero() {
			break
		}
	}
	return e
}

// others reports whether an element links to another article than its own, so
// that a date in it could belong to any.
func (l list) others(n *html.Node, own string) bool {
	found, ok := l.targets[n]
	if !ok {
		var walk func(n *html.Node)
		walk = func(n *html.Node) {
			if isLink(n) {
				a := goquery.Selection{Nodes: []*html.Node{n}}
				if href := l.href(&a); href != "" && !slices.Contains(found, href) && letters(a.Text()) >= 16 {
					found = append(found, href)
				}
				return
			}
			for c := n.FirstChild; c != nil && len(found) < 2; c = c.NextSibling {
				walk(c)
			}
		}
		walk(n)
		l.targets[n] = found
	}
	return slices.ContainsFunc(found, func(href string) bool { return href != own })
}

func (l list) href(a *goquery.Selection) string {
	href := strings.TrimSpace(a.AttrOr("href", ""))
	if strings.HasPrefix(href, "#") {
		return ""
	}
	u := resolve(l.base, href)
	if i := strings.IndexByte(u, '#'); i >= 0 && !strings.HasPrefix(u[i:], "#!") && !strings.HasPrefix(u[i:], "#/") {
		u = u[:i]
	}
	return u
}

// date takes the first date that the elements tell, by attribute or text.
func (l list) date(e *tagwire.Entry, s *goquery.Selection) {
	s.EachWithBreak(func(i int, d *goquery.Selection) bool {
		r, raw, ok := elementDate(d, l.zone, l.now)
		if e.DateText == "" {
			e.DateText = raw
		}
		if ok {
			e.Published, e.DateText = r.at.UTC(), raw
		}
		return !ok && i < 5
	})
}

// dateWithin looks for a date in the short texts of a row.
func (l list) dateWithin(e *tagwire.Entry, row *goquery.Selection) {
	for line := range strings.Lines(rowText(row)) {
		line = strings.TrimSpace(line)
		if len(line) > 80 || line == e.Title {
			continue
		}
		if r, ok := readDate(line, l.zone, l.now); ok {
			e.Published, e.DateText = r.at.UTC(), line
			return
		}
	}
}

// rowText puts every piece of text on a line of its own: in lists, dates stand in
// a span beside the title.
func rowText(s *goquery.Selection) string {
	var b strings.Builder
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(cleanLine(n.Data))
			b.WriteByte('\n')
		}
		if n.Type == html.ElementNode && unseen(n.DataAtom) {
			return
		}
		for c := n.FirstChild; c != nil && b.Len() < 8<<10; c = c.NextSibling {
			walk(c)
		}
	}
	for _, n := range s.Nodes {
		walk(n)
	}
	return b.String()
}

// elementDate reads the date of an element that is known to hold one. What it
// shows goes before its machine-readable attribute where both name the same
// time of day and the attribute claims UTC: sites put local time there.
func elementDate(s *goquery.Selection, zone *time.Location, now time.Time) (r reading, raw string, ok bool) {
	shown := cleanLine(strings.ReplaceAll(nodeTextOf(s), "\n", " "))
	visible, seen := readDate(shown, zone, now)
	for _, attr := range []string{"datetime", "content", "data-time", "data-date", "title"} {
		v, has := s.Attr(attr)
		if v = cleanLine(v); !has || v == "" {
			continue
		}
		machine, ok := readDate(v, zone, now)
		switch {
		case !ok:
		case seen && !visible.relative && (sameClock(machine, visible) || machine.dayOnly && !visible.dayOnly):
			return visible, shorten(shown, 100), true
		default:
			return machine, shorten(firstOf(shown, v), 100), true
		}
	}
	return visible, shorten(shown, 100), seen
}

// sameClock reports that a machine-readable date says UTC, yet shows the wall
// clock of the visible one: a false Z.
func sameClock(machine, visible reading) bool {
	if !machine.zero || visible.zero || visible.dayOnly {
		return false
	}
	a, b := machine.at, visible.at
	return a.Hour() == b.Hour() && a.Minute() == b.Minute()
}

// anchorText is the text of a link, or its title attribute where the text was cut.
func anchorText(a *goquery.Selection) string {
	text := cleanLine(strings.ReplaceAll(nodeTextOf(a), "\n", " "))
	full := cleanLine(a.AttrOr("title", ""))
	cut := strings.TrimRight(text, ".… ")
	if text == "" || cut != text && len(cut) > 0 && len(full) > len(cut) && strings.HasPrefix(full, cut) {
		if full != "" {
			return full
		}
	}
	if text == "" {
		text = cleanLine(a.Find("img[alt]").First().AttrOr("alt", ""))
	}
	return text
}

func nodeTextOf(s *goquery.Selection) string {
	if len(s.Nodes) == 0 {
		return ""
	}
	return nodeText(s.Nodes[0])
}

// find also matches the element itself: a list of bare links has no inside.
func find(s *goquery.Selection, sel string) *goquery.Selection {
	if in := s.Find(sel); in.Length() > 0 {
		return in
	}
	return s.Filter(sel)
}

// isLink tells the elements that cluster works on.
func isLink(n *html.Node) bool { return n.Type == html.ElementNode && n.DataAtom == atom.A }
