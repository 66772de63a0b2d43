package bot

import (
	"context"

	"tagwire/internal/locale"
	"tagwire/internal/tagwire"
	"tagwire/internal/telegram"
)

// Why a chat is suspended, as far as the bot's own standing there says.
const (
	suspendBlocked  = "blocked"
	suspendKicked   = "kicked"
	suspendNoRights = "no-rights"
)

// standing is why nothing can be posted with this standing in a chat; empty when
// posts arrive.
func standing(kind tagwire.ChatType, m telegram.Member) string {
	switch {
	case kind == tagwire.Private && !m.Present:
		return suspendBlocked
	case !m.Present:
		return suspendKicked
	case kind == tagwire.Channel && !m.CanPost, kind != tagwire.Channel && !m.CanWrite:
		return suspendNoRights
	}
	return ""
}

// onMember handles that the bot was added, removed, blocked, promoted or muted.
func (b *Bot) onMember(ctx context.Context, u telegram.Update) error {
	c := u.MyChatMember
	t, err := b.open(ctx, u)
	if err != nil {
		return err
	}
	reason := standing(c.Chat.Type, c.New)
	switch {
	case reason != "":
		if !t.known && reason != suspendNoRights {
			return nil // a stranger that left stays one
		}
		if t.suspended != reason {
			t.change(tagwire.Suspend{Chat: c.Chat.ID, Reason: reason})
		}
	case c.Chat.Type == tagwire.Private:
		if t.suspended == "" {
			return nil
		}
		t.change(tagwire.Resume{Dest: t.dest})
	case t.suspended != "" && t.known:
		t.change(tagwire.Resume{Dest: t.dest})
		if err := t.welcome(ctx); err != nil {
			return err
		}
	case !c.Old.Present || standing(c.Chat.Type, c.Old) != "":
		// Promotions and the like of a bot that could post before say nothing.
		if !b.greetings.allow(t.now, int64(c.Chat.ID), u.ID) {
			return nil
		}
		if err := t.welcome(ctx); err != nil {
			return err
		}
	default:
		return nil
	}
	return b.close(ctx, t)
}

// welcome greets a new chat, and one that knows the bot already with a line that
// all is as it was.
func (t *turn) welcome(ctx context.Context) error {
	tags, err := t.tags(ctx)
	if err != nil {
		return err
	}
	if t.known && len(tags) > 0 {
		t.post(tagwire.Message{HTML: t.html(locale.GreetBack, locale.Markup("tags", t.names(tags)))})
		return nil
	}
	text, keyboard := t.greeting()
	t.post(tagwire.Message{HTML: text, Keyboard: keyboard})
	return nil
}

// onMigration moves a group's belongings to the supergroup it became. Telegram
// tells of it in both chats, in either order.
func (b *Bot) onMigration(ctx context.Context, u telegram.Update, m tagwire.Migrate) error {
	b.log.Info("group became a supergroup", "chat_id", m.From, "to", m.To)
	b.greetings.allow(b.now(), int64(m.To), u.ID) // the new chat needs no greeting
	_, err := b.store.ApplyUpdate(ctx, b.now(), u.ID, []tagwire.Change{m}, nil)
	return err
}

// onTopic learns the name of a forum topic that was made or renamed, and that one
// takes posts again.
func (b *Bot) onTopic(ctx context.Context, u telegram.Update) error {
	t, err := b.open(ctx, u)
	if err != nil {
		return err
	}
	if t.dest.Thread == 0 || !t.known {
		return nil
	}
	if m := u.Post(); m.TopicReopened {
		t.resume()
	} else {
		t.change(tagwire.SeeTopic{Dest: t.dest, Name: tagwire.Clean(m.TopicName)})
	}
	return b.close(ctx, t)
}

// nameTopic notes the name of the topic a command came from, if none is known:
// the message tells the name the topic was made with, not a later one.
func (b *Bot) nameTopic(ctx context.Context, t *turn, name string) error {
	if t.dest.Thread == 0 || name == "" {
		return nil
	}
	names, err := b.store.Topics(ctx, t.chat.ID)
	if err != nil || names[t.dest.Thread] != "" {
		return err
	}
	t.change(tagwire.SeeTopic{Dest: t.dest, Name: tagwire.Clean(name)})
	return nil
}
