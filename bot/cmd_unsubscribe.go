package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"tagwire/internal/locale"
	"tagwire/internal/tagwire"
)

// perList is how many tags one keyboard of /unsubscribe shows.
const perList = 14

// runUnsubscribe stops following the tags named; alone it shows what is followed
// as buttons, and "all" asks before it does anything.
func runUnsubscribe(ctx context.Context, t *turn, args string) error {
	followed, err := t.tags(ctx)
	if err != nil {
		return err
	}
	if len(followed) == 0 {
		t.say(blocks(t.html(locale.FollowsNone), t.html(locale.NextChoose)), nil)
		return nil
	}
	switch {
	case args == "":
		return t.showOwn(ctx, 0)
	case everything(args):
		t.say(t.html(locale.UnsubAsk, locale.Num("n", len(followed)), locale.Markup("tags", t.names(followed))), tagwire.Keyboard{{
			{Text: t.plain(locale.ButtonUnsubAll), Data: data("ua")},
			{Text: t.plain(locale.ButtonKeep), Data: data("k")},
		}})
		return nil
	}
	// A tag that has left the catalogue can still be let go.
	if slug := tagwire.TagSlug(strings.ToLower(args)); slices.Contains(followed, slug) {
		return t.unsubscribe(ctx, []tagwire.TagSlug{slug}, nil)
	}
	found, unknown := t.b.tags.Parse(args)
	if len(found) == 0 && len(unknown) == 0 {
		unknown = []string{args}
	}
	return t.unsubscribe(ctx, slugs(found), unknown)
}

// everything reports whether a person's words mean all tags.
func everything(args string) bool {
	switch strings.ToLower(args) {
	case "all", "*", "everything", "all tags", "全部", "所有", "全部标签", "所有标签":
		return true
	}
	return false
}

func (t *turn) unsubscribe(ctx context.Context, tags []tagwire.TagSlug, unknown []string) error {
	removed, err := t.unfollow(ctx, tags...)
	if err != nil {
		return err
	}
	var parts []tagwire.HTML
	if len(removed) > 0 {
		parts = append(parts, t.html(locale.UnsubDone, locale.Markup("tags", t.names(removed))))
	}
	var strangers []tagwire.TagSlug
	for _, tag := range tags {
		above, covered := t.coveredBy(tag, t.followed)
		switch {
		case covered:
			// Whether it was followed by itself or not: its articles go on coming.
			parts = append(parts, t.html(locale.UnsubCovered,
				locale.Str("tag", t.name(tag)), locale.Str("above", t.name(above)), locale.Str("slug", string(above))))
		case !slices.Contains(removed, tag):
			strangers = append(strangers, tag)
		}
	}
	if len(parts) > 8 {
		parts = parts[:8] // eight explanations explain enough
	}
	if len(strangers) > 0 {
		parts = append(parts, t.html(locale.UnsubNot, locale.Markup("tags", t.names(strangers))))
	}
	var keyboard tagwire.Keyboard
	if len(unknown) > 0 {
		own := func(tag tagwire.TagSlug) string { return data("u", string(tag), "0") }
		parts, keyboard = t.unknownTags(parts, unknown, append([]tagwire.TagSlug{}, t.followed...), own)
	}
	if len(t.followed) == 0 {
		parts = append(parts, lines(t.html(locale.FollowsNone), t.html(locale.NextChoose)))
	} else {
		parts = append(parts, t.html(locale.Follows, locale.Markup("tags", t.names(t.followed))))
		keyboard = append(keyboard, []tagwire.Button{{Text: t.plain(locale.ButtonOwnList), Data: data("u", "", "0")}})
	}
	t.say(blocks(parts...), keyboard)
	return nil
}

// showOwn shows what is followed as buttons that let go of it.
func (t *turn) showOwn(ctx context.Context, page int) error {
	followed, err := t.tags(ctx)
	if err != nil {
		return err
	}
	if len(followed) == 0 {
		t.say(blocks(t.html(locale.FollowsNone), t.html(locale.NextChoose)), nil)
		return nil
	}
	from, to, at, count := pages(len(followed), page, perList)
	var own []tagwire.Button
	for _, tag := range followed[from:to] {
		own = append(own, tagwire.Button{
			Text: "✕ " + label(t.name(tag)), Data: data("u", string(tag), strconv.Itoa(at)),
		})
	}
	keyboard := columns(2, own...)
	keyboard = append(keyboard, append(turning(at, count, func(page int) string {
		return data("u", "", strconv.Itoa(page))
	}), tagwire.Button{Text: t.plain(locale.ButtonDone), Data: data("d")}))
	t.say(t.html(locale.UnsubPick, locale.Markup("page", pageNote(at, count))), keyboard)
	return nil
}

// pressOwn lets go of a tag, if one is named, and shows the list again.
func pressOwn(ctx context.Context, t *turn, args []string) error {
	page, err := numArg(args, 1)
	if err != nil {
		return err
	}
	if slug := tagwire.TagSlug(args[0]); slug != "" {
		removed, err := t.unfollow(ctx, slug)
		if err != nil {
			return err
		}
		if len(removed) > 0 {
			t.tell(t.plain(locale.ToastUnfollowed, locale.Str("tag", t.name(slug))))
		}
	}
	return t.showOwn(ctx, page)
}

// pressAll lets go of everything, after it was asked.
func pressAll(ctx context.Context, t *turn, _ []string) error {
	followed, err := t.tags(ctx)
	if err != nil {
		return err
	}
	if _, err := t.unfollow(ctx, followed...); err != nil {
		return err
	}
	t.say(blocks(t.html(locale.UnsubAllDone), t.html(locale.NextChoose)), nil)
	return nil
}

func pressKeep(ctx context.Context, t *turn, _ []string) error {
	text, err := t.overview(ctx)
	if err != nil {
		return err
	}
	t.say(blocks(t.html(locale.NothingChanged), text), nil)
	return nil
}
