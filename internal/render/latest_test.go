package render_test

import (
	"fmt"
	"strings"
	"testing"

	"tagwire/internal/render"
	"tagwire/internal/tagwire"
)

func TestLatest_splitsALongAnswer(t *testing.T) {
	t.Parallel()
	r := render.New(tags())
	for name, title := range map[string]string{
		"short headlines": "Tin",
		"long headlines":  strings.Repeat("ore ", 60),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var articles []tagwire.Article
			for i := range 200 {
				articles = append(articles, tagwire.Article{
					ID: tagwire.ArticleID(i + 1), SourceName: "Wire", Published: utc("2020-07-28 00:00"),
					Title: fmt.Sprintf("No %d %s", i, title), URL: "https://example.com/?" + strings.Repeat("a", 700),
				})
			}
			messages := r.Latest(articles, "copper", chat("en"), utc("2020-07-28 01:00"))
			if len(messages) < 2 || len(messages) > 4 {
				t.Fatalf("%d messages", len(messages))
			}
			shown := 0
			for i, m := range messages {
				inert(t, m)
				shown += strings.Count(string(m.HTML), "\n• ")
				if head := strings.HasPrefix(m.HTML.Text(), "Latest on Copper · continued\n"); head != (i > 0) {
					t.Errorf("message %d begins %.40q", i+1, m.HTML.Text())
				}
			}
			if shown != 60 {
				t.Errorf("%d articles shown", shown)
			}
		})
	}
}

func TestLatest_isHeardOnlyInPrivate(t *testing.T) {
	t.Parallel()
	r := render.New(tags())
	for kind, silent := range map[tagwire.ChatType]bool{
		tagwire.Private: false, tagwire.Group: true, tagwire.Supergroup: true, tagwire.Channel: true,
	} {
		c := chat("en")
		c.Type = kind
		for _, articles := range [][]tagwire.Article{nil, news()} {
			if m := r.Latest(articles, "", c, utc("2020-07-28 01:00"))[0]; m.Silent != silent {
				t.Errorf("%s: silent %t", kind, m.Silent)
			}
		}
	}
}
