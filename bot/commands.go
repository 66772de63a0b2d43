package bot

import (
	"context"
	"slices"
	"strings"

	"tagwire/internal/locale"
	"tagwire/internal/tagwire"
	"tagwire/internal/taxonomy"
	"tagwire/internal/telegram"
)

// command is one thing people may type.
type command struct {
	name    string
	aliases []string
	summary locale.Key // its line in /help and in the menu
	right   func(t *turn, args string) right
	run     func(ctx context.Context, t *turn, args string) error
	// private is set on what has a use in private chats only, as far as help goes.
	private bool
	// operator is set on what only operators may know of.
	operator bool
}

// commands are all commands in the order of /help. Routing, /help and the menu
// read this list; a new command is one line here and one file. It is a function
// and not a variable because /help, which it lists, reads it.
func commands() []command {
	return []command{
		{name: "start", summary: locale.CmdStart, right: startRight, run: runStart, private: true},
		{name: "subscribe", aliases: []string{"sub"}, summary: locale.CmdSubscribe, right: always(change), run: runSubscribe},
		{name: "unsubscribe", aliases: []string{"unsub"}, summary: locale.CmdUnsubscribe, right: always(change), run: runUnsubscribe},
		{name: "list", summary: locale.CmdList, right: always(look), run: runList},
		{name: "tags", summary: locale.CmdTags, right: always(look), run: runTags},
		{name: "latest", summary: locale.CmdLatest, right: always(look), run: runLatest},
		{name: "digest", summary: locale.CmdDigest, right: always(change), run: runDigest},
		{name: "settings", summary: locale.CmdSettings, right: always(change), run: runSettings},
		{name: "lang", summary: locale.CmdLang, right: always(change), run: runLang},
		{name: "dead", summary: locale.CmdDead, right: always(operate), run: runDead, private: true, operator: true},
		{name: "help", summary: locale.CmdHelp, right: always(look), run: runHelp},
	}
}

func always(r right) func(*turn, string) right {
	return func(*turn, string) right { return r }
}

// find is the command of a name or alias.
func find(name string) (command, bool) {
	for _, c := range commands() {
		if c.name == name || slices.Contains(c.aliases, name) {
			return c, true
		}
	}
	return command{}, false
}

// nearestCommand is the command that a mistyped name may have meant.
func nearestCommand(name string) (string, bool) {
	var names []string
	for _, c := range commands() {
		if c.operator {
			continue
		}
		names = append(append(names, c.name), c.aliases...)
	}
	near, ok := taxonomy.Closest(name, names)
	if !ok {
		return "", false
	}
	c, ok := find(near)
	return c.name, ok
}

// onPost handles a message or a channel post.
func (b *Bot) onPost(ctx context.Context, u telegram.Update) error {
	m := u.Post()
	switch {
	case m.MigrateTo != 0:
		return b.onMigration(ctx, u, tagwire.Migrate{From: m.Chat.ID, To: m.MigrateTo})
	case m.MigrateFrom != 0:
		return b.onMigration(ctx, u, tagwire.Migrate{From: m.MigrateFrom, To: m.Chat.ID})
	case m.TopicNamed, m.TopicReopened:
		return b.onTopic(ctx, u)
	}
	who := whoIs(u)
	if who == nobody || m.Text == "" {
		return nil
	}
	typed, isCommand := telegram.ParseCommand(m, b.me.Username)
	if !isCommand {
		// In groups people talk to each other. In a private chat they talk to the
		// bot, unless they call another one by mistake.
		if who != person || strings.HasPrefix(m.Text, "/") && strings.Contains(firstWord(m.Text), "@") {
			return nil
		}
		return b.answer(ctx, u, who, command{name: "words", right: always(look), run: runWords}, m.Text)
	}
	// To all others an operator's command is one that does not exist.
	if c, ok := find(typed.Name); ok && (!c.operator || who == person && b.operator[u.From().ID]) {
		return b.answer(ctx, u, who, c, typed.Args)
	}
	addressed := strings.HasPrefix(m.Text[1+len(typed.Name):], "@")
	if who == person || addressed {
		return b.answer(ctx, u, who, command{name: "unknown", right: always(look), run: runUnknown}, typed.Name)
	}
	return nil
}

// answer runs a command for someone, if they may.
func (b *Bot) answer(ctx context.Context, u telegram.Update, who principal, c command, args string) error {
	chat, now := u.Chat().ID, b.now()
	speaker := int64(chat)
	if from := u.From(); who == groupUser || who == person {
		speaker = from.ID
	}
	if !b.byUser.allow(now, speaker, u.ID) || !b.byChat.allow(now, int64(chat), u.ID) {
		b.count(`tagwire_commands_ignored_total`)
		return nil
	}
	t, err := b.open(ctx, u)
	if err != nil {
		return err
	}
	t.invoked = u.Post().ID
	needed := c.right(t, args)
	may, err := b.entitled(ctx, who, needed, chat, u.From())
	if err != nil {
		return err
	}
	b.count(`tagwire_commands_total{command="` + c.name + `"}`)
	if may != yes {
		b.count(`tagwire_commands_refused_total`)
		if !b.refusals.allow(now, int64(chat), u.ID) {
			return nil
		}
		t.say(t.html(refusal(may)), nil)
		return b.close(ctx, t)
	}
	if who != groupUser || needed == change {
		t.resume()
	}
	if err := b.nameTopic(ctx, t, u.Post().TopicName); err != nil {
		return err
	}
	if err := c.run(ctx, t, args); err != nil {
		return err
	}
	return b.close(ctx, t)
}

func refusal(may answer) locale.Key {
	if may == unsure {
		return locale.DenyUnsure
	}
	return locale.DenyMember
}

func firstWord(s string) string {
	word, _, _ := strings.Cut(s, " ")
	return word
}

// Menu is the command menu of a scope as Telegram names them: group members see
// what they may use, admins and private chats see everything.
func (b *Bot) Menu(language, scope string) []telegram.Command {
	texts := locale.For(language)
	var menu []telegram.Command
	for _, c := range commands() {
		if c.operator { // menus are the same for everyone
			continue
		}
		inGroup := scope == "all_group_chats" || scope == "all_chat_administrators"
		if inGroup && c.private || scope == "all_group_chats" && c.right(&turn{}, "") == change {
			continue
		}
		menu = append(menu, telegram.Command{Name: c.name, Description: texts.Plain(c.summary)})
	}
	return menu
}
