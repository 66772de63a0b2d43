package taxonomy_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tagwire/internal/tagwire"
	"tagwire/internal/taxonomy"
)

func name(en, zh string) map[string]string { return map[string]string{"en": en, "zh": zh} }

func words(texts ...string) (out []tagwire.Alias) {
	for _, t := range texts {
		out = append(out, tagwire.Alias{Text: t})
	}
	return out
}

func not(texts ...string) (out []tagwire.Alias) {
	for _, t := range texts {
		out = append(out, tagwire.Alias{Text: t, Not: true})
	}
	return out
}

// smallTags is a tree that shows each flag once.
func smallTags() []tagwire.Tag {
	return []tagwire.Tag{
		{Slug: "metals", Name: name("Metals", "金属"), Aliases: not("heavy metal band")},
		{Slug: "rare-earths", Name: name("Rare earths", "稀土"), Parent: "metals", Aliases: append(not("稀土掘金"), tagwire.Alias{Text: "REE", Exact: true})},
		{Slug: "neodymium", Name: name("Neodymium", "钕"), Parent: "rare-earths", Aliases: []tagwire.Alias{{Text: "Nd", Exact: true, Needs: []tagwire.TagSlug{"rare-earths"}}}},
		{Slug: "copper", Name: name("Copper", "铜"), Parent: "metals", Aliases: append(not("copper-bottomed", "铜锣湾"), words("copper cathode")...)},
		{Slug: "lead", Name: name("Lead", "铅"), Parent: "metals", Aliases: append(not("lead", "铅笔"), words("lead price")...)},
		{Slug: "iron-ore", Name: name("Iron ore", "铁矿石"), Parent: "metals"},
		{Slug: "iron", Name: name("Iron", "铁"), Parent: "metals"},
		{Slug: "magnets", Name: name("Magnets", "磁铁"), Aliases: []tagwire.Alias{{Text: "magnet", Needs: []tagwire.TagSlug{"metals"}}}},
		{Slug: "batteries", Name: name("Batteries", "电池")},
		{Slug: "mergers", Name: name("Mergers", "并购"), Aliases: words("M&A")},
		{Slug: "ev", Name: name("Electric vehicles", "电动车"), Aliases: []tagwire.Alias{{Text: "EV", Exact: true}}},
		{Slug: "misc", Name: name("Miscellany", "杂项"), Aliases: words("glass", "tax", "gas")},
		{Slug: "oxide", Name: name("Neodymium oxide", "Nd2O3"), Parent: "rare-earths"},
	}
}

func small(tb testing.TB) *taxonomy.Taxonomy {
	tb.Helper()
	t, err := taxonomy.New(smallTags())
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// show writes matches as "slug slug +implied".
func show(matches []tagwire.TagMatch) string {
	var out []string
	for _, m := range matches {
		s := string(m.Tag)
		if m.Implied {
			s = "+" + s
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestMatch_words(t *testing.T) {
	t.Parallel()
	tax := small(t)
	for _, c := range []struct{ title, want string }{
		{"Copper rises", "copper +metals"},
		{"COPPER rises", "copper +metals"},
		{"Ｃｏｐｐｅｒ rises", "copper +metals"},
		{"Coppersmith retires", ""},
		{"copper.com is for sale", ""},
		{"China's copper: what next?", "copper +metals"},
		{"Copper's fall", "copper +metals"},
		{"Prices fell.Copper too", "copper +metals"},
		{"Rare earth demand", "rare-earths +metals"},
		{"rare-earth demand", "rare-earths +metals"},
		{"rare_earths, again", "rare-earths +metals"},
		{"rare/earths, again", "rare-earths +metals"},
		{"rare\u00a0earths, again", "rare-earths +metals"},
		{"rare\u2011earth, again", "rare-earths +metals"},
		{"rare\u00adearth", ""},
		{"rare - earth", ""},
		{"rare. Earth", ""},
		{"rare, earth", ""},
		{"rare\nearth", "rare-earths +metals"},
		{"rare\n\nearth", ""},
		{"rares earth", ""},
		{"Glasses", "misc"},
		{"Glass", "misc"},
		{"Taxes", "misc"},
		{"Gas", "misc"},
		{"GA", ""},
		{"Battery and batteries", "batteries"},
		{"Merger or M&A", "mergers"},
		{"Iron ore stocks", "iron-ore +metals"},
		{"Iron and ore", "iron +metals"},
		{"Iron ore and iron", "iron-ore iron +metals"},
		{"EVs gain", "ev"},
		{"ev evs Ev", ""},
		{"REE and copper", "rare-earths copper +metals"},
		{"ree and copper", "copper +metals"},
		{"Nd₂O₃ offers", "oxide +rare-earths +metals"},
		{"Nd is in New Delhi", ""},
		{"Rare earths: Nd up", "rare-earths neodymium +metals"},
		{"ND and rare earths", "rare-earths +metals"},
		{"Magnet school opens", ""},
		{"Copper magnet opens", "copper magnets +metals"},
		{"Copper-bottomed plan", ""},
		{"Copper-bottomed copper", "copper +metals"},
		{"They lead; we follow", ""},
		{"Lead price falls", "lead +metals"},
		{"heavy metal band of copper", "copper +metals"},
		{"沪铜上涨", "copper +metals"},
		{"LME铜上涨", "copper +metals"},
		{"铜锣湾开店", ""},
		{"铜锣湾的铜", "copper +metals"},
		{"稀土产业链", "rare-earths +metals"},
		{"稀 土 产业", "rare-earths +metals"},
		{"稀土掘金社区", ""},
		{"铅笔", ""},
		{"铅价", "lead +metals"},
		{"铁矿石和铁", "iron-ore iron +metals"},
		{"🔥copper🔥", "copper +metals"},
		{"", ""},
		{"\xff\xfecopper\xff", "copper +metals"},
	} {
		t.Run(c.title, func(t *testing.T) {
			t.Parallel()
			if got := show(tax.Match(tagwire.Article{Title: c.title})); got != c.want {
				t.Errorf("%q: got %q, want %q", c.title, got, c.want)
			}
		})
	}
}

func TestMatch_places(t *testing.T) {
	t.Parallel()
	tax := small(t)
	for _, c := range []struct {
		name string
		a    tagwire.Article
		want string
	}{
		{"breadcrumb alone", tagwire.Article{Title: "News", Categories: []string{"Copper"}}, ""},
		{"breadcrumb is context for needs", tagwire.Article{Title: "New magnet plant", Categories: []string{"Copper"}}, "magnets"},
		{"publisher's tag alone", tagwire.Article{Title: "News", PublisherTags: []string{"Copper"}}, "copper +metals"},
		{"publisher's tag that is a marked name", tagwire.Article{Title: "News", PublisherTags: []string{"Lead"}}, "lead +metals"},
		{"publisher's tag that only begins with it", tagwire.Article{Title: "News", PublisherTags: []string{"Lead story"}}, ""},
		{"title before tags before lead", tagwire.Article{Title: "Copper", PublisherTags: []string{"Rare earths"}, Summary: "iron, and iron"}, "copper rare-earths iron +metals"},
		{"lead alone", tagwire.Article{Title: "News", Summary: "Copper fell."}, "copper +metals"},
		{"lead beside a title", tagwire.Article{Title: "Copper", Summary: "Iron fell."}, "copper +metals"},
		{"lead below a title", tagwire.Article{Title: "Metals", Summary: "Copper fell."}, "metals copper"},
		{"lead in another tree than the title", tagwire.Article{Title: "Copper", Summary: "Batteries use it."}, "copper batteries +metals"},
		{"lead beside a publisher's tag", tagwire.Article{Title: "News", PublisherTags: []string{"Copper"}, Summary: "Batteries use it."}, "copper +metals"},
		{"one word in the body", tagwire.Article{Title: "News", Summary: "None.", Body: "Copper."}, ""},
		{"many words in the body", tagwire.Article{Title: "News", Summary: "None.", Body: "Copper. Copper. Copper. Copper."}, "copper +metals"},
		{"many words in the body beside a title", tagwire.Article{Title: "Iron", Summary: "None.", Body: strings.Repeat("Copper. ", 50)}, "iron +metals"},
		{"body begins with the lead", tagwire.Article{Title: "Iron", Summary: "Copper fell…", Body: "Copper fell. Copper, copper, copper."}, "iron +metals"},
		{"no summary", tagwire.Article{Title: "News", Body: "Copper fell.\nIron did not."}, "copper +metals"},
		{"parent in passing beside its child", tagwire.Article{Title: "Copper", Summary: "Metals and metals."}, "copper +metals"},
		{"parent in the title beside its child", tagwire.Article{Title: "Metals and copper"}, "metals copper"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := show(tax.Match(c.a)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestMatch_reasons(t *testing.T) {
	t.Parallel()
	got := small(t).Match(tagwire.Article{
		Title: "The Rare-Earth  market", PublisherTags: []string{"Rare earths"},
		Summary: "稀土 is its name.", Body: "Rare earths, rare earths.",
	})
	want := []tagwire.TagMatch{
		{Tag: "rare-earths", Reason: `title: "Rare-Earth"; publisher tag: "Rare earths"; lead: "稀土"; body: "Rare earths" ×2`, Score: 24},
		{Tag: "metals", Implied: true, Reason: "parent of rare-earths", Score: 24},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("Copper and rare earths", "rare-earth", "稀土 lead", "Nd magnet")
	f.Add("\xff\u0301", "🔥", "ﷺ", "a\u200db")
	tax := small(f)
	f.Fuzz(func(t *testing.T, title, tag, summary, body string) {
		matches := tax.Match(tagwire.Article{Title: title, PublisherTags: []string{tag}, Categories: []string{tag}, Summary: summary, Body: body})
		seen := map[tagwire.TagSlug]bool{}
		implied := false
		for _, m := range matches {
			if seen[m.Tag] {
				t.Errorf("%s is there twice", m.Tag)
			}
			seen[m.Tag] = true
			if implied && !m.Implied {
				t.Error("a direct match behind an implied one")
			}
			implied = m.Implied
			if m.Reason == "" || len(m.Reason) > 1000 {
				t.Errorf("reason of %d bytes", len(m.Reason))
			}
		}
		for _, m := range matches {
			if tag, ok := tax.Tag(m.Tag); !ok || tag.Parent != "" && !seen[tag.Parent] {
				t.Errorf("%s without its parent", m.Tag)
			}
		}
	})
}
