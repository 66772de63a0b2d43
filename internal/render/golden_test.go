package render_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tagwire/internal/render"
	"tagwire/internal/render/rendertest"
	"tagwire/internal/tagwire"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden holds messages to a file. Each is checked as Telegram would read it.
func golden(t *testing.T, name string, messages ...tagwire.Message) {
	t.Helper()
	var b strings.Builder
	for i, m := range messages {
		p, err := rendertest.Check(string(m.HTML))
		if err != nil {
			t.Errorf("message %d: %v\n%s", i+1, err, m.HTML)
		}
		if units, entities := render.Measure(m.HTML); units != p.Units || entities != len(p.Entities) {
			t.Errorf("message %d measures %d units, %d entities; is %d, %d", i+1, units, entities, p.Units, len(p.Entities))
		}
		fmt.Fprintf(&b, "-- message %d, preview %q, silent %t --\n%s\n", i+1, m.Preview, m.Silent, m.HTML)
	}
	path := filepath.Join("testdata", name+".golden")
	got := strings.ReplaceAll(b.String(), string(tagwire.Joiner), "⁀")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got, go test -update to accept):\n%s", path, diff)
	}
}

func tags() []tagwire.Tag {
	return []tagwire.Tag{
		{Slug: "metals", Name: map[string]string{"en": "Metals", "zh": "金属"}},
		{Slug: "copper", Parent: "metals", Name: map[string]string{"en": "Copper", "zh": "铜"}},
		{Slug: "rare-earths", Parent: "metals", Name: map[string]string{"en": "Rare earths", "zh": "稀土"}},
		{Slug: "neodymium", Parent: "rare-earths", Name: map[string]string{"en": "Neodymium", "zh": "钕"}},
		{Slug: "functional-materials", Name: map[string]string{"en": "Functional materials", "zh": "功能材料"}},
		{Slug: "industrial-development", Name: map[string]string{"en": "Industrial development", "zh": "产业发展"}},
		{Slug: "trade", Name: map[string]string{"en": "Trade & tariffs", "zh": "贸易/关税"}},
	}
}

func utc(s string) time.Time {
	at, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return at
}

func matches(slugs ...tagwire.TagSlug) (out []tagwire.TagMatch) {
	for _, s := range slugs {
		name, implied := strings.CutPrefix(string(s), "^")
		out = append(out, tagwire.TagMatch{Tag: tagwire.TagSlug(name), Implied: implied})
	}
	return out
}

// news is a day of it, as a Tuesday morning's digest sees it.
func news() []tagwire.Article {
	return []tagwire.Article{
		{
			ID: 1, SourceName: "Metal News", URL: "https://news.example.com/content/1001?from=list&lang=en",
			Title:     "Baotou opens a test line for sintered magnets with less dysprosium",
			Summary:   "A works in Baotou has started a line that makes sintered neodymium magnets with a third less dysprosium. The first 40 t go to makers of servo motors. Full output is planned for the spring of next year, the company said, provided that the supply of separated oxides holds and that the new power line is ready in time.",
			Published: utc("2020-07-28 00:19"), FirstSeen: utc("2020-07-28 00:21"), Translated: true,
			Tags: matches("rare-earths", "functional-materials", "industrial-development", "^metals"),
		},
		{
			ID: 2, SourceName: "Harbour Wire", URL: "https://harbour.example.org/a/2",
			Title:     "Copper stocks in bonded sheds fall for a sixth week",
			Published: utc("2020-07-27 06:05"), FirstSeen: utc("2020-07-27 06:10"),
			Tags: matches("copper", "^metals"),
		},
		{
			ID: 3, SourceName: "Harbour Wire", URL: "https://harbour.example.org/a/3",
			Title:     `Port "A&B" <halts> loading; see /stop @everyone evil.com`,
			Summary:   "Ask /start@otherbot or @someone at https://evil.com/x, #spam, $LYC.",
			FirstSeen: utc("2020-07-27 22:40"),
			Tags:      matches("trade", "copper", "^metals"),
		},
		{
			ID: 4, SourceName: "稀土观察", URL: "https://例子.example/新闻/4",
			Title:     "氧化钕报价连涨三周，磁材厂称订单排到九月",
			Summary:   "据多家贸易商介绍，氧化钕上周报价每吨上调六千元，为连续第三周上涨。下游磁材企业表示，伺服电机与风电订单已排到九月，短期内看不到回落的理由。也有分析人士提醒，若八月新增配额落地，现货紧张局面或将缓解，届时报价可能回到六月水平。冶炼厂方面则称，检修将持续到月底，之后开工率才会逐步恢复正常，市场成交预计仍以长单为主。",
			Published: utc("2020-07-20 03:00"), FirstSeen: utc("2020-07-28 00:00"),
			Tags: matches("neodymium", "^rare-earths", "^metals"),
		},
		{
			ID: 5, SourceName: "Old Archive", URL: "ftp://old.example/5", Title: "  ",
			Published: utc("2019-03-01 12:00"), FirstSeen: utc("2020-07-27 23:00"),
			Tags: matches("^metals"),
		},
	}
}

func chat(language string) tagwire.Chat {
	return tagwire.Chat{ID: -100, Type: tagwire.Supergroup, Language: language, Zone: "Asia/Shanghai"}
}

func byID(articles []tagwire.Article) map[tagwire.ArticleID]tagwire.Article {
	m := map[tagwire.ArticleID]tagwire.Article{}
	for _, a := range articles {
		m[a.ID] = a
	}
	return m
}

func digest(r *render.Renderer, articles []tagwire.Article, pages []tagwire.DigestPage) (out []tagwire.Message) {
	for _, p := range pages {
		out = append(out, r.Digest(p, byID(articles)))
	}
	return out
}

func TestGolden(t *testing.T) {
	t.Parallel()
	r := render.New(tags())
	subscribed := []tagwire.TagSlug{"rare-earths", "copper", "trade", "metals"}
	var many []tagwire.Article
	for i := range 30 {
		a := news()[i%2]
		a.ID = tagwire.ArticleID(i + 1)
		a.Title = fmt.Sprintf("%s, part %d of a long series that fills the lines of a telephone", a.Title, i+1)
		a.Published = a.Published.Add(-time.Duration(i) * 37 * time.Minute)
		a.Tags = matches([]tagwire.TagSlug{"copper", "rare-earths", "trade", "neodymium"}[i%4])
		many = append(many, a)
	}
	for _, language := range []string{"en", "zh"} {
		c := chat(language)
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			var posts []tagwire.Message
			for _, a := range news() {
				posts = append(posts, r.Article(a, c))
			}
			golden(t, "articles."+language, posts...)
			golden(t, "digest."+language, digest(r, news(), r.Paginate(news(), subscribed, c, "2020-07-28"))...)
			golden(t, "digest-long."+language, digest(r, many, r.Paginate(many, append(subscribed, "neodymium"), c, "2020-07-28"))...)
			golden(t, "digest-now."+language, digest(r, news(), r.Paginate(news()[:2], subscribed, c, "now-17"))...)
			golden(t, "latest."+language, r.Latest(news(), "", c, utc("2020-07-28 02:00"))...)
			golden(t, "latest-tag."+language, r.Latest(news()[:1], "rare-earths", c, utc("2020-07-28 02:00"))...)
			none := append(r.Latest(nil, "", c, utc("2020-07-28 02:00")), r.Latest(nil, "trade", c, utc("2020-07-28 02:00"))...)
			golden(t, "latest-none."+language, none...)
		})
	}
}
