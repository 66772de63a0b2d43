package bot

import (
	"context"
	"errors"
	"time"

	"tagwire/internal/locale"
	"tagwire/internal/tagwire"
	"tagwire/internal/telegram"
)

// button is a family of inline buttons: those whose data has the same verb.
type button struct {
	verb  string
	right right
	run   func(ctx context.Context, t *turn, args []string) error
}

// buttons are all families. Presses set a state and never toggle one, so a press
// that comes twice, or from an old message, does what its label said.
func buttons() []button {
	return []button{
		{"o", change, pressLevel},      // parent, page: show a level of the tag tree
		{"+", change, pressFollow},     // tag, "h" when it heads the level shown
		{"-", change, pressUnfollow},   // the same
		{"d", change, pressDone},       //
		{"y", change, pressSuggested},  // tag: follow what was suggested
		{"u", change, pressOwn},        // tag or nothing, page: the list of /unsubscribe
		{"ua", change, pressAll},       // nothing: unfollow all
		{"k", change, pressKeep},       //
		{"tt", look, pressTree},        // page of /tags
		{"ti", look, pressTag},         // tag: its card
		{"tf", change, pressCard},      // tag, 1 or 0: follow from the card
		{"la", look, pressLatest},      // tag, n
		{"dt", change, pressTime},      // minute of the day
		{"dd", change, pressDays},      // days of the week as bits
		{"dm", change, pressDigestOff}, //
		{"dn", change, pressDigestNow}, //
		{"dz", change, pressZoneAsk},   // days, minute, zone: a digest with the zone meant
		{"s", change, pressSettings},   // view, page
		{"sm", change, pressMode},      // mode
		{"sl", change, pressLanguage},  // language, view
		{"sz", change, pressZone},      // zone
		{"xp", operate, pressDead},     // page of /dead
		{"xr", operate, pressAgain},    // delivery, page
		{"xa", operate, pressAllAgain}, // the last moment of those meant
	}
}

// errStale says that the data of a button means nothing now: made up, of an
// older version, or about a tag that has gone.
var errStale = errors.New("bot: stale button")

// onPress handles a pressed button and answers the press exactly once, after
// what it did was written.
func (b *Bot) onPress(ctx context.Context, u telegram.Update) error {
	q := u.CallbackQuery
	who := whoIs(u)
	if who == nobody {
		texts := locale.For(q.From.Language)
		b.reply(ctx, q.ID, texts.Plain(locale.DenyStale), true)
		return nil
	}
	t, err := b.open(ctx, u)
	if err != nil {
		return err
	}
	t.pressed = q.MessageID
	if now := b.now(); !b.pressByUser.allow(now, q.From.ID, u.ID) || !b.pressByChat.allow(now, int64(q.Chat.ID), u.ID) {
		b.reply(ctx, q.ID, t.texts.Plain(locale.DenyFast), false)
		return nil
	}
	pressed, args, ok := parseButton(q.Data)
	// Of a message that Telegram shows no more, the topic is not known.
	if !ok || !q.Accessible || q.MessageID == 0 {
		b.reply(ctx, q.ID, t.plain(locale.DenyStale), true)
		return nil
	}
	may, err := b.entitled(ctx, who, pressed.right, q.Chat.ID, &q.From)
	if err != nil {
		return err
	}
	if may != yes {
		b.count(`tagwire_presses_refused_total`)
		text := refusal(may)
		if pressed.right == operate {
			text = locale.DenyStale
		}
		b.reply(ctx, q.ID, t.plain(text), true)
		return nil
	}
	if pressed.right == change {
		t.resume()
	}
	switch err := pressed.run(ctx, t, args); {
	case errors.Is(err, errStale):
		b.reply(ctx, q.ID, t.plain(locale.DenyStale), true)
		return nil
	case err != nil:
		return err
	}
	if err := b.close(ctx, t); err != nil {
		return err
	}
	b.count(`tagwire_presses_total{verb="` + pressed.verb + `"}`)
	b.reply(ctx, q.ID, t.toast, t.alert)
	return nil
}

// parseButton finds the family of a button's data.
func parseButton(data string) (button, []string, bool) {
	verb, args, ok := parseData(data)
	if !ok {
		return button{}, nil, false
	}
	for _, f := range buttons() {
		if f.verb == verb {
			return f, args, true
		}
	}
	return button{}, nil, false
}

// answerTimeout bounds the answer to a press: the update is done all the same.
const answerTimeout = 5 * time.Second

// maxToast is how long Telegram lets the answer to a press be.
const maxToast = 190

// reply ends the waiting of whoever pressed. A failure costs them a moment of
// looking at an hourglass, so it is logged and left.
func (b *Bot) reply(ctx context.Context, id, text string, alert bool) {
	if r := []rune(text); len(r) > maxToast {
		text = string(r[:maxToast]) + "…"
	}
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	if err := b.gateway.AnswerCallback(ctx, id, text, alert); err != nil {
		b.log.Warn("press not answered", "err", err)
	}
}

// tagArg is the tag of a button's argument, if there is such a tag.
func tagArg(t *turn, args []string, i int) (tagwire.Tag, error) {
	if i < len(args) {
		if tag, ok := t.b.tags.Tag(tagwire.TagSlug(args[i])); ok {
			return tag, nil
		}
	}
	return tagwire.Tag{}, errStale
}

// numArg is a small number of a button's argument.
func numArg(args []string, i int) (int, error) {
	if i >= len(args) || args[i] == "" || len(args[i]) > 5 {
		return 0, errStale
	}
	n := 0
	for _, c := range []byte(args[i]) {
		if c < '0' || c > '9' {
			return 0, errStale
		}
		n = n*10 + int(c-'0')
	}
	return n, nil
}
