package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"tagwire/internal/fetch"
	"tagwire/internal/ingest"
	"tagwire/internal/tagwire"
)

// web answers by host and path; what is not there is 404. It counts requests.
type web struct {
	mu    sync.Mutex
	pages map[string]http.HandlerFunc
	asked []string
}

func (w *web) page(url string, h http.HandlerFunc) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.pages == nil {
		w.pages = map[string]http.HandlerFunc{}
	}
	w.pages[url] = h
}

func (w *web) text(url, body string) {
	w.page(url, func(rw http.ResponseWriter, _ *http.Request) { io.WriteString(rw, body) })
}

func (w *web) status(url string, code int) {
	w.page(url, func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(code) })
}

// take returns what was asked for since the last call.
func (w *web) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.asked
	w.asked = nil
	return out
}

func (w *web) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	url := r.URL.String()
	w.asked = append(w.asked, url)
	h := w.pages[url]
	w.mu.Unlock()
	if h == nil {
		h = http.NotFound
	}
	rec := httptest.NewRecorder()
	h(rec, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return rec.Result(), nil
}

// memory is a store with the promises of the real one.
type memory struct {
	mu       sync.Mutex
	states   map[tagwire.SourceID]tagwire.SourceState
	keys     map[tagwire.SourceID]map[string]bool
	articles []tagwire.Article
	polls    []tagwire.Poll
	fail     error
}

func newMemory(slugs ...tagwire.SourceSlug) *memory {
	m := &memory{states: map[tagwire.SourceID]tagwire.SourceState{}, keys: map[tagwire.SourceID]map[string]bool{}}
	for n, s := range slugs {
		id := tagwire.SourceID(n + 1)
		m.states[id] = tagwire.SourceState{ID: id, Slug: s}
		m.keys[id] = map[string]bool{}
	}
	return m
}

func (m *memory) DueSources(_ context.Context, now time.Time, limit int) ([]tagwire.SourceState, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []tagwire.SourceState
	for id := tagwire.SourceID(1); int(id) <= len(m.states); id++ {
		if s := m.states[id]; !s.NextPoll.After(now) && len(out) < limit {
			out = append(out, s)
		}
	}
	return out, nil
}

func (m *memory) KnownKeys(_ context.Context, source tagwire.SourceID, keys []string) (map[string]bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := map[string]bool{}
	for _, k := range keys {
		if m.keys[source][k] {
			out[k] = true
		}
	}
	return out, nil
}

func (m *memory) RecordPoll(_ context.Context, now time.Time, p tagwire.Poll) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return 0, m.fail
	}
	m.polls = append(m.polls, p)
	s := m.states[p.Source]
	s.NextPoll, s.ETag, s.LastModified, s.LastError = p.Next, p.ETag, p.LastModified, p.Failed
	if p.Failed != "" {
		s.Fails++
		m.states[p.Source] = s
		return 0, nil
	}
	fresh := 0
	for _, a := range p.Articles {
		if slices.ContainsFunc(a.Keys, func(k string) bool { return m.keys[p.Source][k] }) {
			continue
		}
		for _, k := range a.Keys {
			m.keys[p.Source][k] = true
		}
		m.articles = append(m.articles, a)
		if s.Baselined && !a.Stale {
			fresh++
		}
	}
	s.Fails, s.LastOK, s.Baselined, s.Entries = 0, now, true, p.Entries
	m.states[p.Source] = s
	return fresh, nil
}

func (m *memory) last(t *testing.T) tagwire.Poll {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.polls) == 0 {
		t.Fatal("no poll was recorded")
	}
	return m.polls[len(m.polls)-1]
}

// bench is an Ingest over a web and a store of memory.
type bench struct {
	*ingest.Ingest
	web   *web
	store *memory
	fresh atomic.Int32
	now   time.Time
}

func newBench(sources ...tagwire.Source) *bench {
	b := &bench{web: &web{}, now: noon()}
	var slugs []tagwire.SourceSlug
	for _, s := range sources {
		slugs = append(slugs, s.Slug)
	}
	b.store = newMemory(slugs...)
	b.Ingest = ingest.New(ingest.Options{
		Store: b.store, Fetch: fetch.New(fetch.Options{Transport: b.web, AllowPrivate: true, Now: func() time.Time { return b.now }}), Sources: sources,
		Tag: func(a tagwire.Article) []tagwire.TagMatch {
			if strings.Contains(a.Title, "panic") {
				panic("tagger")
			}
			if strings.Contains(a.Title+a.Body, "copper") {
				return []tagwire.TagMatch{{Tag: "copper", Reason: "copper"}, {Tag: "metals", Implied: true}}
			}
			return nil
		},
		Ancestors: func(t tagwire.TagSlug) []tagwire.TagSlug {
			if t == "tin" {
				return []tagwire.TagSlug{"metals"}
			}
			return nil
		},
		Next:         func(_ string, after time.Time) (time.Time, error) { return after.Add(10 * time.Minute), nil },
		AllowPrivate: true, Metrics: metrics.NewSet(), Fresh: func() { b.fresh.Add(1) },
	})
	return b
}

// poll lets ten minutes pass and polls.
func (b *bench) poll(t *testing.T) tagwire.Poll {
	t.Helper()
	b.now = b.now.Add(10 * time.Minute)
	if err := b.PollDue(t.Context(), b.now); err != nil {
		t.Fatalf("PollDue: %v", err)
	}
	return b.store.last(t)
}

func feedOf(titles ...string) string {
	var b strings.Builder
	b.WriteString(`<rss version="2.0"><channel><title>x</title>`)
	for _, t := range titles {
		fmt.Fprintf(&b, "<item><title>%s</title><link>https://a.example/%s</link><guid>%s</guid></item>", t, strings.ReplaceAll(t, " ", "-"), t)
	}
	b.WriteString(`</channel></rss>`)
	return b.String()
}

func titlesOf(articles []tagwire.Article) string {
	var out []string
	for _, a := range articles {
		out = append(out, a.Title)
	}
	return strings.Join(out, " | ")
}

const feedURL = "https://a.example/feed"

func feedSource() tagwire.Source {
	return tagwire.Source{Slug: "a", Name: "A", Kind: tagwire.Feed, URL: feedURL}
}

func TestPollDue_baselineThenNews(t *testing.T) {
	t.Parallel()
	b := newBench(feedSource())
	b.web.text(feedURL, feedOf("two", "one"))
	if p := b.poll(t); titlesOf(p.Articles) != "one | two" || p.Entries != 2 || b.fresh.Load() != 0 {
		t.Errorf("baseline %q of %d entries, %d calls of Fresh", titlesOf(p.Articles), p.Entries, b.fresh.Load())
	}
	b.web.text(feedURL, feedOf("copper three", "two", "one"))
	p := b.poll(t)
	if titlesOf(p.Articles) != "copper three" || b.fresh.Load() != 1 || p.Next != b.now.Add(10*time.Minute) {
		t.Errorf("second poll %q, %d calls of Fresh, next %v", titlesOf(p.Articles), b.fresh.Load(), p.Next)
	}
	if a := p.Articles[0]; len(a.Tags) != 2 || !a.Has("copper") || a.FirstSeen != b.now {
		t.Errorf("article %+v", a)
	}
	if p := b.poll(t); len(p.Articles) != 0 || p.Entries != 3 || b.fresh.Load() != 1 {
		t.Errorf("third poll %q", titlesOf(p.Articles))
	}
}

func TestPollDue_unchanged(t *testing.T) {
	t.Parallel()
	b := newBench(feedSource())
	b.web.page(feedURL, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(304)
			return
		}
		w.Header().Set("ETag", `"1"`)
		io.WriteString(w, feedOf("one"))
	})
	b.poll(t)
	if p := b.poll(t); !p.Unchanged || p.ETag != `"1"` || p.Failed != "" || p.Entries != 1 {
		t.Errorf("poll %+v", p)
	}
}

func TestPollDue_failuresStayWithTheirSource(t *testing.T) {
	t.Parallel()
	var sources []tagwire.Source
	add := func(slug, url string, kind tagwire.SourceKind) {
		sources = append(sources, tagwire.Source{Slug: tagwire.SourceSlug(slug), Name: slug, Kind: kind, URL: url})
	}
	add("down", "https://down.example/", tagwire.Feed)
	add("html", "https://html.example/", tagwire.Feed)
	add("huge", "https://huge.example/", tagwire.Feed)
	add("empty", "https://empty.example/", tagwire.Feed)
	add("tagger", "https://tagger.example/", tagwire.Feed)
	add("links", "https://links.example/", tagwire.Feed)
	add("good", feedURL, tagwire.Feed)
	b := newBench(sources...)
	b.web.status("https://down.example/", 503)
	b.web.text("https://html.example/", "<html><head><title>Moved</title></head></html>")
	b.web.page("https://huge.example/", func(w http.ResponseWriter, _ *http.Request) {
		for range 100 {
			w.Write(make([]byte, 1<<20))
		}
	})
	b.web.text("https://empty.example/", "")
	b.web.text("https://tagger.example/", feedOf("panic"))
	b.web.text("https://links.example/", `<rss><channel><item><title>x</title><link>javascript:1</link></item></channel></rss>`)
	b.web.text(feedURL, feedOf("one"))
	b.poll(t)
	want := map[tagwire.SourceSlug]string{
		"down": "the server answered 503 (service unavailable)", "html": `this is a web page titled "Moved", not a feed; if it lists the news, the kind is page`,
		"huge": "the page is larger than 5 MiB", "empty": "the answer is empty", "tagger": "what the source shows made the program stumble: tagger",
		"links": "", "good": "",
	}
	for _, s := range b.store.states {
		if s.LastError != want[s.Slug] {
			t.Errorf("%s: %q, want %q", s.Slug, s.LastError, want[s.Slug])
		}
		if (s.LastError != "") != (s.Fails == 1) {
			t.Errorf("%s: %d fails", s.Slug, s.Fails)
		}
	}
	if titlesOf(b.store.articles) != "one" {
		t.Errorf("articles %q", titlesOf(b.store.articles))
	}
}

func TestPollDue_backsOff(t *testing.T) {
	t.Parallel()
	b := newBench(feedSource())
	b.web.status(feedURL, 500)
	last := time.Duration(0)
	for n := range 5 {
		if err := b.PollDue(t.Context(), b.now); err != nil {
			t.Fatal(err)
		}
		wait := b.store.last(t).Next.Sub(b.now)
		if wait <= last {
			t.Errorf("wait %d is %v after %v", n, wait, last)
		}
		last = wait
		b.now = b.now.Add(wait)
	}
	b.web.page(feedURL, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "36000")
		w.WriteHeader(429)
	})
	if err := b.PollDue(t.Context(), b.now); err != nil {
		t.Fatal(err)
	}
	if wait := b.store.last(t).Next.Sub(b.now); wait != 10*time.Hour {
		t.Errorf("asked for ten hours, waits %v", wait)
	}
	b.now = b.now.Add(10 * time.Hour)
	b.web.text(feedURL, feedOf("one"))
	if p := b.poll(t); p.Failed != "" || p.Next != b.now.Add(10*time.Minute) {
		t.Errorf("after recovery: %+v", p)
	}
}

func TestPollDue_staleAndFuture(t *testing.T) {
	t.Parallel()
	b := newBench(feedSource())
	item := func(n int, date string) string {
		return fmt.Sprintf("<item><title>t%d</title><link>https://a.example/%d</link><pubDate>%s</pubDate></item>", n, n, date)
	}
	feed := func(items ...string) string {
		return "<rss><channel>" + strings.Join(items, "") + "</channel></rss>"
	}
	b.web.text(feedURL, feed(item(1, "2020-01-01T00:00:00Z")))
	if p := b.poll(t); p.Articles[0].Stale {
		t.Error("an old article of the baseline counts as stale")
	}
	b.web.text(feedURL, feed(item(2, "2026-07-20T00:00:00Z"), item(3, "2026-07-22T00:00:00Z"), item(4, "2099-01-01T00:00:00Z"), item(5, "")))
	got := map[string]string{}
	for _, a := range b.poll(t).Articles {
		got[a.Title] = fmt.Sprint(a.Stale, a.Published.IsZero())
	}
	want := map[string]string{"t2": "true false", "t3": "false false", "t4": "false true", "t5": "false true"}
	for title, w := range want {
		if got[title] != w {
			t.Errorf("%s: stale, undated = %s, want %s", title, got[title], w)
		}
	}
	if b.fresh.Load() != 1 {
		t.Errorf("%d calls of Fresh", b.fresh.Load())
	}
}

func TestPollDue_tagsOfTheSource(t *testing.T) {
	t.Parallel()
	src := feedSource()
	src.Tags = []tagwire.TagSlug{"copper", "tin"}
	b := newBench(src)
	b.web.text(feedURL, feedOf("copper one", "two"))
	for _, a := range b.poll(t).Articles {
		var got []string
		for _, m := range a.Tags {
			got = append(got, fmt.Sprintf("%s/%v/%s", m.Tag, m.Implied, m.Reason))
		}
		want := "copper/false/source: A tin/false/source: A metals/true/above tin"
		if a.Title == "copper one" {
			want = "copper/false/copper tin/false/source: A metals/true/"
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: %s\nwant %s", a.Title, s, want)
		}
	}
}

func TestPollDue_stoppingIsNoFailure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(feedSource())
		b.web.page(feedURL, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := b.PollDue(ctx, b.now); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		if len(b.store.polls) != 0 {
			t.Errorf("recorded %+v", b.store.polls)
		}
	})
}

func TestPollDue_boundsWorkAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sources []tagwire.Source
		for n := range 30 {
			sources = append(sources, tagwire.Source{Slug: tagwire.SourceSlug(fmt.Sprint("s", n)), Kind: tagwire.Feed, URL: fmt.Sprintf("https://s%d.example/", n)})
		}
		b := newBench(sources...)
		var busy, most atomic.Int32
		for _, s := range sources {
			b.web.page(s.URL, func(w http.ResponseWriter, r *http.Request) {
				if n := busy.Add(1); n > most.Load() {
					most.Store(n)
				}
				defer busy.Add(-1)
				<-r.Context().Done() // none of them ever answers
			})
		}
		start := time.Now()
		if err := b.PollDue(t.Context(), b.now); err != nil {
			t.Fatal(err)
		}
		if most.Load() != 4 {
			t.Errorf("%d polls at once", most.Load())
		}
		if d := time.Since(start); d > 6*time.Minute {
			t.Errorf("took %v", d)
		}
		if b.store.last(t).Failed != "no complete answer within 20s" {
			t.Errorf("poll %+v", b.store.last(t))
		}
	})
}

func TestPollDue_storeFaults(t *testing.T) {
	t.Parallel()
	b := newBench(feedSource())
	b.web.text(feedURL, feedOf("one"))
	b.store.fail = errors.New("disk full")
	err := b.PollDue(t.Context(), b.now)
	if !errors.Is(err, b.store.fail) || !strings.Contains(err.Error(), "source=a") {
		t.Errorf("error %v", err)
	}
}

func TestPollDue_sourceOutOfTheCatalogue(t *testing.T) {
	t.Parallel()
	b := newBench(feedSource())
	b.store = newMemory("gone")
	b.Ingest = ingest.New(ingest.Options{Store: b.store})
	if p := b.poll(t); p.Failed != "the source is not in the catalogue any more" || p.Next != b.now.Add(24*time.Hour) {
		t.Errorf("poll %+v", p)
	}
}

func TestPollDue_sitemapIndex(t *testing.T) {
	t.Parallel()
	src := tagwire.Source{Slug: "m", Name: "M", Kind: tagwire.Sitemap, URL: "https://a.example/sitemap.xml"}
	b := newBench(src)
	b.web.page(src.URL, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `"index"`)
		io.WriteString(w, `<sitemapindex><sitemap><loc>https://a.example/news.xml</loc></sitemap></sitemapindex>`)
	})
	b.web.text("https://a.example/news.xml", `<urlset><url><loc>https://a.example/some-story</loc></url></urlset>`)
	b.web.text("https://a.example/some-story", articlePage("Some story"))
	if p := b.poll(t); titlesOf(p.Articles) != "Some story" || p.ETag != "" {
		t.Errorf("poll %+v", p)
	}
	b.web.text("https://a.example/news.xml", `<sitemapindex><sitemap><loc>https://a.example/deeper.xml</loc></sitemap></sitemapindex>`)
	if p := b.poll(t); p.Failed != "the index of sitemaps names another index: take one of its sitemaps as the source" {
		t.Errorf("poll %+v", p)
	}
}
