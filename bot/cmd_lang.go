package bot

import (
	"context"
	"strings"

	"tagwire/internal/locale"
	"tagwire/internal/tagwire"
)

// runLang sets the language of the chat; alone it offers the languages.
func runLang(_ context.Context, t *turn, args string) error {
	if args == "" {
		t.showLanguages("l")
		return nil
	}
	code, ok := languageOf(args)
	if !ok {
		t.say(t.html(locale.LangUnknown, locale.Markup("word", quoted(args))), t.languageButtons("l"))
		return nil
	}
	t.speak(code)
	t.say(blocks(t.html(locale.LangSet), t.wholeGroup()), nil)
	return nil
}

// languageOf finds a language by its code or by one of its names.
func languageOf(word string) (string, bool) {
	word = strings.ToLower(strings.TrimSpace(word))
	if code, ok := locale.Spoken(word); ok {
		return code, true
	}
	switch word {
	case "english", "eng", "englisch", "英文", "英语":
		return "en", true
	case "chinese", "cn", "中文", "汉语", "华语", "普通话", "简体", "简体中文", "中国话", "mandarin":
		return "zh", true
	}
	return "", false
}

// showLanguages offers the languages; view is where a press leads back to.
func (t *turn) showLanguages(view string) {
	keyboard := t.languageButtons(view)
	if view == "s" {
		keyboard = append(keyboard, []tagwire.Button{{Text: t.plain(locale.ButtonUp), Data: data("s", "m", "0")}})
	}
	t.say(t.html(locale.LangChoose), keyboard)
}

func (t *turn) languageButtons(view string) tagwire.Keyboard {
	var row []tagwire.Button
	for _, code := range locale.Languages() {
		row = append(row, tagwire.Button{
			Text: marked(code == t.texts.Language(), locale.For(code).Name()), Data: data("sl", code, view),
		})
	}
	return tagwire.Keyboard{row}
}

// pressLanguage sets the language and shows, in it, what the buttons were on:
// s settings, l the answer to /lang, g the greeting.
func pressLanguage(ctx context.Context, t *turn, args []string) error {
	if len(args) != 2 {
		return errStale
	}
	code, ok := locale.Spoken(args[0])
	if !ok {
		return errStale
	}
	t.speak(code)
	switch args[1] {
	case "s":
		t.showSettings()
	case "l":
		t.say(blocks(t.html(locale.LangSet), t.wholeGroup()), nil)
	case "g":
		text, keyboard := t.greeting()
		if t.chat.Type == tagwire.Private {
			var err error
			if text, keyboard, err = t.hello(ctx); err != nil {
				return err
			}
		}
		t.say(text, keyboard)
	default:
		return errStale
	}
	return nil
}
