package bot

import (
	"context"
	"slices"
	"strconv"

	"tagwire/internal/locale"
	"tagwire/internal/tagwire"
)

// perLevel is how many tags of a level stand on one keyboard: six rows of two,
// with a row above for the level as a whole and one below to move.
const perLevel = 12

// home is where the browser begins: the roots, or what is below the root if
// there is only one.
func (t *turn) home() tagwire.TagSlug {
	if roots := t.b.tags.Children(""); len(roots) == 1 && len(t.b.tags.Children(roots[0].Slug)) > 0 {
		return roots[0].Slug
	}
	return ""
}

// browser is the keyboard to choose tags with: one level of the tree, marks on
// what is followed.
func (t *turn) browser(ctx context.Context, parent tagwire.TagSlug, page int) (tagwire.HTML, tagwire.Keyboard, error) {
	followed, err := t.tags(ctx)
	if err != nil {
		return "", nil, err
	}
	children := t.b.tags.Children(parent)
	from, to, at, count := pages(len(children), page, perLevel)

	var keyboard tagwire.Keyboard
	if parent != "" {
		on := slices.Contains(followed, parent)
		keyboard = append(keyboard, []tagwire.Button{
			t.setter(on, parent, t.plain(locale.ButtonWhole, locale.Str("tag", t.name(parent))), "h"),
		})
	}
	var level []tagwire.Button
	for _, tag := range children[from:to] {
		level = append(level, t.levelButton(tag, followed))
	}
	keyboard = append(keyboard, columns(2, level...)...)

	var move []tagwire.Button
	if tag, ok := t.b.tags.Tag(parent); ok && parent != t.home() {
		move = append(move, tagwire.Button{Text: t.plain(locale.ButtonUp), Data: t.levelOf(tag)})
	}
	move = append(move, turning(at, count, func(page int) string {
		return data("o", string(parent), strconv.Itoa(page))
	})...)
	move = append(move, tagwire.Button{Text: t.plain(locale.ButtonDone), Data: data("d")})
	keyboard = append(keyboard, move)

	title := t.html(locale.ChooseTop, locale.Markup("page", pageNote(at, count)))
	if parent != "" && parent != t.home() {
		title = t.html(locale.ChooseBelow, locale.Str("tag", t.name(parent)), locale.Markup("page", pageNote(at, count)))
	}
	var opens tagwire.HTML
	if slices.ContainsFunc(children, func(tag tagwire.Tag) bool { return len(t.b.tags.Children(tag.Slug)) > 0 }) {
		opens = t.html(locale.ChooseOpen)
	}
	note := t.html(locale.FollowsNone)
	if len(followed) > 0 {
		note = t.html(locale.Follows, locale.Markup("tags", t.names(followed)))
	}
	var wider tagwire.HTML
	if above, ok := t.coveredBy(parent, followed); ok {
		wider = t.html(locale.CoveredBy, locale.Str("tag", t.name(above)))
	}
	return blocks(lines(title, t.html(locale.ChooseHow), opens), lines(note, wider)), keyboard, nil
}

// levelButton opens what is below a tag, or follows a tag with nothing below it.
func (t *turn) levelButton(tag tagwire.Tag, followed []tagwire.TagSlug) tagwire.Button {
	name, on := tag.NameIn(t.texts.Language()), slices.Contains(followed, tag.Slug)
	if len(t.b.tags.Children(tag.Slug)) == 0 {
		return t.setter(on, tag.Slug, name, "")
	}
	text := marked(on, label(name))
	if !on && slices.ContainsFunc(followed, func(s tagwire.TagSlug) bool { return t.below(s, tag.Slug) }) {
		text = "• " + text
	}
	return tagwire.Button{Text: text + " ›", Data: data("o", string(tag.Slug), "0")}
}

// setter follows a tag that is not followed and the other way round. What it
// does is in its data, not in the state at the time of the press.
func (t *turn) setter(on bool, tag tagwire.TagSlug, name, where string) tagwire.Button {
	verb := "+"
	if on {
		verb = "-"
	}
	args := []string{string(tag)}
	if where != "" {
		args = append(args, where)
	}
	return tagwire.Button{Text: marked(on, label(name)), Data: data(verb, args...)}
}

// levelOf is the data that shows the level a tag is on, on the tag's page.
func (t *turn) levelOf(tag tagwire.Tag) string {
	parent, page := t.seat(tag)
	return data("o", string(parent), strconv.Itoa(page))
}

// seat is where the browser shows a tag.
func (t *turn) seat(tag tagwire.Tag) (parent tagwire.TagSlug, page int) {
	i := slices.IndexFunc(t.b.tags.Children(tag.Parent), func(o tagwire.Tag) bool { return o.Slug == tag.Slug })
	return tag.Parent, max(i, 0) / perLevel
}

// below reports whether a tag is somewhere below another.
func (t *turn) below(tag, above tagwire.TagSlug) bool {
	_, ok := t.coveredBy(tag, []tagwire.TagSlug{above})
	return ok
}

// coveredBy is the nearest of the tags that stands above a tag: its articles
// come with that one.
func (t *turn) coveredBy(tag tagwire.TagSlug, tags []tagwire.TagSlug) (tagwire.TagSlug, bool) {
	found, _ := t.b.tags.Tag(tag)
	for found.Parent != "" {
		if slices.Contains(tags, found.Parent) {
			return found.Parent, true
		}
		found, _ = t.b.tags.Tag(found.Parent)
	}
	return "", false
}

// showLevel answers with a level of the browser.
func (t *turn) showLevel(ctx context.Context, parent tagwire.TagSlug, page int) error {
	text, keyboard, err := t.browser(ctx, parent, page)
	if err != nil {
		return err
	}
	t.say(text, keyboard)
	return nil
}

func pressLevel(ctx context.Context, t *turn, args []string) error {
	page, err := numArg(args, 1)
	if err != nil {
		return err
	}
	parent := tagwire.TagSlug(args[0])
	if parent == "" {
		parent = t.home()
	} else if _, err := tagArg(t, args, 0); err != nil {
		return err
	}
	return t.showLevel(ctx, parent, page)
}

func pressFollow(ctx context.Context, t *turn, args []string) error {
	tag, err := tagArg(t, args, 0)
	if err != nil {
		return err
	}
	if _, err := t.follow(ctx, tag.Slug); err != nil {
		return err
	}
	t.tell(t.plain(locale.ToastFollowed, locale.Str("tag", t.name(tag.Slug))))
	return t.showAround(ctx, tag, args)
}

func pressUnfollow(ctx context.Context, t *turn, args []string) error {
	tag, err := tagArg(t, args, 0)
	if err != nil {
		return err
	}
	if _, err := t.unfollow(ctx, tag.Slug); err != nil {
		return err
	}
	t.tell(t.plain(locale.ToastUnfollowed, locale.Str("tag", t.name(tag.Slug))))
	return t.showAround(ctx, tag, args)
}

// showAround shows the level a press was on: below the tag when its button
// headed the level, else beside it.
func (t *turn) showAround(ctx context.Context, tag tagwire.Tag, args []string) error {
	if len(args) > 1 && args[1] == "h" {
		return t.showLevel(ctx, tag.Slug, 0)
	}
	parent, page := t.seat(tag)
	return t.showLevel(ctx, parent, page)
}

func pressDone(ctx context.Context, t *turn, _ []string) error {
	text, err := t.overview(ctx)
	if err != nil {
		return err
	}
	t.say(text, nil)
	return nil
}

// overview is what the place follows and what comes of it.
func (t *turn) overview(ctx context.Context) (tagwire.HTML, error) {
	followed, err := t.tags(ctx)
	if err != nil {
		return "", err
	}
	if len(followed) == 0 {
		return blocks(t.html(locale.FollowsNone), t.html(locale.NextChoose)), nil
	}
	return blocks(
		t.html(locale.Follows, locale.Markup("tags", t.names(followed))),
		lines(t.html(locale.Comes, locale.Markup("what", t.what())), t.next()),
	), nil
}
