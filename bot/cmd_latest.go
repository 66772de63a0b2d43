package bot

import (
	"context"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"tagwire/internal/locale"
	"tagwire/internal/tagwire"
)

const (
	latestDefault = 5
	latestMax     = 10
)

// runLatest shows the newest articles, of a tag if one is named: "/latest",
// "/latest copper", "/latest 稀土 3".
func runLatest(ctx context.Context, t *turn, args string) error {
	words, n := cutNumber(args)
	if n < 1 || n > latestMax {
		t.say(t.html(locale.LatestHowMany, locale.Num("max", latestMax)), nil)
		return nil
	}
	if words == "" {
		return t.showLatest(ctx, "", n)
	}
	if tag, ok := t.b.tags.Lookup(words); ok {
		return t.showLatest(ctx, tag.Slug, n)
	}
	offer := func(tag tagwire.TagSlug) string { return data("la", string(tag), strconv.Itoa(n)) }
	found, unknown := t.b.tags.Parse(words)
	switch {
	case len(found) == 1 && len(unknown) == 0:
		return t.showLatest(ctx, found[0].Slug, n)
	case len(found) > 0:
		t.say(t.whichTag(found, unknown), t.offer(found[:min(len(found), maxSuggestions)], offer))
		return nil
	case len(unknown) == 0:
		unknown = []string{words}
	}
	parts, offers := t.unknownTags(nil, unknown, nil, offer)
	t.say(blocks(parts...), offers)
	return nil
}

// cutNumber takes the number of articles from the end of the words, or from
// their beginning. A number too long to be one counts as too many.
func cutNumber(args string) (words string, n int) {
	fields := strings.Fields(norm.NFKC.String(args))
	if len(fields) == 0 {
		return "", latestDefault
	}
	for _, at := range []int{len(fields) - 1, 0} {
		w := fields[at]
		if strings.Trim(strings.TrimPrefix(w, "-"), "0123456789") != "" || strings.Trim(w, "-") == "" {
			continue
		}
		n, err := strconv.Atoi(w)
		if err != nil {
			n = -1
		}
		rest := append(append([]string{}, fields[:at]...), fields[at+1:]...)
		return strings.Join(rest, " "), n
	}
	return args, latestDefault
}

// showLatest answers with the newest articles. A pressed button's message
// becomes the first of them.
func (t *turn) showLatest(ctx context.Context, tag tagwire.TagSlug, n int) error {
	articles, err := t.b.store.Latest(ctx, tag, n)
	if err != nil {
		return err
	}
	for i, m := range t.b.render.Latest(articles, tag, t.chat, t.now) {
		if i == 0 {
			t.send(m)
		} else {
			t.post(m)
		}
	}
	return nil
}

func pressLatest(ctx context.Context, t *turn, args []string) error {
	tag, err := tagArg(t, args, 0)
	if err != nil {
		return err
	}
	n, err := numArg(args, 1)
	if err != nil || n < 1 || n > latestMax {
		return errStale
	}
	return t.showLatest(ctx, tag.Slug, n)
}
