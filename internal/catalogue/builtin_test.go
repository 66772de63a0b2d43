package catalogue_test

import (
	"slices"
	"strings"
	"testing"

	"tagwire/internal/catalogue"
	"tagwire/internal/tagwire"
	"tagwire/internal/taxonomy"
)

// modelArticle is the page the tagging was designed on: filed under Copper, about
// the rare earth market, with three tags of the publisher's.
func modelArticle() tagwire.Article {
	return tagwire.Article{
		Title:         "Rare earth market ends the week on a firmer note",
		Categories:    []string{"Home", "Metal News", "Copper"},
		PublisherTags: []string{"Rare earths", "industrial development", "functional materials"},
		Summary:       "Sellers of praseodymium-neodymium oxide raised their offers on Friday, while makers of permanent magnets bought for stock.",
		Body: "Sellers of praseodymium-neodymium oxide raised their offers on Friday, while makers of permanent magnets bought for stock.\n" +
			"Dysprosium oxide was offered at a higher price, and terbium oxide followed. Prices of lanthanum and cerium were stable.\n" +
			"The functional materials park in the north has drawn eleven companies, among them a maker of hydrogen storage alloys and one of polishing powder. " +
			"Officials said that industrial development would go hand in hand with recycling and that copper and aluminium plants nearby would share the power line.\n" +
			"Electric vehicles and wind turbines remain the largest users of magnets. Analysts expect prices to hold through August, as export quotas stay tight.",
	}
}

func direct(matches []tagwire.TagMatch) []string {
	var out []string
	for _, m := range matches {
		if !m.Implied {
			out = append(out, string(m.Tag))
		}
	}
	slices.Sort(out)
	return out
}

func TestBuiltin_modelArticle(t *testing.T) {
	t.Parallel()
	matches := builtin(t).Match(modelArticle())
	want := []string{"functional-materials", "industrial-development", "rare-earths"}
	if got := direct(matches); !slices.Equal(got, want) {
		t.Errorf("direct tags %v, want %v:\n%+v", got, want, matches)
	}
	if matches[0].Tag != "rare-earths" {
		t.Errorf("strongest is %s", matches[0].Tag)
	}
	a := tagwire.Article{Tags: matches}
	if !a.Has("metals") || a.Has("copper") {
		t.Errorf("metals must be implied and copper absent: %+v", matches)
	}
}

func TestBuiltin_tree(t *testing.T) {
	t.Parallel()
	c, err := catalogue.Builtin(checkCron)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Tags) < 110 {
		t.Errorf("%d tags", len(c.Tags))
	}
	if n := len(c.Sources); n < 8 || n > 12 {
		t.Errorf("%d sources", n)
	}
	tax, err := taxonomy.New(c.Tags)
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range c.Tags {
		if tag.Name["en"] == "" || tag.Name["zh"] == "" {
			t.Errorf("%s has no name in both languages", tag.Slug)
		}
		// Whatever a person calls a tag leads to it, flags or not.
		for _, word := range []string{string(tag.Slug), "#" + strings.ReplaceAll(string(tag.Slug), "-", "_"), tag.Name["en"], tag.Name["zh"]} {
			if got, ok := tax.Lookup(word); !ok || got.Slug != tag.Slug {
				t.Errorf("%q of %s leads to %q", word, tag.Slug, got.Slug)
			}
		}
		depth := 0
		for p := tag.Parent; p != ""; depth++ {
			up, _ := tax.Tag(p)
			p = up.Parent
		}
		if depth > 4 {
			t.Errorf("%s is %d levels deep", tag.Slug, depth)
		}
	}
	if n := len(tax.Children("")); n > 8 {
		t.Errorf("%d roots do not fit a keyboard", n)
	}
}

// TestBuiltin_hiddenWords finds aliases that can never count: a decoy of the same
// tag covers them word for word.
func TestBuiltin_hiddenWords(t *testing.T) {
	t.Parallel()
	c, err := catalogue.Builtin(nil)
	if err != nil {
		t.Fatal(err)
	}
	tax := builtin(t)
	for _, tag := range c.Tags {
		for _, a := range tag.Aliases {
			if a.Not {
				continue
			}
			article := tagwire.Article{Title: a.Text}
			for _, need := range a.Needs {
				up, _ := tax.Tag(need)
				article.Categories = append(article.Categories, string(need), up.Name["en"])
			}
			found := slices.ContainsFunc(tax.Match(article), func(m tagwire.TagMatch) bool { return m.Tag == tag.Slug && !m.Implied })
			if !found {
				t.Errorf("%s: alias %q matches not even itself", tag.Slug, a.Text)
			}
		}
	}
}

func BenchmarkBuiltin_match3kB(b *testing.B) {
	tax, a := builtin(b), modelArticle()
	a.Body = strings.Repeat(a.Body+"\n本周稀土市场成交清淡，镨钕价格平稳，下游磁材企业按需采购。\n", 3)
	b.SetBytes(int64(len(a.Title) + len(a.Summary) + len(a.Body)))
	b.ReportAllocs()
	for b.Loop() {
		tax.Match(a)
	}
}
