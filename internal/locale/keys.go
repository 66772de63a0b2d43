package locale

// Key names a text of the catalogue.
type Key string

// Texts of posts, digests and lists of articles (package render).
const (
	// PostSeen stands for the time of an article that carries none of its own.
	PostSeen       Key = "post.seen"
	PostTranslated Key = "post.translated"
	PostUntitled   Key = "post.untitled"

	DigestTitle     Key = "digest.title"
	DigestUndated   Key = "digest.undated"
	DigestArticles  Key = "digest.articles"
	DigestPart      Key = "digest.part"
	DigestContinued Key = "digest.continued"
	DigestOther     Key = "digest.other"
	DigestMore      Key = "digest.more"
	DigestHint      Key = "digest.hint"

	// TopicLost tells the rest of a forum that one of its topics is gone.
	TopicLost        Key = "topic.lost"
	TopicLostUnnamed Key = "topic.lost_unnamed"

	LatestTitle   Key = "latest.title"
	LatestOfTag   Key = "latest.of_tag"
	LatestNone    Key = "latest.none"
	LatestNoneTag Key = "latest.none_of_tag"
)
