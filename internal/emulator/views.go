package emulator

import (
	"maps"
	"slices"
)

// Bots lists the bots in the order added.
func (t *Telegram) Bots() []User {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []User
	for _, b := range t.bots {
		out = append(out, b.user())
	}
	return out
}

// Users lists the people in the order added.
func (t *Telegram) Users() []User {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []User
	for _, u := range t.users {
		out = append(out, u.User)
	}
	return out
}

// Chats lists the groups, supergroups and channels in the order added, then the
// private chats with the first bot in the order begun.
func (t *Telegram) Chats() []Chat {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []Chat
	for _, c := range t.chats {
		out = append(out, c.view())
	}
	for _, c := range t.privates {
		if c.bot == t.bots[0].ID {
			out = append(out, c.view())
		}
	}
	return out
}

// view is a copy that later changes do not reach.
func (c *chat) view() Chat {
	v := c.Chat
	v.Topics, v.Pinned = slices.Clone(v.Topics), slices.Clone(v.Pinned)
	return v
}

// Chat is one chat.
func (t *Telegram) Chat(id int64) (Chat, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, err := t.lookup(id, 0)
	if err != nil {
		return Chat{}, false
	}
	return c.view(), true
}

// Members lists a chat's members as they came, the creator first; those who left
// or were kicked are left out.
func (t *Telegram) Members(chatID int64) []Member {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, err := t.lookup(chatID, 0)
	if err != nil {
		return nil
	}
	var out []Member
	for _, id := range c.order {
		if m := *c.members[id]; m.isIn() {
			out = append(out, m)
		}
	}
	return out
}

// Member is a user's place in a chat; Left if none.
func (t *Telegram) Member(chatID, userID int64) Member {
	t.mu.Lock()
	defer t.mu.Unlock()
	u := User{ID: userID}
	if known := t.userByID(userID); known != nil {
		u = known.User
	}
	c, err := t.lookup(chatID, 0)
	if err != nil {
		return Member{User: u, Status: Left}
	}
	return c.member(u)
}

// Transcript lists a chat's messages, oldest first, deleted ones left out. For a
// private chat it is the one with the first bot.
func (t *Telegram) Transcript(chatID int64) []Message { return t.TranscriptWith(chatID, 0) }

// TranscriptWith is the private chat of a person with one of several bots.
func (t *Telegram) TranscriptWith(userID, botID int64) []Message {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, err := t.lookup(userID, botID)
	if err != nil {
		return nil
	}
	var out []Message
	for _, m := range c.messages {
		if !m.Deleted {
			out = append(out, m.Message)
		}
	}
	return out
}

// Message is one message of a chat, also a deleted one.
func (t *Telegram) Message(chatID int64, id int) (Message, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, err := t.lookup(chatID, 0)
	if err != nil || id < 1 || id > len(c.messages) {
		return Message{}, false
	}
	return c.messages[id-1].Message, true
}

// Links lists a chat's invite links.
func (t *Telegram) Links(chatID int64) []InviteLink {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []InviteLink
	if c := t.groupByID(chatID); c != nil {
		for _, l := range c.links {
			out = append(out, *l)
		}
	}
	return out
}

// Requests lists a chat's pending applications.
func (t *Telegram) Requests(chatID int64) []JoinRequest {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []JoinRequest
	if c := t.groupByID(chatID); c != nil {
		for _, r := range c.requests {
			out = append(out, r.JoinRequest)
		}
	}
	return out
}

// Ledger lists the calls kept, oldest first; with methods named, only those.
func (t *Telegram) Ledger(methods ...string) []Call {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []Call
	for _, record := range t.ledger {
		if len(methods) > 0 && !slices.Contains(methods, record.Method) {
			continue
		}
		c := *record
		c.Params, c.Unknown = maps.Clone(c.Params), slices.Clone(c.Unknown)
		out = append(out, c)
	}
	return out
}

// Changes returns a counter that grows with every change of the world, and a
// channel that is closed at the next one.
func (t *Telegram) Changes() (version uint64, changed <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.changed == nil {
		t.changed = make(chan struct{})
	}
	return t.version, t.changed
}
