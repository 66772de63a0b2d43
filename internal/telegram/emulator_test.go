package telegram_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tagwire/internal/emulator"
	"tagwire/internal/tagwire"
	"tagwire/internal/telegram"
)

// The people and places of these tests.
const (
	botID   = 123456789
	annID   = 1001 // owns everything
	benID   = 1002 // an ordinary member
	groupID = -500
	superID = -1001000000001
	forumID = -1001000000002
	wireID  = -1001000000003 // a channel
)

// world is a Telegram and a gateway to it.
type world struct {
	*emulator.Telegram
	*telegram.Gateway
	t *testing.T
}

// overHTTP gives a world behind a real listener, inProcess one without sockets.
func overHTTP(t *testing.T) world {
	w := newWorld(t)
	server := httptest.NewServer(w.Telegram)
	t.Cleanup(server.Close)
	w.Gateway = gateway(t, telegram.Options{Endpoint: server.URL})
	return w
}

func inProcess(t *testing.T) world {
	w := newWorld(t)
	w.Gateway = gateway(t, telegram.Options{Transport: emulator.Transport(w.Telegram), Now: time.Now})
	return w
}

func newWorld(t *testing.T) world {
	t.Helper()
	tg := emulator.NewTelegram(emulator.Options{Limits: emulator.Limits{Off: true}, Seed: 1})
	t.Cleanup(tg.Close)
	w := world{Telegram: tg, t: t}
	w.must(tg.AddBot(emulator.Bot{Token: token, ID: botID, Username: "TagwireBot", Name: "Tagwire"}))
	w.must(tg.AddUser(emulator.User{ID: annID, FirstName: "Ann", LastName: "Li", Username: "ann_li", LanguageCode: "en"}))
	w.must(tg.AddUser(emulator.User{ID: benID, FirstName: "Ben", LanguageCode: "zh-hans"}))
	w.must(tg.AddChat(emulator.Chat{ID: groupID, Type: "group", Title: "Copper desk", Creator: annID}))
	w.must(tg.AddChat(emulator.Chat{ID: superID, Type: "supergroup", Title: "Metals", Creator: annID}))
	w.must(tg.AddChat(emulator.Chat{ID: forumID, Type: "supergroup", Title: "Rare earths", Creator: annID, Forum: true}))
	w.must(tg.AddChat(emulator.Chat{ID: wireID, Type: "channel", Title: "Metal wire", Creator: annID}))
	for _, c := range []int64{groupID, superID, forumID} {
		w.must(tg.Add(0, benID, c))
		w.must(tg.Add(0, botID, c))
	}
	return w
}

func (w world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// both runs a test in-process and over real HTTP.
func both(t *testing.T, do func(t *testing.T, w world)) {
	t.Helper()
	t.Run("in-process", func(t *testing.T) {
		t.Parallel()
		do(t, inProcess(t))
	})
	t.Run("over HTTP", func(t *testing.T) {
		t.Parallel()
		do(t, overHTTP(t))
	})
}

// send posts and expects a fault, none if empty.
func (w world) send(chat int64, thread int, m tagwire.Message, want tagwire.Fault) int {
	w.t.Helper()
	id, err := w.Send(w.t.Context(), tagwire.Dest{Chat: tagwire.ChatID(chat), Thread: tagwire.ThreadID(thread)}, m)
	var got tagwire.Fault
	var e *tagwire.SendError
	if errors.As(err, &e) {
		got = e.Fault
	}
	if got != want || err != nil && e == nil {
		w.t.Errorf("to %d/%d: %v, want %q", chat, thread, err, want)
	}
	return id
}

func TestEmulator_sendAndEdit(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w world) {
		me, err := w.Me(t.Context())
		if err != nil || me.ID != botID || me.Username != "TagwireBot" || !me.JoinsGroups {
			t.Errorf("me is %+v, %v", me, err)
		}
		said, err := w.Say(annID, superID, "/list@TagwireBot")
		w.must(err)
		m := tagwire.Message{
			HTML:     `<b>Copper &amp; tin</b> <a href="https://news.example/1">more</a>`,
			Keyboard: tagwire.Keyboard{{{Text: "OK", Data: "1:ok"}, {Text: "Site", URL: "https://example.com/"}}},
			ReplyTo:  said, Silent: true, Preview: "https://news.example/1",
		}
		id := w.send(superID, 0, m, "")
		got, ok := w.Message(superID, id)
		if !ok || got.Text != "Copper & tin more" || !got.Silent || got.ReplyTo != said ||
			got.Preview == nil || got.Preview.URL != "https://news.example/1" || got.Preview.Disabled {
			t.Errorf("arrived as %+v", got)
		}
		want := [][]emulator.Button{{{Text: "OK", Data: "1:ok"}, {Text: "Site", URL: "https://example.com/"}}}
		if diff := cmp.Diff(want, got.Keyboard); diff != "" {
			t.Error(diff)
		}
		m.Edit, m.HTML, m.Keyboard = id, "<i>done</i>", nil
		for range 2 { // the second changes nothing
			if again := w.send(superID, 0, m, ""); again != id {
				t.Errorf("edited %d, not %d", again, id)
			}
		}
		if got, _ := w.Message(superID, id); got.Text != "done" || got.Keyboard != nil {
			t.Errorf("edited to %+v", got)
		}
		m.Edit = 9999
		w.send(superID, 0, m, tagwire.FaultNoMessage)
		w.send(superID, 0, tagwire.Message{HTML: "answers what is gone", ReplyTo: 9999}, "")

		thread, err := w.AddTopic(annID, forumID, "稀土")
		w.must(err)
		id = w.send(forumID, thread, tagwire.Message{HTML: "in the topic"}, "")
		if got, _ := w.Message(forumID, id); got.Thread != thread || got.Preview == nil || !got.Preview.Disabled {
			t.Errorf("arrived as %+v", got)
		}
		id = w.send(forumID, 0, tagwire.Message{HTML: "in General"}, "")
		if got, _ := w.Message(forumID, id); got.Thread != 0 {
			t.Errorf("arrived in %d", got.Thread)
		}
		for _, c := range w.Ledger() {
			if len(c.Unknown) > 0 {
				t.Errorf("%s has no parameters %v", c.Method, c.Unknown)
			}
		}
	})
}

func TestEmulator_refusals(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w world) {
		x := tagwire.Message{HTML: "x"}
		w.send(4711, 0, x, tagwire.FaultChatNotFound)
		w.send(forumID, 999, x, tagwire.FaultTopicGone)
		w.send(superID, 0, tagwire.Message{HTML: "<b>open"}, tagwire.FaultBadMarkup)
		w.send(superID, 0, tagwire.Message{HTML: "<b>open", Plain: true}, "")
		w.send(superID, 0, tagwire.Message{HTML: " "}, tagwire.FaultBadMarkup)
		long := tagwire.HTML(strings.Repeat("稀土 ", 2000))
		w.send(superID, 0, tagwire.Message{HTML: long}, tagwire.FaultBadMarkup)
		w.send(superID, 0, tagwire.Message{HTML: long, Plain: true}, "")
		w.send(superID, 0, tagwire.Message{HTML: "x", Keyboard: tagwire.Keyboard{{{Text: "x", Data: strings.Repeat("x", 65)}}}}, tagwire.FaultBadMessage)

		thread, err := w.AddTopic(annID, forumID, "old")
		w.must(err)
		w.must(w.CloseTopic(annID, forumID, thread))
		w.send(forumID, thread, x, tagwire.FaultTopicGone)
		w.must(w.DeleteTopic(annID, forumID, thread))
		w.send(forumID, thread, x, tagwire.FaultTopicGone)

		w.must(w.SetMuted(superID, true))
		w.send(superID, 0, x, tagwire.FaultNoRights)
		w.send(wireID, 0, x, tagwire.FaultChatNotFound) // never seen
		w.must(w.Promote(0, botID, wireID, emulator.Rights{ManageChat: true}))
		w.send(wireID, 0, x, tagwire.FaultNoRights)

		moved, err := w.Upgrade(annID, groupID)
		w.must(err)
		_, err = w.Send(t.Context(), tagwire.Dest{Chat: groupID}, x)
		var e *tagwire.SendError
		if !errors.As(err, &e) || e.Fault != tagwire.FaultMigrated || int64(e.MigrateTo) != moved {
			t.Errorf("to the upgraded group: %v", err)
		}
		w.send(moved, 0, x, "")
		w.must(w.Kick(annID, botID, moved))
		w.send(moved, 0, x, tagwire.FaultChatGone)

		w.send(benID, 0, x, tagwire.FaultChatGone) // never began a chat
		_, err = w.Start(benID, botID, "")
		w.must(err)
		w.send(benID, 0, x, "")
		w.must(w.Block(benID, botID))
		w.send(benID, 0, x, tagwire.FaultChatGone)

		w.Revoke(token)
		w.send(superID, 0, x, tagwire.FaultUnauthorized)
	})
}

func TestEmulator_faults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		fault     emulator.Fault
		inProcess tagwire.Fault
		posted    bool
	}{
		{"no connection", emulator.Fault{Kind: emulator.FaultRefused}, tagwire.FaultUnsent, false},
		{"dropped before", emulator.Fault{Kind: emulator.FaultReset}, tagwire.FaultUnknown, false},
		{"dropped after", emulator.Fault{Kind: emulator.FaultReset, After: true}, tagwire.FaultUnknown, true},
		{"proxy's page", emulator.Fault{Kind: emulator.FaultHTML}, tagwire.FaultUnknown, false},
		{"proxy's page after", emulator.Fault{Kind: emulator.FaultHTML, After: true}, tagwire.FaultUnknown, true},
		{"nothing", emulator.Fault{Kind: emulator.FaultEmpty}, tagwire.FaultUnknown, false},
		{"half", emulator.Fault{Kind: emulator.FaultTruncate, After: true}, tagwire.FaultUnknown, true},
		{"too fast", emulator.Fault{Kind: emulator.FaultAnswer, Code: 429, Description: "Too Many Requests: retry after 5", Parameters: map[string]any{"retry_after": 5}}, tagwire.FaultRetryAfter, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			both(t, func(t *testing.T, w world) {
				want := c.inProcess
				// A kept connection cannot refuse, only be cut.
				if c.fault.Kind == emulator.FaultRefused && strings.Contains(t.Name(), "over_HTTP") {
					want = tagwire.FaultUnknown
				}
				before := len(w.Transcript(superID))
				w.Inject(c.fault)
				w.send(superID, 0, tagwire.Message{HTML: "x"}, want)
				if posted := len(w.Transcript(superID)) > before; posted != c.posted {
					t.Errorf("posted: %t", posted)
				}
				w.send(superID, 0, tagwire.Message{HTML: "y"}, "")
			})
		})
	}
}

func TestEmulator_updates(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w world) {
		ctx, cancel := context.WithCancel(t.Context())
		updates := make(chan telegram.Update)
		ended := make(chan error, 1)
		go func() {
			ended <- w.Updates(ctx, func(ctx context.Context, u telegram.Update) error {
				select {
				case updates <- u:
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			})
		}()
		// The bot was added to three groups before.
		for range 3 {
			for u := range updates {
				if c := u.MyChatMember; c != nil && c.New.User.ID == botID {
					if c.New.Status != "member" || !c.New.Present || c.Old.Present {
						t.Errorf("added as %+v", c)
					}
					break
				}
			}
		}
		// next is the next message or button press.
		next := func() telegram.Update {
			for u := range updates {
				if u.CallbackQuery != nil || u.Post() != nil && u.Post().Text != "" {
					return u
				}
			}
			return telegram.Update{}
		}

		thread, err := w.AddTopic(annID, forumID, "稀土")
		w.must(err)
		_, err = w.Say(benID, forumID, "/sub@tagwirebot　稀土, copper", emulator.Saying{Thread: thread})
		w.must(err)
		u := next()
		cmd, ok := telegram.ParseCommand(u.Message, "TagwireBot")
		if !ok || cmd != (telegram.Invocation{Name: "sub", Args: "稀土, copper"}) || u.From().ID != benID || u.IsAnonymousAdmin() ||
			u.Dest() != (tagwire.Dest{Chat: forumID, Thread: tagwire.ThreadID(thread)}) || u.Message.TopicName != "稀土" || !u.Chat().Forum {
			t.Errorf("command %+v in %+v", cmd, u.Message)
		}
		_, err = w.Say(annID, superID, "/list@tagwirebot", emulator.Saying{Anonymous: true})
		w.must(err)
		if u := next(); !u.IsAnonymousAdmin() || u.Thread() != 0 {
			t.Errorf("anonymous admin: %+v", u.Message)
		}
		w.must(w.Promote(0, botID, wireID, emulator.AllRights()))
		_, err = w.ChannelPost(annID, wireID, "/digest 08:30")
		w.must(err)
		if u := next(); u.ChannelPost == nil || u.From() != nil || u.Chat().Type != tagwire.Channel {
			t.Errorf("channel post: %+v", u)
		}

		id := w.send(forumID, thread, tagwire.Message{HTML: "choose", Keyboard: tagwire.Keyboard{{{Text: "铜", Data: "1:s:copper"}}}}, "")
		query, err := w.Tap(benID, forumID, id, "1:s:copper")
		w.must(err)
		q := next().CallbackQuery
		if q == nil || q.Data != "1:s:copper" || q.From.ID != benID || q.From.Language != "zh-hans" || q.MessageID != id ||
			!q.Accessible || q.Chat.ID != forumID || int(q.Thread) != thread {
			t.Fatalf("pressed: %+v", q)
		}
		w.must(w.AnswerCallback(t.Context(), q.ID, "Only admins", true))
		<-query.Done
		if got, _ := w.Answered(query.ID); got != (emulator.Answer{Text: "Only admins", Alert: true}) {
			t.Errorf("answered %+v", got)
		}
		w.must(w.AnswerCallback(t.Context(), "12345", "too late", false))

		// What nobody can read, and the ids after a silent week.
		w.PushUpdate(botID, map[string]json.RawMessage{"message": json.RawMessage(`["not", "a message"]`)})
		w.Renumber(botID, 17)
		_, err = w.Say(annID, superID, "/help@tagwirebot")
		w.must(err)
		if u := next(); u.ID != 17 || u.Message.Text != "/help@tagwirebot" {
			t.Errorf("after renumbering: %+v", u)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		for _, c := range w.Ledger() {
			if len(c.Unknown) > 0 {
				t.Errorf("%s has no parameters %v", c.Method, c.Unknown)
			}
		}
	})
}

func TestEmulator_rightsAndMenu(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w world) {
		w.must(w.Promote(0, botID, superID, emulator.AllRights()))
		w.must(w.Promote(0, botID, wireID, emulator.Rights{ManageChat: true, PostMessages: true}))
		for _, c := range []struct {
			chat  tagwire.ChatID
			user  int64
			admin bool
		}{{superID, annID, true}, {superID, benID, false}, {wireID, annID, true}, {superID, 4711, false}, {annID, annID, true}} {
			// A person the bot never met is an answer, not an error.
			if admin, err := w.IsAdmin(t.Context(), c.chat, c.user); admin != c.admin || err != nil {
				t.Errorf("%d in %d: admin %t, %v", c.user, c.chat, admin, err)
			}
		}
		m, err := w.Gateway.Member(t.Context(), wireID, botID)
		if err != nil || !m.CanPost || m.CanInvite || !m.Admin() {
			t.Errorf("the bot in the channel: %+v, %v", m, err)
		}
		w.must(w.Demote(annID, botID, superID))
		w.must(w.Kick(annID, botID, superID))
		if admin, err := w.IsAdmin(t.Context(), superID, annID); admin || err == nil {
			t.Errorf("asked from outside: admin %t, %v", admin, err)
		}
		w.must(w.SetCommands(t.Context(), "all_group_chats", "zh", []telegram.Command{{Name: "list", Description: "本处的订阅"}}))
		w.must(w.SetCommands(t.Context(), "default", "", []telegram.Command{{Name: "help", Description: "What I do"}}))
		if got := w.Menu(botID, benID, forumID); len(got) != 1 || got[0].Command != "list" {
			t.Errorf("Ben's menu is %v", got)
		}
		if got := w.Menu(botID, annID, annID); len(got) != 1 || got[0].Command != "help" {
			t.Errorf("Ann's menu is %v", got)
		}
	})
}

// Two programs with one token: both notice, and neither storms the server.
func TestEmulator_twoInstances(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := inProcess(t)
		second := gateway(t, telegram.Options{Transport: emulator.Transport(w.Telegram), Now: time.Now})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 2)
		ignore := func(context.Context, telegram.Update) error { return nil }
		go func() { ended <- w.Updates(ctx, ignore) }()
		time.Sleep(time.Minute)
		go func() { ended <- second.Updates(ctx, ignore) }()
		time.Sleep(2 * time.Minute)
		if a, b := w.Status().Fault, second.Status().Fault; a != tagwire.FaultConflict && b != tagwire.FaultConflict {
			t.Errorf("faults %q and %q", a, b)
		}
		cancel()
		for range 2 {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
		if n := len(w.Ledger("getUpdates")); n > 60 {
			t.Errorf("%d polls in three minutes", n)
		}
	})
}
