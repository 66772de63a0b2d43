package bot

import (
	"context"
	"slices"
	"strings"
	"testing"

	"tagwire/internal/tagwire"
	"tagwire/internal/telegram"
)

// A principal of the matrix: how their message or press looks, and what they are
// entitled to.
type caller struct {
	name   string
	at     tagwire.ChatID
	who    int64
	alter  func(*telegram.Message) // nil: their message as it is
	broken bool                    // Telegram does not answer the question for rights
	looks  bool                    // may read
	does   bool                    // may change
	runs   bool                    // may operate the service
	press  bool                    // also presses buttons (a message's disguise does not matter there)
}

func callers() []caller {
	as := func(id tagwire.ChatID) func(*telegram.Message) {
		return func(m *telegram.Message) {
			m.From = &telegram.User{ID: 1087968824, Bot: true}
			c := chatOf(id)
			m.SenderChat = &c
		}
	}
	return []caller{
		{name: "person in private", at: private(bob).Chat, who: bob, looks: true, does: true, press: true},
		{name: "operator", at: private(operator).Chat, who: operator, looks: true, does: true, runs: true, press: true},
		{name: "operator in a group", at: room, who: operator, looks: true, press: true},
		{name: "operator's forwarded command", at: private(operator).Chat, who: operator, alter: func(m *telegram.Message) { m.Forwarded = true }},
		{name: "admin", at: room, who: anna, looks: true, does: true, press: true},
		{name: "admin of a forum", at: forum, who: anna, looks: true, does: true, press: true},
		{name: "member", at: room, who: bob, looks: true, press: true},
		{name: "admin while Telegram is down", at: room, who: anna, broken: true, looks: true, press: true},
		{name: "anonymous admin", at: room, who: anna, alter: as(room), looks: true, does: true},
		{name: "admin of another group", at: room, who: bob, looks: true, press: true},
		{name: "someone as a channel", at: room, who: anna, alter: as(channel)},
		{name: "someone as another group", at: room, who: anna, alter: as(forum)},
		{name: "linked channel", at: room, who: anna, alter: func(m *telegram.Message) {
			as(channel)(m)
			m.AutomaticForward = true
		}},
		{name: "linked channel in the group's name", at: room, who: anna, alter: func(m *telegram.Message) {
			as(room)(m)
			m.AutomaticForward = true
		}},
		{name: "forwarded command", at: room, who: anna, alter: func(m *telegram.Message) { m.Forwarded = true }},
		{name: "by way of another bot", at: room, who: anna, alter: func(m *telegram.Message) { m.ViaBot = true }},
		{name: "another bot", at: room, who: anna, alter: func(m *telegram.Message) { m.From.Bot = true }},
		{name: "nobody known", at: room, who: anna, alter: func(m *telegram.Message) { m.From = nil }},
		{name: "forwarded in private", at: private(bob).Chat, who: bob, alter: func(m *telegram.Message) { m.Forwarded = true }},
		{name: "stranger in a private chat", at: private(bob).Chat, who: anna, press: true},
		{name: "channel post", at: channel, who: anna, looks: true, does: true},
		{name: "channel post in another's name", at: channel, who: anna, alter: func(m *telegram.Message) {
			c := chatOf(forum)
			m.SenderChat = &c
		}},
		{name: "admin at a channel's button", at: channel, who: anna, looks: true, does: true, press: true, alter: func(m *telegram.Message) { m.ViaBot = true }},
		{name: "reader at a channel's button", at: channel, who: bob, looks: true, press: true, alter: func(m *telegram.Message) { m.ViaBot = true }},
	}
}

// attempts are words and presses, and whether they change something.
type attempt struct {
	words   string // or
	data    string
	changes bool
	runs    bool // takes an operator
}

func attempts() []attempt {
	list := []attempt{
		{words: "/subscribe copper", changes: true}, {words: "/sub copper", changes: true},
		{words: "/subscribe", changes: true}, {words: "/unsubscribe tin", changes: true},
		{words: "/unsub all", changes: true}, {words: "/digest 09:00", changes: true},
		{words: "/digest off", changes: true}, {words: "/digest now", changes: true},
		{words: "/settings", changes: true}, {words: "/lang zh", changes: true},
		{words: "/start sub_copper", changes: true}, {words: "/start@tagwire_bot tag_copper", changes: true},
		{words: "/dead", runs: true}, {words: "/list"}, {words: "/tags"}, {words: "/tags copper"}, {words: "/latest"}, {words: "/help"},
	}
	for _, b := range buttons() {
		list = append(list, attempt{data: sampleData(b.verb), changes: b.right == change, runs: b.right == operate})
	}
	return list
}

// sampleData is a good button of a family.
func sampleData(verb string) string {
	args := map[string][]string{
		"o": {"metals", "0"}, "+": {"copper"}, "-": {"tin"}, "y": {"copper"}, "u": {"tin", "0"},
		"tt": {"0"}, "ti": {"copper"}, "tf": {"copper", "1"}, "la": {"copper", "3"},
		"dt": {"420"}, "dd": {"62"}, "dz": {"127", "510", "Europe/Berlin"},
		"xp": {"0"}, "xr": {"1", "0"}, "xa": {"zzzzzzz"}, "s": {"m", "0"}, "sm": {"digest"}, "sl": {"zh", "s"}, "sz": {"Europe/Berlin"},
	}
	return data(verb, args[verb]...)
}

// TestAccess runs every principal against every command and button: whoever is
// not entitled changes nothing, whoever is gets an answer.
func TestAccess(t *testing.T) {
	t.Parallel()
	for _, c := range callers() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, a := range attempts() {
				if a.data != "" && !c.press || a.data == "" && c.press && c.alter != nil {
					continue
				}
				if c.name == "stranger in a private chat" && a.data == "" {
					continue // Telegram never says so; their press is what a forged update would be
				}
				w := newWorld(t)
				w.speaks("en")
				w.store.subs[here(c.at)] = []tagwire.TagSlug{"tin"}
				w.store.pending[here(c.at)] = []tagwire.Article{w.store.articles[2]}
				w.gateway.admins[forum] = []int64{anna, bob}
				if c.broken {
					w.gateway.fail = errBroken
				}
				var u telegram.Update
				if a.data != "" {
					u = w.pressedUpdate(c.who, here(c.at), 50, a.data)
				} else {
					u = w.typedUpdate(c.who, here(c.at), a.words)
					if c.alter != nil {
						c.alter(u.Post())
					}
				}
				w.handle(u)

				wanted := c.looks && !a.changes || c.does
				if a.runs {
					wanted = c.runs
				}
				changed := effects(w.store.changes)
				if !wanted && len(changed) > 0 {
					t.Errorf("%s%s: changed %#v", a.words, a.data, changed)
				}
				if a.runs && a.data == "" { // others are told that there is no such command, at most
					if told := len(w.store.replies) > 0 && strings.Contains(string(w.store.replies[0].Message.HTML), "undelivered"); told != wanted {
						t.Errorf("%s: told %v, want %v", a.words, told, wanted)
					}
					continue
				}
				done := len(changed) > 0 || len(w.store.replies) > 0
				if wanted && !done {
					t.Errorf("%s%s: nothing was done", a.words, a.data)
				}
				if a.data != "" {
					if len(w.gateway.answers) != 1 {
						t.Errorf("%s: answered %d times", a.data, len(w.gateway.answers))
					} else if refusal := w.gateway.answers[0]; !wanted && (!refusal.alert || refusal.text == "") {
						t.Errorf("%s: refused with %+v", a.data, refusal)
					}
					if !wanted && len(w.store.replies) > 0 {
						t.Errorf("%s: a refused press said %v", a.data, w.store.replies)
					}
				}
				if a.changes && wanted && c.at < 0 && (c.press || c.name == "admin") && w.gateway.asked != 1 {
					t.Errorf("%s%s: rights were asked for %d times", a.words, a.data, w.gateway.asked)
				}
			}
		})
	}
}

// effects are the changes that people notice.
func effects(changes []tagwire.Change) []tagwire.Change {
	return slices.DeleteFunc(slices.Clone(changes), func(c tagwire.Change) bool {
		_, seen := c.(tagwire.SeeChat)
		return seen
	})
}

func TestAccess_isCheckedEachTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.speaks("en")
	w.says(anna, here(room), "/subscribe")
	w.presses(anna, here(room), "Policy")
	w.gateway.admins[room] = nil // demoted a moment ago
	w.presses(anna, here(room), "Functional materials")
	w.says(anna, here(room), "/subscribe tin")
	if got := w.store.subs[here(room)]; !slices.Equal(got, []tagwire.TagSlug{"policy"}) {
		t.Errorf("subscribed %v", got)
	}
}

func TestAccess_ofStoppingProgramIsNotDenied(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.speaks("en")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w.gateway.fail = context.Canceled
	err := w.bot.Handle(ctx, w.typedUpdate(anna, here(room), "/subscribe tin"))
	if err == nil || len(w.store.replies) > 0 {
		t.Errorf("err %v, replies %v: want the update to be handled again", err, w.store.replies)
	}
}

// A button acts on the chat it is in, whatever chat its data was made for.
func TestAccess_replayedInAnotherChat(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.speaks("en")
	for _, b := range buttons() {
		w.handle(w.pressedUpdate(bob, private(bob), 50, sampleData(b.verb)))
	}
	for _, c := range w.store.changes {
		if dest, ok := placeOf(c); ok && dest.Chat != private(bob).Chat {
			t.Errorf("%#v touches another chat", c)
		}
	}
}

func placeOf(c tagwire.Change) (tagwire.Dest, bool) {
	switch c := c.(type) {
	case tagwire.Subscribe:
		return c.Dest, true
	case tagwire.Unsubscribe:
		return c.Dest, true
	case tagwire.SetLanguage:
		return here(c.Chat), true
	case tagwire.SetTiming:
		return here(c.Chat), true
	case tagwire.PlanDigest:
		return c.Dest, true
	case tagwire.Resume:
		return c.Dest, true
	}
	return tagwire.Dest{}, false
}
