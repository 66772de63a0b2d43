package emulator

import (
	"slices"
	"unicode/utf16"
)

// announce brings a message, new or edited, to the bots that get to see it.
func (w *world) announce(c *chat, m *stored, edited bool) {
	kind := "message"
	if c.isChannel() {
		kind = "channel_post"
	}
	if edited {
		kind = "edited_" + kind
	}
	for _, b := range w.bots {
		if w.sees(b, c, m) {
			w.push(b, kind, w.messageObj(c, m, true))
		}
	}
}

// sees reports whether a bot receives a message: all of them in private chats
// and as an administrator; in groups, with privacy mode on, only what is meant
// for it. It never receives its own messages or those of other bots.
func (w *world) sees(b *bot, c *chat, m *stored) bool {
	if m.By != 0 || m.From != nil && m.From.ID == b.ID && !w.selfNotice(m) {
		return false
	}
	if c.isPrivate() {
		return c.bot == b.ID
	}
	me := c.memberByID(b.ID)
	if !me.isIn() {
		return false
	}
	if c.isChannel() {
		return me.isAdmin()
	}
	return me.isAdmin() || b.ReadsAll || m.Service != nil || w.meantFor(b, c, m)
}

// selfNotice reports whether a notice about a bot's own coming or going is told
// to it although it is the subject.
func (w *world) selfNotice(m *stored) bool {
	return m.Service != nil && m.Service.Kind == "new_chat_members"
}

// meantFor is the privacy mode: commands to this bot, bare commands if it spoke
// last or is the only bot there, and replies to it.
func (w *world) meantFor(b *bot, c *chat, m *stored) bool {
	if replied := c.message(m.ReplyTo); replied != nil && replied.By == b.ID {
		return true
	}
	for _, e := range m.Entities {
		if e.Type != "bot_command" {
			continue
		}
		command := utf16Slice(m.Text, e.Offset, e.Length)
		at := slices.Index([]rune(command), '@')
		switch {
		case at >= 0:
			if asciiLower(command[at+1:]) == asciiLower(b.Username) {
				return true
			}
		case e.Offset == 0 && (c.lastBot == b.ID || w.onlyBot(b, c)):
			return true
		}
	}
	return false
}

func (w *world) onlyBot(b *bot, c *chat) bool {
	for _, other := range w.bots {
		if other != b && c.memberByID(other.ID).isIn() {
			return false
		}
	}
	return true
}

// utf16Slice is a part of a text by UTF-16 units.
func utf16Slice(text string, offset, length int) string {
	units := utf16.Encode([]rune(text))
	offset = min(max(offset, 0), len(units))
	return string(utf16.Decode(units[offset:min(offset+length, len(units))]))
}

// memberChanged tells the bots that a user's place in a chat has changed: the
// bot itself by my_chat_member, others by chat_member if they are administrators.
func (w *world) memberChanged(c *chat, by, who User, before, after Member, link *InviteLink, viaRequest bool) {
	w.touch()
	for _, b := range w.bots {
		kind := "chat_member"
		if b.ID == who.ID {
			kind = "my_chat_member"
		} else if c.isPrivate() || !c.memberByID(b.ID).isAdmin() {
			continue
		}
		if c.isPrivate() && c.bot != b.ID {
			continue
		}
		o := obj{
			"chat": w.chatObj(c), "from": w.userObj(by), "date": w.now().Unix(),
			"old_chat_member": w.memberObj(c, before), "new_chat_member": w.memberObj(c, after),
		}
		if kind == "chat_member" {
			if link != nil {
				o["invite_link"] = w.linkObj(c, link)
			}
			o.set("via_join_request", viaRequest && link == nil)
		}
		w.push(b, kind, o)
	}
}
