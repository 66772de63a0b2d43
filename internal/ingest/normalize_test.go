package ingest_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"tagwire/internal/ingest"
	"tagwire/internal/tagwire"
)

func noon() time.Time { return time.Date(2026, 7, 28, 4, 0, 0, 0, time.UTC) }

func TestNormalize(t *testing.T) {
	t.Parallel()
	src := tagwire.Source{Slug: "metals", Name: "Example Metals", Kind: tagwire.Feed}
	got, err := ingest.Normalize(tagwire.Entry{
		ID: "7", URL: "HTTPS://Metals.Example:443/news/7?utm_source=rss&id=7&fbclid=x#comments", Title: "  Copper\n falls ", Summary: "A\nsummary", Body: "One.\nTwo.",
		DateText: "today", Published: time.Date(2026, 7, 28, 8, 0, 0, 0, time.FixedZone("CST", 8*3600)), Language: "en-GB",
		PublisherTags: []string{"Copper"}, Categories: []string{"News"}, Image: "https://metals.example/i.jpg?sig=1", Translated: true,
	}, src, noon())
	if err != nil {
		t.Fatal(err)
	}
	want := tagwire.Article{
		Source: "metals", SourceName: "Example Metals", Keys: got.Keys, URL: "https://metals.example/news/7?id=7", Title: "Copper falls", Summary: "A summary",
		Body: "One.\nTwo.", Language: "en", DateText: "today", Published: time.Date(2026, 7, 28, 0, 0, 0, 0, time.UTC), FirstSeen: noon(),
		PublisherTags: []string{"Copper"}, Categories: []string{"News"}, Image: "https://metals.example/i.jpg?sig=1", Translated: true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(got.Keys) != 2 {
		t.Errorf("keys %q", got.Keys)
	}
}

func TestNormalize_bounds(t *testing.T) {
	t.Parallel()
	src := tagwire.Source{Kind: tagwire.Feed}
	long := strings.Repeat("稀土 price ", 9000)
	a, err := ingest.Normalize(tagwire.Entry{URL: "https://a.example/1", Title: long, Summary: long, Body: long, DateText: long, ID: long, Image: "javascript:x"}, src, noon())
	if err != nil {
		t.Fatal(err)
	}
	for what, n := range map[string][2]int{"title": {utf8.RuneCountInString(a.Title), 300}, "summary": {utf8.RuneCountInString(a.Summary), 600},
		"body": {utf8.RuneCountInString(a.Body), 20_000}, "date": {utf8.RuneCountInString(a.DateText), 100}, "key": {len(a.Keys[0]), 160}} {
		if n[0] > n[1] || n[0] == 0 {
			t.Errorf("%s has %d, limit %d", what, n[0], n[1])
		}
	}
	if a.Image != "" {
		t.Errorf("image %q", a.Image)
	}
	for _, e := range []tagwire.Entry{{Title: "x"}, {Title: "x", URL: "javascript:alert(1)"}, {URL: "https://a.example/"}, {Title: " \n", URL: "https://a.example/"},
		{Title: "x", URL: "https://a.example/" + strings.Repeat("x", 3000)}} {
		if a, err := ingest.Normalize(e, src, noon()); err == nil {
			t.Errorf("%+v became %+v", e, a)
		}
	}
}

func TestNormalize_future(t *testing.T) {
	t.Parallel()
	for d, known := range map[time.Duration]bool{-time.Hour: true, 5 * time.Minute: true, 8 * time.Hour: false, 9000 * time.Hour: false} {
		a, err := ingest.Normalize(tagwire.Entry{Title: "x", URL: "https://a.example/", Published: noon().Add(d)}, tagwire.Source{Kind: tagwire.Feed}, noon())
		if err != nil || a.Published.IsZero() == known {
			t.Errorf("%v from now: %v, %v", d, a.Published, err)
		}
	}
}

func TestNormalize_language(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ configured, declared, title, want string }{
		{"zh", "en", "Copper", "zh"},
		{"", "en", "包头稀土产业园开工", "zh"},
		{"", "", "SMM：沪铜2409合约 Cu 上涨", "zh"},
		{"", "zh-CN", "Copper falls", "en"},
		{"", "de-AT", "Kupfer fällt", "de"},
		{"", "", "Copper falls at 铜 company", "en"},
		{"", "", "レアアースの価格が上昇した", "ja"},
		{"", "", "희토류 가격 상승", "ko"},
		{"", "", "Цены на медь упали", "ru"},
		{"", "uk-UA", "Ціни на мідь впали", "uk"},
		{"", "nonsense", "12345", "en"},
	} {
		a, err := ingest.Normalize(tagwire.Entry{Title: tt.title, URL: "https://a.example/", Language: tt.declared}, tagwire.Source{Kind: tagwire.Feed, Language: tt.configured}, noon())
		if err != nil || a.Language != tt.want {
			t.Errorf("%q declared %q: %q, want %q (%v)", tt.title, tt.declared, a.Language, tt.want, err)
		}
	}
}

// same reports whether two entries of a source are one article.
func same(a, b tagwire.Entry, src tagwire.Source) bool {
	keys := map[string]bool{}
	for _, k := range ingest.Keys(a, src) {
		keys[k] = true
	}
	for _, k := range ingest.Keys(b, src) {
		if keys[k] {
			return true
		}
	}
	return false
}

func TestKeys(t *testing.T) {
	t.Parallel()
	feed := tagwire.Source{Kind: tagwire.Feed}
	page := tagwire.Source{Kind: tagwire.Page}
	numbered := tagwire.Source{Kind: tagwire.Page, IDPattern: `newscontent/(\d+)`}
	e := func(id, url, title string) tagwire.Entry { return tagwire.Entry{ID: id, URL: url, Title: title} }
	for _, tt := range []struct {
		name string
		src  tagwire.Source
		a, b tagwire.Entry
		want bool
	}{
		{"same guid, new headline", feed, e("1", "https://a.example/x", "Copper falls"), e("1", "https://a.example/x", "Copper falls sharply"), true},
		{"new guid, same rest", feed, e("1", "https://a.example/x", "Copper falls"), e("2", "http://a.example/x/?utm_medium=rss", "COPPER falls!"), true},
		{"guid is an address", feed, e("http://a.example/?p=1", "https://a.example/x", "A"), e("https://a.example/?p=1", "https://a.example/y", "B"), true},
		{"one address, two titles", feed, e("", "https://a.example/prices", "Copper"), e("", "https://a.example/prices", "Tin"), false},
		{"one title, two addresses", feed, e("", "https://a.example/1", "Copper prices today"), e("", "https://a.example/2", "Copper prices today"), false},
		{"no guid", feed, e("", "https://a.example/1", "Copper"), e("", "https://a.example/1", "Copper"), true},
		{"other parameter", feed, e("", "https://a.example/?id=1", "Copper"), e("", "https://a.example/?id=2", "Copper"), false},
		{"order of parameters", feed, e("", "https://a.example/?a=1&b=2", "Copper"), e("", "https://a.example/?b=2&a=1", "Copper"), true},
		{"title of signs", feed, e("", "https://a.example/1", "???"), e("", "https://a.example/1", "!!!"), true},
		{"page by address", page, e("", "https://a.example/1", "A"), e("", "https://a.example/1#top", "B"), true},
		{"page, other address", page, e("", "https://a.example/1", "A"), e("", "https://a.example/2", "A"), false},
		{"script site", page, e("", "https://a.example/#/news/1", "A"), e("", "https://a.example/#/news/2", "B"), false},
		{"number, other slug", numbered, e("", "https://a.example/newscontent/101/rare-earth", "A"), e("", "https://a.example/en/newscontent/101-xi-tu", "B"), true},
		{"other number", numbered, e("", "https://a.example/newscontent/101/x", "A"), e("", "https://a.example/newscontent/102/x", "A"), false},
		{"no number", numbered, e("", "https://a.example/about", "A"), e("", "https://a.example/about/", "A"), true},
		{"number is no guid", numbered, e("", "https://a.example/newscontent/101/x", "A"), e("101", "https://a.example/newscontent/7/x", "A"), false},
	} {
		if got := same(tt.a, tt.b, tt.src); got != tt.want {
			t.Errorf("%s: same = %v (%q, %q)", tt.name, got, ingest.Keys(tt.a, tt.src), ingest.Keys(tt.b, tt.src))
		}
	}
	// An operator adds a pattern: what was stored without it is known all the same.
	listed := e("", "https://a.example/newscontent/101/x", "A")
	if before, after := ingest.Keys(listed, page), ingest.Keys(listed, numbered); !slices.ContainsFunc(after, func(k string) bool { return slices.Contains(before, k) }) {
		t.Errorf("a pattern makes another article of it: %q, then %q", before, after)
	}
	if k := ingest.Keys(e("", "mailto:x", "t"), page); k != nil {
		t.Errorf("no address: %q", k)
	}
}

func TestNextPoll(t *testing.T) {
	t.Parallel()
	base := ingest.Outcome{Now: noon(), Scheduled: noon().Add(10 * time.Minute), Floor: 5 * time.Minute, Seed: "metals"}
	with := func(change func(*ingest.Outcome)) ingest.Outcome {
		o := base
		change(&o)
		return o
	}
	for _, tt := range []struct {
		name string
		o    ingest.Outcome
		want time.Duration
		near bool // within a tenth
	}{
		{"timetable", base, 10 * time.Minute, false},
		{"too eager a timetable", with(func(o *ingest.Outcome) { o.Scheduled = noon().Add(time.Minute) }), 5 * time.Minute, false},
		{"own host", with(func(o *ingest.Outcome) { o.Scheduled, o.Floor = noon().Add(time.Minute), 0 }), time.Minute, false},
		{"timetable stands still", with(func(o *ingest.Outcome) { o.Scheduled, o.Floor = noon(), 0 }), time.Second, false},
		{"first failure", with(func(o *ingest.Outcome) { o.Fails = 1 }), 10 * time.Minute, true},
		{"second", with(func(o *ingest.Outcome) { o.Fails = 2 }), 20 * time.Minute, true},
		{"fifth", with(func(o *ingest.Outcome) { o.Fails = 5 }), 160 * time.Minute, true},
		{"hundredth", with(func(o *ingest.Outcome) { o.Fails = 100 }), 24 * time.Hour, true},
		{"daily source fails", with(func(o *ingest.Outcome) { o.Fails, o.Scheduled = 1, noon().Add(20*time.Hour) }), time.Hour, true},
		{"asked to wait", with(func(o *ingest.Outcome) { o.Fails, o.RetryAfter = 1, 3*time.Hour }), 3 * time.Hour, false},
		{"asked to wait for ever", with(func(o *ingest.Outcome) { o.Fails, o.RetryAfter = 1, 9000*time.Hour }), 24 * time.Hour, false},
		{"asked for less than due", with(func(o *ingest.Outcome) { o.RetryAfter = time.Second }), 10 * time.Minute, false},
	} {
		got := ingest.NextPoll(tt.o).Sub(noon())
		slack := time.Duration(0)
		if tt.near {
			slack = tt.want / 10
		}
		if got < tt.want-slack || got > tt.want+slack {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	a, b := base, base
	a.Fails, b.Fails, b.Seed = 4, 4, "other"
	if ingest.NextPoll(a).Equal(ingest.NextPoll(b)) {
		t.Error("two sources that failed together return together")
	}
}
