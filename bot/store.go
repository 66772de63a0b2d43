package bot

import (
	"context"
	"time"

	"tagwire/internal/tagwire"
)

// Chats reads what the store knows of places.
type Chats interface {
	// Chat is a known chat with its settings; an unknown one is
	// tagwire.ErrNotFound.
	Chat(ctx context.Context, id tagwire.ChatID) (tagwire.Chat, error)
	// Subscriptions are the tags of one place.
	Subscriptions(ctx context.Context, d tagwire.Dest) ([]tagwire.TagSlug, error)
	// ChatSubscriptions are the tags of all places of a chat; 0 is the chat
	// itself or its General topic.
	ChatSubscriptions(ctx context.Context, chat tagwire.ChatID) (map[tagwire.ThreadID][]tagwire.TagSlug, error)
	// Topics are the names of a chat's forum topics, as far as they were seen.
	Topics(ctx context.Context, chat tagwire.ChatID) (map[tagwire.ThreadID]string, error)
}

// Articles reads what was published.
type Articles interface {
	// Latest are the newest articles with a tag, of any tag when it is empty.
	Latest(ctx context.Context, tag tagwire.TagSlug, n int) ([]tagwire.Article, error)
	// TagCounts is how many articles each tag got since a moment.
	TagCounts(ctx context.Context, since time.Time) (map[tagwire.TagSlug]int, error)
	// PendingDigest are the articles a place waits for, oldest first.
	PendingDigest(ctx context.Context, d tagwire.Dest) ([]tagwire.Article, error)
}

// Undelivered reads what could not be delivered.
type Undelivered interface {
	// DeadDeliveries are the newest dead deliveries, newest first, and how many
	// there are in all.
	DeadDeliveries(ctx context.Context, limit int) (newest []tagwire.DeadDelivery, total int, err error)
}

// Journal writes the effect of an update.
type Journal interface {
	// ApplyUpdate writes the changes and queues the replies of an update in one
	// transaction. Called again with the same update it does nothing and says so
	// (applied is false).
	ApplyUpdate(ctx context.Context, now time.Time, updateID int64, changes []tagwire.Change, replies []tagwire.Reply) (applied bool, err error)
}

// Store is what the bot needs of the database.
type Store interface {
	Chats
	Articles
	Undelivered
	Journal
}

// Gateway is what the bot asks of Telegram while it handles an update.
type Gateway interface {
	// IsAdmin asks Telegram, now, whether a person administers a chat.
	IsAdmin(ctx context.Context, chat tagwire.ChatID, user int64) (bool, error)
	// AnswerCallback ends the waiting of a pressed button; an empty text shows
	// nothing, alert shows the text in a box.
	AnswerCallback(ctx context.Context, id, text string, alert bool) error
}
