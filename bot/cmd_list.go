package bot

import (
	"context"
	"maps"
	"slices"

	"tagwire/internal/locale"
	"tagwire/internal/tagwire"
)

// maxTopics is how many other topics of a forum /list names.
const maxTopics = 20

// runList tells what the place follows and when it comes; in a forum also what
// the other topics follow.
func runList(ctx context.Context, t *turn, _ string) error {
	text, err := t.overview(ctx)
	if err != nil {
		return err
	}
	others, err := t.otherTopics(ctx)
	if err != nil {
		return err
	}
	parts := []tagwire.HTML{text, others}
	if len(t.followed) > 0 {
		parts = append(parts, t.html(locale.ListChange))
	}
	t.say(blocks(parts...), nil)
	return nil
}

// otherTopics tells what the topics beside this one follow; nothing where there
// are none.
func (t *turn) otherTopics(ctx context.Context) (tagwire.HTML, error) {
	if t.chat.Type != tagwire.Supergroup {
		return "", nil
	}
	all, err := t.b.store.ChatSubscriptions(ctx, t.chat.ID)
	if err != nil {
		return "", err
	}
	delete(all, t.dest.Thread)
	if len(all) == 0 {
		return "", nil
	}
	names, err := t.b.store.Topics(ctx, t.chat.ID)
	if err != nil {
		return "", err
	}
	parts := []tagwire.HTML{t.html(locale.ListTopics)}
	for _, thread := range slices.Sorted(maps.Keys(all)) {
		if len(parts) > maxTopics {
			parts = append(parts, t.html(locale.ListMore, locale.Num("n", len(all)-maxTopics)))
			break
		}
		topic := names[thread]
		switch {
		case thread == 0:
			topic = t.plain(locale.TopicGeneral)
		case topic == "":
			topic = t.plain(locale.TopicUnnamed)
		}
		tags := all[thread]
		text := t.names(tags[:min(len(tags), 4)])
		if rest := len(tags) - 4; rest > 0 {
			text += " " + t.html(locale.ListMore, locale.Num("n", rest))
		}
		parts = append(parts, t.html(locale.ListTopic, locale.Str("topic", echo(topic)), locale.Markup("tags", text)))
	}
	return lines(parts...), nil
}
