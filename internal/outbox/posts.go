package outbox

import (
	"sync"

	"tagwire/internal/tagwire"
)

// mostPosts bounds the posts that are kept: those of the articles under way, in
// every language and zone they are read in.
const mostPosts = 256

// posts keeps the texts of articles: one goes to thousands of chats, and what a
// chat adds to it is its language and zone.
type posts struct {
	mu   sync.Mutex
	kept map[postKey]tagwire.Message
}

type postKey struct {
	article        tagwire.ArticleID
	language, zone string
}

// get is the post of an article as a chat reads it, made by render if it is not
// kept. Two may make the same one at a time; that costs less than to wait.
func (p *posts) get(article tagwire.ArticleID, chat tagwire.Chat, render func() (tagwire.Message, error)) (tagwire.Message, error) {
	key := postKey{article, chat.Language, chat.Zone}
	p.mu.Lock()
	m, ok := p.kept[key]
	p.mu.Unlock()
	if ok {
		return m, nil
	}
	m, err := render()
	if err != nil {
		return m, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kept == nil || len(p.kept) >= mostPosts {
		p.kept = map[postKey]tagwire.Message{}
	}
	p.kept[key] = m
	return m, nil
}
