package bot

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"tagwire/internal/render/rendertest"
	"tagwire/internal/tagwire"
	"tagwire/internal/telegram"
)

func TestHandle_repeatedUpdateHasOneEffect(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"/subscribe copper", "/digest off", "/lang zh", "/digest now"} {
		w := newWorld(t)
		w.store.subs[here(room)] = []tagwire.TagSlug{"tin"}
		w.store.pending[here(room)] = []tagwire.Article{w.store.articles[2]}
		u := w.typedUpdate(anna, here(room), text)
		w.handle(u)
		changes, replies := len(w.store.changes), len(w.store.replies)
		w.handle(u)
		if len(w.store.changes) != changes || len(w.store.replies) != replies {
			t.Errorf("%s: a second effect", text)
		}
	}
}

// A press is repeated when the program dies between the write and the answer.
func TestHandle_repeatedPressIsAnsweredAndSetsTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.pressedUpdate(anna, here(room), 50, data("+", "copper"))
	w.handle(u)
	w.handle(u)
	if n := len(w.gateway.answers); n != 2 {
		t.Errorf("%d answers to two handlings", n)
	}
	u.ID++ // the same button once more
	w.handle(u)
	if got := w.store.subs[here(room)]; len(got) != 1 {
		t.Errorf("subscribed %v", got)
	}
}

func TestHandle_failingStoreLosesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, u := range []telegram.Update{
		w.typedUpdate(anna, here(room), "/subscribe copper"),
		w.pressedUpdate(anna, here(room), 50, data("-", "copper")),
		w.movedUpdate(room, member("member"), member("kicked")),
	} {
		w.store.fail = errBroken
		// More often than any limit admits: repeating is not flooding.
		for range chatCommands + 5 {
			if err := w.bot.Handle(t.Context(), u); !errors.Is(err, errBroken) {
				t.Fatalf("err = %v", err)
			}
		}
		if len(w.gateway.answers) > 0 {
			t.Error("a press was answered before its effect was written")
		}
		w.store.fail = nil
		before := len(w.store.changes)
		w.handle(u)
		if len(w.store.changes) == before {
			t.Errorf("update %d was lost", u.ID)
		}
		w.gateway.answers = nil
	}
}

func TestHandle_writesNothingForNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.says(bob, here(room), "good morning, how is copper?")
	w.says(bob, here(room), "/list@other_bot")
	w.says(bob, here(room), "/whatever")
	w.handle(telegram.Update{ID: 900})
	w.handle(w.movedUpdate(room, member("member"), member("administrator")))
	w.handle(w.pressedUpdate(bob, here(room), 50, data("+", "copper")))
	if w.store.calls != 0 || w.wakes != 0 {
		t.Errorf("%d writes, %d wakes", w.store.calls, w.wakes)
	}
	w.says(anna, here(room), "/list")
	if w.store.calls != 1 || w.wakes != 1 {
		t.Errorf("after a command: %d writes, %d wakes", w.store.calls, w.wakes)
	}
}

func TestHandle_newChatsGetGoodSettings(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ app, want string }{{"zh-hans", "zh"}, {"en", "en"}, {"de", "en"}, {"", "en"}} {
		w := newWorld(t)
		w.language = tt.app
		w.says(bob, private(bob), "/start")
		got := w.store.chats[private(bob).Chat]
		due, _ := tagwire.DefaultRhythm().Next(w.now, location("Asia/Shanghai"))
		want := tagwire.Chat{
			ID: private(bob).Chat, Type: tagwire.Private, Title: "Bob", Language: tt.want, Zone: "Asia/Shanghai",
			Mode: tagwire.ModeBoth, Rhythm: tagwire.DefaultRhythm(), NextDigest: due,
		}
		if got != want {
			t.Errorf("%q: got %+v, want %+v", tt.app, got, want)
		}
	}
}

func TestHandle_repliesWhereItWasAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	topic := tagwire.Dest{Chat: forum, Thread: marketsTopic}
	for _, at := range []tagwire.Dest{here(room), topic, here(channel), private(anna)} {
		w.says(anna, at, "/list")
		r := w.store.replies[len(w.store.replies)-1]
		wantReply := 0
		if at.Chat < 0 {
			wantReply = w.message - 1 // the answer took the last number
		}
		if r.Dest != at || !r.Message.Silent || r.Message.ReplyTo != wantReply || r.Message.Edit != 0 {
			t.Errorf("at %v: %+v, want a silent reply to %d", at, r, wantReply)
		}
	}
	w.says(anna, topic, "/subscribe tin")
	if got := w.store.subs[topic]; len(got) != 1 || len(w.store.subs[here(forum)]) != 0 {
		t.Errorf("subscriptions %v", w.store.subs)
	}
}

func TestHandle_limits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start := w.now
	for range userCommands + 5 {
		w.says(bob, private(bob), "/list")
		w.now = start
	}
	if n := len(w.store.replies); n != userCommands {
		t.Errorf("%d answers within a minute, want %d", n, userCommands)
	}
	w.now = start.Add(rateWindow)
	w.says(bob, private(bob), "/list")
	if n := len(w.store.replies); n != userCommands+1 {
		t.Errorf("no answer a minute later")
	}

	w = newWorld(t)
	for i := range 3 * chatCommands {
		w.says(bob+int64(i), here(room), "/list")
		w.now = start
	}
	if n := len(w.store.replies); n != chatCommands {
		t.Errorf("%d answers in one chat within a minute, want %d", n, chatCommands)
	}
}

func TestHandle_membersAreRefusedSparingly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start := w.now
	for i := range 5 {
		w.now = start.Add(time.Duration(i) * time.Second)
		w.says(bob, here(room), "/subscribe copper")
	}
	if n := len(w.store.replies); n != 1 {
		t.Errorf("%d refusals within seconds, want 1", n)
	}
	w.now = start.Add(refusalEvery + 5*time.Second)
	w.says(bob, here(room), "/subscribe copper")
	if n := len(w.store.replies); n != 2 {
		t.Errorf("%d refusals after a while, want 2", n)
	}
}

func TestHandle_pressesInARunAreAllTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start := w.now
	for range userPresses + 3 {
		w.handle(w.pressedUpdate(anna, here(room), 50, data("+", "copper")))
		w.now = start
	}
	if n := len(w.gateway.answers); n != userPresses+3 {
		t.Errorf("%d presses were answered", n)
	}
	if last := w.gateway.answers[userPresses]; !strings.Contains(last.text, "moment") {
		t.Errorf("beyond the limit: %+v", last)
	}
}

func TestHandle_staleAndForgedButtons(t *testing.T) {
	t.Parallel()
	forged := []string{
		"", ":", "1", "1:", "0:+:copper", "2:+:copper", "1:zz", "1:+", "1:+:no-such", "1:+:Copper", "1:tf:copper", "1:tf:copper:2",
		"1:o", "1:o:metals", "1:o:metals:-1", "1:o:no-such:0", "1:u:tin", "1:u:tin:x", "1:tt:", "1:tt:99999999", "1:la:copper:0",
		"1:la:copper:11", "1:la::5", "1:dt:1440", "1:dt:-1", "1:dd:0", "1:dd:128", "1:dz:0:0", "1:dz:1:1:Nowhere", "1:dz:1:1:../../etc",
		"1:dz:500:1:UTC", "1:dz:1:9999:UTC", "1:s:m", "1:s:q:0", "1:sm:never", "1:sm", "1:sl:de:s", "1:sl:zh:q", "1:sl:zh",
		"1:sz:Local", "1:sz:", "1:sz:EST", "1:sz:UTC:UTC", "<b>", "@everyone", "/cmd", "稀土", "\xff\xfe", strings.Repeat("1:+:copper", 20),
		"1:+:copper:" + strings.Repeat("x", 60),
	}
	w := newWorld(t)
	w.speaks("zh")
	for _, d := range forged {
		before := len(w.gateway.answers)
		w.now = w.now.Add(time.Minute)
		w.handle(w.pressedUpdate(anna, here(room), 50, d))
		if n := len(w.gateway.answers) - before; n != 1 {
			t.Fatalf("%q: answered %d times", d, n)
		}
		if a := w.gateway.answers[before]; !a.alert || a.text != "这个按钮已失效，请重新发送命令。" {
			t.Errorf("%q: answered %+v", d, a)
		}
	}
	// A message Telegram shows no more, and one of nowhere.
	u := w.pressedUpdate(anna, here(room), 50, data("+", "copper"))
	u.CallbackQuery.Accessible = false
	w.handle(u)
	u = w.pressedUpdate(anna, here(room), 0, data("+", "copper"))
	u.CallbackQuery.Chat = telegram.Chat{}
	w.handle(u)
	if n := len(w.gateway.answers); n != len(forged)+2 {
		t.Errorf("%d answers", n)
	}
	if w.store.calls != 0 {
		t.Errorf("%d writes: %#v", w.store.calls, w.store.changes)
	}
}

// Pages that are gone and tags that changed lead to the nearest good view.
func TestHandle_pagesBeyondTheEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, d := range []string{"1:tt:99", "1:o:metals:99", "1:o::7", "1:u::99", "1:u:no-such:3", "1:s:z:99"} {
		w.handle(w.pressedUpdate(anna, here(room), 50, d))
		if got := w.look(); len(got) != 1 || got[0].Edit != 50 {
			t.Errorf("%s: %+v", d, got)
		}
	}
}

// TestHandle_badArguments gives every command every kind of nonsense: one clear
// short answer, nothing tappable out of the person's own words, and no harm.
func TestHandle_badArguments(t *testing.T) {
	t.Parallel()
	nonsense := map[string]string{
		"empty": "", "blank": " \u3000 ", "wrong": "no-such-thing", "huge word": strings.Repeat("x", 4000),
		"huge text": strings.Repeat("ab cd, ", 580), "chinese": "这是什么东西啊", "emoji": "🎉👨‍👩‍👧🎉", "markup": "<b>bold</b> &amp; <a href=\"http://x.example\">x</a>",
		"mention": "@everyone", "command": "/cmd /stop@other_bot", "address": "https://evil.example/x?a=b evil.example", "hash": "#tag $CASH",
		"bidi": "\u202egnp.exe\u202c\u200f", "number": "99999999999999999999", "minus": "-5", "zero": "0", "quote": `"'; DROP TABLE chats; --`,
		"broken": "\xff\xfe\xc3(", "control": "\x00\x07\x1b[31m", "long chinese": strings.Repeat("稀", 1500), "comma": ",,,;;;",
		"zones": strings.Repeat("a/", 2000), "dots": "../../etc/passwd", "colons": "::::", "accents": "e" + strings.Repeat("\u0301", 300),
	}
	for _, language := range []string{"en", "zh"} {
		for _, c := range commands() {
			for name, args := range nonsense {
				t.Run(fmt.Sprint(language, " ", c.name, " ", name), func(t *testing.T) {
					t.Parallel()
					w := newWorld(t)
					w.speaks(language)
					w.store.subs[here(room)] = []tagwire.TagSlug{"policy"}
					got := w.says(anna, here(room), "/"+c.name+"@tagwire_bot "+args)
					if c.name == "start" && strings.TrimSpace(args) != "" && len(got) == 0 {
						return
					}
					if len(got) != 1 {
						t.Fatalf("%d answers", len(got))
					}
					for _, change := range effects(w.store.changes) {
						t.Errorf("changed %#v", change)
					}
					shown, err := rendertest.Parse(string(got[0].HTML))
					if err != nil {
						t.Fatal(err)
					}
					if c.name != "tags" && shown.Units > 900 {
						t.Errorf("%d characters are not short", shown.Units)
					}
					for _, tap := range rendertest.Taps(shown.Text) {
						name, ours := strings.CutSuffix(strings.TrimPrefix(tap, "/"), "@"+ourName)
						if _, ok := find(name); !ours && !ok && tap != "@"+ourName && !strings.HasPrefix(tap, "harbour.example") {
							t.Errorf("%q can be tapped in %q", tap, shown.Text)
						}
					}
				})
			}
		}
	}
}

func TestMenu(t *testing.T) {
	t.Parallel()
	b := newWorld(t).bot
	names := func(scope string) string {
		var out []string
		for _, c := range b.Menu("en", scope) {
			if c.Description == "" || len(c.Description) > 256 {
				t.Errorf("%s: description %q", c.Name, c.Description)
			}
			out = append(out, c.Name)
		}
		return strings.Join(out, " ")
	}
	all := "start subscribe unsubscribe list tags latest digest settings lang help"
	for scope, want := range map[string]string{
		"default": all, "all_private_chats": all,
		"all_group_chats":         "list tags latest help",
		"all_chat_administrators": "subscribe unsubscribe list tags latest digest settings lang help",
	} {
		if got := names(scope); got != want {
			t.Errorf("%s: %s, want %s", scope, got, want)
		}
	}
	if en, zh := b.Menu("en", "default"), b.Menu("zh", "default"); reflect.DeepEqual(en, zh) {
		t.Error("the menu is the same in both languages")
	}
}

func TestTables(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, c := range commands() {
		for _, n := range append([]string{c.name}, c.aliases...) {
			if names[n] || strings.Trim(n, "abcdefghijklmnopqrstuvwxyz_") != "" {
				t.Errorf("command name %q", n)
			}
			names[n] = true
		}
		if c.run == nil || c.right == nil || c.summary == "" {
			t.Errorf("command %s is not whole", c.name)
		}
	}
	verbs := map[string]bool{}
	for _, b := range buttons() {
		if verbs[b.verb] || b.run == nil || b.right == "" {
			t.Errorf("button family %q", b.verb)
		}
		verbs[b.verb] = true
	}
	// The longest data of each kind fits.
	slug, zone := strings.Repeat("s", tagwire.MaxSlug), "America/Argentina/ComodRivadavia"
	for _, d := range []string{
		data("o", slug, "99999"), data("+", slug, "h"), data("u", slug, "99999"), data("tf", slug, "1"), data("la", slug, "10"),
		data("dz", "127", "1439", zone), data("sz", zone),
	} {
		if _, _, ok := parseButton(d); !ok {
			t.Errorf("%q (%d bytes) does not fit", d, len(d))
		}
	}
}
