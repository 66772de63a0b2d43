package telegram_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"tagwire/internal/tagwire"
	"tagwire/internal/telegram"
)

const (
	forum = `{"id":-1001234567890,"type":"supergroup","title":"Metals","username":"metals","is_forum":true}`
	ann   = `{"id":55,"is_bot":false,"first_name":"Ann","last_name":"Li","username":"ann","language_code":"zh-hans"}`
)

func TestDecodeUpdate(t *testing.T) {
	t.Parallel()
	metals := telegram.Chat{ID: -1001234567890, Type: tagwire.Supergroup, Title: "Metals", Username: "metals", Forum: true}
	annLi := telegram.User{ID: 55, Name: "Ann Li", Username: "ann", Language: "zh-hans"}
	date := time.Date(2026, 7, 28, 0, 19, 0, 0, time.UTC)
	for _, c := range []struct {
		name, json string
		want       telegram.Update
	}{
		{"a command in a topic",
			`{"update_id":10,"message":{"message_id":3,"from":` + ann + `,"chat":` + forum + `,"date":1785197940,"message_thread_id":17,
			"is_topic_message":true,"text":"/list","entities":[{"offset":0,"length":5,"type":"bot_command"}],
			"reply_to_message":{"message_id":17,"forum_topic_created":{"name":"稀土","icon_color":1},"poll":{"options":"not as it was"}}}}`,
			telegram.Update{ID: 10, Message: &telegram.Message{ID: 3, Date: date, Chat: metals, Thread: 17, TopicName: "稀土",
				From: &annLi, Text: "/list", Entities: []telegram.Entity{{Type: "bot_command", Length: 5}}}}},
		{"a thread of replies is no topic",
			`{"update_id":11,"message":{"message_id":3,"from":` + ann + `,"chat":{"id":-100,"type":"supergroup","title":"G"},"date":1785197940,
			"message_thread_id":2,"text":"hi"}}`,
			telegram.Update{ID: 11, Message: &telegram.Message{ID: 3, Date: date, From: &annLi, Text: "hi",
				Chat: telegram.Chat{ID: -100, Type: tagwire.Supergroup, Title: "G"}}}},
		{"General has no number",
			`{"update_id":12,"message":{"message_id":3,"from":` + ann + `,"chat":` + forum + `,"date":1785197940,"message_thread_id":1,"is_topic_message":true}}`,
			telegram.Update{ID: 12, Message: &telegram.Message{ID: 3, Date: date, Chat: metals, From: &annLi}}},
		{"a private chat goes by the first name",
			`{"update_id":13,"message":{"message_id":3,"from":` + ann + `,"chat":{"id":55,"type":"private","first_name":"Ann","last_name":"Li"},"date":1785197940,
			"forward_origin":{"type":"user"},"via_bot":{"id":9,"is_bot":true,"first_name":"B"}}}`,
			telegram.Update{ID: 13, Message: &telegram.Message{ID: 3, Date: date, From: &annLi, Forwarded: true, ViaBot: true,
				Chat: telegram.Chat{ID: 55, Type: tagwire.Private, Title: "Ann"}}}},
		{"a channel post",
			`{"update_id":14,"channel_post":{"message_id":4,"sender_chat":{"id":-1002,"type":"channel","title":"Wire"},"chat":{"id":-1002,"type":"channel","title":"Wire"},"date":1785197940,"text":"/digest"}}`,
			telegram.Update{ID: 14, ChannelPost: &telegram.Message{ID: 4, Date: date, Text: "/digest",
				Chat:       telegram.Chat{ID: -1002, Type: tagwire.Channel, Title: "Wire"},
				SenderChat: &telegram.Chat{ID: -1002, Type: tagwire.Channel, Title: "Wire"}}}},
		{"migration and members",
			`{"update_id":15,"message":{"message_id":5,"chat":{"id":-7,"type":"group","title":"G"},"date":1785197940,"migrate_to_chat_id":-1007,
			"new_chat_members":[` + ann + `],"left_chat_member":` + ann + `}}`,
			telegram.Update{ID: 15, Message: &telegram.Message{ID: 5, Date: date, MigrateTo: -1007,
				Chat: telegram.Chat{ID: -7, Type: tagwire.Group, Title: "G"}, NewMembers: []telegram.User{annLi}, Left: &annLi}}},
		{"a pressed button in a topic",
			`{"update_id":16,"callback_query":{"id":"77","from":` + ann + `,"chat_instance":"1","data":"1:s:42",
			"message":{"message_id":8,"chat":` + forum + `,"date":1785197940,"message_thread_id":17,"is_topic_message":true,"reply_markup":{"inline_keyboard":[[{"text":"x","style":{"new":1}}]]}}}}`,
			telegram.Update{ID: 16, CallbackQuery: &telegram.CallbackQuery{ID: "77", From: annLi, Data: "1:s:42", MessageID: 8, Chat: metals, Thread: 17, Accessible: true}}},
		{"a pressed button far back",
			`{"update_id":17,"callback_query":{"id":"78","from":` + ann + `,"chat_instance":"1","data":"x","message":{"message_id":8,"chat":` + forum + `,"date":0}}}`,
			telegram.Update{ID: 17, CallbackQuery: &telegram.CallbackQuery{ID: "78", From: annLi, Data: "x", MessageID: 8, Chat: metals}}},
		{"a pressed button without a message",
			`{"update_id":18,"callback_query":{"id":"79","from":` + ann + `,"inline_message_id":"z","chat_instance":"1"}}`,
			telegram.Update{ID: 18, CallbackQuery: &telegram.CallbackQuery{ID: "79", From: annLi}}},
		{"the bot was promoted",
			`{"update_id":19,"my_chat_member":{"chat":` + forum + `,"from":` + ann + `,"date":1785197940,
			"old_chat_member":{"user":{"id":1,"is_bot":true,"first_name":"Bot"},"status":"member"},
			"new_chat_member":{"user":{"id":1,"is_bot":true,"first_name":"Bot"},"status":"administrator","can_invite_users":true,"can_manage_topics":true}}}`,
			telegram.Update{ID: 19, MyChatMember: &telegram.MemberChange{Chat: metals, From: annLi, Date: date,
				Old: telegram.Member{User: telegram.User{ID: 1, Name: "Bot", Bot: true}, Status: "member", Present: true, CanWrite: true},
				New: telegram.Member{User: telegram.User{ID: 1, Name: "Bot", Bot: true}, Status: "administrator", Present: true, CanInvite: true, CanWrite: true}}}},
		{"a kind of its own", `{"update_id":20,"something_new":{"a":1}}`, telegram.Update{ID: 20}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := telegram.DecodeUpdate([]byte(c.json))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	for _, bad := range []string{``, `[]`, `{}`, `{"update_id":"x"}`, `{"update_id":1,"message":7}`, `{"update_id":1,"message":{}}`, `{"update_id":1,"message":{"chat":{"id":"x"}}}`} {
		if _, err := telegram.DecodeUpdate([]byte(bad)); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

func TestUpdate_accessors(t *testing.T) {
	t.Parallel()
	group := telegram.Chat{ID: -100, Type: tagwire.Supergroup}
	channel := telegram.Chat{ID: -200, Type: tagwire.Channel}
	user := telegram.User{ID: 5}
	for _, c := range []struct {
		name      string
		u         telegram.Update
		dest      tagwire.Dest
		from      *telegram.User
		anonymous bool
	}{
		{name: "nothing"},
		{"a message", telegram.Update{Message: &telegram.Message{Chat: group, Thread: 3, From: &user}}, tagwire.Dest{Chat: -100, Thread: 3}, &user, false},
		{"an anonymous admin", telegram.Update{Message: &telegram.Message{Chat: group, From: &user, SenderChat: &group}}, tagwire.Dest{Chat: -100}, &user, true},
		{"someone as a channel", telegram.Update{Message: &telegram.Message{Chat: group, From: &user, SenderChat: &channel}}, tagwire.Dest{Chat: -100}, &user, false},
		{"the linked channel", telegram.Update{Message: &telegram.Message{Chat: group, From: &user, SenderChat: &channel, AutomaticForward: true}}, tagwire.Dest{Chat: -100}, &user, false},
		{"a channel post", telegram.Update{ChannelPost: &telegram.Message{Chat: channel, SenderChat: &channel}}, tagwire.Dest{Chat: -200}, nil, false},
		{"a button", telegram.Update{CallbackQuery: &telegram.CallbackQuery{From: user, Chat: group, Thread: 4}}, tagwire.Dest{Chat: -100, Thread: 4}, &user, false},
		{"a membership", telegram.Update{MyChatMember: &telegram.MemberChange{Chat: group, From: user}}, tagwire.Dest{Chat: -100}, &user, false},
	} {
		if got := c.u.Dest(); got != c.dest {
			t.Errorf("%s: at %s", c.name, got)
		}
		if diff := cmp.Diff(c.from, c.u.From()); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if got := c.u.IsAnonymousAdmin(); got != c.anonymous {
			t.Errorf("%s: anonymous admin %t", c.name, got)
		}
	}
}

func TestParseCommand(t *testing.T) {
	t.Parallel()
	command := func(n int) []telegram.Entity { return []telegram.Entity{{Type: "bot_command", Length: n}} }
	for _, c := range []struct {
		name     string
		text     string
		entities []telegram.Entity
		want     telegram.Invocation // no name: not a command to us
	}{
		{"bare", "/list", command(5), telegram.Invocation{Name: "list"}},
		{"arguments", "/subscribe rare-earths  copper ", command(10), telegram.Invocation{Name: "subscribe", Args: "rare-earths  copper"}},
		{"ours by name", "/list@Tagwire_Bot x", command(17), telegram.Invocation{Name: "list", Args: "x"}},
		{"ours by name in another case", "/LIST@tagwire_bot", command(17), telegram.Invocation{Name: "list"}},
		{"another bot's", "/list@other_bot", command(15), telegram.Invocation{}},
		{"another bot's whose name begins like ours", "/list@tagwire_bot2", command(18), telegram.Invocation{}},
		{"ideographic space", "/subscribe　稀土　铜　", command(10), telegram.Invocation{Name: "subscribe", Args: "稀土　铜"}},
		{"line break", "/subscribe\n稀土", command(10), telegram.Invocation{Name: "subscribe", Args: "稀土"}},
		{"no-break and zero-width blanks", "/sub\u00a0\u200b镍\ufeff", command(4), telegram.Invocation{Name: "sub", Args: "镍"}},
		{"emoji", "/sub 🧲𝔸", command(4), telegram.Invocation{Name: "sub", Args: "🧲𝔸"}},
		{"punctuation", "/sub，稀土", command(4), telegram.Invocation{Name: "sub", Args: "，稀土"}},
		{"injected", "/sub <b>x</b> @everyone /stop", command(4), telegram.Invocation{Name: "sub", Args: "<b>x</b> @everyone /stop"}},
		{"not at the start", "please /list", []telegram.Entity{{Type: "bot_command", Offset: 7, Length: 5}}, telegram.Invocation{}},
		{"marked as code", "/list", []telegram.Entity{{Type: "code", Length: 5}}, telegram.Invocation{}},
		{"mark of the wrong length", "/list", command(4), telegram.Invocation{}},
		{"mark beyond the text", "/list", command(500), telegram.Invocation{}},
		{"mark of no length", "/list", command(0), telegram.Invocation{}},
		{"other marks as well", "/sub https://x.example", []telegram.Entity{{Type: "url", Offset: 5, Length: 17}, {Type: "bot_command", Length: 4}}, telegram.Invocation{Name: "sub", Args: "https://x.example"}},
		{"nothing marked", "/digest 08:30", nil, telegram.Invocation{Name: "digest", Args: "08:30"}},
		{"nothing marked, ours", "/digest@tagwire_bot 08:30", nil, telegram.Invocation{Name: "digest", Args: "08:30"}},
		{"nothing marked, another's", "/digest@other_bot 08:30", nil, telegram.Invocation{}},
		{"nothing marked, a path", "/usr/bin/list", nil, telegram.Invocation{}},
		{"nothing marked, a word that goes on", "/sub稀土", nil, telegram.Invocation{}},
		{"nothing marked, too long a name", "/" + strings.Repeat("a", 65), nil, telegram.Invocation{}},
		{"Chinese name", "/订阅 稀土", nil, telegram.Invocation{}},
		{"slash", "/", nil, telegram.Invocation{}},
		{"empty", "", nil, telegram.Invocation{}},
		{"text", "copper", nil, telegram.Invocation{}},
		{"space before", " /list", nil, telegram.Invocation{}},
	} {
		got, ok := telegram.ParseCommand(&telegram.Message{Text: c.text, Entities: c.entities}, "tagwire_bot")
		if got != c.want || ok != (c.want.Name != "") {
			t.Errorf("%s: %q gives %+v, %t", c.name, c.text, got, ok)
		}
	}
	if _, ok := telegram.ParseCommand(nil, "tagwire_bot"); ok {
		t.Error("no message is a command")
	}
	if _, ok := telegram.ParseCommand(&telegram.Message{Text: "/list@abc"}, ""); ok {
		t.Error("without a name of our own, someone else's command is ours")
	}
}

func FuzzParseCommand(f *testing.F) {
	f.Add("/subscribe　稀土", 10, true)
	f.Add("/a@tagwire_bot \xff\xfe", 14, true)
	f.Add("/sub 🧲", 3, false)
	f.Fuzz(func(t *testing.T, text string, length int, marked bool) {
		m := &telegram.Message{Text: text}
		if marked {
			m.Entities = []telegram.Entity{{Type: "bot_command", Length: length}}
		}
		got, ok := telegram.ParseCommand(m, "tagwire_bot")
		if !ok {
			return
		}
		if got.Name == "" || got.Name != strings.ToLower(got.Name) || strings.ContainsAny(got.Name, "/@ ") {
			t.Errorf("name %q", got.Name)
		}
		if !strings.Contains(text, got.Args) || utf8.ValidString(text) && !utf8.ValidString(got.Args) {
			t.Errorf("arguments %q of %q", got.Args, text)
		}
	})
}

func FuzzDecodeUpdate(f *testing.F) {
	f.Add([]byte(`{"update_id":10,"message":{"message_id":3,"from":` + ann + `,"chat":` + forum + `,"date":1,"text":"/list","entities":[{"offset":0,"length":5,"type":"bot_command"}]}}`))
	f.Add([]byte(`{"update_id":16,"callback_query":{"id":"77","from":` + ann + `,"message":{"chat":null}}}`))
	f.Add([]byte(`{"update_id":19,"my_chat_member":{"chat":` + forum + `,"new_chat_member":null}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		u, err := telegram.DecodeUpdate(data)
		if err != nil {
			return
		}
		u.Dest()
		u.From()
		u.IsAnonymousAdmin()
		telegram.ParseCommand(u.Post(), "tagwire_bot")
	})
}
