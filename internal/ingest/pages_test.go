package ingest_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"tagwire/internal/tagwire"
)

const listURL = "https://a.example/list"

func pageSource() tagwire.Source {
	return tagwire.Source{Slug: "p", Name: "P", Kind: tagwire.Page, URL: listURL, IDPattern: `/n/(\d+)`, List: tagwire.ListRules{Item: "li"}}
}

func articlePage(title string) string {
	return "<html><head><title>" + title + "</title></head><body><h1>" + title + "</h1><p>Jul 27, 2026 10:00</p><article><p>" +
		strings.Repeat("The body of the article tells of copper and of much else. ", 6) + "</p></article></body></html>"
}

// listing shows articles n down to 1 and puts their pages on the web.
func (b *bench) listing(n int) {
	var s strings.Builder
	for i := n; i > 0; i-- {
		fmt.Fprintf(&s, `<li><a href="/n/%d/slug">Story %d</a></li>`, i, i)
		url := fmt.Sprintf("https://a.example/n/%d/slug", i)
		if b.web.pages[url] == nil {
			b.web.text(url, articlePage(fmt.Sprintf("Story %d", i)))
		}
	}
	body := s.String()
	b.web.page(listURL, func(w http.ResponseWriter, r *http.Request) {
		tag := fmt.Sprintf(`"%d"`, len(body))
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(304)
			return
		}
		w.Header().Set("ETag", tag)
		io.WriteString(w, "<html><body><ul>"+body+"</ul></body></html>")
	})
}

func withBody(articles []tagwire.Article) int {
	n := 0
	for _, a := range articles {
		if a.Body != "" {
			n++
		}
	}
	return n
}

func TestPollDue_pagesOfNewArticlesOnly(t *testing.T) {
	t.Parallel()
	b := newBench(pageSource())
	b.listing(30)
	p := b.poll(t)
	if len(p.Articles) != 30 || withBody(p.Articles) != 8 || len(b.web.take()) != 9 {
		t.Fatalf("baseline: %d articles, %d in full", len(p.Articles), withBody(p.Articles))
	}
	if last := p.Articles[29]; last.Title != "Story 30" || last.Body == "" {
		t.Errorf("the newest is not last or not in full: %+v", last)
	}
	if p.ETag == "" {
		t.Error("no validator kept")
	}
	b.listing(32)
	p = b.poll(t)
	asked := b.web.take()
	if titlesOf(p.Articles) != "Story 31 | Story 32" || withBody(p.Articles) != 2 || b.fresh.Load() != 1 {
		t.Errorf("second poll: %q, %d in full, fresh %d", titlesOf(p.Articles), withBody(p.Articles), b.fresh.Load())
	}
	if !slices.Equal(asked, []string{listURL, "https://a.example/n/32/slug", "https://a.example/n/31/slug"}) {
		t.Errorf("asked for %q", asked)
	}
	if !p.Articles[0].Has("copper") {
		t.Error("not tagged by its body")
	}
	if p = b.poll(t); !p.Unchanged || len(b.web.take()) != 1 {
		t.Errorf("third poll: %+v", p)
	}
}

func TestPollDue_manyNewPagesTakeSeveralPolls(t *testing.T) {
	t.Parallel()
	b := newBench(pageSource())
	b.listing(1)
	b.poll(t)
	b.listing(46)
	for n, want := range []int{20, 20, 5} {
		p := b.poll(t)
		if len(p.Articles) != want || withBody(p.Articles) != want {
			t.Errorf("poll %d: %d articles, %d in full, want %d", n, len(p.Articles), withBody(p.Articles), want)
		}
		if (p.ETag != "") != (want == 5) {
			t.Errorf("poll %d: ETag %q", n, p.ETag)
		}
	}
	if len(b.store.articles) != 46 {
		t.Errorf("%d articles stored", len(b.store.articles))
	}
}

func TestPollDue_failingPages(t *testing.T) {
	t.Parallel()
	const third = "https://a.example/n/3/slug"
	for _, tt := range []struct {
		name  string
		spoil func(b *bench)
		want  []string // titles of each poll, "!" for a failed one
		full  bool     // whether the third story is in full in the end
	}{
		{"for a while", func(b *bench) { b.web.status(third, 502) }, []string{"Story 2", "Story 3"}, true},
		{"gone", func(b *bench) { b.web.status(third, 404) }, []string{"Story 2 | Story 3", ""}, false},
		{"forbidden", func(b *bench) { b.web.status(third, 403) }, []string{"Story 2 | Story 3", ""}, false},
		{"no page", func(b *bench) { b.web.text(third, "%PDF-1.7") }, []string{"Story 2", "!", "Story 3"}, false},
		{"always", func(b *bench) { b.web.status(third, 500) }, []string{"Story 2", "!", "Story 3"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(pageSource())
			b.listing(1)
			b.poll(t)
			b.listing(3)
			tt.spoil(b)
			for n, want := range tt.want {
				if tt.full && n == 1 {
					b.web.text(third, articlePage("Story 3"))
				}
				if err := b.PollDue(t.Context(), b.now.AddDate(0, 0, n+1)); err != nil {
					t.Fatal(err)
				}
				p := b.store.last(t)
				got := titlesOf(p.Articles)
				if p.Failed != "" {
					got = "!"
					if !strings.HasPrefix(p.Failed, "the list was read, but no article's page: ") {
						t.Errorf("poll %d failed: %s", n, p.Failed)
					}
				}
				if got != want {
					t.Errorf("poll %d: %q, want %q", n, got, want)
				}
			}
			stored := b.store.articles[len(b.store.articles)-1]
			if stored.Title != "Story 3" || (stored.Body != "") != tt.full {
				t.Errorf("stored %+v", stored)
			}
		})
	}
}

func TestPollDue_siteDownBehindItsList(t *testing.T) {
	t.Parallel()
	b := newBench(pageSource())
	b.listing(30)
	for n := 1; n <= 30; n++ {
		b.web.status(fmt.Sprintf("https://a.example/n/%d/slug", n), 503)
	}
	p := b.poll(t)
	if asked := b.web.take(); p.Failed == "" || len(asked) != 4 || len(p.Articles) != 0 {
		t.Errorf("baseline: failed %q, asked for %d pages, %d articles", p.Failed, len(asked), len(p.Articles))
	}
}

func TestPollDue_siteAsksForPatienceAmongPages(t *testing.T) {
	t.Parallel()
	b := newBench(pageSource())
	b.listing(1)
	b.poll(t)
	b.listing(5)
	b.web.page("https://a.example/n/4/slug", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7200")
		w.WriteHeader(429)
	})
	b.web.take()
	p := b.poll(t)
	if titlesOf(p.Articles) != "Story 5" || len(b.web.take()) != 3 || p.Next.Sub(b.now).Hours() != 2 || p.ETag != "" {
		t.Errorf("poll %+v", p)
	}
}

func TestTry(t *testing.T) {
	t.Parallel()
	src := pageSource()
	b := newBench(src)
	b.listing(10)
	b.web.status("https://a.example/n/9/slug", 500)
	r, err := b.Try(t.Context(), src, b.now)
	if err != nil {
		t.Fatal(err)
	}
	if r.Entries != 10 || titlesOf(r.Articles) != "Story 10 | Story 8" || r.Tags["copper"] != 2 || r.Newest.IsZero() || len(b.store.polls) != 0 {
		t.Errorf("report %+v", r)
	}
	if len(r.Problems) != 1 || r.Problems[0] != "the page https://a.example/n/9/slug: the server answered 500 (internal server error)" {
		t.Errorf("problems %q", r.Problems)
	}
	for _, tt := range []struct{ name, body, want string }{
		{"empty feed", "<rss><channel/></rss>", "the source lists no entries at present"},
		{"no dates", feedOf("one"), "no article has a date that can be read: set the source's timezone or date selector"},
		{"old", "<rss><channel><item><title>x</title><link>https://a.example/</link><pubDate>2026-01-28T04:00:00Z</pubDate><description>Some text.</description></item></channel></rss>",
			"the newest article is 181 days old"},
	} {
		b.web.text(feedURL, tt.body)
		r, err := b.Try(t.Context(), feedSource(), b.now)
		if err != nil || len(r.Problems) == 0 || r.Problems[0] != tt.want {
			t.Errorf("%s: %q, %v", tt.name, r.Problems, err)
		}
	}
	b.web.text(feedURL, "<html></html>")
	if _, err := b.Try(t.Context(), feedSource(), b.now); err == nil {
		t.Error("a web page passed as a feed")
	}
}
