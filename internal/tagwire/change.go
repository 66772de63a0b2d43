package tagwire

import "time"

// Change is one thing that an update from Telegram does to the store. All
// changes of an update and the replies to it are written in one transaction.
type Change interface{ change() }

// SeeChat makes a chat known: it is stored with the settings given when new;
// when known, only its type and title are brought up to date.
type SeeChat struct{ Chat Chat }

// SeeTopic names a forum topic.
type SeeTopic struct {
	Dest Dest
	Name string
}

// Subscribe adds tags to a place; those it has already stay.
type Subscribe struct {
	Dest Dest
	Tags []TagSlug
}

// Unsubscribe takes tags from a place.
type Unsubscribe struct {
	Dest Dest
	Tags []TagSlug
}

// SetLanguage sets the language of a chat's texts.
type SetLanguage struct {
	Chat     ChatID
	Language string
}

// SetTiming sets how and when a chat receives articles. The next digest is
// worked out by whoever makes the change; zero when the mode has none.
type SetTiming struct {
	Chat       ChatID
	Mode       Mode
	Rhythm     Rhythm
	Zone       string
	NextDigest time.Time
}

// Suspend stops all posts to a chat and keeps its settings.
type Suspend struct {
	Chat   ChatID
	Reason string
}

// Resume ends the suspension of a place: of the chat and of the topic.
type Resume struct{ Dest Dest }

// Migrate moves all that belongs to a group to the supergroup it became.
type Migrate struct{ From, To ChatID }

// PlanDigest queues a digest's pages for a place and takes what is pending there
// off the list. A second plan of the same slot does nothing.
type PlanDigest struct {
	Dest    Dest
	Slot    string
	Pages   []DigestPage
	Through ArticleID // pending articles up to this one are done with
	Class   Class
}

// Requeue queues deliveries that are dead once more, as if they were new: the
// one named, or all that died no later than Through. What is not dead stays as
// it is.
type Requeue struct {
	Delivery DeliveryID
	Through  time.Time
}

func (SeeChat) change()     {}
func (SeeTopic) change()    {}
func (Subscribe) change()   {}
func (Unsubscribe) change() {}
func (SetLanguage) change() {}
func (SetTiming) change()   {}
func (Suspend) change()     {}
func (Resume) change()      {}
func (Migrate) change()     {}
func (PlanDigest) change()  {}
func (Requeue) change()     {}

// Reply is an answer to an update, queued ahead of broadcasts.
type Reply struct {
	Dest    Dest
	Message Message
}
