package bot

import (
	"strings"
	"testing"

	"tagwire/internal/tagwire"
	"tagwire/internal/telegram"
)

func TestMember_standing(t *testing.T) {
	t.Parallel()
	muted := member("restricted")
	muted.CanWrite = false
	silent := member("administrator")
	silent.CanPost = false
	for _, tt := range []struct {
		kind tagwire.ChatType
		m    telegram.Member
		want string
	}{
		{tagwire.Private, member("member"), ""},
		{tagwire.Private, member("kicked"), "blocked"},
		{tagwire.Group, member("left"), "kicked"},
		{tagwire.Supergroup, member("kicked"), "kicked"},
		{tagwire.Supergroup, member("restricted"), ""},
		{tagwire.Supergroup, muted, "no-rights"},
		{tagwire.Channel, member("administrator"), ""},
		{tagwire.Channel, silent, "no-rights"},
		{tagwire.Channel, member("member"), "no-rights"},
	} {
		if got := standing(tt.kind, tt.m); got != tt.want {
			t.Errorf("%s, %s: %q, want %q", tt.kind, tt.m.Status, got, tt.want)
		}
	}
}

func TestMember_removalKeepsSettingsAndReturnRestoresThem(t *testing.T) {
	t.Parallel()
	for _, at := range []tagwire.ChatID{room, forum, channel} {
		w := newWorld(t)
		w.moves(at, member("left"), member("administrator"))
		w.store.subs[here(at)] = []tagwire.TagSlug{"tin"}
		before := w.store.chats[at]

		said := len(w.store.replies)
		w.moves(at, member("administrator"), member("kicked"))
		if got := w.store.chats[at]; got.Suspended != "kicked" || len(w.store.replies) != said {
			t.Errorf("%d: removed, %+v, said %v", at, got, w.store.replies[said:])
		}
		w.moves(at, member("left"), member("administrator"))
		if got := w.store.chats[at]; got != before {
			t.Errorf("%d: back with %+v, had %+v", at, got, before)
		}
		if n := len(w.store.replies) - said; n != 1 || !strings.Contains(string(w.store.replies[said].Message.HTML), "Tin") {
			t.Errorf("%d: said %v", at, w.store.replies[said:])
		}
		// What else happens to it there is not worth a word.
		w.moves(at, member("administrator"), member("administrator"))
		if len(w.store.replies) != said+1 {
			t.Errorf("%d: chatter %v", at, w.store.replies[said+1:])
		}
	}
}

func TestMember_blockedAndBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me := private(bob).Chat
	w.moves(me, member("member"), member("kicked"))
	if len(w.store.chats) != 0 {
		t.Errorf("a stranger that blocked the bot was stored")
	}
	w.says(bob, private(bob), "/subscribe tin")
	w.moves(me, member("member"), member("kicked"))
	if got := w.store.chats[me].Suspended; got != "blocked" {
		t.Errorf("suspended %q", got)
	}
	said := len(w.store.replies)
	w.moves(me, member("kicked"), member("member"))
	if got := w.store.chats[me].Suspended; got != "" || len(w.store.replies) != said {
		t.Errorf("unblocked: suspended %q, said %v", got, w.store.replies[said:])
	}
	// The unblocking may have been missed: whoever writes has not blocked us.
	w.moves(me, member("member"), member("kicked"))
	w.says(bob, private(bob), "/start")
	if got := w.store.chats[me].Suspended; got != "" {
		t.Errorf("after /start: suspended %q", got)
	}
}

func TestMember_mutedAndBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.speaks("en")
	muted := member("restricted")
	muted.CanWrite = false
	w.moves(forum, member("member"), muted)
	if got := w.store.chats[forum].Suspended; got != "no-rights" {
		t.Errorf("suspended %q", got)
	}
	w.says(bob, here(forum), "/list") // a member's word proves nothing
	if got := w.store.chats[forum].Suspended; got != "no-rights" {
		t.Errorf("after a member's command: %q", got)
	}
	w.says(anna, here(forum), "/subscribe tin")
	if got := w.store.chats[forum].Suspended; got != "" {
		t.Errorf("after an admin's command: %q", got)
	}
}

func TestMember_greetsOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.movedUpdate(room, member("left"), member("member"))
	w.handle(u)
	w.handle(u)
	w.moves(room, member("member"), member("administrator"))
	w.says(anna, here(room), "/start@tagwire_bot hello")
	if n := len(w.store.replies); n != 1 {
		t.Errorf("%d greetings", n)
	}
	w.says(anna, here(room), "/start")
	if n := len(w.store.replies); n != 2 {
		t.Errorf("a plain /start was not answered")
	}

	// The other way round: the link's /start is faster.
	w = newWorld(t)
	w.says(anna, here(room), "/start@tagwire_bot hello")
	w.moves(room, member("left"), member("member"))
	if n := len(w.store.replies); n != 1 {
		t.Errorf("%d greetings", n)
	}
}

func TestMember_greetsInTheAddersLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.language = "zh-hans"
	w.moves(room, member("left"), member("member"))
	if got := w.store.chats[room].Language; got != "zh" {
		t.Errorf("language %q", got)
	}
	if text := string(w.store.replies[0].Message.HTML); !strings.Contains(text, "大家好") {
		t.Error(text)
	}
}

func TestMigration(t *testing.T) {
	t.Parallel()
	for _, order := range [][]int{{0, 1}, {1, 0}, {0, 0, 1, 1}} {
		w := newWorld(t)
		w.speaks("en")
		delete(w.store.chats, forum)
		w.says(anna, here(room), "/subscribe tin")
		news := []telegram.Message{
			{ID: 5, Chat: chatOf(room), MigrateTo: forum},
			{ID: 1, Chat: chatOf(forum), MigrateFrom: room},
		}
		for _, i := range order {
			w.handle(telegram.Update{ID: w.nextUpdate(), Message: &news[i]})
		}
		w.moves(forum, member("left"), member("member"))
		if got := w.store.subs[here(forum)]; len(got) != 1 || len(w.store.subs[here(room)]) != 0 {
			t.Errorf("%v: subscriptions %v", order, w.store.subs)
		}
		if n := len(w.store.replies); n != 1 {
			t.Errorf("%v: said %v", order, w.store.replies[1:])
		}
	}
}

func TestTopics(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.speaks("en")
	topic := tagwire.Dest{Chat: forum, Thread: marketsTopic}
	news := func(change func(*telegram.Message)) {
		u := w.typedUpdate(anna, topic, "")
		change(u.Message)
		w.handle(u)
	}
	name := func(s string, named bool) func(*telegram.Message) {
		return func(m *telegram.Message) { m.TopicName, m.TopicNamed = s, named }
	}
	news(name("Markets", true))
	news(name("Prices\n\u202e", true))
	news(name("Markets", false)) // a picture in the topic tells its first name
	if got := w.store.topics[topic]; got != "Prices" {
		t.Errorf("topic is called %q", got)
	}
	news(func(m *telegram.Message) { m.TopicReopened = true })
	if last := w.store.changes[len(w.store.changes)-1]; last != (tagwire.Resume{Dest: topic}) {
		t.Errorf("reopened: %#v", last)
	}
	// A command in a topic made before the bot came tells its name.
	other := tagwire.Dest{Chat: forum, Thread: otherTopic}
	u := w.typedUpdate(bob, other, "/list")
	u.Message.TopicName = "Old topic"
	w.handle(u)
	if got := w.store.topics[other]; got != "Old topic" {
		t.Errorf("topic is called %q", got)
	}
}
