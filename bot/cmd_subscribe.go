package bot

import (
	"context"
	"slices"

	"tagwire/internal/locale"
	"tagwire/internal/tagwire"
)

// maxSuggestions is how many tags are offered in place of unknown words.
const maxSuggestions = 8

// runSubscribe follows the tags named; alone it opens the tag browser. So it
// does for "all": with a few presses one has all there is, and sees what that is.
func runSubscribe(ctx context.Context, t *turn, args string) error {
	if everything(args) {
		args = ""
	}
	found, unknown := t.b.tags.Parse(args)
	if len(found) == 0 && len(unknown) == 0 {
		if args != "" {
			unknown = []string{args}
		} else {
			return t.showLevel(ctx, t.home(), 0)
		}
	}
	return t.subscribe(ctx, found, unknown)
}

// subscribe follows tags and answers, with the nearest tags as buttons where
// words are unknown.
func (t *turn) subscribe(ctx context.Context, found []tagwire.Tag, unknown []string) error {
	added, err := t.follow(ctx, slugs(found)...)
	if err != nil {
		return err
	}
	var already []tagwire.TagSlug
	for _, tag := range found {
		if !slices.Contains(added, tag.Slug) {
			already = append(already, tag.Slug)
		}
	}
	var parts []tagwire.HTML
	if len(added) > 0 {
		parts = append(parts, t.html(locale.SubDone, locale.Markup("tags", t.names(added))))
	}
	if len(already) > 0 {
		parts = append(parts, t.html(locale.SubAlready, locale.Markup("tags", t.names(already))))
	}
	if len(found) > 0 && len(unknown) == 0 {
		parts = append(parts, lines(t.html(locale.Comes, locale.Markup("what", t.what())), t.next()))
	}
	keyboard := tagwire.Keyboard{{{Text: t.plain(locale.ButtonMoreTags), Data: data("o", "", "0")}}}
	if len(unknown) > 0 {
		var offers tagwire.Keyboard
		parts, offers = t.unknownTags(parts, unknown, nil, func(tag tagwire.TagSlug) string { return data("y", string(tag)) })
		keyboard = append(offers, keyboard...)
	}
	t.say(blocks(parts...), keyboard)
	return nil
}

// unknownTags says which words are no tags and offers the nearest tags, of those
// given if any are. The buttons carry what data makes of a tag.
func (t *turn) unknownTags(parts []tagwire.HTML, unknown []string, of []tagwire.TagSlug, data func(tagwire.TagSlug) string) ([]tagwire.HTML, tagwire.Keyboard) {
	tags := t.nearest(unknown, of)
	key := locale.TagUnknown
	if len(tags) > 0 {
		key = locale.TagMeant
	}
	parts = append(parts, t.html(key, locale.Markup("words", t.words(unknown))))
	return parts, t.offer(tags, data)
}

// words are a person's words that stand for no tag, the first few of them.
func (t *turn) words(unknown []string) tagwire.HTML {
	var shown tagwire.HTML
	for i, word := range unknown[:min(len(unknown), 3)] {
		if i > 0 {
			shown += tagwire.Escape(t.texts.Comma())
		}
		shown += quoted(word)
	}
	if rest := len(unknown) - 3; rest > 0 {
		shown += " " + t.html(locale.ListMore, locale.Num("n", rest))
	}
	return shown
}

// nearest are the tags nearest to some unknown words, shared out among them.
func (t *turn) nearest(words []string, of []tagwire.TagSlug) []tagwire.Tag {
	words = words[:min(len(words), maxSuggestions)]
	var out []tagwire.Tag
	for _, word := range words {
		n := max(2, maxSuggestions/len(words))
		for _, tag := range t.b.tags.Nearest(echo(word), n) {
			again := slices.ContainsFunc(out, func(o tagwire.Tag) bool { return o.Slug == tag.Slug })
			if !again && (of == nil || slices.Contains(of, tag.Slug)) && len(out) < maxSuggestions {
				out = append(out, tag)
			}
		}
	}
	return out
}

// offer is a keyboard of tags.
func (t *turn) offer(tags []tagwire.Tag, data func(tagwire.TagSlug) string) tagwire.Keyboard {
	var buttons []tagwire.Button
	for _, tag := range tags {
		buttons = append(buttons, tagwire.Button{Text: label(tag.NameIn(t.texts.Language())), Data: data(tag.Slug)})
	}
	return columns(2, buttons...)
}

// pressSuggested follows a tag that was offered for a mistyped one.
func pressSuggested(ctx context.Context, t *turn, args []string) error {
	tag, err := tagArg(t, args, 0)
	if err != nil {
		return err
	}
	return t.subscribe(ctx, []tagwire.Tag{tag}, nil)
}
