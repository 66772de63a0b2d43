package render

import "tagwire/internal/tagwire"

// Article is the post of one article: headline with link, source and local time,
// summary, hashtags.
func (r *Renderer) Article(a tagwire.Article, chat tagwire.Chat) tagwire.Message {
	return tagwire.Message{HTML: Bold(Link(a.URL, a.Title))}
}
