package bot

import (
	"context"

	"tagwire/internal/locale"
	"tagwire/internal/tagwire"
)

// runHelp gives one line to each command that has a use in this kind of chat;
// where members may look and admins may change, it says which is which.
func runHelp(_ context.Context, t *turn, _ string) error {
	private := t.chat.Type == tagwire.Private
	var looking, changing []tagwire.HTML
	for _, c := range commands() {
		if c.private && !private || c.operator && (t.from == nil || !t.b.operator[t.from.ID]) {
			continue
		}
		line := t.typed(c.name) + " – " + t.html(c.summary)
		if t.inGroup() && c.right(t, "") == change {
			changing = append(changing, line)
		} else {
			looking = append(looking, line)
		}
	}
	parts := []tagwire.HTML{t.html(locale.HelpTitle)}
	if len(changing) > 0 {
		parts = append(parts, lines(append([]tagwire.HTML{t.html(locale.HelpEveryone)}, looking...)...),
			lines(append([]tagwire.HTML{t.html(locale.HelpAdmins)}, changing...)...))
	} else {
		parts = append(parts, lines(looking...))
	}
	t.say(blocks(append(parts, t.html(locale.HelpExample))...), nil)
	return nil
}

// runUnknown answers a command that does not exist.
func runUnknown(_ context.Context, t *turn, name string) error {
	text := t.html(locale.UnknownCommand, locale.Markup("word", quoted("/"+name)))
	if near, ok := nearestCommand(name); ok {
		text = t.html(locale.UnknownNear, locale.Markup("word", quoted("/"+name)), locale.Markup("command", t.typed(near)))
	}
	t.say(text, nil)
	return nil
}

// runWords answers a text that is no command, in a private chat: the name of a
// tag shows its card.
func runWords(ctx context.Context, t *turn, words string) error {
	found, _ := t.b.tags.Parse(words)
	if near := t.b.tags.Nearest(echo(words), 1); len(found) == 0 && (len(near) == 0 || len([]rune(words)) > maxEcho) {
		t.say(t.html(locale.OnlyCommands), nil)
		return nil
	}
	return t.lookUp(ctx, words)
}
