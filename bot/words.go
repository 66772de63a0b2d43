package bot

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"tagwire/internal/locale"
	"tagwire/internal/render"
	"tagwire/internal/tagwire"
)

// maxNames is how many tags an enumeration names before it says "and n more".
const maxNames = 40

// html is a text of the locale. Besides its arguments it may name {place}, where
// we are ("this group"), {zone}, the chat's, {example}, some tag, and {c_name},
// the command of that name as it must be typed here.
func (t *turn) html(key locale.Key, args ...locale.Arg) tagwire.HTML {
	return t.texts.HTML(key, append(args, t.always()...)...)
}

// plain is html for buttons and boxes, which know no markup.
func (t *turn) plain(key locale.Key, args ...locale.Arg) string {
	return t.texts.Plain(key, append(args, t.always()...)...)
}

func (t *turn) always() []locale.Arg {
	args := []locale.Arg{
		locale.Str("place", t.place()), locale.Str("zone", t.chat.Zone), locale.Str("example", t.example()),
	}
	for _, c := range commands() {
		args = append(args, locale.Markup("c_"+c.name, t.typed(c.name)))
	}
	return args
}

// typed is a command as it must be typed here. In a group a bot may not hear
// commands without its name.
func (t *turn) typed(name string) tagwire.HTML {
	s := "/" + name
	if t.inGroup() && t.b.me.Username != "" {
		s += "@" + t.b.me.Username
	}
	return tagwire.Escape(s)
}

func (t *turn) inGroup() bool {
	return t.chat.Type == tagwire.Group || t.chat.Type == tagwire.Supergroup
}

// place is what to call the place: "this group".
func (t *turn) place() string {
	switch {
	case t.chat.Type == tagwire.Channel:
		return t.texts.Plain(locale.PlaceChannel)
	case t.dest.Thread != 0:
		return t.texts.Plain(locale.PlaceTopic)
	case t.inGroup():
		return t.texts.Plain(locale.PlaceGroup)
	}
	return t.texts.Plain(locale.PlacePrivate)
}

// example is a tag to show how something is written, in the words of the
// language: the first of a single word that is not among the widest.
func (t *turn) example() string {
	tags := t.b.tags.Tags()
	i := max(0, slices.IndexFunc(tags, func(tag tagwire.Tag) bool {
		return tag.Parent != "" && !strings.Contains(string(tag.Slug), "-")
	}))
	switch {
	case len(tags) == 0:
		return ""
	case t.texts.Language() == locale.Default:
		return string(tags[i].Slug)
	}
	return tags[i].NameIn(t.texts.Language())
}

// name is what a tag is called here, cut where an operator was verbose; a tag
// that has left the catalogue goes by its slug.
func (t *turn) name(slug tagwire.TagSlug) string {
	if tag, ok := t.b.tags.Tag(slug); ok {
		return echo(tag.NameIn(t.texts.Language()))
	}
	return string(slug)
}

// names enumerates tags.
func (t *turn) names(slugs []tagwire.TagSlug) tagwire.HTML {
	shown := slugs
	if len(shown) > maxNames {
		shown = shown[:maxNames]
	}
	var parts []string
	for _, s := range shown {
		parts = append(parts, string(tagwire.Foreign(t.name(s))))
	}
	list := strings.Join(parts, t.texts.Comma())
	if rest := len(slugs) - len(shown); rest > 0 {
		list += " " + string(t.html(locale.ListMore, locale.Num("n", rest)))
	}
	return tagwire.HTML(list)
}

func (t *turn) tagNames(tags []tagwire.Tag) tagwire.HTML { return t.names(slugs(tags)) }

func slugs(tags []tagwire.Tag) []tagwire.TagSlug {
	var out []tagwire.TagSlug
	for _, tag := range tags {
		out = append(out, tag.Slug)
	}
	return out
}

// what says how articles come: "each article as soon as it is out, and …".
func (t *turn) what() tagwire.HTML {
	when := locale.Markup("when", t.when())
	switch t.chat.Mode {
	case tagwire.ModeInstant:
		return t.html(locale.WhatInstant)
	case tagwire.ModeDigest:
		return t.html(locale.WhatDigest, when)
	}
	return t.html(locale.WhatBoth, when)
}

// when says when the digest comes: "every day at 08:30 (Asia/Shanghai)".
func (t *turn) when() tagwire.HTML {
	clock, zone := locale.Str("time", t.chat.Rhythm.Clock()), locale.Str("zone", t.chat.Zone)
	return t.html(locale.When, locale.Str("days", t.days(t.chat.Rhythm.Days)), clock, zone)
}

// days names a set of days.
func (t *turn) days(days tagwire.Weekdays) string {
	switch days & tagwire.EveryDay {
	case tagwire.EveryDay:
		return t.plain(locale.DaysAll)
	case tagwire.Workdays:
		return t.plain(locale.DaysWork)
	}
	var names []string
	for i := range 7 {
		// The week begins on Monday, where the trade's does.
		if d := time.Weekday((i + 1) % 7); days.Has(d) {
			names = append(names, t.texts.Weekday(d))
		}
	}
	return t.plain(locale.DaysSome, locale.Str("days", strings.Join(names, t.texts.Comma())))
}

// next says when the next digest comes; empty when none will.
func (t *turn) next() tagwire.HTML {
	if t.chat.NextDigest.IsZero() {
		return ""
	}
	at := t.chat.NextDigest.In(location(t.chat.Zone))
	return t.html(locale.DigestNext, locale.Str("time", t.texts.DateTime(at)))
}

// lines joins paragraphs, leaving out empty ones.
func lines(parts ...tagwire.HTML) tagwire.HTML { return joined("\n", parts) }

// blocks joins paragraphs with a blank line between them.
func blocks(parts ...tagwire.HTML) tagwire.HTML { return joined("\n\n", parts) }

func joined(sep string, parts []tagwire.HTML) tagwire.HTML {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, string(p))
		}
	}
	return tagwire.HTML(strings.Join(out, sep))
}

// quoted shows a person's own words.
func quoted(words string) tagwire.HTML { return render.Code(tagwire.Foreign(echo(words))) }

// maxLabel is how long a button's text may get; phones cut longer ones.
const maxLabel = 32

// label is a button's text out of words that others wrote.
func label(s string) string {
	runes := []rune(tagwire.Clean(s))
	if len(runes) > maxLabel {
		runes = append(runes[:maxLabel-1], '…')
	}
	return string(runes)
}

// marked puts the mark of what is chosen before a label.
func marked(on bool, s string) string {
	if on {
		return "✓ " + s
	}
	return s
}

// columns sets buttons in rows of n.
func columns(n int, buttons ...tagwire.Button) tagwire.Keyboard {
	var rows tagwire.Keyboard
	for len(buttons) > 0 {
		k := min(n, len(buttons))
		rows = append(rows, buttons[:k:k])
		buttons = buttons[k:]
	}
	return rows
}

// pages cuts n things into pages and gives the bounds of one page; a page that
// does not exist becomes the nearest one that does.
func pages(n, page, size int) (from, to, at, count int) {
	count = max(1, (n+size-1)/size)
	at = min(max(page, 0), count-1)
	return at * size, min(n, (at+1)*size), at, count
}

// turning are the buttons that turn pages; none where there is one page.
func turning(at, count int, to func(page int) string) []tagwire.Button {
	var out []tagwire.Button
	if at > 0 {
		out = append(out, tagwire.Button{Text: "‹", Data: to(at - 1)})
	}
	if at < count-1 {
		out = append(out, tagwire.Button{Text: "›", Data: to(at + 1)})
	}
	return out
}

// pageNote is "2/3"; empty where there is one page.
func pageNote(at, count int) tagwire.HTML {
	if count < 2 {
		return ""
	}
	return tagwire.HTML(" · " + strconv.Itoa(at+1) + "/" + strconv.Itoa(count))
}
