package emulator

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func off() Limits { return Limits{Off: true} }

func TestSendMessage_refusals(t *testing.T) {
	t.Parallel()
	const notModified = "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"
	button := func(b any) params { return params{"inline_keyboard": []any{[]any{b}}} }
	type step struct {
		name   string
		set    func(s *scene) // changes the world first
		method string
		p      params
		code   int
		want   string
	}
	for _, row := range []step{
		{"no text", nil, "sendMessage", params{"chat_id": super}, 400, "Bad Request: message text is empty"},
		{"blank text", nil, "sendMessage", params{"chat_id": super, "text": " \n "}, 400, "Bad Request: text must be non-empty"},
		{"empty element", nil, "sendMessage", params{"chat_id": super, "text": "<b></b>", "parse_mode": "HTML"}, 400, "Bad Request: text must be non-empty"},
		{"too long", nil, "sendMessage", params{"chat_id": super, "text": strings.Repeat("稀", 4097)}, 400, "Bad Request: message is too long"},
		{"too many bytes", nil, "sendMessage", params{"chat_id": super, "text": "<b>" + strings.Repeat(" ", 32768) + "x</b>", "parse_mode": "HTML"}, 400, "Bad Request: text is too long"},
		{"markup", nil, "sendMessage", params{"chat_id": super, "text": "<b>x", "parse_mode": "HTML"}, 400, `Bad Request: can't parse entities: Can't find end tag corresponding to start tag "b"`},
		{"parse mode", nil, "sendMessage", params{"chat_id": super, "text": "x", "parse_mode": "rtf"}, 400, "Bad Request: unsupported parse_mode"},
		{"markup before chat", nil, "sendMessage", params{"text": "<br>", "parse_mode": "HTML"}, 400, `Bad Request: can't parse entities: Unsupported start tag "br" at byte offset 0`},
		{"reply before chat", nil, "sendMessage", params{"text": "x", "reply_parameters": "{"}, 400, "Bad Request: can't parse reply parameters JSON object"},
		{"keyboard before chat", nil, "sendMessage", params{"text": "x", "reply_markup": "{"}, 400, "Bad Request: can't parse reply keyboard markup JSON object"},
		{"preview options", nil, "sendMessage", params{"chat_id": super, "text": "x", "link_preview_options": "[]"}, 400, "Bad Request: object expected as link preview options"},
		{"no chat", nil, "sendMessage", params{"text": "x"}, 400, "Bad Request: chat_id is empty"},
		{"unknown chat", nil, "sendMessage", params{"chat_id": -1009, "text": "x"}, 400, "Bad Request: chat not found"},
		{"unknown person", nil, "sendMessage", params{"chat_id": 99, "text": "x"}, 400, "Bad Request: chat not found"},
		{"person never met", nil, "sendMessage", params{"chat_id": cho, "text": "x"}, 400, "Bad Request: chat not found"},
		{"person who never started", nil, "sendMessage", params{"chat_id": ben, "text": "x"}, 403, "Forbidden: bot can't initiate conversation with a user"},
		{"blocked", func(s *scene) { s.id(s.Start(ben, botID, "")); s.must(s.Block(ben, botID)) }, "sendMessage", params{"chat_id": ben, "text": "x"}, 403, "Forbidden: bot was blocked by the user"},
		{"deactivated", func(s *scene) { s.id(s.Start(ben, botID, "")); s.must(s.Deactivate(ben)) }, "sendMessage", params{"chat_id": ben, "text": "x"}, 403, "Forbidden: user is deactivated"},
		{"kicked from group", func(s *scene) { s.must(s.Kick(ann, botID, plainGroup)) }, "sendMessage", params{"chat_id": plainGroup, "text": "x"}, 403, "Forbidden: bot was kicked from the group chat"},
		{"kicked from supergroup", func(s *scene) { s.must(s.Kick(ann, botID, super)) }, "sendMessage", params{"chat_id": super, "text": "x"}, 403, "Forbidden: bot was kicked from the supergroup chat"},
		{"kicked from channel", func(s *scene) { s.must(s.Kick(ann, botID, channel)) }, "sendMessage", params{"chat_id": channel, "text": "x"}, 403, "Forbidden: bot was kicked from the channel chat"},
		{"left group", func(s *scene) { s.ok("leaveChat", params{"chat_id": plainGroup}) }, "sendMessage", params{"chat_id": plainGroup, "text": "x"}, 403, "Forbidden: bot is not a member of the group chat"},
		{"left supergroup", func(s *scene) { s.ok("leaveChat", params{"chat_id": super}) }, "sendMessage", params{"chat_id": super, "text": "x"}, 403, "Forbidden: bot is not a member of the supergroup chat"},
		{"left channel", func(s *scene) { s.must(s.Demote(ann, botID, channel)) }, "sendMessage", params{"chat_id": channel, "text": "x"}, 403, "Forbidden: bot is not a member of the channel chat"},
		{"group deleted", func(s *scene) { s.must(s.DeleteChat(plainGroup)) }, "sendMessage", params{"chat_id": plainGroup, "text": "x"}, 403, "Forbidden: the group chat was deleted"},
		{"restricted", func(s *scene) { s.must(s.Restrict(ann, botID, super, Permissions{})) }, "sendMessage", params{"chat_id": super, "text": "x"}, 400, "Bad Request: not enough rights to send text messages to the chat"},
		{"restricted photos", func(s *scene) { s.must(s.Restrict(ann, botID, super, Permissions{SendMessages: true})) }, "sendPhoto", params{"chat_id": super, "photo": "https://a.example/x.png"}, 400, "Bad Request: not enough rights to send photos to the chat"},
		{"all muted", func(s *scene) { s.must(s.SetMuted(plainGroup, true)) }, "sendMessage", params{"chat_id": plainGroup, "text": "x"}, 400, "Bad Request: not enough rights to send text messages to the chat"},
		{"channel without right", func(s *scene) { s.must(s.Promote(ann, botID, channel, Rights{ManageChat: true})) }, "sendMessage", params{"chat_id": channel, "text": strings.Repeat("x", 5000)}, 400, "Bad Request: need administrator rights in the channel chat"},
		{"topic one", nil, "sendMessage", params{"chat_id": forum, "message_thread_id": 1, "text": "x"}, 400, "Bad Request: message thread not found"},
		{"topic unknown", nil, "sendMessage", params{"chat_id": forum, "message_thread_id": 77, "text": "x"}, 400, "Bad Request: message thread not found"},
		{"reply target gone", nil, "sendMessage", params{"chat_id": super, "text": "x", "reply_parameters": params{"message_id": 999}}, 400, "Bad Request: message to be replied not found"},
		{"older reply target gone", nil, "sendMessage", params{"chat_id": super, "text": "x", "reply_to_message_id": 999}, 400, "Bad Request: message to be replied not found"},
		{"button data", nil, "sendMessage", params{"chat_id": super, "text": "x", "reply_markup": button(params{"text": "a", "callback_data": strings.Repeat("x", 65)})}, 400, "Bad Request: BUTTON_DATA_INVALID"},
		{"button address", nil, "sendMessage", params{"chat_id": super, "text": "x", "reply_markup": button(params{"text": "a", "url": "http://localhost/"})}, 400, "Bad Request: inline keyboard button URL 'http://localhost/' is invalid: Wrong HTTP URL"},
		{"button without purpose", nil, "sendMessage", params{"chat_id": super, "text": "x", "reply_markup": button(params{"text": "a"})}, 400, "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"},
		{"button without text", nil, "sendMessage", params{"chat_id": super, "text": "x", "reply_markup": button(params{"callback_data": "a"})}, 400, `Bad Request: can't parse inline keyboard button: Can't find field "text"`},
		{"keyboard too large", nil, "sendMessage", params{"chat_id": super, "text": "x", "reply_markup": params{"inline_keyboard": [][]params{slices.Repeat([]params{{"text": "a", "callback_data": "b"}}, 101)}}}, 400, "Bad Request: reply markup is too long"},
		{"keyboard not of rows", nil, "sendMessage", params{"chat_id": super, "text": "x", "reply_markup": params{"inline_keyboard": []any{params{}}}}, 400, `Bad Request: field "inline_keyboard" must be an Array of Arrays`},
		{"photo missing", nil, "sendPhoto", params{"chat_id": super}, 400, "Bad Request: there is no photo in the request"},
		{"photo id", nil, "sendPhoto", params{"chat_id": super, "photo": "nonsense"}, 400, "Bad Request: wrong file identifier/HTTP URL specified"},
		{"photo address", nil, "sendPhoto", params{"chat_id": super, "photo": "http://localhost/x.png"}, 400, "Bad Request: wrong HTTP URL specified"},
		{"caption too long", nil, "sendPhoto", params{"chat_id": super, "photo": "https://a.example/x.png", "caption": strings.Repeat("x", 1025)}, 400, "Bad Request: message caption is too long"},
		{"edit nothing", nil, "editMessageText", params{"text": "x"}, 400, "Bad Request: message identifier is not specified"},
		{"edit unknown", nil, "editMessageText", params{"chat_id": super, "message_id": 999, "text": "x"}, 400, "Bad Request: message to edit not found"},
		{"edit another's", func(s *scene) { s.id(s.Say(ben, plainGroup, "hello")) }, "editMessageText", params{"chat_id": plainGroup, "message_id": 3, "text": "x"}, 400, "Bad Request: message can't be edited"},
		{"edit nothing new", func(s *scene) { s.send(params{"chat_id": plainGroup, "text": "x"}) }, "editMessageText", params{"chat_id": plainGroup, "message_id": 3, "text": "x "}, 400, notModified},
		{"edit markup nothing new", func(s *scene) { s.send(params{"chat_id": plainGroup, "text": "x"}) }, "editMessageReplyMarkup", params{"chat_id": plainGroup, "message_id": 3}, 400, notModified},
		{"delete unknown", nil, "deleteMessage", params{"chat_id": super, "message_id": 999}, 400, "Bad Request: message to delete not found"},
		{"delete another's", func(s *scene) { s.id(s.Say(ben, super, "hello")) }, "deleteMessage", params{"chat_id": super, "message_id": 3}, 400, "Bad Request: message can't be deleted"},
		{"pin without right", func(s *scene) { s.id(s.Say(ben, super, "hello")) }, "pinChatMessage", params{"chat_id": super, "message_id": 3}, 400, "Bad Request: not enough rights to manage pinned messages in the chat"},
		{"action", nil, "sendChatAction", params{"chat_id": super, "action": "sleeping"}, 400, "Bad Request: wrong parameter action in request"},
		{"query unknown", nil, "answerCallbackQuery", params{"callback_query_id": "1"}, 400, "Bad Request: query is too old and response timeout expired or query ID is invalid"},
		{"member of nonsense", nil, "getChatMember", params{"chat_id": super, "user_id": "x"}, 400, "Bad Request: invalid user_id specified"},
		{"member unknown", nil, "getChatMember", params{"chat_id": super, "user_id": 99}, 400, "Bad Request: member not found"},
		{"members of a channel", func(s *scene) { s.chats[3].join(User{ID: botID}, Ordinary) }, "getChatMember", params{"chat_id": channel, "user_id": ann}, 400, "Bad Request: member list is inaccessible"},
		{"administrators in private", func(s *scene) { s.id(s.Start(ben, botID, "")) }, "getChatAdministrators", params{"chat_id": ben}, 400, "Bad Request: there are no administrators in the private chat"},
		{"link without right", nil, "createChatInviteLink", params{"chat_id": super}, 400, "Bad Request: not enough rights to manage chat invite link"},
		{"limit on requests", nil, "createChatInviteLink", params{"chat_id": channel, "creates_join_request": true, "member_limit": 5}, 400, "Bad Request: member limit can't be specified for links requiring administrator approval"},
		{"request without right", nil, "approveChatJoinRequest", params{"chat_id": super, "user_id": cho}, 400, "Bad Request: not enough rights to manage chat join requests"},
		{"request missing", nil, "approveChatJoinRequest", params{"chat_id": channel, "user_id": cho}, 400, "Bad Request: HIDE_REQUESTER_MISSING"},
		{"request of a member", nil, "declineChatJoinRequest", params{"chat_id": channel, "user_id": ann}, 400, "Bad Request: USER_ALREADY_PARTICIPANT"},
		{"command name", nil, "setMyCommands", params{"commands": []Command{{"rare-earths", "x"}}}, 400, "Bad Request: BOT_COMMAND_INVALID"},
		{"command language", nil, "setMyCommands", params{"commands": []Command{{"a", "x"}}, "language_code": "zh-hans"}, 400, "Bad Request: invalid language code specified"},
		{"command scope", nil, "setMyCommands", params{"commands": []Command{{"a", "x"}}, "scope": params{"type": "all"}}, 400, "Bad Request: can't parse BotCommandScope: Unsupported type specified"},
		{"webhook scheme", nil, "setWebhook", params{"url": "http://bot.example/"}, 400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"},
		{"webhook port", nil, "setWebhook", params{"url": "https://bot.example:8080/"}, 400, "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"},
		{"method", nil, "sendMesage", nil, 404, "Not Found: method not found"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t, off())
			if row.set != nil {
				row.set(s)
			}
			s.refused(row.method, row.p, row.code, row.want)
			calls := s.Ledger(row.method)
			if row.code == 404 {
				return
			}
			last := calls[len(calls)-1]
			if last.OK || last.Code != row.code || last.Description != row.want || last.Effect {
				t.Errorf("ledger says %+v", last)
			}
		})
	}
}

func TestServe_paths(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	for _, row := range []struct {
		token string
		code  int
		want  string
	}{
		{"7000000001:wrong", 401, "Unauthorized"},
		{"nonsense", 401, "Unauthorized: invalid token specified"},
		{"0:x", 401, "Unauthorized: invalid token specified"},
	} {
		s.token = row.token
		s.refused("getMe", nil, row.code, row.want)
	}
	s.token = testToken
	s.Revoke(testToken)
	s.refused("getMe", nil, 401, "Unauthorized")
	s.Restore(testToken)
	s.ok("GETME", nil)
	s.base += "/elsewhere"
	s.refused("getMe", nil, 404, "Not Found")
}

func TestSendMessage_transcript(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	question := s.id(s.Say(ben, super, "/latest@TagwireBot copper"))
	var sent struct {
		MessageID int `json:"message_id"`
		Date      int64
		From      struct {
			ID    int64
			IsBot bool `json:"is_bot"`
		}
		Chat           struct{ ID int64 }
		Text           string
		Entities       []Entity
		ReplyToMessage struct {
			MessageID int `json:"message_id"`
		} `json:"reply_to_message"`
		ThreadID    int   `json:"message_thread_id"`
		TopicToo    bool  `json:"is_topic_message"`
		ReplyMarkup any   `json:"reply_markup"`
		EditDate    int64 `json:"edit_date"`
	}
	p := params{
		"chat_id": super, "text": `<a href="https://a.example/1">Copper</a> &amp; <b>tin</b> #copper`, "parse_mode": "HTML",
		"reply_parameters": params{"message_id": question, "allow_sending_without_reply": true}, "disable_notification": true,
		"link_preview_options": params{"is_disabled": true},
		"reply_markup":         params{"inline_keyboard": [][]params{{{"text": "More", "callback_data": "1:m"}, {"text": "Site", "url": "https://a.example"}}}},
	}
	s.ok("sendMessage", p, &sent)
	if sent.Date != s.clock.now().Unix() || sent.From.ID != botID || !sent.From.IsBot || sent.Chat.ID != super || sent.Text != "Copper & tin #copper" {
		t.Errorf("sent %+v", sent)
	}
	if got := show(sent.Entities); got != "text_link[0+6](https://a.example/1) bold[9+3] hashtag[13+7]" {
		t.Errorf("entities %s", got)
	}
	if sent.ReplyToMessage.MessageID != question || sent.ThreadID != question || sent.TopicToo {
		t.Errorf("a reply in a supergroup is a thread but no topic: %+v", sent)
	}
	list := s.Transcript(super)
	last := list[len(list)-1]
	if last.By != botID || last.ReplyTo != question || !last.Silent || !last.Preview.Disabled || len(last.Keyboard[0]) != 2 || last.Keyboard[0][1].URL != "https://a.example" {
		t.Errorf("transcript %+v", last)
	}

	s.clock.pass(time.Minute)
	s.ok("editMessageText", params{"chat_id": super, "message_id": sent.MessageID, "text": "Copper"}, &sent)
	if m, _ := s.Message(super, sent.MessageID); m.Text != "Copper" || m.Keyboard != nil || !m.Edited.Equal(s.clock.now()) || sent.EditDate != s.clock.now().Unix() {
		t.Errorf("an edit without reply_markup removes the keyboard: %+v", m)
	}
	s.ok("deleteMessage", params{"chat_id": super, "message_id": sent.MessageID})
	if n := len(s.Transcript(super)); n != len(list)-1 {
		t.Errorf("%d messages after the deletion of one of %d", n, len(list))
	}

	id := s.send(params{"chat_id": super, "text": "x", "reply_parameters": params{"message_id": 999, "allow_sending_without_reply": true}})
	if m, _ := s.Message(super, id); m.ReplyTo != 0 {
		t.Errorf("reply to a vanished message: %+v", m)
	}
}

func TestSendMessage_length(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	s.send(params{"chat_id": super, "text": "<b>" + strings.Repeat("稀", 4096) + "</b>", "parse_mode": "HTML"})
	s.send(params{"chat_id": super, "text": strings.Repeat("😀", 4096)}) // characters count, not UTF-16 units
	calls := s.Ledger("sendMessage")
	if calls[0].Units != 4096 || calls[0].Entities != 1 || calls[1].Units != 8192 {
		t.Errorf("units %d and %d", calls[0].Units, calls[1].Units)
	}
}

func TestLedger_unknownParameters(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	s.send(params{
		"chat_id": super, "text": "x", "disable_web_preview": true, "thread_id": 1,
		"link_preview_options": params{"disabled": true}, "reply_parameters": params{"message_id": 1, "allow": true},
		"reply_markup": params{"inline_keyboard": [][]params{{{"text": "a", "data": "b", "callback_data": "c"}}}},
	})
	want := "[disable_web_preview thread_id link_preview_options.disabled reply_parameters.allow reply_markup.button.data]"
	got := fmt.Sprint(s.Ledger("sendMessage")[0].Unknown)
	if len(got) != len(want) || !strings.HasPrefix(got, "[disable_web_preview thread_id ") {
		t.Errorf("got %s\nwant %s", got, want)
	}
	s.send(params{"chat_id": super, "text": "x", "entities": "null"})
	if u := s.Ledger("sendMessage")[1].Unknown; u != nil {
		t.Errorf("unknown %v in a correct call", u)
	}
}

func TestSendPhoto_uploadAndAgain(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	var m struct {
		Photo []struct {
			FileID string `json:"file_id"`
		}
		Caption string
	}
	s.ok("sendPhoto", params{"chat_id": channel, "photo": "https://a.example/x.png", "caption": "<i>Ore</i>", "parse_mode": "HTML"}, &m)
	if m.Caption != "Ore" || len(m.Photo) != 1 {
		t.Fatalf("%+v", m)
	}
	s.ok("sendPhoto", params{"chat_id": channel, "photo": m.Photo[0].FileID})
	list := s.Transcript(channel)
	if p := list[len(list)-1].Photo; p == nil || p.URL != "https://a.example/x.png" {
		t.Errorf("photo by id: %+v", p)
	}
}

func TestForum(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	topic := s.id(s.AddTopic(ann, forum, "Magnets"))
	s.drain()
	id := s.send(params{"chat_id": forum, "message_thread_id": topic, "text": "x"})
	if m, _ := s.Message(forum, id); m.Thread != topic {
		t.Errorf("thread %d, want %d", m.Thread, topic)
	}
	answer := s.send(params{"chat_id": forum, "text": "y", "reply_parameters": params{"message_id": id}})
	if m, _ := s.Message(forum, answer); m.Thread != topic {
		t.Errorf("a reply without thread went to %d, want %d", m.Thread, topic)
	}

	said := s.id(s.Say(ann, forum, "/list@TagwireBot", Saying{Thread: topic}))
	var u struct {
		ID    int  `json:"message_id"`
		Topic bool `json:"is_topic_message"`
		Tid   int  `json:"message_thread_id"`
		Reply struct {
			Created struct{ Name string } `json:"forum_topic_created"`
		} `json:"reply_to_message"`
		Chat struct {
			Forum bool `json:"is_forum"`
		}
	}
	got := s.drain()
	got[0].into(&u)
	if u.ID != said || !u.Topic || u.Tid != topic || u.Reply.Created.Name != "Magnets" || !u.Chat.Forum {
		t.Errorf("%+v", u)
	}
	s.id(s.Say(ann, forum, "/list@TagwireBot"))
	got = s.drain()
	u.Topic, u.Tid = false, 0
	got[0].into(&u)
	if u.Topic || u.Tid != 0 {
		t.Errorf("General has no thread: %+v", u)
	}

	s.must(s.CloseTopic(ann, forum, topic))
	s.refused("sendMessage", params{"chat_id": forum, "message_thread_id": topic, "text": "x"}, 400, "Bad Request: TOPIC_CLOSED")
	if _, err := s.Say(ben, forum, "hi", Saying{Thread: topic}); err == nil {
		t.Error("a member wrote in a closed topic")
	}
	s.must(s.ReopenTopic(ann, forum, topic))
	s.send(params{"chat_id": forum, "message_thread_id": topic, "text": "x"})
	s.must(s.DeleteTopic(ann, forum, topic))
	s.refused("sendMessage", params{"chat_id": forum, "message_thread_id": topic, "text": "x"}, 400, "Bad Request: message thread not found")

	s.send(params{"chat_id": super, "message_thread_id": 1, "text": "no forum ignores it"})
	s.send(params{"chat_id": plainGroup, "message_thread_id": 5, "text": "nor does a group mind"})
}

func TestUpgrade(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	s.must(s.Promote(ann, botID, plainGroup, AllRights()))
	s.drain()
	heir, err := s.Upgrade(ann, plainGroup)
	s.must(err)
	r := s.refused("sendMessage", params{"chat_id": plainGroup, "text": "x"}, 400, "Bad Request: group chat was upgraded to a supergroup chat")
	if r.Parameters.MigrateTo != heir {
		t.Errorf("migrate_to_chat_id %d, want %d", r.Parameters.MigrateTo, heir)
	}
	s.send(params{"chat_id": heir, "text": "x"})
	var old, fresh struct {
		Chat struct{ ID int64 }
		To   int64 `json:"migrate_to_chat_id"`
		From int64 `json:"migrate_from_chat_id"`
	}
	got := s.drain()
	got[0].into(&old)
	got[1].into(&fresh)
	if old.Chat.ID != plainGroup || old.To != heir || fresh.Chat.ID != heir || fresh.From != plainGroup {
		t.Errorf("notices %+v %+v", old, fresh)
	}
	if m := s.Member(heir, botID); m.Status != Administrator || m.Rights != AllRights() {
		t.Errorf("the bot became %+v", m)
	}
	if _, err := s.Say(ann, plainGroup, "x"); err == nil {
		t.Error("somebody wrote in the old group")
	}
}

func TestCommandsMenu(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	set := func(name, scope, language string) {
		p := params{"commands": []Command{{name, "what it does"}}, "language_code": language}
		if scope != "" {
			p["scope"] = params{"type": scope}
		}
		s.ok("setMyCommands", p)
	}
	set("all", "", "")
	set("private", "all_private_chats", "")
	set("siyou", "all_private_chats", "zh")
	set("group", "all_group_chats", "")
	set("admin", "all_chat_administrators", "")
	s.id(s.Start(ben, botID, ""))
	for _, row := range []struct {
		user, chat int64
		want       string
	}{{ann, ann, "private"}, {ben, ben, "siyou"}, {ben, super, "group"}, {ann, super, "admin"}} {
		menu := s.Menu(botID, row.user, row.chat)
		if len(menu) != 1 || menu[0].Command != row.want {
			t.Errorf("user %d in chat %d sees %v, want %s", row.user, row.chat, menu, row.want)
		}
	}
	s.ok("deleteMyCommands", params{"scope": params{"type": "all_chat_administrators"}})
	if menu := s.Menu(botID, ann, super); menu[0].Command != "group" {
		t.Errorf("after deletion %v", menu)
	}
	var list []Command
	s.ok("getMyCommands", params{"scope": params{"type": "all_private_chats"}, "language_code": "zh"}, &list)
	if len(list) != 1 || list[0].Command != "siyou" {
		t.Errorf("getMyCommands %v", list)
	}
}

func TestMembers(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	var m struct {
		Status string
		User   struct{ ID int64 }
		Post   bool `json:"can_post_messages"`
	}
	for user, want := range map[int64]string{ann: "creator", ben: "member", cho: "left", botID: "member"} {
		s.ok("getChatMember", params{"chat_id": super, "user_id": user}, &m)
		if m.Status != want || m.User.ID != user {
			t.Errorf("user %d is %+v, want %s", user, m, want)
		}
	}
	s.ok("getChatMember", params{"chat_id": channel, "user_id": botID}, &m)
	if m.Status != "administrator" || !m.Post {
		t.Errorf("%+v", m)
	}
	s.must(s.Kick(ann, ben, super))
	s.ok("getChatMember", params{"chat_id": super, "user_id": ben}, &m)
	if m.Status != "kicked" {
		t.Errorf("%+v", m)
	}
	var admins []struct{ User struct{ ID int64 } }
	s.ok("getChatAdministrators", params{"chat_id": super}, &admins)
	if len(admins) != 1 || admins[0].User.ID != ann {
		t.Errorf("%+v", admins)
	}
	var count int
	s.ok("getChatMemberCount", params{"chat_id": super}, &count)
	if count != 2 || len(s.Members(super)) != 2 {
		t.Errorf("%d members, %v", count, s.Members(super))
	}
}
