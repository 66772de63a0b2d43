package telegram

import (
	"time"

	"tagwire/internal/tagwire"
)

// Update is one event from Telegram. At most one of the pointers is set; none of
// them for kinds the bot has no use for.
type Update struct {
	ID            int64
	Message       *Message
	ChannelPost   *Message
	CallbackQuery *CallbackQuery
	MyChatMember  *MemberChange // the bot's own standing in a chat changed
}

// Chat is a chat as it appears in an update.
type Chat struct {
	ID       tagwire.ChatID
	Type     tagwire.ChatType
	Title    string // a person's first name in a private chat
	Username string // without @; empty for private groups and channels
	Forum    bool   // a supergroup with topics
}

// User is a person or a bot.
type User struct {
	ID       int64
	Name     string
	Username string // without @
	Language string // IETF tag of the user's app, such as "zh-hans"; may be empty
	Bot      bool
}

// Message is a message or a channel post.
type Message struct {
	ID   int
	Date time.Time
	Chat Chat
	// Thread is the forum topic; 0 in General and in chats without topics, where
	// Telegram numbers threads of replies too.
	Thread tagwire.ThreadID
	// TopicName is the name of the topic where the message happens to tell it:
	// the current one when TopicNamed, the name it was made with otherwise.
	TopicName string
	// TopicNamed is set on the service messages that a topic was made or renamed,
	// TopicReopened on the one that it was opened again.
	TopicNamed, TopicReopened bool
	From                      *User // nil in channels
	// SenderChat is set when someone speaks as a chat: the group itself for an
	// anonymous admin, a channel, the channel a discussion group belongs to.
	SenderChat *Chat
	Text       string
	Entities   []Entity
	// AutomaticForward is a channel's post carried to its discussion group.
	AutomaticForward bool
	Forwarded        bool
	ViaBot           bool
	// MigrateTo and MigrateFrom come once each when a group becomes a supergroup:
	// the first in the old chat, the second in the new one.
	MigrateTo, MigrateFrom tagwire.ChatID
	NewMembers             []User
	Left                   *User
}

// Entity is a marked stretch of a text, in UTF-16 units.
type Entity struct {
	Type           string
	Offset, Length int
}

// CallbackQuery is a pressed inline button.
type CallbackQuery struct {
	ID   string
	From User // always the real person, of anonymous admins too
	Data string
	// MessageID, Chat and Thread are where the button is. Chat.ID is 0 when
	// Telegram does not say.
	MessageID int
	Chat      Chat
	Thread    tagwire.ThreadID
	// Accessible is false when the message is too old for the bot to see: it may
	// not be editable, and its Thread is not known.
	Accessible bool
}

// MemberChange is a change of someone's standing in a chat.
type MemberChange struct {
	Chat     Chat
	From     User // who did it
	Date     time.Time
	Old, New Member
}

func (u Update) empty() bool {
	return u.Message == nil && u.ChannelPost == nil && u.CallbackQuery == nil && u.MyChatMember == nil
}

// Post is the message or channel post, nil if the update is neither.
func (u Update) Post() *Message {
	if u.Message != nil {
		return u.Message
	}
	return u.ChannelPost
}

// Chat is where the update happened; its ID is 0 if nowhere.
func (u Update) Chat() Chat {
	switch p := u.Post(); {
	case p != nil:
		return p.Chat
	case u.CallbackQuery != nil:
		return u.CallbackQuery.Chat
	case u.MyChatMember != nil:
		return u.MyChatMember.Chat
	}
	return Chat{}
}

// Thread is the forum topic of the update, 0 for none.
func (u Update) Thread() tagwire.ThreadID {
	switch p := u.Post(); {
	case p != nil:
		return p.Thread
	case u.CallbackQuery != nil:
		return u.CallbackQuery.Thread
	}
	return 0
}

// Dest is the place of the update.
func (u Update) Dest() tagwire.Dest {
	return tagwire.Dest{Chat: u.Chat().ID, Thread: u.Thread()}
}

// From is who caused the update, nil if Telegram does not say. It is a stand-in
// account when someone speaks as a chat.
func (u Update) From() *User {
	switch p := u.Post(); {
	case p != nil:
		return p.From
	case u.CallbackQuery != nil:
		return &u.CallbackQuery.From
	case u.MyChatMember != nil:
		return &u.MyChatMember.From
	}
	return nil
}

// IsAnonymousAdmin reports whether the message was sent in the name of the very
// group it is in, which only its admins can do. Speaking as a channel proves
// nothing.
func (u Update) IsAnonymousAdmin() bool {
	m := u.Message
	return m != nil && m.SenderChat != nil && m.SenderChat.ID == m.Chat.ID && !m.AutomaticForward
}
