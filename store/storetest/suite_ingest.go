package storetest

import (
	"errors"
	"fmt"
	"time"

	"tagwire/internal/tagwire"
)

func source(slug tagwire.SourceSlug, url string) tagwire.Source {
	return tagwire.Source{Slug: slug, Name: "The " + string(slug), URL: url}
}

func (b *bench) sync(sources ...tagwire.Source) {
	b.Helper()
	b.ok(b.SyncSources(background(), b.now, sources))
}

// poll records a poll of the only source.
func (b *bench) poll(wantFresh int, p tagwire.Poll) {
	b.Helper()
	p.Source, p.Next = b.state().ID, b.now.Add(time.Hour)
	fresh, err := b.RecordPoll(background(), b.now, p)
	if b.ok(err); fresh != wantFresh {
		b.Errorf("%d fresh articles, want %d", fresh, wantFresh)
	}
}

func (b *bench) state() tagwire.SourceState {
	b.Helper()
	states, err := b.Sources(background())
	if b.ok(err); len(states) != 1 {
		b.Fatalf("sources: %+v, want one", states)
	}
	return states[0]
}

func (b *bench) due(at time.Time, limit int) (slugs []tagwire.SourceSlug) {
	b.Helper()
	states, err := b.DueSources(background(), at, limit)
	b.ok(err)
	for _, s := range states {
		slugs = append(slugs, s.Slug)
	}
	return slugs
}

func sourceTests() []test {
	return []test{
		{"a new one is due at once", func(b *bench) {
			b.sync(source("mill", "u"))
			b.same("due", []tagwire.SourceSlug{"mill"}, b.due(b.now, 9))
			if b.state().Baselined {
				b.Error("it has a baseline before its first poll")
			}
		}},
		{"none is due before its time", func(b *bench) {
			b.sync(source("mill", "u"))
			b.poll(0, tagwire.Poll{})
			b.same("early", nil, b.due(b.after(time.Hour-time.Millisecond), 9))
			b.same("on time", []tagwire.SourceSlug{"mill"}, b.due(b.after(time.Hour), 9))
		}},
		{"the longest overdue comes first, and no more than asked for", func(b *bench) {
			for _, slugs := range [][]tagwire.SourceSlug{{"c"}, {"c", "a"}, {"c", "a", "b"}} {
				var list []tagwire.Source
				for _, slug := range slugs {
					list = append(list, source(slug, "u"))
				}
				b.sync(list...)
				b.now = b.now.Add(time.Minute)
			}
			b.same("due", []tagwire.SourceSlug{"c", "a", "b"}, b.due(b.now, 9))
			b.same("due, two", []tagwire.SourceSlug{"c", "a"}, b.due(b.now, 2))
		}},
		{"one that left the catalogue is not polled", func(b *bench) {
			b.sync(source("mill", "u"), source("mine", "v"))
			b.sync(source("mine", "v"))
			b.same("due", []tagwire.SourceSlug{"mine"}, b.due(b.after(1000*time.Hour), 9))
			b.state()
		}},
		{"one that comes back has not forgotten", func(b *bench) {
			b.sync(source("mill", "u"))
			b.poll(0, tagwire.Poll{ETag: "1", Entries: 4})
			before := b.state()
			b.sync()
			b.sync(source("mill", "u"))
			b.same("state", before, b.state())
		}},
		{"the same address keeps all", func(b *bench) {
			b.sync(source("mill", "u"))
			b.poll(0, tagwire.Poll{ETag: "1", LastModified: "then"})
			before := b.state()
			b.now = b.after(time.Minute)
			b.sync(tagwire.Source{Slug: "mill", Name: "Another name", URL: "u"})
			b.same("state", before, b.state())
		}},
		{"a new address is read afresh, now, as a baseline", func(b *bench) {
			b.sync(source("mill", "u"))
			b.poll(0, tagwire.Poll{ETag: "1", LastModified: "then"})
			b.poll(0, tagwire.Poll{Failed: "503"})
			b.now = b.after(time.Minute)
			b.sync(source("mill", "v"))
			s := b.state()
			if s.Baselined || s.ETag != "" || s.LastModified != "" || s.Fails != 0 || !s.NextPoll.Equal(b.now) {
				b.Errorf("%+v", s)
			}
		}},
		{"a failure counts and keeps what is known", func(b *bench) {
			b.sync(source("mill", "u"))
			b.poll(0, tagwire.Poll{ETag: "1", Entries: 3})
			want := b.state()
			b.now = b.after(time.Minute)
			b.poll(0, tagwire.Poll{Failed: "500"})
			b.poll(0, tagwire.Poll{Failed: "503"})
			want.Fails, want.LastError, want.NextPoll = 2, "503", b.now.Add(time.Hour)
			b.same("state", want, b.state())
		}},
		{"a success ends the failures", func(b *bench) {
			b.sync(source("mill", "u"))
			b.poll(0, tagwire.Poll{Failed: "503"})
			b.poll(0, tagwire.Poll{})
			if s := b.state(); s.Fails != 0 || s.LastError != "" || !s.LastOK.Equal(b.now) {
				b.Errorf("%+v", s)
			}
		}},
		{"an unchanged one keeps its marks", func(b *bench) {
			b.sync(source("mill", "u"))
			b.poll(0, tagwire.Poll{ETag: "1", LastModified: "then", Entries: 3})
			b.poll(0, tagwire.Poll{Failed: "503"})
			b.poll(0, tagwire.Poll{Unchanged: true})
			if s := b.state(); s.ETag != "1" || s.LastModified != "then" || s.Entries != 3 || s.Fails != 0 {
				b.Errorf("%+v", s)
			}
		}},
		{"a poll of no source at all is refused", func(b *bench) {
			_, err := b.RecordPoll(background(), b.now, tagwire.Poll{Source: 77, Articles: []tagwire.Article{Article("a")}})
			if !errors.Is(err, tagwire.ErrNotFound) {
				b.Errorf("error %v", err)
			}
		}},
		{"state survives a restart", func(b *bench) {
			b.sync(source("mill", "u"))
			b.poll(0, tagwire.Poll{ETag: "1", Entries: 3})
			before := b.state()
			b.restart()
			b.same("state", before, b.state())
		}},
	}
}

// baselined is a bench with a source whose news are posted.
func (b *bench) baselined() {
	b.Helper()
	b.sync(source("smelter", "u"))
	b.poll(0, tagwire.Poll{})
	b.source = b.state().ID
}

func keyed(keys ...string) tagwire.Article {
	a := Article(fmt.Sprint(keys), "copper")
	a.Keys = keys
	return a
}

func articleTests() []test {
	tests := []test{
		{"the first success is the baseline and posts nothing", func(b *bench) {
			b.sync(source("smelter", "u"))
			b.poll(0, tagwire.Poll{Failed: "503"})
			b.poll(0, tagwire.Poll{Articles: []tagwire.Article{Article("a"), Article("b")}})
			b.poll(1, tagwire.Poll{Articles: []tagwire.Article{Article("a"), Article("c")}})
		}},
		{"an unchanged first answer is no baseline", func(b *bench) {
			b.sync(source("smelter", "u"))
			b.poll(0, tagwire.Poll{Unchanged: true})
			b.poll(0, tagwire.Poll{Articles: []tagwire.Article{Article("a")}})
		}},
		{"a stale one is kept and not posted", func(b *bench) {
			b.baselined()
			stale := Article("a", "copper")
			stale.Stale = true
			b.poll(0, tagwire.Poll{Articles: []tagwire.Article{stale}})
			b.poll(0, tagwire.Poll{Articles: []tagwire.Article{Article("a", "copper")}})
			latest, err := b.Latest(background(), "copper", 9)
			if b.ok(err); len(latest) != 1 {
				b.Errorf("%d can be asked for", len(latest))
			}
		}},
		{"sources do not share keys", func(b *bench) {
			b.sync(source("mill", "u"), source("mine", "v"))
			states, err := b.Sources(background())
			b.ok(err)
			for range 2 {
				for _, s := range states {
					_, err := b.RecordPoll(background(), b.now, tagwire.Poll{Source: s.ID, Articles: []tagwire.Article{keyed("k")}})
					b.ok(err)
				}
			}
			latest, err := b.Latest(background(), "", 9)
			if b.ok(err); len(latest) != 2 {
				b.Errorf("%d articles, want one of each source", len(latest))
			}
		}},
		{"known keys are told, those learned later too", func(b *bench) {
			b.baselined()
			b.publish(keyed("id:7", "url:x"))
			b.poll(0, tagwire.Poll{Articles: []tagwire.Article{keyed("id:8", "url:x")}})
			known, err := b.KnownKeys(background(), b.source, []string{"id:7", "id:8", "id:9"})
			b.ok(err)
			b.same("known", map[string]bool{"id:7": true, "id:8": true}, known)
		}},
		{"no keys, none known", func(b *bench) {
			known, err := b.KnownKeys(background(), 1, nil)
			if b.ok(err); len(known) != 0 {
				b.Error(known)
			}
		}},
		{"a poll with an impossible article leaves nothing behind", func(b *bench) {
			b.baselined()
			before := b.state()
			_, err := b.RecordPoll(background(), b.now, tagwire.Poll{Source: b.source, ETag: "new", Articles: []tagwire.Article{Article("a"), {Keys: []string{"b"}}}})
			if err == nil {
				b.Fatal("an article without a title was stored")
			}
			b.same("state", before, b.state())
			b.poll(1, tagwire.Poll{Articles: []tagwire.Article{Article("a")}})
		}},
		{"come back as stored", func(b *bench) {
			b.baselined()
			a := tagwire.Article{
				Keys: []string{"k"}, URL: "https://smelter.example/1", Title: "稀土 prices", Summary: "S", Body: "B", Language: "zh",
				DateText: "Jul 28,2020 08:19CST", Published: time.Date(2020, 7, 28, 0, 19, 0, 0, time.UTC), Image: "https://smelter.example/1.jpg",
				PublisherTags: []string{"Rare earths", `"quoted"`}, Categories: []string{"Copper"}, Translated: true,
				Tags: []tagwire.TagMatch{{Tag: "rare-earths", Score: 30, Reason: `title: "稀土"`}, {Tag: "metals", Implied: true, Reason: "parent"}},
			}
			b.publish(a)
			latest, err := b.Latest(background(), "", 1)
			if b.ok(err); len(latest) != 1 {
				b.Fatal(latest)
			}
			want := a
			want.ID, want.Source, want.SourceName, want.FirstSeen = latest[0].ID, "smelter", "The smelter", b.now
			want.Keys, want.Body = nil, ""
			b.same("latest", want, latest[0])
			found, err := b.Articles(background(), []tagwire.ArticleID{want.ID, 999})
			b.ok(err)
			b.same("by id", map[tagwire.ArticleID]tagwire.Article{want.ID: want}, found)
		}},
		{"one without a date came out when first seen", func(b *bench) {
			undated := Article("a", "copper")
			undated.Published = time.Time{}
			b.publish(undated, Article("b", "copper")) // b came out an hour ago
			latest, err := b.Latest(background(), "copper", 9)
			if b.ok(err); len(latest) != 2 || latest[0].Title != "Title a" || !latest[0].Published.IsZero() {
				b.Errorf("%+v", latest)
			}
		}},
		{"the latest by date, not by arrival, as many as asked for", func(b *bench) {
			old := Article("old", "copper")
			old.Published = b.now.Add(-48 * time.Hour)
			b.publish(Article("a", "copper"), old, Article("b", "zinc"))
			for tag, want := range map[tagwire.TagSlug][]string{"": {"Title b", "Title a"}, "copper": {"Title a", "Title old"}, "zinc": {"Title b"}, "tin": nil} {
				latest, err := b.Latest(background(), tag, 2)
				b.ok(err)
				var titles []string
				for _, a := range latest {
					titles = append(titles, a.Title)
				}
				b.same(string(tag), want, titles)
			}
		}},
		{"tags are counted since an instant", func(b *bench) {
			old := Article("old", "copper")
			old.Published = b.now.Add(-48 * time.Hour)
			b.publish(Article("a", "copper", "zinc"), old)
			for since, want := range map[time.Duration]map[tagwire.TagSlug]int{-72 * time.Hour: {"copper": 2, "zinc": 1}, -time.Hour: {"copper": 1, "zinc": 1}, 0: nil} {
				counts, err := b.TagCounts(background(), b.now.Add(since))
				b.ok(err)
				b.same(since.String(), want, counts)
			}
		}},
	}
	// An article known by the keys id:7 and url:x comes once more.
	for name, tc := range map[string]struct {
		polls [][]string
		fresh int
	}{
		"the same keys":                       {[][]string{{"id:7", "url:x"}}, 0},
		"a new number, the same address":      {[][]string{{"id:8", "url:x"}}, 0},
		"a new address, the same number":      {[][]string{{"id:7", "url:y"}}, 0},
		"known only by what was learned once": {[][]string{{"id:8", "url:x"}, {"id:8", "url:y"}, {"url:y"}}, 0},
		"nothing in common":                   {[][]string{{"id:8", "url:y"}}, 1},
		"twice new in two polls":              {[][]string{{"id:8"}, {"id:8"}}, 1},
	} {
		tests = append(tests, test{"again with " + name, func(b *bench) {
			b.baselined()
			b.publish(keyed("id:7", "url:x"))
			fresh := 0
			for _, keys := range tc.polls {
				n, err := b.RecordPoll(background(), b.now, tagwire.Poll{Source: b.source, Articles: []tagwire.Article{keyed(keys...)}})
				b.ok(err)
				fresh += n
			}
			if fresh != tc.fresh {
				b.Errorf("%d fresh, want %d", fresh, tc.fresh)
			}
		}})
	}
	return append(tests, test{"twice in one poll is one", func(b *bench) {
		b.baselined()
		b.poll(1, tagwire.Poll{Articles: []tagwire.Article{keyed("k"), keyed("k")}})
	}})
}
