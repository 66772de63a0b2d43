package emulator

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestDriver_refusesTheImpossible(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	s.must(s.AddBot(Bot{Token: otherToken, ID: otherBotID, Username: "OtherBot", Name: "Other", NoGroups: true}))
	for name, err := range map[string]error{
		"a bot without token":         s.AddBot(Bot{ID: 5, Username: "x"}),
		"a second user of an id":      s.AddUser(User{ID: ann, FirstName: "Ann"}),
		"a nameless user":             s.AddUser(User{ID: 6}),
		"a group with a channel's id": s.AddChat(Chat{ID: -1001000000077, Type: "group", Title: "x", Creator: ann}),
		"a channel with a group's id": s.AddChat(Chat{ID: -77, Type: "channel", Title: "x", Creator: ann}),
		"a forum that is a group":     s.AddChat(Chat{ID: -77, Type: "group", Title: "x", Creator: ann, Forum: true}),
		"a chat of no type":           s.AddChat(Chat{ID: -77, Type: "room", Title: "x", Creator: ann}),
		"a chat of nobody":            s.AddChat(Chat{ID: -77, Type: "group", Title: "x"}),
		"a second chat of an id":      s.AddChat(Chat{ID: super, Type: "supergroup", Title: "x", Creator: ann}),
		"a member who kicks":          s.Kick(ben, botID, super),
		"kicking the creator":         s.Kick(ann, ann, super),
		"a stranger who adds":         s.Add(cho, cho, super),
		"adding twice":                s.Add(ann, ben, super),
		"a bot as channel member":     s.Add(ann, otherBotID, channel),
		"a bot that joins no groups":  s.Add(ann, otherBotID, super),
		"demoting a member":           s.Demote(ann, ben, super),
		"restricting in a group":      s.Restrict(ann, ben, plainGroup, Permissions{}),
		"the creator's leaving":       s.Leave(ann, super),
		"joining twice":               s.Join(ben, super),
		"blocking a stranger":         s.Block(cho, botID),
		"a link of nowhere":           s.Apply(cho, "https://t.me/+nothing"),
		"no application":              s.Decide(ann, cho, super, true),
		"a payload with blanks":       s.StartGroup(ann, botID, super, "a b"),
		"closing no topic":            s.CloseTopic(ann, forum, 999),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for name, say := range map[string]func() (int, error){
		"a stranger":            func() (int, error) { return s.Say(cho, super, "x") },
		"in another's chat":     func() (int, error) { return s.Say(cho, ben, "x") },
		"nothing":               func() (int, error) { return s.Say(ben, super, "  ") },
		"too much":              func() (int, error) { return s.Say(ben, super, strings.Repeat("x", 4097)) },
		"a reader in a channel": func() (int, error) { return s.ChannelPost(ben, channel, "x") },
		"in no topic":           func() (int, error) { return s.Say(ben, forum, "x", Saying{Thread: 99}) },
		"as another's channel":  func() (int, error) { return s.Say(ben, super, "x", Saying{AsChannel: channel}) },
		"a topic in no forum":   func() (int, error) { return s.AddTopic(ann, super, "x") },
	} {
		if _, err := say(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestSlowMode(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	s.must(s.SetSlowMode(super, 30))
	s.id(s.Say(ben, super, "one"))
	if _, err := s.Say(ben, super, "two"); err == nil {
		t.Error("a member wrote twice")
	}
	s.send(params{"chat_id": super, "text": "x"})
	s.clock.pass(10 * time.Second)
	s.refused("sendMessage", params{"chat_id": super, "text": "x"}, 429, "Too Many Requests: retry after 20")
	s.must(s.Promote(ann, botID, super, AllRights()))
	s.send(params{"chat_id": super, "text": "administrators are exempt"})
	s.clock.pass(20 * time.Second)
	s.id(s.Say(ben, super, "two"))
}

func TestSay_editAndDelete(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	id := s.id(s.Say(ben, super, "/list@TagwireBot"))
	s.must(s.EditSaid(ben, super, id, "/latest@TagwireBot copper"))
	var m struct {
		Text   string
		Edited int64 `json:"edit_date"`
	}
	got := s.drain()
	got[1].into(&m)
	if got[1].kind() != "edited_message" || m.Text != "/latest@TagwireBot copper" || m.Edited == 0 {
		t.Errorf("%s %+v", got[1].kind(), m)
	}
	if s.EditSaid(ann, super, id, "x") == nil || s.DeleteSaid(cho, super, id) == nil {
		t.Error("somebody else changed the text")
	}
	s.must(s.DeleteSaid(ann, super, id))
	if _, ok := s.Message(super, id); !ok || len(s.drain()) != 0 {
		t.Error("a deletion is not told, and the message stays known to the driver")
	}
	if slices.ContainsFunc(s.Transcript(super), func(m Message) bool { return m.ID == id }) {
		t.Error("still in the transcript")
	}
}

func TestForge(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	id := s.send(params{"chat_id": super, "text": "x", "reply_markup": params{"inline_keyboard": [][]params{{{"text": "a", "callback_data": "b"}}}}})
	if _, err := s.Forge(ben, super, id, "1:delete-all"); err != nil {
		t.Error(err)
	}
	s.ok("deleteMessage", params{"chat_id": super, "message_id": id})
	if _, err := s.Forge(ben, super, id, "b"); err != nil {
		t.Error(err)
	}
	var q struct {
		Data    string
		Message struct {
			Date int64
			ID   int `json:"message_id"`
		}
	}
	got := s.drain()
	got[0].into(&q)
	if q.Data != "1:delete-all" || q.Message.Date == 0 {
		t.Errorf("%+v", q)
	}
	got[1].into(&q)
	if q.Message.Date != 0 || q.Message.ID != id {
		t.Errorf("a vanished message has date 0: %+v", q)
	}
}

func TestStartGroupAndTitle(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	s.must(s.AddChat(Chat{ID: -900, Type: "group", Title: "New", Creator: ann}))
	s.must(s.StartGroup(ann, botID, -900, "sub_copper"))
	s.must(s.SetTitle(ann, -900, "Newer"))
	got := s.drain()
	if k := kinds(got); !slices.Equal(k, []string{"my_chat_member", "message", "message", "message"}) {
		t.Fatalf("got %v", k)
	}
	var m struct {
		Text  string
		Title string `json:"new_chat_title"`
		Chat  struct{ Title string }
	}
	got[2].into(&m)
	if m.Text != "/start@TagwireBot sub_copper" {
		t.Errorf("%+v", m)
	}
	got[3].into(&m)
	if m.Title != "Newer" || m.Chat.Title != "Newer" {
		t.Errorf("%+v", m)
	}
}

func TestViews(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	s.must(s.AddBot(Bot{Token: otherToken, ID: otherBotID, Username: "OtherBot", Name: "Other"}))
	s.id(s.Start(ben, botID, ""))
	s.id(s.Start(ben, otherBotID, "x"))
	if b := s.Bots(); len(b) != 2 || b[0].ID != botID || !b[0].IsBot {
		t.Errorf("%+v", b)
	}
	if u := s.Users(); len(u) != 3 || u[1].ID != ben {
		t.Errorf("%+v", u)
	}
	var got []int64
	for _, c := range s.Chats() {
		got = append(got, c.ID)
	}
	if !slices.Equal(got, []int64{plainGroup, super, forum, channel, ben}) {
		t.Errorf("%v", got)
	}
	if one, two := s.Transcript(ben), s.TranscriptWith(ben, otherBotID); len(one) != 1 || len(two) != 1 || two[0].Text != "/start x" {
		t.Errorf("%v %v", one, two)
	}
	if s.Transcript(-5) != nil || s.Members(-5) != nil {
		t.Error("a chat that is not there")
	}
}
