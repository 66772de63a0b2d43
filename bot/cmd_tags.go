package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"tagwire/internal/locale"
	"tagwire/internal/render"
	"tagwire/internal/tagwire"
)

const (
	perTree    = 30                 // lines on one page of the tree
	countsOver = 7 * 24 * time.Hour // "this week"
	maxAliases = 8                  // shown on a tag's card
)

// runTags shows the tree of tags with how many articles each had in the last
// seven days; with a word, that tag.
func runTags(ctx context.Context, t *turn, args string) error {
	if args == "" {
		return t.showTree(ctx, 0)
	}
	return t.lookUp(ctx, args)
}

// lookUp shows the tag that words mean, or those they may mean.
func (t *turn) lookUp(ctx context.Context, words string) error {
	if tag, ok := t.b.tags.Lookup(words); ok {
		return t.showTag(ctx, tag)
	}
	found, unknown := t.b.tags.Parse(words)
	if len(found) == 1 {
		return t.showTag(ctx, found[0])
	}
	card := func(tag tagwire.TagSlug) string { return data("ti", string(tag)) }
	if len(found) > 0 {
		t.say(t.whichTag(found, unknown), t.offer(found[:min(len(found), maxSuggestions)], card))
		return nil
	}
	if len(unknown) == 0 {
		unknown = []string{words}
	}
	parts, offers := t.unknownTags(nil, unknown, nil, card)
	t.say(blocks(parts...), offers)
	return nil
}

// whichTag asks for one of several tags, or, if there is but one beside words
// that are none, whether that is the one meant.
func (t *turn) whichTag(found []tagwire.Tag, unknown []string) tagwire.HTML {
	if len(found) == 1 && len(unknown) > 0 {
		return t.html(locale.TagMeant, locale.Markup("words", t.words(unknown)))
	}
	return t.html(locale.TagWhich)
}

// branch is a tag and how deep in the tree it is.
type branch struct {
	tag   tagwire.Tag
	depth int
}

// tree are all tags, each followed by what is below it.
func (t *turn) tree() []branch {
	var out []branch
	var walk func(parent tagwire.TagSlug, depth int)
	walk = func(parent tagwire.TagSlug, depth int) {
		for _, tag := range t.b.tags.Children(parent) {
			out = append(out, branch{tag, depth})
			walk(tag.Slug, depth+1)
		}
	}
	walk("", 0)
	return out
}

func (t *turn) showTree(ctx context.Context, page int) error {
	followed, err := t.tags(ctx)
	if err != nil {
		return err
	}
	counts, err := t.b.store.TagCounts(ctx, t.now.Add(-countsOver))
	if err != nil {
		return err
	}
	tree := t.tree()
	from, to, at, count := pages(len(tree), page, perTree)
	var rows []tagwire.HTML
	if path := t.path(tree[from].tag); at > 0 && len(path) > 0 {
		// A page that begins in the middle of the tree says where.
		rows = append(rows, t.html(locale.CardPath, locale.Markup("tags", t.names(path))))
	}
	for _, b := range tree[from:to] {
		row := tagwire.Foreign(t.name(b.tag.Slug))
		if b.depth == 0 {
			row = render.Bold(row)
		} else {
			row = tagwire.HTML(strings.Repeat("   ", b.depth-1)) + "– " + row
		}
		if n := counts[b.tag.Slug]; n > 0 {
			row += " · " + tagwire.Escape(t.texts.Number(n))
		}
		if slices.Contains(followed, b.tag.Slug) {
			row += " ✓"
		}
		rows = append(rows, row)
	}
	var keyboard tagwire.Keyboard
	if turn := turning(at, count, func(page int) string { return data("tt", strconv.Itoa(page)) }); len(turn) > 0 {
		keyboard = tagwire.Keyboard{turn}
	}
	t.say(blocks(t.html(locale.TreeTitle, locale.Markup("page", pageNote(at, count))), lines(rows...), t.html(locale.TreeHint)), keyboard)
	return nil
}

// showTag answers with a tag's card: where it stands, what it is also called,
// how busy it is.
func (t *turn) showTag(ctx context.Context, tag tagwire.Tag) error {
	followed, err := t.tags(ctx)
	if err != nil {
		return err
	}
	counts, err := t.b.store.TagCounts(ctx, t.now.Add(-countsOver))
	if err != nil {
		return err
	}
	title := render.Bold(tagwire.Foreign(t.name(tag.Slug)))
	if slices.Contains(followed, tag.Slug) {
		title += " ✓"
	}
	var facts []tagwire.HTML
	if path := t.path(tag); len(path) > 0 {
		facts = append(facts, t.html(locale.CardPath, locale.Markup("tags", t.names(path))))
	}
	if below := t.b.tags.Children(tag.Slug); len(below) > 0 {
		facts = append(facts, t.html(locale.CardBelow, locale.Markup("tags", t.tagNames(below))))
	}
	if also := t.aliases(tag); also != "" {
		facts = append(facts, t.html(locale.CardAlso, locale.Str("words", also)))
	}
	facts = append(facts, t.html(locale.CardCount, locale.Num("n", counts[tag.Slug])))

	follow := tagwire.Button{Text: t.plain(locale.ButtonFollow), Data: data("tf", string(tag.Slug), "1")}
	if slices.Contains(followed, tag.Slug) {
		follow = tagwire.Button{Text: t.plain(locale.ButtonUnfollow), Data: data("tf", string(tag.Slug), "0")}
	}
	t.say(blocks(title, lines(facts...)), tagwire.Keyboard{{
		follow,
		{Text: t.plain(locale.ButtonLatest), Data: data("la", string(tag.Slug), strconv.Itoa(latestDefault))},
	}})
	return nil
}

// path are the tags above a tag, the root first.
func (t *turn) path(tag tagwire.Tag) []tagwire.TagSlug {
	var up []tagwire.TagSlug
	for tag.Parent != "" {
		up = append([]tagwire.TagSlug{tag.Parent}, up...)
		tag, _ = t.b.tags.Tag(tag.Parent)
	}
	return up
}

// aliases are the words, beside its name, that a tag is known by.
func (t *turn) aliases(tag tagwire.Tag) string {
	shown := tag.NameIn(t.texts.Language())
	var words []string
	add := func(w string) {
		w = echo(w)
		if !strings.EqualFold(w, shown) && !slices.Contains(words, w) && len(words) < maxAliases {
			words = append(words, w)
		}
	}
	for _, language := range locale.Languages() {
		add(tag.NameIn(language))
	}
	for _, a := range tag.Aliases {
		if !a.Not {
			add(a.Text)
		}
	}
	return strings.Join(words, t.texts.Comma())
}

func pressTree(ctx context.Context, t *turn, args []string) error {
	page, err := numArg(args, 0)
	if err != nil {
		return err
	}
	return t.showTree(ctx, page)
}

func pressTag(ctx context.Context, t *turn, args []string) error {
	tag, err := tagArg(t, args, 0)
	if err != nil {
		return err
	}
	return t.showTag(ctx, tag)
}

// pressCard follows or lets go of the tag of a card.
func pressCard(ctx context.Context, t *turn, args []string) error {
	tag, err := tagArg(t, args, 0)
	if err != nil {
		return err
	}
	on, err := numArg(args, 1)
	switch {
	case err != nil || on > 1:
		return errStale
	case on == 1:
		_, err = t.follow(ctx, tag.Slug)
		t.tell(t.plain(locale.ToastFollowed, locale.Str("tag", t.name(tag.Slug))))
	default:
		_, err = t.unfollow(ctx, tag.Slug)
		t.tell(t.plain(locale.ToastUnfollowed, locale.Str("tag", t.name(tag.Slug))))
	}
	if err != nil {
		return err
	}
	return t.showTag(ctx, tag)
}
