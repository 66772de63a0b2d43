package bot

import (
	"context"

	"tagwire/internal/tagwire"
	"tagwire/internal/telegram"
)

// principal is in what capacity someone speaks to the bot.
type principal string

const (
	nobody     principal = "nobody"     // not to be listened to at all
	person     principal = "person"     // in their own private chat
	anonymous  principal = "anonymous"  // in a group, in the group's own name: an admin, surely
	poster     principal = "poster"     // in a channel, where only admins post
	groupUser  principal = "group user" // in a group: admin or not, Telegram knows
	buttonUser principal = "button"     // pressed a button in a group or channel: the same
)

// right is what a command or button takes.
type right string

const (
	look   right = "look"   // reads what everyone in the chat may know
	change right = "change" // changes what the chat receives
	// operate is for the operators of the service, each in their own private chat.
	operate right = "operate"
)

// verdict is whether a principal has a right.
type verdict string

const (
	allowed verdict = "allowed"
	refused verdict = "refused"
	ask     verdict = "ask" // allowed to admins: ask Telegram, now; to operators: look who it is
)

// access is the whole of who may do what. A right holds for the chat it is used
// in and nowhere else.
func access(p principal, r right) verdict {
	if r == operate {
		if p == person {
			return ask
		}
		return refused
	}
	switch p {
	case person, anonymous, poster:
		return allowed
	case groupUser, buttonUser:
		if r == look {
			return allowed
		}
		return ask
	}
	return refused
}

// whoIs finds out in what capacity an update comes. What was not written here
// and now by a person is nobody's: forwarded commands, messages sent by way of
// another bot, other bots, a channel's posts carried to its discussion group,
// and people who speak in the name of some other chat, which proves nothing.
func whoIs(u telegram.Update) principal {
	if q := u.CallbackQuery; q != nil {
		switch {
		case q.From.ID == 0 || q.From.Bot:
			return nobody
		case q.Chat.Type == tagwire.Private:
			if int64(q.Chat.ID) == q.From.ID {
				return person
			}
			return nobody
		case q.Chat.ID < 0:
			return buttonUser
		}
		return nobody
	}
	m := u.Post()
	if m == nil || m.AutomaticForward || m.Forwarded || m.ViaBot {
		return nobody
	}
	ownName := m.SenderChat != nil && m.SenderChat.ID == m.Chat.ID
	switch m.Chat.Type {
	case tagwire.Channel:
		if u.ChannelPost != nil && (m.SenderChat == nil || ownName) {
			return poster
		}
	case tagwire.Private:
		if m.SenderChat == nil && m.From != nil && !m.From.Bot && m.From.ID == int64(m.Chat.ID) {
			return person
		}
	case tagwire.Group, tagwire.Supergroup:
		switch {
		case u.Message == nil:
		case ownName:
			return anonymous
		case m.SenderChat == nil && m.From != nil && !m.From.Bot:
			return groupUser
		}
	}
	return nobody
}

// answer is a verdict after Telegram was asked where it had to be.
type answer string

const (
	yes    answer = "yes"
	no     answer = "no"
	unsure answer = "unsure" // Telegram could not be asked: treated as no, told apart in words
)

// entitled decides whether someone may use a right in a chat. Rights are never
// remembered: an admin of a minute ago may be none now. The error is only that
// the program is stopping.
func (b *Bot) entitled(ctx context.Context, p principal, r right, chat tagwire.ChatID, from *telegram.User) (answer, error) {
	switch access(p, r) {
	case allowed:
		return yes, nil
	case refused:
		return no, nil
	}
	if from == nil {
		return no, nil
	}
	if r == operate {
		if b.operator[from.ID] {
			return yes, nil
		}
		return no, nil
	}
	admin, err := b.gateway.IsAdmin(ctx, chat, from.ID)
	switch {
	case ctx.Err() != nil:
		return no, ctx.Err()
	case err != nil:
		b.log.Warn("rights not checked", "chat_id", chat, "err", err)
		return unsure, nil
	case admin:
		return yes, nil
	}
	return no, nil
}
