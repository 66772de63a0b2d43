package bot

import (
	"context"
	"strings"

	"tagwire/internal/locale"
	"tagwire/internal/tagwire"
)

// maxGreetingTags is how many tags a greeting offers at once.
const maxGreetingTags = 8

// startRight: looking round is free, following a tag by a link is not.
func startRight(t *turn, args string) right {
	if t.b != nil && linkedTag(t, args) != nil {
		return change
	}
	return look
}

// linkedTag is the tag of a link "sub_copper" or "tag_copper"; nil for any other
// payload.
func linkedTag(t *turn, payload string) *tagwire.Tag {
	for _, prefix := range []string{"sub_", "tag_"} {
		if slug, ok := strings.CutPrefix(payload, prefix); ok {
			if tag, ok := t.b.tags.Tag(tagwire.TagSlug(slug)); ok {
				return &tag
			}
		}
	}
	return nil
}

// runStart says hello. A payload is what a link to the bot carried.
func runStart(ctx context.Context, t *turn, args string) error {
	if tag := linkedTag(t, args); tag != nil {
		return t.subscribe(ctx, []tagwire.Tag{*tag}, nil)
	}
	if t.chat.Type == tagwire.Private {
		text, keyboard, err := t.hello(ctx)
		if err != nil {
			return err
		}
		t.say(text, keyboard)
		return nil
	}
	// A link that adds the bot to a group sends a /start with a payload right
	// after: the greeting is there already, or is this.
	if first := t.b.greetings.allow(t.now, int64(t.chat.ID), t.update); args != "" && !first {
		return nil
	}
	text, keyboard := t.greeting()
	t.say(text, keyboard)
	return nil
}

// hello is the first screen of a private chat.
func (t *turn) hello(ctx context.Context) (tagwire.HTML, tagwire.Keyboard, error) {
	followed, err := t.tags(ctx)
	if err != nil {
		return "", nil, err
	}
	text := t.html(locale.Hello, locale.Markup("what", t.what()), locale.Str("choose", t.plain(locale.ButtonChoose)))
	if len(followed) > 0 {
		text = blocks(t.html(locale.HelloAgain), t.html(locale.Follows, locale.Markup("tags", t.names(followed))),
			lines(t.html(locale.Comes, locale.Markup("what", t.what())), t.next()))
	}
	keyboard := tagwire.Keyboard{{{Text: t.plain(locale.ButtonChoose), Data: data("o", "", "0")}}}
	if t.b.me.Username != "" {
		keyboard = append(keyboard, []tagwire.Button{{
			Text: t.plain(locale.ButtonAddToGroup), URL: "https://t.me/" + t.b.me.Username + "?startgroup=hello",
		}})
	}
	return text, append(keyboard, t.otherLanguage()), nil
}

// otherLanguage are buttons for the languages that are not spoken here.
func (t *turn) otherLanguage() []tagwire.Button {
	var row []tagwire.Button
	for _, code := range locale.Languages() {
		if code != t.texts.Language() {
			row = append(row, tagwire.Button{Text: "🌐 " + locale.For(code).Name(), Data: data("sl", code, "g")})
		}
	}
	return row
}

// greeting is the first message in a group or channel: tags to press, and the
// languages.
func (t *turn) greeting() (tagwire.HTML, tagwire.Keyboard) {
	text := t.html(locale.Greet, locale.Markup("what", t.what()))
	tags := t.b.tags.Children(t.home())
	var buttons []tagwire.Button
	for _, tag := range tags[:min(len(tags), maxGreetingTags)] {
		buttons = append(buttons, t.levelButton(tag, nil))
	}
	keyboard := columns(2, buttons...)
	if len(tags) > maxGreetingTags {
		keyboard = append(keyboard, []tagwire.Button{{Text: t.plain(locale.ButtonAllTags), Data: data("o", "", "0")}})
	}
	return text, append(keyboard, t.languageButtons("g")...)
}
