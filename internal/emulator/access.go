package emulator

import (
	"strconv"
	"strings"
	"time"
)

// access is what a method needs of a chat.
type access int

const (
	toRead access = iota
	toReadMembers
	toEdit
	toWrite
)

// applicantWindow is how long a bot may write to somebody who asked to join.
const applicantWindow = 5 * time.Minute

// resolve finds the chat that a bot means by chat_id; nil if it knows none.
func (w *world) resolve(b *bot, chatID string) *chat {
	chatID = strings.TrimSpace(chatID)
	if name, ok := strings.CutPrefix(chatID, "@"); ok {
		for _, c := range w.chats {
			if c.Username != "" && strings.EqualFold(c.Username, name) {
				return c
			}
		}
		return nil
	}
	id, err := strconv.ParseInt(chatID, 10, 64)
	if err != nil {
		return nil
	}
	if id < 0 {
		if c := w.groupByID(id); c != nil && (c.welcomed[b.ID] || c.Username != "") {
			return c
		}
		return nil
	}
	return w.private(id, b.ID)
}

// chat finds the chat of a call and checks that the bot may do there what it
// wants, in the order and the words of the server.
func (c *call) chat(need access) (*chat, *apiError) {
	id := c.text("chat_id")
	if id == "" {
		return nil, badRequest("chat_id is empty")
	}
	to := c.resolve(c.bot, id)
	if to == nil {
		if to = c.stranger(id); to == nil {
			return nil, badRequest("chat not found")
		}
	}
	return to, c.checkAccess(to, need)
}

// stranger makes a private chat with somebody whom the bot has met in a group or
// as an applicant, but who has never written to it.
func (c *call) stranger(chatID string) *chat {
	id, err := strconv.ParseInt(strings.TrimSpace(chatID), 10, 64)
	u := c.userByID(id)
	if err != nil || u == nil || u.IsBot || !c.met(u) {
		return nil
	}
	return c.makePrivate(u, c.bot)
}

// met reports whether the bot has seen a user anywhere.
func (c *call) met(u *user) bool {
	for _, group := range c.chats {
		if !group.welcomed[c.bot.ID] {
			continue
		}
		if group.members[u.ID] != nil {
			return true
		}
		if _, applied := group.contact[u.ID]; applied {
			return true
		}
	}
	return false
}

func (c *call) checkAccess(to *chat, need access) *apiError {
	me := to.memberByID(c.bot.ID)
	edit := need >= toEdit
	switch to.Type {
	case "private":
		if u := c.userByID(to.user); u != nil && u.deactivated && edit {
			return forbidden("user is deactivated")
		}
	case "group":
		edit = edit || need == toReadMembers
		write := need == toWrite || need == toReadMembers
		switch {
		case to.MigratedTo != 0 && write:
			return &apiError{400, "Bad Request: group chat was upgraded to a supergroup chat", obj{"migrate_to_chat_id": to.MigratedTo}}
		case to.Deleted && write:
			return forbidden("the group chat was deleted")
		case to.MigratedTo != 0 || to.Deleted:
		case me.Status == Kicked && edit:
			return forbidden("bot was kicked from the group chat")
		case me.Status == Left && edit:
			return forbidden("bot is not a member of the group chat")
		}
	default:
		switch {
		case to.Deleted:
			return badRequest("chat not found")
		case me.Status == Kicked:
			return forbidden("bot was kicked from the %s", to.kindName())
		case me.Status == Left && (to.Username == "" || edit):
			return forbidden("bot is not a member of the %s", to.kindName())
		}
	}
	return nil
}

// thread checks message_thread_id. General has no number, and 1 is refused;
// chats that can have no topics ignore it.
func (c *call) thread(to *chat) (int, *apiError) {
	thread := c.number("message_thread_id", 0, 0, 1<<31-1)
	switch {
	case thread == 0:
	case to.isPrivate():
		return 0, badRequest("message thread not found")
	case !to.Forum:
		return 0, nil
	default:
		if t := to.topic(thread); t == nil || t.Deleted {
			return 0, badRequest("message thread not found")
		}
	}
	return thread, nil
}

// mayPost checks the right to send, as the client library of the server does
// before it asks Telegram.
func (c *call) mayPost(to *chat, what string, allowed func(Permissions) bool) *apiError {
	me := to.memberByID(c.bot.ID)
	switch {
	case to.isPrivate() || me.isAdmin():
	case me.Status == Restricted && !allowed(me.Allowed), to.Muted:
		return badRequest("not enough rights to send %s to the chat", what)
	}
	return nil
}

// mayPostInChannel is asked before the length of a text is looked at.
func (c *call) mayPostInChannel(to *chat) *apiError {
	if to.isChannel() && !to.memberByID(c.bot.ID).may(func(r Rights) bool { return r.PostMessages }) {
		return badRequest("need administrator rights in the channel chat")
	}
	return nil
}

// reachable is what Telegram itself refuses, after the message has counted
// against the rates.
func (c *call) reachable(to *chat, thread int) *apiError {
	if to.isPrivate() {
		switch {
		case to.blocked:
			return forbidden("bot was blocked by the user")
		case !to.started && !c.inWindow(to.user):
			return forbidden("bot can't initiate conversation with a user")
		}
		return nil
	}
	if thread == 0 {
		return nil
	}
	if t := to.topic(thread); t != nil && t.Closed && !to.memberByID(c.bot.ID).may(func(r Rights) bool { return r.ManageTopics }) {
		return badRequest("TOPIC_CLOSED")
	}
	return nil
}

// inWindow reports whether the bot may write to an applicant who never started
// it: for five minutes, or until the application is decided.
func (c *call) inWindow(userID int64) bool {
	for _, group := range c.chats {
		until, ok := group.contact[userID]
		if ok && c.now().Before(until) && group.memberByID(c.bot.ID).may(func(r Rights) bool { return r.InviteUsers }) {
			return true
		}
	}
	return false
}
