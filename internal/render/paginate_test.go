package render_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tagwire/internal/render"
	"tagwire/internal/render/rendertest"
	"tagwire/internal/tagwire"
)

// drawArticles makes up a digest's worth of news under some of the tags: few or
// many articles, headlines, addresses and sources from tiny to huge. The sizes
// are drawn; the mass comes from a seed, or runs would be slow and mostly small.
func drawArticles(t *rapid.T, slugs []tagwire.TagSlug) []tagwire.Article {
	count := rapid.SampledFrom([]int{150, 70, 30, 9, 2, 1, 0}).Draw(t, "articles")
	words := rapid.SampledFrom([]string{"ore ", "😀&<.a ", "稀土", "\"/x@y", "e\u0301", "a"}).Draw(t, "words")
	longest := rapid.SampledFrom([]int{300, 30, 1}).Draw(t, "longest headline")
	address := rapid.SampledFrom([]int{320, 20, 400}).Draw(t, "longest address")
	implied := rapid.SampledFrom([]int{0, 2, 9}).Draw(t, "implied in 10")
	seed := rapid.Uint64().Draw(t, "seed")
	rnd := rand.New(rand.NewPCG(seed, 1))
	base := utc("2020-07-28 00:30")
	var out []tagwire.Article
	for i := range count {
		a := tagwire.Article{
			ID:         tagwire.ArticleID(i + 1),
			SourceName: strings.Repeat("Wire ", rnd.IntN(20)),
			URL:        "https://example.com/?" + strings.Repeat("&a", address-rnd.IntN(20)),
			Title:      strings.Repeat(words, longest-rnd.IntN(longest)),
			FirstSeen:  base.Add(-time.Duration(rnd.IntN(3000)) * time.Minute),
			Translated: rnd.IntN(2) == 0,
		}
		if rnd.IntN(2) == 0 {
			a.Published = a.FirstSeen.Add(-time.Minute)
		}
		for _, k := range rnd.Perm(len(slugs))[:min(len(slugs), rnd.IntN(4))] {
			a.Tags = append(a.Tags, tagwire.TagMatch{Tag: slugs[k], Implied: rnd.IntN(10) < implied})
		}
		out = append(out, a)
	}
	return out
}

func TestPaginate_everyArticleOnceAndEveryPageFits(t *testing.T) {
	t.Parallel()
	var catalogue []tagwire.Tag
	var slugs []tagwire.TagSlug
	for i := range 90 {
		tag := tagwire.Tag{
			Slug: tagwire.TagSlug(fmt.Sprintf("tag-%d", i)),
			Name: map[string]string{"en": fmt.Sprintf("Tag number %d & co", i), "zh": strings.Repeat("稀", i)},
		}
		if i > 10 {
			tag.Parent = slugs[i%10]
		}
		catalogue, slugs = append(catalogue, tag), append(slugs, tag.Slug)
	}
	r := render.New(catalogue)
	rapid.Check(t, func(t *rapid.T) {
		some := slugs[:rapid.SampledFrom([]int{len(slugs), 20, 3, 1}).Draw(t, "tags")]
		articles := drawArticles(t, some)
		subscribed := some
		if rapid.Bool().Draw(t, "choosy") {
			subscribed = rapid.SliceOfDistinct(rapid.SampledFrom(some), rapid.ID).Draw(t, "subscribed")
		}
		c := chat(rapid.SampledFrom([]string{"en", "zh"}).Draw(t, "language"))
		pages := r.Paginate(articles, subscribed, c, "2020-07-28")

		known := byID(articles)
		wanted := 0
		for _, a := range articles {
			if slices.ContainsFunc(subscribed, a.Has) {
				wanted++
			}
		}
		seen := map[tagwire.ArticleID]bool{}
		more, heads := 0, map[tagwire.TagSlug]bool{}
		shownOf, countOf := map[tagwire.TagSlug]int{}, map[tagwire.TagSlug]int{}
		for i, p := range pages {
			if p.Part != i+1 || p.Parts != len(pages) || p.Total != wanted || p.Hint != (i == len(pages)-1) {
				t.Fatalf("page %d says part %d of %d, %d in all, hint %t; want %d articles", i+1, p.Part, p.Parts, p.Total, p.Hint, wanted)
			}
			m := r.Digest(p, known)
			parsed, err := rendertest.Check(string(m.HTML))
			if err != nil {
				t.Fatalf("page %d: %v", i+1, err)
			}
			if len(parsed.Text) == 0 || m.Silent || m.Preview != "" {
				t.Fatalf("page %d: %+v", i+1, m)
			}
			for _, g := range p.Groups {
				more += g.More
				if g.Tag == "" {
					continue
				}
				if g.Continued != heads[g.Tag] {
					t.Fatalf("page %d: heading of %s says continued: %t", i+1, g.Tag, g.Continued)
				}
				heads[g.Tag] = true
				shownOf[g.Tag] += len(g.Articles) + g.More
				countOf[g.Tag] = g.Count
				for k, id := range g.Articles {
					if seen[id] {
						t.Fatalf("article %d stands twice", id)
					}
					seen[id] = true
					if a := known[id]; !a.Has(g.Tag) || !slices.Contains(subscribed, g.Tag) {
						t.Fatalf("article %d stands under %s", id, g.Tag)
					}
					if k > 0 && known[g.Articles[k-1]].At().Before(known[id].At()) {
						t.Fatalf("article %d stands below an older one", id)
					}
				}
			}
		}
		if len(seen)+more != wanted {
			t.Fatalf("%d shown and %d more are not %d", len(seen), more, wanted)
		}
		if diff := cmp.Diff(countOf, shownOf); diff != "" {
			t.Fatalf("counts of groups (-said +found):\n%s", diff)
		}
		if len(pages) > 4 || len(seen) > 60 || wanted > 0 && len(seen) == 0 {
			t.Fatalf("%d pages with %d of %d articles", len(pages), len(seen), wanted)
		}
		shuffled := rapid.Permutation(articles).Draw(t, "order")
		if diff := cmp.Diff(pages, r.Paginate(shuffled, subscribed, c, "2020-07-28")); diff != "" {
			t.Fatalf("another order of arrival gives other pages:\n%s", diff)
		}
	})
}

func TestPaginate_headings(t *testing.T) {
	t.Parallel()
	r := render.New(tags())
	for name, tt := range map[string]struct {
		tags       []tagwire.TagMatch
		subscribed []tagwire.TagSlug
		want       tagwire.TagSlug // empty: the article is left out
	}{
		"strongest own tag":                {matches("trade", "copper"), []tagwire.TagSlug{"copper", "trade"}, "trade"},
		"own tag before implied":           {matches("neodymium", "copper", "^rare-earths"), []tagwire.TagSlug{"rare-earths", "copper"}, "copper"},
		"most special of the implied":      {matches("neodymium", "^metals", "^rare-earths"), []tagwire.TagSlug{"metals", "rare-earths"}, "rare-earths"},
		"none subscribed":                  {matches("copper"), []tagwire.TagSlug{"trade"}, ""},
		"nothing subscribed":               {matches("copper"), nil, ""},
		"a tag that left the catalogue":    {matches("tin", "^metals"), []tagwire.TagSlug{"tin"}, "tin"},
		"equally special: catalogue order": {matches("^rare-earths", "^copper"), []tagwire.TagSlug{"rare-earths", "copper"}, "copper"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := tagwire.Article{ID: 1, FirstSeen: utc("2020-07-28 00:00"), Tags: tt.tags}
			got := tagwire.TagSlug("")
			if pages := r.Paginate([]tagwire.Article{a}, tt.subscribed, chat("en"), "2020-07-28"); pages != nil {
				got = pages[0].Groups[0].Tag
			}
			if got != tt.want {
				t.Errorf("stands under %q, want %q", got, tt.want)
			}
		})
	}
}

func TestPaginate_boundsOfABusyDay(t *testing.T) {
	t.Parallel()
	r := render.New(tags())
	var articles []tagwire.Article
	for i := range 20 {
		articles = append(articles, tagwire.Article{
			ID: tagwire.ArticleID(i + 1), Title: "Copper", FirstSeen: utc("2020-07-28 00:00"), Tags: matches("copper"),
		})
	}
	c := chat("en")
	c.Type = tagwire.Channel
	want := []tagwire.DigestPage{{
		Slot: "2020-07-28", Part: 1, Parts: 1, Total: 20, Language: "en", Zone: "Asia/Shanghai",
		Groups: []tagwire.DigestGroup{{
			Tag: "copper", Count: 20, Articles: []tagwire.ArticleID{20, 19, 18, 17, 16, 15, 14, 13}, More: 12,
		}},
	}}
	twice := append(articles, articles...)
	got := r.Paginate(twice, []tagwire.TagSlug{"copper", "copper"}, c, "2020-07-28")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
}

func TestDigest_ofArticlesThatAreGone(t *testing.T) {
	t.Parallel()
	r := render.New(tags())
	pages := r.Paginate(news(), []tagwire.TagSlug{"copper"}, chat("en"), "2020-07-28")
	if m := r.Digest(pages[0], nil); m.HTML != "" {
		t.Errorf("a page of nothing says %q", m.HTML)
	}
}

func TestDigest_ofOtherTagsAlone(t *testing.T) {
	t.Parallel()
	p := tagwire.DigestPage{
		Slot: "2020-07-28", Part: 2, Parts: 2, Total: 70, Language: "en", Zone: "Asia/Shanghai",
		Groups: []tagwire.DigestGroup{{Count: 10, More: 10}},
	}
	want := tagwire.HTML("🗞 <b>News digest, Tue 28 Jul</b>\n70 articles · part 2 of 2\n\n<b>Other tags</b> · 10")
	if m := render.New(tags()).Digest(p, nil); m.HTML != want {
		t.Errorf("got %q, want %q", m.HTML, want)
	}
}
