package crash_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// wires are the two sources, tags what is written about. The words mean nothing,
// so that no article gets a tag it was not meant to have.
func wires() []string { return []string{"morning", "evening"} }
func tags() []string {
	return []string{"amberite", "borvium", "caldrite", "dolvenium", "fennadine", "gorsite", "heltium", "jorvanite"}
}

// article is a published article, known by its number.
type article struct {
	number int
	wire   string
	tag    string
	at     time.Time
	old    bool // there before the program came: not to be posted
}

// title is how an article is recognised in a message.
func (a article) title() string { return fmt.Sprintf("%s report %04d", title(a.tag), a.number) }

func title(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

// press publishes the articles of both wires as RSS.
type press struct {
	mu       sync.Mutex
	articles []article
}

func (p *press) publish(wire, tag string, at time.Time, old bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.articles = append(p.articles, article{number: len(p.articles) + 1, wire: wire, tag: tag, at: at, old: old})
}

func (p *press) all() []article {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]article(nil), p.articles...)
}

func (p *press) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	wire := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/"), ".xml")
	w.Header().Set("Content-Type", "application/rss+xml")
	fmt.Fprintf(w, `<?xml version="1.0"?><rss version="2.0"><channel><title>%s</title><link>http://%s/</link>`, wire, r.Host)
	for _, a := range p.all() {
		if a.wire != wire {
			continue
		}
		fmt.Fprintf(w, `<item><title>%s</title><link>http://%s/%s/%d</link><guid>%s-%d</guid><pubDate>%s</pubDate><description>What the mines said in note %04d.</description></item>`,
			a.title(), r.Host, wire, a.number, wire, a.number, a.at.UTC().Format(time.RFC1123Z), a.number)
	}
	fmt.Fprint(w, `</channel></rss>`)
}

// catalogueYAML has the wires as sources, polled as often as the program looks.
func catalogueYAML(address string) string {
	var b strings.Builder
	b.WriteString("language: en\ntimezone: UTC\nsources:\n")
	for _, wire := range wires() {
		fmt.Fprintf(&b, "  - {slug: %s, name: %s Wire, kind: feed, url: %q, schedule: '@every 1s', timezone: UTC, language: en}\n",
			wire, title(wire), address+"/"+wire+".xml")
	}
	b.WriteString("tags:\n")
	for _, tag := range append(tags(), silent) {
		fmt.Fprintf(&b, "  - {slug: %s, name: {en: %s}}\n", tag, title(tag))
	}
	return b.String()
}

// silent is a tag that nobody writes about.
const silent = "elvanite"
