package emulator

import "time"

// Message is a message as it stands in a chat. Offsets of entities count UTF-16
// units of Text, which is what a browser's strings count, too.
type Message struct {
	Chat   int64     `json:"chat"`
	ID     int       `json:"id"`
	Thread int       `json:"thread,omitempty"` // forum topic, 0 for General or none
	From   *User     `json:"from,omitempty"`   // nil for a channel's post
	Date   time.Time `json:"date"`
	Edited time.Time `json:"edited,omitzero"`
	// SenderChat is the chat in whose name it was sent: the group itself for an
	// anonymous admin, a channel for a post; 0 otherwise.
	SenderChat int64 `json:"sender_chat,omitempty"`
	// Forwarded marks a linked channel's post forwarded into the group.
	Forwarded bool         `json:"forwarded,omitempty"`
	ReplyTo   int          `json:"reply_to,omitempty"`
	Text      string       `json:"text,omitempty"` // or the caption of a photo
	Entities  []Entity     `json:"entities,omitempty"`
	Photo     *Photo       `json:"photo,omitempty"`
	Keyboard  [][]Button   `json:"keyboard,omitempty"`
	Preview   *LinkPreview `json:"preview,omitempty"`
	Silent    bool         `json:"silent,omitempty"`
	Protected bool         `json:"protected,omitempty"`
	// Service is set when this is no text but a notice (somebody joined …).
	Service *Service `json:"service,omitempty"`
	// By is the bot that sent it through the API, 0 for people.
	By int64 `json:"by,omitempty"`
	// Deleted messages are left out of transcripts.
	Deleted bool `json:"-"`
}

// Entity is a stretch of text with a meaning: bold, text_link, hashtag …
type Entity struct {
	Type     string `json:"type"`
	Offset   int    `json:"offset"` // UTF-16 units
	Length   int    `json:"length"`
	URL      string `json:"url,omitempty"`
	User     *User  `json:"user,omitempty"`
	Language string `json:"language,omitempty"`
	EmojiID  string `json:"custom_emoji_id,omitempty"`
	Unix     int64  `json:"unix_time,omitempty"`
	Format   string `json:"date_time_format,omitempty"`
}

// Button is an inline button: Data goes back to the bot, or URL is opened.
type Button struct {
	Text string `json:"text"`
	Data string `json:"data,omitempty"`
	URL  string `json:"url,omitempty"`
}

// Photo is a picture: from a URL, or bytes uploaded.
type Photo struct {
	FileID string `json:"file_id"`
	URL    string `json:"url,omitempty"`
	Name   string `json:"name,omitempty"`
	Data   []byte `json:"data,omitempty"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

// LinkPreview is what the sender asked for; nil leaves it to Telegram.
type LinkPreview struct {
	Disabled    bool   `json:"is_disabled,omitempty"`
	URL         string `json:"url,omitempty"`
	PreferSmall bool   `json:"prefer_small_media,omitempty"`
	PreferLarge bool   `json:"prefer_large_media,omitempty"`
	AboveText   bool   `json:"show_above_text,omitempty"`
}

// Service is a notice in a chat. Kind is the Bot API's field: new_chat_members,
// left_chat_member, forum_topic_created, forum_topic_closed,
// forum_topic_reopened, forum_topic_edited, migrate_to_chat_id,
// migrate_from_chat_id, pinned_message.
type Service struct {
	Kind    string `json:"kind"`
	Users   []User `json:"users,omitempty"`
	Name    string `json:"name,omitempty"` // of a topic
	Chat    int64  `json:"chat,omitempty"` // of a migration
	Message int    `json:"message,omitempty"`
}

// Answer is what a bot answered to a pressed button.
type Answer struct {
	Text  string `json:"text,omitempty"`
	Alert bool   `json:"alert,omitempty"` // a dialog, not a toast
	URL   string `json:"url,omitempty"`
}

// Command is an entry of a bot's command menu.
type Command struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

// InviteLink is a door into a chat.
type InviteLink struct {
	Link    string `json:"invite_link"`
	Chat    int64  `json:"chat"`
	Creator int64  `json:"creator"`
	Name    string `json:"name,omitempty"`
	// ByRequest makes joining an application that a moderator decides.
	ByRequest   bool      `json:"creates_join_request"`
	Primary     bool      `json:"is_primary"`
	Revoked     bool      `json:"is_revoked"`
	Expires     time.Time `json:"expires,omitzero"`
	MemberLimit int       `json:"member_limit,omitempty"`
	Joined      int       `json:"joined,omitempty"`
}

// JoinRequest is a person's pending application to join a chat.
type JoinRequest struct {
	Chat int64     `json:"chat"`
	User User      `json:"user"`
	Date time.Time `json:"date"`
	Link string    `json:"link,omitempty"`
}
