package tagwire

import (
	"strconv"
	"time"
)

// ChatID is Telegram's number of a chat: positive for a person, negative for
// groups and channels.
type ChatID int64

// ThreadID is the Bot API's number of a forum topic; 0 is a chat without topics
// or a forum's General topic, which must be addressed without a number.
type ThreadID int

// Dest is a place posts go to: a chat, or one topic of it.
type Dest struct {
	Chat   ChatID
	Thread ThreadID
}

// String is "chat" or "chat/thread".
func (d Dest) String() string {
	s := strconv.FormatInt(int64(d.Chat), 10)
	if d.Thread != 0 {
		s += "/" + strconv.Itoa(int(d.Thread))
	}
	return s
}

// ChatType is the Bot API's type of a chat.
type ChatType string

// The types of chat.
const (
	Private    ChatType = "private"
	Group      ChatType = "group"
	Supergroup ChatType = "supergroup"
	Channel    ChatType = "channel"
)

// Mode says in which form a chat receives articles.
type Mode string

// The modes of a chat.
const (
	ModeInstant Mode = "instant"
	ModeDigest  Mode = "digest"
	ModeBoth    Mode = "both"
)

// Instant reports whether articles are posted as they come.
func (m Mode) Instant() bool { return m == ModeInstant || m == ModeBoth }

// Digest reports whether articles are gathered for a digest.
func (m Mode) Digest() bool { return m == ModeDigest || m == ModeBoth }

// Chat is a chat the bot knows, with its settings.
type Chat struct {
	ID       ChatID
	Type     ChatType
	Title    string // a person's first name in a private chat
	Language string // language of the bot's texts here: "en", "zh"
	Zone     string // IANA zone of times shown and of the digest
	Mode     Mode
	Rhythm   Rhythm
	// NextDigest is when the next digest is due; zero when the mode has none.
	NextDigest time.Time
	// Suspended says why nothing is sent here (blocked, kicked, no-rights,
	// gone); empty while all is well. Settings are kept meanwhile.
	Suspended string
}

// Subscriber is a place that subscribed to a tag, as matching sees it.
type Subscriber struct {
	Dest      Dest
	Tag       TagSlug
	Mode      Mode
	Suspended string // the chat or the topic receives nothing now, and why
}

// Match is what a subscriber gets of an article: a post, a place in the next
// digest, or nothing for the reason Dropped.
type Match struct {
	Instant bool
	Digest  bool
	Dropped string
}
