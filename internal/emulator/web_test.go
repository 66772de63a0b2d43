package emulator_test

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"tagwire/internal/emulator"
)

// shanghai morning of the model article.
var modelTime = time.Date(2020, 7, 28, 0, 19, 0, 0, time.UTC)

func newWeb(t *testing.T, backlog int) (*emulator.Web, *http.Client) {
	t.Helper()
	w := emulator.NewWeb(emulator.WebOptions{Now: func() time.Time { return modelTime }, Backlog: backlog})
	return w, &http.Client{Transport: emulator.Transport(w)}
}

// fetch gets a document with its status and headers.
func fetch(t *testing.T, c *http.Client, url string, headers ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatalf("GET %s: %v", url, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("GET %s: %v", url, err)
	}
	return resp, string(body)
}

func TestWeb_everySampleComesOutOnItsSite(t *testing.T) {
	t.Parallel()
	w, c := newWeb(t, 0)
	total := 0
	for _, site := range w.Sites() {
		seen := map[string]bool{}
		for {
			a, err := w.Publish(site.Key)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(a.Slug, "-2") {
				break // the samples are through, the follow-ups begin
			}
			total++
			if seen[a.Slug] || a.Title == "" || a.Section == "" || len(a.Tags) == 0 || len(a.Body) < 2 {
				t.Errorf("%s/%s: seen before or incomplete: %+v", site.Key, a.Slug, a)
			}
			seen[a.Slug] = true
			resp, body := fetch(t, c, a.URL)
			if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/html; charset=utf-8" {
				t.Errorf("%s: %s %s", a.URL, resp.Status, resp.Header.Get("Content-Type"))
			}
			if !strings.Contains(body, "<h1") || !strings.Contains(body, a.Tags[0]) || !utf8.ValidString(body) {
				t.Errorf("%s: page lacks headline or tags", a.URL)
			}
			if resp, _ := fetch(t, c, "https://"+site.Host+"/img/"+a.Image+".svg"); resp.StatusCode != 200 {
				t.Errorf("%s: picture %q: %s", a.URL, a.Image, resp.Status)
			}
		}
		resp, body := fetch(t, c, site.Source)
		if resp.StatusCode != 200 {
			t.Errorf("%s: %s", site.Source, resp.Status)
		}
		if site.Kind != "page" {
			if err := xml.Unmarshal([]byte(body), new(struct{})); err != nil {
				t.Errorf("%s: not XML: %v", site.Source, err)
			}
		}
		fetch(t, c, "https://"+site.Host+"/")
	}
	if total < 30 {
		t.Errorf("%d samples, want at least 30", total)
	}
}

func TestWeb_articlePageLooksLikeTheModel(t *testing.T) {
	t.Parallel()
	w, c := newWeb(t, 3)
	a, err := w.PublishSample("harbour", "beiliang-outline")
	if err != nil {
		t.Fatal(err)
	}
	_, body := fetch(t, c, a.URL)
	at := 0
	for _, part := range []string{
		`>Home</a> / <a`, `>Metal News</a> / <a`, `>Copper</a>`,
		`<h1 class="headline">Beiliang sets out`,
		`<span class="date">Jul 28,2020 08:19CST</span>`,
		`machine-translated`,
		`<p>The city of Beiliang`,
		`Scan the code to apply to join the industry communication group.`,
		`For queries, please contact`,
		`<a>Rare earths</a><a>industrial development</a><a>functional materials</a>`,
		`Related news`, `Aluminium billet`,
	} {
		i := strings.Index(body[at:], part)
		if i < 0 {
			t.Fatalf("no %q after byte %d of\n%s", part, at, body)
		}
		at += i
	}
	_, list := fetch(t, c, "https://harbour-metals.example/en/list")
	if !strings.Contains(list, "../en/newscontent/") || !strings.Contains(list, "Jul 28,2020 08:19CST") {
		t.Errorf("list page lacks the article:\n%s", list)
	}
}

func TestWeb_newestFirstAndBacklogBefore(t *testing.T) {
	t.Parallel()
	w, c := newWeb(t, 2)
	old := w.Articles("lantern")
	if len(old) != 2 || !old[0].Published.Before(old[1].Published) || !old[1].Published.Before(modelTime) {
		t.Fatalf("backlog: %+v", old)
	}
	a, err := w.Publish("lantern")
	if err != nil {
		t.Fatal(err)
	}
	_, feed := fetch(t, c, "https://lantern-metals.example/feed.xml")
	if strings.Index(feed, a.Title) > strings.Index(feed, old[1].Title) {
		t.Errorf("feed does not begin with the newest:\n%s", feed)
	}
	if found, ok := w.Article(a.URL + "?utm_source=rss"); !ok || found.ID != a.ID {
		t.Errorf("Article(%s) = %v, %t", a.URL, found, ok)
	}
}

func TestWeb_conditionalRequests(t *testing.T) {
	t.Parallel()
	w, c := newWeb(t, 2)
	for _, site := range w.Sites() {
		first, _ := fetch(t, c, site.Source)
		etag, modified := first.Header.Get("ETag"), first.Header.Get("Last-Modified")
		if etag == "" || modified == "" {
			t.Fatalf("%s: ETag %q, Last-Modified %q", site.Key, etag, modified)
		}
		if again, body := fetch(t, c, site.Source, "If-None-Match", etag); again.StatusCode != 304 || body != "" {
			t.Errorf("%s: same ETag: %s, %d bytes", site.Key, again.Status, len(body))
		}
		if again, _ := fetch(t, c, site.Source, "If-Modified-Since", modified); again.StatusCode != 304 {
			t.Errorf("%s: same date: %s", site.Key, again.Status)
		}
		if _, err := w.Publish(site.Key); err != nil {
			t.Fatal(err)
		}
		if again, _ := fetch(t, c, site.Source, "If-None-Match", etag); again.StatusCode != 200 {
			t.Errorf("%s: after a publication: %s", site.Key, again.Status)
		}
		log := w.Requests(site.Key)
		if len(log) != 4 || log[1].Status != 304 || log[1].IfNoneMatch != etag || log[3].Bytes == 0 || log[0].Host != site.Host {
			t.Errorf("%s: log %+v", site.Key, log)
		}
	}
}

func TestWeb_revisionKeepsTheAddress(t *testing.T) {
	t.Parallel()
	w, c := newWeb(t, 1)
	a := w.Articles("qingshi")[0]
	if err := w.Revise(a.URL, func(a *emulator.SiteArticle) { a.Title = "更正后的标题"; a.URL = "https://elsewhere.example/" }); err != nil {
		t.Fatal(err)
	}
	if _, body := fetch(t, c, a.URL); !strings.Contains(body, "更正后的标题") {
		t.Errorf("page keeps the old title")
	}
	if found, ok := w.Article(a.URL); !ok || found.Title != "更正后的标题" || !found.Updated.Equal(modelTime) {
		t.Errorf("Article(%s) = %+v, %t", a.URL, found, ok)
	}
	if err := w.Revise("https://qingshi.example/none", func(*emulator.SiteArticle) {}); err == nil {
		t.Error("revised an article that does not exist")
	}
}

func TestWeb_hostileArticleIsEscaped(t *testing.T) {
	t.Parallel()
	w, c := newWeb(t, 0)
	for _, site := range w.Sites() {
		a, err := w.PublishArticle(site.Key, emulator.SiteArticle{Title: `<script>alert("x")</script> & ]]>`, Body: []string{"a <b> & c ]]>"}})
		if err != nil {
			t.Fatal(err)
		}
		for _, url := range []string{site.Source, a.URL, "https://" + site.Host + "/"} {
			if resp, body := fetch(t, c, url); resp.StatusCode != 200 || strings.Contains(body, "<script>") {
				t.Errorf("%s: %s\n%s", url, resp.Status, body)
			}
		}
	}
}

func TestWeb_unknownPlaces(t *testing.T) {
	t.Parallel()
	w, c := newWeb(t, 0)
	for _, url := range []string{"https://nowhere.example/", "https://qingshi.example/feed.xml", "https://lantern-metals.example/img/../lantern.txt"} {
		if resp, _ := fetch(t, c, url); resp.StatusCode != 404 {
			t.Errorf("%s: %s", url, resp.Status)
		}
	}
	if resp, err := c.Post("https://qingshi.example/", "text/plain", nil); err != nil || resp.StatusCode != 405 {
		t.Errorf("POST: %v %v", resp, err)
	}
	if _, err := w.Publish("nowhere"); err == nil {
		t.Error("published on a site that does not exist")
	}
	if _, err := w.PublishSample("harbour", "none"); err == nil {
		t.Error("published a sample that does not exist")
	}
}

func TestWeb_faults(t *testing.T) {
	t.Parallel()
	const feed = "https://lantern-metals.example/feed.xml"
	for _, tt := range []struct {
		fault emulator.SiteFault
		check func(t *testing.T, resp *http.Response, body string)
	}{
		{emulator.SiteStatus(503, 90*time.Second), func(t *testing.T, resp *http.Response, _ string) {
			if resp.StatusCode != 503 || resp.Header.Get("Retry-After") != "90" {
				t.Errorf("%s, Retry-After %q", resp.Status, resp.Header.Get("Retry-After"))
			}
		}},
		{emulator.SiteHTML(), func(t *testing.T, resp *http.Response, body string) {
			if resp.StatusCode != 200 || !strings.HasPrefix(body, "<!doctype html>") {
				t.Errorf("%s %s", resp.Status, body)
			}
		}},
		{emulator.SiteHuge(10 << 20), func(t *testing.T, resp *http.Response, body string) {
			if len(body) != 10<<20 {
				t.Errorf("%d bytes", len(body))
			}
		}},
		{emulator.SiteEmpty(), func(t *testing.T, resp *http.Response, body string) {
			if resp.StatusCode != 200 || body != "" {
				t.Errorf("%s %q", resp.Status, body)
			}
		}},
		{emulator.SiteMislabelled("gb2312"), func(t *testing.T, resp *http.Response, body string) {
			if !strings.Contains(resp.Header.Get("Content-Type"), "gb2312") || !strings.Contains(body, `encoding="gb2312"`) || !utf8.ValidString(body) {
				t.Errorf("%s\n%.200s", resp.Header.Get("Content-Type"), body)
			}
		}},
		{emulator.SiteLatin(), func(t *testing.T, resp *http.Response, body string) {
			if !strings.Contains(resp.Header.Get("Content-Type"), "utf-8") || utf8.ValidString(body) {
				t.Errorf("valid UTF-8 after all")
			}
		}},
		{emulator.SiteRedirect("https://qingshi.example/atom.xml"), func(t *testing.T, resp *http.Response, body string) {
			if !strings.Contains(body, "青石有色观察") || resp.Request.URL.Host != "qingshi.example" {
				t.Errorf("did not lead to the other site")
			}
		}},
	} {
		t.Run(tt.fault.Name, func(t *testing.T) {
			t.Parallel()
			w, c := newWeb(t, 3)
			w.Break("lantern", tt.fault)
			resp, body := fetch(t, c, feed)
			tt.check(t, resp, body)
			w.Heal("lantern")
			if resp, body := fetch(t, c, feed); resp.StatusCode != 200 || !strings.Contains(body, "<rss") {
				t.Errorf("not healed: %s", resp.Status)
			}
		})
	}
}

func TestWeb_faultsOfTheConnection(t *testing.T) {
	t.Parallel()
	w, c := newWeb(t, 1)
	w.Break("harbour", emulator.SiteDown())
	if _, err := c.Get("https://harbour-metals.example/en/list"); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("down: %v", err)
	}
	w.Heal("harbour")
	w.Break("harbour", emulator.SiteReset(), "/en/newscontent/")
	if resp, _ := fetch(t, c, "https://harbour-metals.example/en/list"); resp.StatusCode != 200 {
		t.Errorf("the list page broke, too: %s", resp.Status)
	}
	if _, err := c.Get(w.Articles("harbour")[0].URL); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("reset: %v", err)
	}
	w.Heal("harbour")
	w.Break("harbour", emulator.SiteTruncated())
	resp, err := c.Get("https://harbour-metals.example/en/list")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.ReadAll(resp.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("truncated: %v", err)
	}
}

func TestWeb_slowSite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := emulator.NewWeb(emulator.WebOptions{Backlog: 1})
		c := &http.Client{Transport: emulator.Transport(w)}
		w.Break("qingshi", emulator.SiteSlow(time.Minute))
		began := time.Now()
		if resp, _ := fetch(t, c, "https://qingshi.example/atom.xml"); resp.StatusCode != 200 || time.Since(began) != time.Minute {
			t.Errorf("%s after %v", resp.Status, time.Since(began))
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://qingshi.example/atom.xml", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Do(req); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("given up: %v", err)
		}
		synctest.Wait()
	})
}
