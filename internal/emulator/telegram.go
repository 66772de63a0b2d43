package emulator

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"
)

// Options of a Telegram. The zero value is a strict Telegram on the real clock.
type Options struct {
	// Now is the clock of message dates, rates and expiry; nil is time.Now.
	// Waiting (long polls, delays) is always by timers.
	Now func() time.Time
	// Limits are the rates; the zero value is Telegram's published guidance.
	Limits Limits
	// Seed makes chance (faults with a probability, first update id) repeatable.
	Seed uint64
	// Fetch loads pictures sent by address; nil believes every web address.
	Fetch http.RoundTripper
	// Keep is how many calls the ledger keeps; 0 is 100,000.
	Keep int
}

// Limits are sending rates. Zero fields take the values in brackets.
type Limits struct {
	Off            bool    // no limits at all
	Overall        float64 // messages a second, one bot [30]
	OverallBurst   int     // [30]
	Private        float64 // messages a second, one private chat [1]
	PrivateBurst   int     // [3]
	GroupPerMinute int     // messages a minute, one group or channel [20]
	GroupPerSecond float64 // and a second [1]
	GroupBurst     int     // [5]
	// Absorb holds a call back for up to 8 s before it answers 429, as the real
	// server does; otherwise any excess is answered 429 at once.
	Absorb bool
}

// Telegram is a Telegram Bot API with the people who use it. It is safe for
// concurrent use.
type Telegram struct{}

// NewTelegram makes a Telegram without bots, people or chats.
func NewTelegram(o Options) *Telegram { return &Telegram{} }

var errTODO = errors.New("emulator: not built yet")

// ServeHTTP answers /bot<token>/<method>.
func (t *Telegram) ServeHTTP(w http.ResponseWriter, r *http.Request) {}

// AddBot registers a bot.
func (t *Telegram) AddBot(b Bot) error { return errTODO }

// AddUser registers a person.
func (t *Telegram) AddUser(u User) error { return errTODO }

// AddChat makes a group, supergroup or channel; Creator becomes its owner.
// Ids are as in the Bot API: -N for a group, -100… for the others.
func (t *Telegram) AddChat(c Chat) error { return errTODO }

// Add puts a user or a bot into a chat, by the hand of another member; by 0 is
// the chat's creator. A bot enters a channel as administrator only (Promote).
func (t *Telegram) Add(by, who, chat int64) error { return errTODO }

// Join is a user's own entry into a chat, as through a public link.
func (t *Telegram) Join(user, chat int64) error { return errTODO }

// Leave is a user's own exit.
func (t *Telegram) Leave(user, chat int64) error { return errTODO }

// Kick bans a user or a bot from a chat.
func (t *Telegram) Kick(by, who, chat int64) error { return errTODO }

// Promote makes a member an administrator with these rights, or changes them.
func (t *Telegram) Promote(by, who, chat int64, r Rights) error { return errTODO }

// Demote makes an administrator an ordinary member; in a channel a bot leaves.
func (t *Telegram) Demote(by, who, chat int64) error { return errTODO }

// Restrict limits a member to what is allowed; AllPermissions frees it again.
func (t *Telegram) Restrict(by, who, chat int64, allowed Permissions) error { return errTODO }

// SetMuted forbids, or allows, ordinary members to write in a chat.
func (t *Telegram) SetMuted(chat int64, muted bool) error { return errTODO }

// SetTitle renames a chat.
func (t *Telegram) SetTitle(by, chat int64, title string) error { return errTODO }

// DeleteChat deletes a group for good.
func (t *Telegram) DeleteChat(chat int64) error { return errTODO }

// Upgrade turns a group into a supergroup and returns its new id.
func (t *Telegram) Upgrade(by, chat int64) (int64, error) { return 0, errTODO }

// AddTopic opens a topic in a forum and returns its thread id.
func (t *Telegram) AddTopic(by, chat int64, name string) (int, error) { return 0, errTODO }

// CloseTopic closes a topic to all but administrators.
func (t *Telegram) CloseTopic(by, chat int64, thread int) error { return errTODO }

// ReopenTopic opens a closed topic.
func (t *Telegram) ReopenTopic(by, chat int64, thread int) error { return errTODO }

// DeleteTopic deletes a topic with its messages.
func (t *Telegram) DeleteTopic(by, chat int64, thread int) error { return errTODO }

// Block is a person's blocking of a bot; Unblock takes it back.
func (t *Telegram) Block(user, bot int64) error { return errTODO }

// Unblock takes a block back without writing anything.
func (t *Telegram) Unblock(user, bot int64) error { return errTODO }

// Deactivate deletes a person's account.
func (t *Telegram) Deactivate(user int64) error { return errTODO }

// Start opens the private chat with a bot through its deep link: it unblocks the
// bot if need be and says "/start" with the payload, if any.
func (t *Telegram) Start(user, bot int64, payload string) (int, error) { return 0, errTODO }

// StartGroup follows a ?startgroup= link: the bot is added to the chat, and told
// "/start@bot payload" if there is a payload.
func (t *Telegram) StartGroup(user, bot, chat int64, payload string) error { return errTODO }

// Saying says how a text is said.
type Saying struct {
	Thread    int   // forum topic
	ReplyTo   int   // message answered
	Anonymous bool  // as the group, by one of its administrators
	AsChannel int64 // in the name of a channel the person owns
	Bot       int64 // which bot a private chat is with; 0 is the first one added
}

// Say is a person's writing in a chat; the id of a private chat is the person's
// own. Commands, mentions, hashtags and links in the text become entities.
func (t *Telegram) Say(user, chat int64, text string, how ...Saying) (int, error) {
	return 0, errTODO
}

// EditSaid changes a person's earlier text.
func (t *Telegram) EditSaid(user, chat int64, message int, text string) error { return errTODO }

// ChannelPost is an administrator's post in a channel.
func (t *Telegram) ChannelPost(user, chat int64, text string) (int, error) { return 0, errTODO }

// Query is a pressed button whose answer may be outstanding.
type Query struct {
	ID string
	// Done is closed when the bot has answered.
	Done <-chan struct{}
}

// Tap presses the button that carries the data and does not wait.
func (t *Telegram) Tap(user, chat int64, message int, data string) (*Query, error) {
	return nil, errTODO
}

// Forge is what a manipulated client does: a press with data that no button
// carries, or on a message that is gone.
func (t *Telegram) Forge(user, chat int64, message int, data string) (*Query, error) {
	return nil, errTODO
}

// Press presses a button and waits for the answer, or for the context's end.
func (t *Telegram) Press(ctx context.Context, user, chat int64, message int, data string) (Answer, error) {
	return Answer{}, errTODO
}

// Answered is the answer to a query, if there is one yet.
func (t *Telegram) Answered(query string) (Answer, bool) { return Answer{}, false }

// Apply follows an invite link: the person joins, or applies to join.
func (t *Telegram) Apply(user int64, link string) error { return errTODO }

// Decide is a human moderator's verdict on an application.
func (t *Telegram) Decide(by, user, chat int64, approve bool) error { return errTODO }

// Inject prepares a fault; the function returned takes it back.
func (t *Telegram) Inject(f Fault) (remove func()) { return func() {} }

// Revoke makes a token invalid, as BotFather does; Restore takes it back.
func (t *Telegram) Revoke(token string) {}

// Restore makes a revoked token valid again.
func (t *Telegram) Restore(token string) {}

// Repeat delivers the last n updates a bot received once more, with their ids.
func (t *Telegram) Repeat(bot int64, n int) {}

// PushUpdate queues an update of the test's own making: its fields are merged
// with an update_id. Values may be anything, also what no client can decode.
func (t *Telegram) PushUpdate(bot int64, fields map[string]json.RawMessage) (id int) { return 0 }

// Renumber makes the next update carry this id, as after a silent week.
func (t *Telegram) Renumber(bot int64, next int) {}

// Bots lists the bots in the order added.
func (t *Telegram) Bots() []User { return nil }

// Users lists the people in the order added.
func (t *Telegram) Users() []User { return nil }

// Chats lists the groups, supergroups and channels in the order added, then the
// private chats (with the first bot) in the order begun.
func (t *Telegram) Chats() []Chat { return nil }

// Chat is one chat.
func (t *Telegram) Chat(id int64) (Chat, bool) { return Chat{}, false }

// Members lists a chat's members, the creator first, then as they came; those
// who left or were kicked are left out.
func (t *Telegram) Members(chat int64) []Member { return nil }

// Member is a user's place in a chat; Left if none.
func (t *Telegram) Member(chat, user int64) Member { return Member{} }

// Transcript lists a chat's messages, oldest first, deleted ones left out. For a
// private chat it is the one with the first bot.
func (t *Telegram) Transcript(chat int64) []Message { return nil }

// TranscriptWith is the private chat of a person with one of several bots.
func (t *Telegram) TranscriptWith(user, bot int64) []Message { return nil }

// Message is one message of a chat, also a deleted one.
func (t *Telegram) Message(chat int64, id int) (Message, bool) { return Message{}, false }

// Menu is the command menu that a person sees in a chat.
func (t *Telegram) Menu(bot, user, chat int64) []Command { return nil }

// Links lists a chat's invite links.
func (t *Telegram) Links(chat int64) []InviteLink { return nil }

// Requests lists a chat's pending applications.
func (t *Telegram) Requests(chat int64) []JoinRequest { return nil }

// Ledger lists the calls kept, oldest first; with methods named, only those.
func (t *Telegram) Ledger(methods ...string) []Call { return nil }

// Pending is how many updates wait for a bot.
func (t *Telegram) Pending(bot int64) int { return 0 }

// Changes returns a counter that grows with every change of the world, and a
// channel that is closed at the next one.
func (t *Telegram) Changes() (version uint64, changed <-chan struct{}) { return 0, nil }
