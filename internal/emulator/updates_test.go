package emulator

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func ids(list []gotUpdate) []int {
	var out []int
	for _, u := range list {
		out = append(out, u.id())
	}
	return out
}

func TestGetUpdates_offset(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	for i := range 5 {
		s.id(s.Say(ben, ben, fmt.Sprint("text ", i)))
	}
	all := ids(s.updates(nil))
	if len(all) != 5 || all[0] < 100_000_000 {
		t.Fatalf("got %v", all)
	}
	poll := func(p params) []int { return ids(s.updates(p)) }
	if got := poll(nil); !slices.Equal(got, all) {
		t.Errorf("nothing was confirmed, got %v", got)
	}
	if got := poll(params{"limit": 2}); !slices.Equal(got, all[:2]) {
		t.Errorf("limit 2 gives %v", got)
	}
	if got := poll(params{"offset": all[1]}); !slices.Equal(got, all[1:]) {
		t.Errorf("offset gives %v", got)
	}
	if got := poll(params{"offset": 7}); !slices.Equal(got, all[1:]) {
		t.Errorf("an offset far below is ignored, got %v", got)
	}
	if got := poll(params{"offset": all[4] + 1000}); !slices.Equal(got, all[1:]) {
		t.Errorf("an offset far above is ignored, got %v", got)
	}
	if got := poll(params{"offset": -2}); !slices.Equal(got, all[3:]) {
		t.Errorf("offset -2 gives %v", got)
	}
	if got := poll(params{"offset": all[4] + 1}); len(got) != 0 {
		t.Errorf("all is confirmed, got %v", got)
	}

	s.Renumber(botID, 12)
	s.id(s.Say(ben, ben, "after a week"))
	if got := poll(params{"offset": all[4] + 1}); !slices.Equal(got, []int{12}) {
		t.Errorf("after renumbering got %v", got)
	}
}

func TestGetUpdates_expiry(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	s.id(s.Start(ben, botID, ""))
	id := s.send(params{"chat_id": ben, "text": "x", "reply_markup": params{"inline_keyboard": [][]params{{{"text": "a", "callback_data": "b"}}}}})
	q, err := s.Tap(ben, ben, id, "b")
	s.must(err)
	s.clock.pass(149 * time.Second)
	if got := kinds(s.updates(nil)); !slices.Equal(got, []string{"message", "callback_query"}) {
		t.Errorf("got %v", got)
	}
	s.clock.pass(2 * time.Second)
	if got := kinds(s.updates(nil)); !slices.Equal(got, []string{"message"}) {
		t.Errorf("after 151 s got %v", got)
	}
	s.refused("answerCallbackQuery", params{"callback_query_id": q.ID}, 400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
	s.clock.pass(24 * time.Hour)
	if got := s.updates(nil); len(got) != 0 {
		t.Errorf("after a day got %v", got)
	}
}

func TestGetUpdates_allowed(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	s.must(s.Promote(ann, botID, super, AllRights()))
	s.drain()
	happen := func() []string {
		s.must(s.Join(cho, super))
		s.must(s.Leave(cho, super))
		return kinds(s.drain())
	}
	if got := happen(); !slices.Equal(got, []string{"message", "message"}) {
		t.Errorf("by default %v", got)
	}
	s.updates(params{"allowed_updates": []string{"chat_member"}})
	if got := happen(); !slices.Equal(got, []string{"chat_member", "chat_member"}) {
		t.Errorf("chat_member only: %v", got)
	}
	for _, keep := range []string{"null", "nonsense", ""} {
		s.updates(params{"allowed_updates": keep})
	}
	if got := happen(); !slices.Equal(got, []string{"chat_member", "chat_member"}) {
		t.Errorf("the choice is sticky: %v", got)
	}
	s.updates(params{"allowed_updates": "[]"})
	if got := happen(); !slices.Equal(got, []string{"message", "message"}) {
		t.Errorf("an empty list is the default: %v", got)
	}
}

// bubble runs a scene on the fake clock of a synctest bubble.
func bubble(t *testing.T, limits Limits, do func(t *testing.T, s *scene)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t, limits)
		tg := NewTelegram(Options{Limits: limits, Seed: 1})
		tg.bots, tg.users, tg.chats, tg.people, tg.places = s.bots, s.users, s.chats, s.people, s.places
		s.Telegram, s.via = tg, Transport(tg)
		time.Sleep(time.Minute) // away from the set-up's own polls
		do(t, s)
	})
}

func TestGetUpdates_longPoll(t *testing.T) {
	t.Parallel()
	bubble(t, off(), func(t *testing.T, s *scene) {
		begin := time.Now()
		if got := s.updates(params{"timeout": 30}); len(got) != 0 || time.Since(begin) != 30*time.Second {
			t.Errorf("%v after %v", got, time.Since(begin))
		}
		begin = time.Now()
		if s.updates(params{"timeout": 1000, "offset": 5}); time.Since(begin) != 50*time.Second {
			t.Errorf("the longest poll took %v", time.Since(begin))
		}
		begin = time.Now()
		go func() {
			time.Sleep(7 * time.Second)
			s.Say(ben, ben, "hello")
		}()
		if got := s.updates(params{"timeout": 50, "offset": -1}); len(got) != 1 || time.Since(begin) != 7*time.Second {
			t.Errorf("%v after %v", got, time.Since(begin))
		}

		// Asking the same again and again is slowed down.
		last := s.updates(params{"offset": -1})[0].id() + 1
		time.Sleep(time.Minute)
		s.hastyUpdates(params{"offset": last})
		begin = time.Now()
		if s.hastyUpdates(params{"offset": last}); time.Since(begin) != 3*time.Second {
			t.Errorf("a hasty poll took %v", time.Since(begin))
		}
	})
}

func TestGetUpdates_clientGoesAway(t *testing.T) {
	t.Parallel()
	bubble(t, off(), func(t *testing.T, s *scene) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		req, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.base+"/bot"+testToken+"/getUpdates?timeout=50", nil)
		begin := time.Now()
		_, err := (&http.Client{Transport: s.via}).Do(req)
		if err == nil || time.Since(begin) != 2*time.Second {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
		synctest.Wait()
		s.Say(ben, ben, "unheard")
		if got := s.updates(params{"timeout": 10}); len(got) != 1 {
			t.Errorf("the update was lost: %v", got)
		}
	})
}

func TestGetUpdates_conflict(t *testing.T) {
	t.Parallel()
	bubble(t, off(), func(t *testing.T, s *scene) {
		const taken = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
		var wait sync.WaitGroup
		older := func(after time.Duration) {
			wait.Go(func() {
				begin := time.Now()
				s.refused("getUpdates", params{"timeout": 50, "offset": 1}, 409, taken)
				if d := time.Since(begin); d != after {
					t.Errorf("the older poll ended after %v, want %v", d, after)
				}
			})
			synctest.Wait()
			time.Sleep(time.Second)
		}
		older(time.Second)
		older(4 * time.Second) // the second conflict within three seconds is held back
		s.updates(params{"timeout": 10, "offset": 2})
		wait.Wait()

		wait.Go(func() {
			s.refused("getUpdates", params{"timeout": 50, "offset": 3}, 409, "Conflict: terminated by setWebhook request")
		})
		synctest.Wait()
		if r := s.call("setWebhook", params{"url": "https://bot.example/hook"}); !r.OK || r.Description != "Webhook was set" {
			t.Errorf("%+v", r)
		}
		wait.Wait()
		time.Sleep(time.Minute)
		s.refused("getUpdates", nil, 409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
		if r := s.call("setWebhook", params{"url": "https://bot.example/hook"}); r.Description != "Webhook is already set" {
			t.Errorf("%+v", r)
		}
		if r := s.call("deleteWebhook", nil); r.Description != "Webhook was deleted" {
			t.Errorf("%+v", r)
		}
		if r := s.call("deleteWebhook", nil); r.Description != "Webhook is already deleted" {
			t.Errorf("%+v", r)
		}
		s.updates(nil)
	})
}

func TestWebhook_delivery(t *testing.T) {
	t.Parallel()
	bubble(t, off(), func(t *testing.T, s *scene) {
		var mu sync.Mutex
		var got []string
		failures := 2
		s.options.Webhook = Transport(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			if failures > 0 {
				failures--
				http.Error(w, "not now", http.StatusInternalServerError)
				return
			}
			body, _ := io.ReadAll(r.Body)
			var u gotUpdate
			json.Unmarshal(body, &u)
			var m struct{ Text string }
			u.into(&m)
			got = append(got, r.Header.Get("X-Telegram-Bot-Api-Secret-Token")+" "+m.Text)
			io.WriteString(w, `{"method":"sendMessage","chat_id":1002,"text":"by the way"}`)
		}))
		s.ok("setWebhook", params{"url": "https://bot.example/hook", "secret_token": "s3cret"})
		s.Say(ben, ben, "one")
		s.Say(ben, ben, "two")
		synctest.Wait()
		var info struct {
			Pending int    `json:"pending_update_count"`
			Error   string `json:"last_error_message"`
		}
		s.ok("getWebhookInfo", nil, &info)
		if info.Pending != 2 || info.Error != "Wrong response from the webhook: 500 Internal Server Error" {
			t.Errorf("%+v", info)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		mu.Lock()
		if fmt.Sprint(got) != "[s3cret one s3cret two]" {
			t.Errorf("delivered %v", got)
		}
		mu.Unlock()
		if list := s.Transcript(ben); list[len(list)-1].Text != "by the way" || s.Pending(botID) != 0 {
			t.Errorf("%d pending, %+v", s.Pending(botID), list)
		}
		s.Close()
	})
}

func TestPrivacy(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	s.must(s.AddBot(Bot{Token: otherToken, ID: otherBotID, Username: "OtherBot", Name: "Other"}))
	heard := func(text string, how ...Saying) bool {
		t.Helper()
		s.id(s.Say(ben, super, text, how...))
		return len(s.drain()) > 0
	}
	want := func(name string, got, want bool) {
		t.Helper()
		if got != want {
			t.Errorf("%s: heard is %v", name, got)
		}
	}
	want("idle talk", heard("copper is up"), false)
	want("a mention", heard("hello @TagwireBot"), false)
	want("a bare command to the only bot", heard("/list"), true)
	want("a command to it in any case", heard("/list@tagwirebot"), true)
	want("a command to another", heard("/list@OtherBot"), false)
	s.must(s.Add(ann, otherBotID, super))
	s.drain()
	want("a bare command among bots", heard("/list"), false)
	id := s.send(params{"chat_id": super, "text": "here"})
	want("a bare command after it spoke", heard("/list"), true)
	want("a reply to it", heard("thanks", Saying{ReplyTo: id}), true)
	s.token = otherToken
	s.ok("sendMessage", params{"chat_id": super, "text": "me too"})
	s.token = testToken
	want("a bare command after another bot spoke", heard("/list"), false)
	want("another bot's message", len(s.drain()) > 0, false)
	s.must(s.Promote(ann, botID, super, AllRights()))
	s.drain()
	want("idle talk, as an administrator", heard("copper is up"), true)
}

func TestMembershipUpdates(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	s.must(s.Kick(ann, botID, super))
	s.must(s.Add(ann, botID, super))
	s.must(s.Promote(ann, botID, super, AllRights()))
	s.must(s.Demote(ann, botID, super))
	var got []string
	for _, u := range s.drain() {
		var m struct {
			From     struct{ ID int64 }
			Old      struct{ Status string } `json:"old_chat_member"`
			New      struct{ Status string } `json:"new_chat_member"`
			Incoming []struct{ ID int64 }    `json:"new_chat_members"`
		}
		u.into(&m)
		if m.From.ID != ann {
			t.Errorf("from %d", m.From.ID)
		}
		got = append(got, fmt.Sprintf("%s %s>%s %d", u.kind(), m.Old.Status, m.New.Status, len(m.Incoming)))
	}
	want := "my_chat_member member>kicked 0, my_chat_member kicked>member 0, message > 1, my_chat_member member>administrator 0, my_chat_member administrator>member 0"
	if strings.Join(got, ", ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), want)
	}

	s.id(s.Start(ben, botID, "sub_copper"))
	s.must(s.Block(ben, botID))
	if _, err := s.Say(ben, ben, "x"); err == nil {
		t.Error("wrote to a blocked bot")
	}
	s.id(s.Start(ben, botID, ""))
	if got := kinds(s.drain()); !slices.Equal(got, []string{"message", "my_chat_member", "my_chat_member", "message"}) {
		t.Errorf("block and start again: %v", got)
	}
	s.send(params{"chat_id": ben, "text": "welcome back"})
}

func TestAnonymousAndChannelSenders(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	s.must(s.Promote(ann, botID, super, AllRights()))
	s.must(s.AddChat(Chat{ID: -1001000000009, Type: "supergroup", Title: "Discussion", Creator: ann, Linked: channel}))
	s.must(s.Promote(ann, botID, -1001000000009, AllRights()))
	s.drain()
	s.id(s.Say(ann, super, "/list", Saying{Anonymous: true}))
	s.id(s.Say(ann, super, "/list", Saying{AsChannel: channel}))
	s.id(s.ChannelPost(ann, channel, "/list"))
	if _, err := s.Say(ben, super, "x", Saying{Anonymous: true}); err == nil {
		t.Error("a member spoke as the group")
	}
	var got []string
	for _, u := range s.drain() {
		var m struct {
			From   struct{ ID int64 }
			Sender struct{ ID int64 } `json:"sender_chat"`
			Auto   bool               `json:"is_automatic_forward"`
		}
		u.into(&m)
		got = append(got, fmt.Sprint(u.kind(), " ", m.From.ID, " ", m.Sender.ID, " ", m.Auto))
	}
	want := []string{
		fmt.Sprint("message 1087968824 ", super, " false"), fmt.Sprint("message 136817688 ", channel, " false"),
		fmt.Sprint("channel_post 0 ", channel, " false"), fmt.Sprint("message 777000 ", channel, " true"),
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestPress(t *testing.T) {
	t.Parallel()
	bubble(t, off(), func(t *testing.T, s *scene) {
		id := s.send(params{"chat_id": super, "text": "x", "reply_markup": params{"inline_keyboard": [][]params{{{"text": "Mute", "callback_data": "1:m"}}}}})
		go func() {
			for _, u := range s.updates(params{"timeout": 50}) {
				var q struct {
					ID, Data string
					From     struct{ ID int64 }
					Message  struct {
						ID int `json:"message_id"`
					}
				}
				u.into(&q)
				if u.kind() != "callback_query" || q.Data != "1:m" || q.From.ID != ben || q.Message.ID != id {
					t.Errorf("%s %+v", u.kind(), q)
				}
				time.Sleep(time.Second)
				s.ok("answerCallbackQuery", params{"callback_query_id": q.ID, "text": "Administrators only", "show_alert": true})
				s.refused("answerCallbackQuery", params{"callback_query_id": q.ID}, 400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
			}
		}()
		answer, err := s.Press(t.Context(), ben, super, id, "1:m")
		if err != nil || answer != (Answer{Text: "Administrators only", Alert: true}) {
			t.Errorf("%+v %v", answer, err)
		}
		if _, err := s.Tap(ben, super, id, "1:x"); err == nil {
			t.Error("pressed a button that is not there")
		}
		if _, err := s.Tap(cho, super, id, "1:m"); err == nil {
			t.Error("a stranger pressed a button of a private group")
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.Press(ctx, ben, super, id, "1:m"); err == nil {
			t.Error("an unanswered press ended well")
		}
		synctest.Wait()
	})
}

func TestRepeatAndPushUpdate(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	s.id(s.Say(ben, ben, "one"))
	first := s.drain()
	s.Repeat(botID, 1)
	if again := s.updates(params{"offset": first[0].id() + 1}); len(again) != 1 || again[0].id() != first[0].id() {
		t.Errorf("repeated %v", again)
	}
	if id := s.PushUpdate(botID, map[string]json.RawMessage{"message": json.RawMessage(`{"message_id":`)}); id != 0 {
		t.Error("what is no JSON was queued")
	}
	s.PushUpdate(botID, map[string]json.RawMessage{"message": json.RawMessage(`{"message_id":"x","chat":7}`)})
	s.PushUpdate(botID, map[string]json.RawMessage{"quantum_state": json.RawMessage(`{}`)})
	if got := kinds(s.drain()); !slices.Equal(got, []string{"message", "quantum_state"}) {
		t.Errorf("got %v", got)
	}
}

func TestJoinRequests(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	s.must(s.Promote(ann, botID, super, AllRights()))
	s.updates(params{"allowed_updates": []string{"chat_join_request", "chat_member", "message"}})
	s.drain()
	var link struct {
		Link    string `json:"invite_link"`
		Name    string
		Request bool `json:"creates_join_request"`
		Pending int  `json:"pending_join_request_count"`
		Revoked bool `json:"is_revoked"`
	}
	s.ok("createChatInviteLink", params{"chat_id": super, "name": "Fair 2026", "creates_join_request": true}, &link)
	if !strings.HasPrefix(link.Link, "https://t.me/+") || !link.Request || link.Name != "Fair 2026" {
		t.Fatalf("%+v", link)
	}
	s.must(s.Apply(cho, link.Link))
	var asked struct {
		Chat   struct{ ID int64 }
		From   struct{ ID int64 }
		ChatID int64 `json:"user_chat_id"`
		Bio    string
		Link   struct {
			Link string `json:"invite_link"`
		} `json:"invite_link"`
	}
	got := s.drain()
	got[0].into(&asked)
	if got[0].kind() != "chat_join_request" || asked.Chat.ID != super || asked.From.ID != cho || asked.ChatID != cho || asked.Bio != "Trader" || asked.Link.Link != link.Link {
		t.Errorf("%s %+v", got[0].kind(), asked)
	}

	// Within five minutes the bot may write to somebody who never started it.
	s.send(params{"chat_id": cho, "text": "Which company?"})
	s.clock.pass(5 * time.Minute)
	s.refused("sendMessage", params{"chat_id": cho, "text": "x"}, 403, "Forbidden: bot can't initiate conversation with a user")

	s.ok("editChatInviteLink", params{"chat_id": super, "invite_link": link.Link, "name": "Fair", "creates_join_request": true}, &link)
	if link.Pending != 1 || link.Name != "Fair" {
		t.Errorf("%+v", link)
	}
	s.ok("approveChatJoinRequest", params{"chat_id": super, "user_id": cho})
	if m := s.Member(super, cho); m.Status != Ordinary {
		t.Errorf("%+v", m)
	}
	if got := kinds(s.drain()); !slices.Equal(got, []string{"chat_member", "message"}) {
		t.Errorf("got %v", got)
	}
	s.refused("approveChatJoinRequest", params{"chat_id": super, "user_id": cho}, 400, "Bad Request: USER_ALREADY_PARTICIPANT")

	s.must(s.Leave(cho, super))
	s.must(s.Apply(cho, link.Link))
	s.send(params{"chat_id": cho, "text": "Once more?"})
	s.must(s.Decide(ann, cho, super, false))
	s.refused("sendMessage", params{"chat_id": cho, "text": "x"}, 403, "Forbidden: bot can't initiate conversation with a user")
	s.refused("declineChatJoinRequest", params{"chat_id": super, "user_id": cho}, 400, "Bad Request: HIDE_REQUESTER_MISSING")
	s.ok("revokeChatInviteLink", params{"chat_id": super, "invite_link": link.Link}, &link)
	if err := s.Apply(cho, link.Link); err == nil || !link.Revoked {
		t.Error("a revoked link still works")
	}
	var primary string
	s.ok("exportChatInviteLink", params{"chat_id": super}, &primary)
	s.must(s.Apply(cho, primary))
	if m := s.Member(super, cho); m.Status != Ordinary || len(s.Links(super)) != 2 {
		t.Errorf("%+v, links %v", m, s.Links(super))
	}
}
