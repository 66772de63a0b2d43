package dispatch

import "tagwire/internal/tagwire"

// Match says what a subscriber gets of an article that carries its tag.
func Match(_ tagwire.Article, s tagwire.Subscriber) tagwire.Match {
	if s.Suspended != "" {
		return tagwire.Match{Dropped: s.Suspended}
	}
	return tagwire.Match{Instant: s.Mode.Instant(), Digest: s.Mode.Digest()}
}
