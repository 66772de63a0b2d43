package render

import (
	"time"

	"tagwire/internal/tagwire"
)

// Paginate cuts a digest into pages. Each article that carries a subscribed tag
// stands once, under the most telling of them, or is counted in that group's
// More; articles that carry none are left out. No articles, no pages. The slot
// is a local date, "2026-07-28"; anything may follow it.
func (r *Renderer) Paginate(articles []tagwire.Article, subscribed []tagwire.TagSlug, chat tagwire.Chat, slot string) []tagwire.DigestPage {
	return nil
}

// Digest renders a page. Articles that are no longer known are passed over; the
// HTML is empty when none of the page is left.
func (r *Renderer) Digest(p tagwire.DigestPage, articles map[tagwire.ArticleID]tagwire.Article) tagwire.Message {
	return tagwire.Message{}
}

// Latest is the answer to /latest: the articles as given, in one or a few
// messages; a line that says so when there are none. The tag is empty for all.
func (r *Renderer) Latest(articles []tagwire.Article, tag tagwire.TagSlug, chat tagwire.Chat, now time.Time) []tagwire.Message {
	return nil
}
