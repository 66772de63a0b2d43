package bot

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tagwire/internal/tagwire"
	"tagwire/internal/telegram"
)

var update = flag.Bool("update", false, "write the golden transcripts anew")

// setLanguage makes people's apps and the places speak a language.
func (w *world) speaks(language string) {
	w.language = language
	for _, at := range []tagwire.ChatID{room, forum, channel, private(anna).Chat, private(bob).Chat} {
		seen := chatOf(at)
		chat := w.bot.newChat(seen, w.person(anna), w.now)
		w.store.chats[at] = chat
	}
}

// in picks the words of a language.
func (w *world) in(en, zh string) string {
	if w.language == "zh" {
		return zh
	}
	return en
}

// transcripts are conversations, one per command and one per way to meet.
func transcripts() map[string]func(w *world) {
	group, alone, topic := here(room), private(anna), tagwire.Dest{Chat: forum, Thread: marketsTopic}
	return map[string]func(w *world){
		"start": func(w *world) {
			delete(w.store.chats, alone.Chat)
			w.says(anna, alone, "/start")
			w.presses(anna, alone, w.in("🌐 中文", "🌐 English"))
			w.presses(anna, alone, w.in("🌐 English", "🌐 中文"))
			w.says(anna, alone, "/start sub_copper")
			w.says(anna, alone, "/start tag_no-such")
			w.says(anna, group, "/start@tagwire_bot")
		},
		"help": func(w *world) {
			w.says(anna, alone, "/help")
			w.says(bob, group, "/help")
			w.says(anna, here(channel), "/help")
		},
		"subscribe": func(w *world) {
			w.says(anna, group, "/subscribe rare-earths, copper "+w.in("锡", "tin"))
			w.says(anna, group, "/sub copper "+w.in("coper", "稀士"))
			w.presses(anna, group, w.in("More tags", "更多标签"))
			w.says(anna, topic, "/subscribe "+w.in("Functional materials", "功能材料"))
			w.says(anna, group, "/subscribe qqqqqq")
			w.says(anna, group, w.in("/subscribe all", "/subscribe 全部"))
			w.says(bob, group, "/subscribe policy")
		},
		"subscribe-buttons": func(w *world) {
			w.says(anna, group, "/subscribe")
			w.presses(anna, group, w.in("Metals ›", "金属 ›"))
			w.presses(anna, group, w.in("Rare earths ›", "稀土 ›"))
			w.presses(anna, group, w.in("Cerium", "铈"))
			w.presses(anna, group, "›")
			w.presses(anna, group, w.in("Lutetium", "镥"))
			w.presses(anna, group, "‹")
			w.presses(anna, group, w.in("✓ Cerium", "✓ 铈"))
			w.presses(anna, group, w.in("All of Rare earths", "全部“稀土”"))
			w.presses(anna, group, w.in("↩ Back", "↩ 返回"))
			w.presses(anna, group, w.in("↩ Back", "↩ 返回"))
			w.presses(bob, group, w.in("Policy", "政策"))
			w.presses(anna, group, w.in("Done", "完成"))
		},
		"unsubscribe": func(w *world) {
			w.says(anna, group, "/unsubscribe")
			w.says(anna, group, "/subscribe metals copper tin policy")
			w.says(anna, group, "/unsub copper")
			w.says(anna, group, "/unsubscribe "+w.in("functional materials", "功能材料"))
			w.says(anna, group, "/unsubscribe nonsense")
			w.says(anna, group, "/unsubscribe")
			w.presses(anna, group, w.in("✕ Tin", "✕ 锡"))
			w.says(anna, group, w.in("/unsubscribe all", "/unsubscribe 全部"))
			w.presses(anna, group, w.in("No, keep them", "不，保留"))
			w.says(anna, group, w.in("/unsubscribe all", "/unsubscribe 全部"))
			w.presses(anna, group, w.in("Yes, unsubscribe all", "是，全部取消"))
		},
		"list": func(w *world) {
			w.says(bob, group, "/list")
			w.says(anna, group, "/subscribe copper")
			w.says(bob, group, "/list")
			w.store.topics[topic] = "Markets <1>"
			w.says(anna, topic, "/subscribe tin")
			w.says(anna, tagwire.Dest{Chat: forum, Thread: otherTopic}, "/subscribe policy")
			w.says(anna, here(forum), "/list")
		},
		"tags": func(w *world) {
			w.says(anna, alone, "/subscribe rare-earths")
			w.says(anna, alone, "/tags")
			w.says(anna, alone, "/tags "+w.in("copper cathode", "电解铜"))
			w.presses(anna, alone, w.in("Subscribe", "订阅"))
			w.presses(anna, alone, w.in("Latest articles", "最新文章"))
			w.says(anna, alone, "/tags metal")
			w.says(anna, alone, "/tags coper")
			w.presses(anna, alone, w.in("Copper", "铜"))
		},
		"latest": func(w *world) {
			w.says(bob, group, "/latest")
			w.says(bob, group, w.in("/latest copper 1", "/latest 铜 1"))
			w.says(bob, group, "/latest policy")
			w.says(bob, group, "/latest dysprosium")
			w.says(bob, group, "/latest 11")
			w.says(bob, group, "/latest copper tin")
			w.says(bob, group, "/latest copper please")
			w.says(bob, group, "/latest coper 2")
			w.presses(bob, group, w.in("Copper", "铜"))
		},
		"digest": func(w *world) {
			w.says(anna, group, "/digest")
			w.presses(anna, group, "12:00")
			w.presses(anna, group, w.in("Mon–Fri", "工作日"))
			w.presses(anna, group, w.in("Switch off", "关闭摘要"))
			w.says(anna, group, "/digest 08:30")
			w.says(anna, group, w.in("/digest weekdays 8:30", "/digest 工作日 8点半"))
			w.says(anna, group, w.in("/digest mon 09:00 Europe/Berlin", "/digest 周一 09:00 Europe/Berlin"))
			w.says(anna, group, w.in("/digest 7pm london", "/digest 晚上7点 伦敦"))
			w.presses(anna, group, w.in("London UTC+1", "伦敦 UTC+1"))
			w.says(anna, group, "/digest off")
			w.says(anna, group, "/digest off")
			w.says(anna, topic, "/digest on")
			w.says(anna, group, "/digest 25:00")
			w.says(anna, group, "/digest 8:30 9:30")
			w.says(anna, group, w.in("/digest weekly 9:00", "/digest 每周 9:00"))
			w.says(anna, group, "/digest <b>banana</b>")
			w.says(anna, group, "/digest "+strings.Repeat("8", 4000))
			w.says(bob, group, "/digest 08:30")
		},
		"digest-now": func(w *world) {
			w.says(anna, group, "/digest now")
			w.says(anna, group, "/subscribe copper tin")
			w.says(anna, group, "/digest now")
			w.store.pending[group] = []tagwire.Article{w.store.articles[2], w.store.articles[0]}
			w.says(anna, group, w.in("/digest now", "/digest 现在"))
			w.says(anna, group, "/digest")
			w.presses(anna, group, w.in("Send now", "立即推送"))
		},
		"settings": func(w *world) {
			w.says(anna, group, "/settings")
			w.presses(anna, group, w.in("At once", "即时"))
			w.presses(anna, group, w.in("Digest", "摘要"))
			w.presses(anna, group, w.in("Time zone", "时区"))
			w.presses(anna, group, "›")
			w.presses(anna, group, w.in("New York UTC−4", "纽约 UTC−4"))
			w.presses(anna, group, w.in("Digest time", "摘要时间"))
			w.presses(anna, group, w.in("All settings", "全部设置"))
			w.presses(anna, group, w.in("Language", "语言"))
			w.presses(anna, group, w.in("中文", "English"))
			w.presses(bob, group, w.in("两者", "Both"))
			w.presses(anna, group, w.in("完成", "Done"))
		},
		"lang": func(w *world) {
			w.says(anna, topic, "/lang")
			w.presses(anna, topic, w.in("中文", "English"))
			w.says(anna, topic, w.in("/lang english", "/lang 中文"))
			w.says(anna, topic, "/lang klingon")
		},
		"words": func(w *world) {
			w.says(anna, alone, w.in("copper", "电解铜"))
			w.says(anna, alone, "zzzz")
			w.says(anna, alone, "/subscibe copper")
			w.says(anna, alone, "/qwertz")
			w.says(anna, group, "/qwertz@tagwire_bot")
			w.says(anna, group, "/qwertz")
			w.says(anna, group, "copper")
			w.says(anna, group, "/help@other_bot")
		},
		"added": func(w *world) {
			delete(w.store.chats, room)
			delete(w.store.chats, channel)
			w.moves(room, member("left"), member("member"))
			w.says(anna, group, "/start@tagwire_bot hello")
			w.presses(anna, group, w.in("中文", "English"))
			w.presses(bob, group, w.in("政策", "Policy"))
			w.presses(anna, group, w.in("政策", "Policy"))
			w.moves(room, member("member"), member("kicked"))
			w.moves(room, member("kicked"), member("member"))
			w.moves(channel, member("left"), member("administrator"))
		},
	}
}

func member(status string) telegram.Member {
	m := telegram.Member{User: telegram.User{ID: 42, Bot: true}, Status: status}
	m.Present = status != "left" && status != "kicked"
	m.CanWrite, m.CanPost = m.Present, status == "administrator"
	return m
}

// moves lets Anna change the bot's standing in a chat.
func (w *world) moves(chat tagwire.ChatID, before, after telegram.Member) {
	w.t.Helper()
	w.out.WriteString("(the bot: " + before.Status + " → " + after.Status + ")\n")
	w.handle(w.movedUpdate(chat, before, after))
	w.look()
}

func (w *world) movedUpdate(chat tagwire.ChatID, before, after telegram.Member) telegram.Update {
	return telegram.Update{ID: w.nextUpdate(), MyChatMember: &telegram.MemberChange{
		Chat: chatOf(chat), From: *w.person(anna), Date: w.now, Old: before, New: after,
	}}
}

func TestTranscripts(t *testing.T) {
	t.Parallel()
	for name, play := range transcripts() {
		for _, language := range []string{"en", "zh"} {
			t.Run(name+"-"+language, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.speaks(language)
				play(w)
				golden(t, filepath.Join("testdata", "transcripts", name+"."+language+".txt"), w.out.String())
			})
		}
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run with -update to write it)", err)
	}
	if got != string(want) {
		t.Errorf("%s differs (run with -update after a look):\n%s", path, got)
	}
}
