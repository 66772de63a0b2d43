package emulator

import (
	"embed"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// siteFiles holds the sample articles, the page templates and the pictures.
//
//go:embed site
var siteFiles embed.FS

// SiteArticle is an article as its publisher knows it.
type SiteArticle struct {
	Slug       string
	Title      string
	Section    string   // where it is filed: the breadcrumb's end, the feed's category
	Tags       []string // the publisher's own
	Author     string
	Translated bool     // the site says that a machine translated the text
	Image      string   // name of a bundled picture, such as "coil"; may be empty
	Body       []string // paragraphs, plain text

	// Given by the site on publication.
	ID        int
	URL       string
	Published time.Time
	Updated   time.Time // zero if never revised
}

// Summary is the first sentences of the body, as a feed shows them.
func (a SiteArticle) Summary() string {
	if len(a.Body) == 0 {
		return ""
	}
	return a.Body[0]
}

// changed is when the article last got other words.
func (a SiteArticle) changed() time.Time {
	if a.Updated.IsZero() {
		return a.Published
	}
	return a.Updated
}

// newsrooms are the bundled sites with their samples, nothing published yet.
func newsrooms() []*newsroom {
	sites := []*newsroom{
		{Site: Site{Key: "lantern", Name: "Lantern Metals Review", Host: "lantern-metals.example", Kind: "rss",
			Source: "https://lantern-metals.example/feed.xml", Language: "en"}},
		{Site: Site{Key: "qingshi", Name: "青石有色观察", Host: "qingshi.example", Kind: "atom",
			Source: "https://qingshi.example/atom.xml", Language: "zh"}},
		{Site: Site{Key: "harbour", Name: "Harbour Metals", Host: "harbour-metals.example", Kind: "page",
			Source: "https://harbour-metals.example/en/list", Language: "en"}},
	}
	for _, s := range sites {
		data, err := siteFiles.ReadFile("site/" + s.Key + ".txt")
		if err == nil {
			s.samples, err = parseSamples(string(data))
		}
		if err == nil {
			s.templates, err = parseTemplates(s.Key)
		}
		if err != nil {
			panic("emulator: " + s.Key + ": " + err.Error()) // embedded: held by a test
		}
	}
	return sites
}

// parseSamples reads articles of the form "=== slug", "Key: value" lines, a
// blank line, paragraphs. Lines that begin with "# " before the first are notes.
func parseSamples(text string) ([]SiteArticle, error) {
	var out []SiteArticle
	chunks := strings.Split("\n"+text, "\n=== ")
	for _, chunk := range chunks[1:] {
		slug, rest, _ := strings.Cut(chunk, "\n")
		head, body, ok := strings.Cut(rest, "\n\n")
		if !ok {
			return nil, fmt.Errorf("sample %s: no body", slug)
		}
		a := SiteArticle{Slug: strings.TrimSpace(slug)}
		for line := range strings.Lines(head) {
			key, value, _ := strings.Cut(line, ":")
			value = strings.TrimSpace(value)
			switch key {
			case "Title":
				a.Title = value
			case "Section":
				a.Section = value
			case "Tags":
				for tag := range strings.SplitSeq(value, ",") {
					a.Tags = append(a.Tags, strings.TrimSpace(tag))
				}
			case "Author":
				a.Author = value
			case "Translated":
				a.Translated = value == "yes"
			case "Image":
				a.Image = value
			default:
				return nil, fmt.Errorf("sample %s: unknown line %q", slug, line)
			}
		}
		for par := range strings.SplitSeq(body, "\n\n") {
			if par = strings.TrimSpace(par); par != "" {
				a.Body = append(a.Body, par)
			}
		}
		out = append(out, a)
	}
	return out, nil
}

// nextSample is the next sample article; once all are out, they come again as
// follow-ups, so that a site never runs dry.
func (s *newsroom) nextSample() SiteArticle {
	a := s.samples[s.next%len(s.samples)]
	if round := s.next / len(s.samples); round > 0 {
		n := strconv.Itoa(round + 1)
		a.Slug += "-" + n
		if s.Language == "zh" {
			a.Title += "（后续报道之" + n + "）"
		} else {
			a.Title += " (follow-up " + n + ")"
		}
	}
	s.next++
	return a
}

// firstID makes the numbers in addresses look like those of a grown site.
const firstID = 101204500

func (s *newsroom) publish(a SiteArticle, at time.Time) SiteArticle {
	a.ID = firstID + len(s.articles) + 1
	if a.Slug == "" {
		a.Slug = strconv.Itoa(a.ID)
	}
	a.Published, a.Updated = at, time.Time{}
	a.URL = "https://" + s.Host + s.path(a)
	s.articles = append(s.articles, a)
	return a
}

// path is an article's place on its site.
func (s *newsroom) path(a SiteArticle) string {
	id := strconv.Itoa(a.ID)
	switch s.Kind {
	case "rss":
		return "/articles/" + id + "-" + a.Slug
	case "atom":
		return "/a/" + a.Published.In(china).Format("20060102") + "/" + id + ".html"
	}
	return "/en/newscontent/" + id + "/" + a.Slug
}

// china is China Standard Time, in which two of the sites print their dates. A
// fixed zone needs no zone database, and China has no daylight saving.
var china = time.FixedZone("CST", 8*60*60)
