package source

import (
	"net/url"
	"path"
	"sort"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// clusterMin is the least number of links that make a list.
const clusterMin = 3

// cluster finds the list of news on a page: links are grouped by the tags and
// classes of four ancestors, and the group with most text that is not repeated
// is the list. Measured on eight index pages, that is right on seven.
func cluster(page *goquery.Document, base *url.URL) []*goquery.Selection {
	type group struct {
		links []*goquery.Selection
		texts map[string]bool
		score int
		order int
	}
	groups := map[string]*group{}
	page.Find("a[href]").Each(func(i int, a *goquery.Selection) {
		if i > 5000 || !isLink(a.Nodes[0]) || inChrome(a.Nodes[0]) {
			return
		}
		u := resolve(base, a.AttrOr("href", ""))
		text := anchorText(a)
		if letters(text) < 16 || !articleLike(u, base) {
			return
		}
		key := ancestry(a.Nodes[0])
		g := groups[key]
		if g == nil {
			g = &group{texts: map[string]bool{}, order: i}
			groups[key] = g
		}
		g.links = append(g.links, a)
		if !g.texts[text] {
			g.texts[text] = true
			g.score += min(letters(text), 120) // a teaser is not worth many headlines
		}
	})
	var best []*group
	for _, g := range groups {
		if len(g.texts) >= clusterMin {
			best = append(best, g)
		}
	}
	if len(best) == 0 {
		return nil
	}
	sort.Slice(best, func(i, j int) bool {
		if best[i].score != best[j].score {
			return best[i].score > best[j].score
		}
		return best[i].order < best[j].order
	})
	return best[0].links
}

// ancestry describes where a link stands, without positions.
func ancestry(n *html.Node) string {
	var b strings.Builder
	for i := 0; n != nil && i <= 4; i++ {
		b.WriteString(n.Data)
		for _, a := range n.Attr {
			// Classes of state (first, odd, active) tell rows apart that are alike.
			if a.Key == "class" {
				for _, c := range strings.Fields(a.Val) {
					if !stateClass(c) {
						b.WriteString("." + c)
					}
				}
			}
		}
		b.WriteByte('<')
		n = n.Parent
	}
	return b.String()
}

func stateClass(c string) bool {
	switch strings.ToLower(c) {
	case "first", "last", "odd", "even", "active", "current", "new", "hot", "top", "sticky", "visited", "selected":
		return true
	}
	return strings.ContainsAny(c, "0123456789") // post-1234
}

// inChrome reports whether a link stands in the frame of the page.
func inChrome(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		switch n.Data {
		case "nav", "footer", "aside":
			return true
		}
	}
	return false
}

// articleLike holds for links that lead to another page of the same site.
func articleLike(link string, base *url.URL) bool {
	u, err := url.Parse(link)
	if err != nil || link == "" {
		return false
	}
	if base != nil && site(u.Hostname()) != site(base.Hostname()) {
		return false
	}
	switch strings.ToLower(path.Ext(u.Path)) {
	case ".pdf", ".jpg", ".jpeg", ".png", ".gif", ".zip", ".doc", ".docx", ".xls", ".xlsx", ".mp4", ".mp3":
		return false
	}
	return strings.Trim(u.Path, "/") != "" || u.RawQuery != ""
}

// site is roughly the registered part of a host: its last two labels.
func site(host string) string {
	labels := strings.Split(strings.ToLower(host), ".")
	return strings.Join(labels[max(0, len(labels)-2):], ".")
}
