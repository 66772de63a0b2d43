package bot

import (
	"context"
	"slices"
	"time"

	"tagwire/internal/locale"
	"tagwire/internal/tagwire"
	"tagwire/internal/telegram"
)

// turn is the handling of one update: what is known at its start, and what it
// gathers to be written at its end. Handlers change nothing but the turn.
type turn struct {
	b      *Bot
	now    time.Time
	update int64
	chat   tagwire.Chat // with the changes of this turn
	known  bool         // the store knew the chat before
	dest   tagwire.Dest
	forum  bool
	texts  locale.Texts
	from   *telegram.User // nil in channels

	suspended string // why the chat was suspended at the start of the turn
	invoked   int    // the message with the command, 0 for a pressed button
	pressed   int    // the message with the button, 0 for a command

	followed []tagwire.TagSlug // of the place, with the changes of this turn
	loaded   bool

	changes []tagwire.Change
	replies []tagwire.Reply

	toast string // answer to a pressed button
	alert bool   // shown in a box that must be closed
}

func (t *turn) setChat(chat tagwire.Chat) {
	t.chat = chat
	t.texts = locale.For(chat.Language)
}

func (t *turn) change(c tagwire.Change) { t.changes = append(t.changes, c) }

// resume ends a suspension that a command from someone entitled disproves: the
// bot is here and is spoken to. Whether a topic was suspended is not known, and
// resuming one that was not does nothing.
func (t *turn) resume() {
	if t.suspended != "" || t.dest.Thread != 0 {
		t.change(tagwire.Resume{Dest: t.dest})
		t.chat.Suspended = ""
	}
}

// say answers: under the command that asked, or in place of the message whose
// button was pressed. Answers make no sound.
func (t *turn) say(text tagwire.HTML, keyboard tagwire.Keyboard) {
	t.send(tagwire.Message{HTML: text, Keyboard: keyboard})
}

func (t *turn) send(m tagwire.Message) {
	m.Silent = true
	switch {
	case t.pressed != 0:
		m.Edit = t.pressed
	case t.chat.Type != tagwire.Private:
		m.ReplyTo = t.invoked
	}
	t.replies = append(t.replies, tagwire.Reply{Dest: t.dest, Message: m})
}

// post sends a new message, also where a button was pressed.
func (t *turn) post(m tagwire.Message) {
	m.Silent = true
	t.replies = append(t.replies, tagwire.Reply{Dest: t.dest, Message: m})
}

// tell sets what the person who pressed the button sees for a moment.
func (t *turn) tell(text string) { t.toast = text }

// tags are the tags the place follows.
func (t *turn) tags(ctx context.Context) ([]tagwire.TagSlug, error) {
	if !t.loaded {
		tags, err := t.b.store.Subscriptions(ctx, t.dest)
		if err != nil {
			return nil, err
		}
		t.followed, t.loaded = tags, true
	}
	return t.followed, nil
}

// follow adds tags to the place and gives those that were not there before.
func (t *turn) follow(ctx context.Context, tags ...tagwire.TagSlug) (added []tagwire.TagSlug, err error) {
	have, err := t.tags(ctx)
	if err != nil {
		return nil, err
	}
	for _, tag := range tags {
		if !slices.Contains(have, tag) {
			added = append(added, tag)
		}
	}
	if len(added) > 0 {
		t.change(tagwire.Subscribe{Dest: t.dest, Tags: added})
		t.followed = append(slices.Clone(have), added...)
	}
	return added, nil
}

// unfollow takes tags from the place and gives those that were there.
func (t *turn) unfollow(ctx context.Context, tags ...tagwire.TagSlug) (removed []tagwire.TagSlug, err error) {
	have, err := t.tags(ctx)
	if err != nil {
		return nil, err
	}
	var kept []tagwire.TagSlug
	for _, tag := range have {
		if slices.Contains(tags, tag) {
			removed = append(removed, tag)
		} else {
			kept = append(kept, tag)
		}
	}
	if len(removed) > 0 {
		t.change(tagwire.Unsubscribe{Dest: t.dest, Tags: removed})
		t.followed = kept
	}
	return removed, nil
}

// retime sets how and when the chat receives articles. Asking for what is set
// already changes nothing.
func (t *turn) retime(mode tagwire.Mode, rhythm tagwire.Rhythm, zone string) {
	if mode == t.chat.Mode && rhythm == t.chat.Rhythm && zone == t.chat.Zone {
		return
	}
	t.chat.Mode, t.chat.Rhythm, t.chat.Zone = mode, rhythm, zone
	t.chat.NextDigest = nextDigest(t.chat, t.now)
	t.change(tagwire.SetTiming{
		Chat: t.chat.ID, Mode: mode, Rhythm: rhythm, Zone: zone, NextDigest: t.chat.NextDigest,
	})
}

// speak sets the language of the chat, from this answer on.
func (t *turn) speak(language string) {
	if language == t.chat.Language {
		return
	}
	t.chat.Language = language
	t.setChat(t.chat)
	t.change(tagwire.SetLanguage{Chat: t.chat.ID, Language: language})
}
