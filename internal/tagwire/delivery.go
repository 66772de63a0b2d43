package tagwire

import "time"

// DeliveryID numbers deliveries in the order they were queued.
type DeliveryID int64

// Class orders deliveries: a lower class goes first.
type Class int

// The classes of delivery.
const (
	ClassReply   Class = 0
	ClassInstant Class = 1
	ClassDigest  Class = 2
)

// Kind says what a delivery carries.
type Kind string

// The kinds of delivery.
const (
	KindArticle Kind = "article" // one article, rendered when it is sent
	KindDigest  Kind = "digest"  // one message of a digest, its articles frozen
	KindMessage Kind = "message" // a finished text
)

// Delivery is one Bot API call to be made: a row of the outbox.
type Delivery struct {
	ID      DeliveryID
	Dest    Dest
	Class   Class
	Kind    Kind
	Article ArticleID   // KindArticle
	Page    *DigestPage // KindDigest
	Message *Message    // KindMessage
	// Attempts counts refusals that may have been of the moment and edits without
	// an answer, Ambiguous calls and crashes after which Telegram may have posted
	// the message all the same. What never left counts for neither.
	Attempts  int
	Ambiguous int
	Plain     bool // send without markup: Telegram refused it once
	// Pace is when the chat could take its next broadcast, as its lane had it
	// when the delivery was claimed.
	Pace time.Time
}

// DigestPage is one message of a digest with its articles frozen, so that
// rendering it again gives the same text.
type DigestPage struct {
	Slot     string        `json:"slot"` // local date, "2026-07-28"
	Part     int           `json:"part"` // from 1
	Parts    int           `json:"parts"`
	Total    int           `json:"total"` // articles in the whole digest
	Language string        `json:"language"`
	Zone     string        `json:"zone"`
	Groups   []DigestGroup `json:"groups"`
	// Hint closes the page with how to change what comes and when.
	Hint bool `json:"hint,omitempty"`
}

// DigestGroup is a tag's articles within one page, newest first. A group without
// a tag counts, at the end of a long digest, what came under all other tags.
type DigestGroup struct {
	Tag       TagSlug     `json:"tag"`
	Count     int         `json:"count"`               // of the tag in the whole digest
	Continued bool        `json:"continued,omitempty"` // began on an earlier page
	Articles  []ArticleID `json:"articles"`
	More      int         `json:"more,omitempty"` // left out
}

// IDs are the articles of the page in order.
func (p DigestPage) IDs() []ArticleID {
	var ids []ArticleID
	for _, g := range p.Groups {
		ids = append(ids, g.Articles...)
	}
	return ids
}

// State is where a delivery stands: queued ▶ leased ▶ sent, or back to queued,
// or dead (could not be delivered) or dropped (was not to be delivered).
type State string

// The states of a delivery.
const (
	Queued  State = "queued"
	Leased  State = "leased"
	Sent    State = "sent"
	Dead    State = "dead"
	Dropped State = "dropped"
)

// Reasons of a death that Telegram did not give.
const (
	ReasonUnknownOutcome = "unknown outcome"
	ReasonRestored       = "restored from a backup"
)

// DeadDelivery is a delivery that could not be made, as operators see it.
type DeadDelivery struct {
	ID       DeliveryID
	Dest     Dest
	Chat     string // its title, empty where it is not known
	Kind     Kind
	Headline string // of a KindArticle
	Reason   string
	At       time.Time
}

// Settlement is what becomes of a leased delivery after its call.
type Settlement struct {
	Delivery  DeliveryID
	Chat      ChatID
	State     State // Sent, Queued, Dead or Dropped
	MessageID int   // when sent
	Reason    string
	Attempt   bool // counts among the Attempts
	Ambiguous bool // Telegram may have posted it
	Plain     bool // try again without markup
	// PostAfter and ReplyAfter hold the chat's lane: no broadcast, no reply
	// before.
	PostAfter, ReplyAfter time.Time
	// HoldAll is set when the whole bot is to wait: nothing is claimed before.
	HoldAll time.Time
	// SuspendChat or SuspendThread stops all posts to the chat or the topic, for
	// the reason given here; what is queued there is dropped.
	SuspendChat   string
	SuspendThread string
	// Notice is queued for the chat's General topic, to tell of a suspended one.
	Notice *Message
	// MigrateTo is the supergroup the chat became; its rows move there.
	MigrateTo ChatID
}
