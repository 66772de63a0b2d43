package telegram

import (
	"context"
	"strconv"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"tagwire/internal/tagwire"
)

// Member is someone's standing in a chat.
type Member struct {
	User   User
	Status string // creator, administrator, member, restricted, left, kicked
	// Present is true while the user is in the chat.
	Present bool
	// CanPost: may post in a channel; CanInvite: may invite users and so decide on
	// applications; CanWrite: may send texts to a group, unless it is closed to all.
	CanPost, CanInvite, CanWrite bool
}

// Admin reports whether the member is the owner or an administrator.
func (m Member) Admin() bool { return m.Status == "creator" || m.Status == "administrator" }

// Member asks Telegram for someone's standing, live. Someone unknown to the
// chat is a Member that left, not an error.
func (g *Gateway) Member(ctx context.Context, chat tagwire.ChatID, user int64) (Member, error) {
	var m tgbotapi.ChatMember
	err := g.ask(ctx, "getChatMember", tgbotapi.Params{
		"chat_id": strconv.FormatInt(int64(chat), 10),
		"user_id": strconv.FormatInt(user, 10),
	}, &m)
	if noSuchMember(err) {
		return Member{User: User{ID: user}, Status: "left"}, nil
	}
	if err != nil {
		return Member{}, err
	}
	return member(m), nil
}

// IsAdmin asks Telegram, live, whether the user is an owner or administrator of
// the chat; a private chat is administered by its person. On any error the
// answer is no.
func (g *Gateway) IsAdmin(ctx context.Context, chat tagwire.ChatID, user int64) (bool, error) {
	if chat > 0 {
		return int64(chat) == user, nil
	}
	m, err := g.Member(ctx, chat, user)
	if err != nil {
		return false, err
	}
	// Whoever answers for another user than asked is not believed.
	return m.Admin() && m.User.ID == user, nil
}

func member(m tgbotapi.ChatMember) Member {
	out := Member{Status: m.Status}
	if m.User != nil {
		out.User = user(*m.User)
	}
	switch m.Status {
	case "creator":
		out.Present, out.CanPost, out.CanInvite, out.CanWrite = true, true, true, true
	case "administrator":
		out.Present, out.CanPost, out.CanInvite, out.CanWrite = true, m.CanPostMessages, m.CanInviteUsers, true
	case "member":
		out.Present, out.CanWrite = true, true
	case "restricted":
		out.Present, out.CanWrite = m.IsMember, m.IsMember && m.CanSendMessages
	}
	return out
}
