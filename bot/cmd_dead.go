package bot

import (
	"context"
	"slices"
	"strconv"
	"time"

	"tagwire/internal/locale"
	"tagwire/internal/tagwire"
)

const (
	// maxDead is how many of the undelivered can be paged through; the newest
	// tell what is wrong, and all can be sent again at once.
	maxDead  = 200
	deadPage = 4
)

// runDead lists what could not be delivered, and why.
func runDead(ctx context.Context, t *turn, _ string) error { return t.showDead(ctx, 0, 0) }

// pressDead turns to a page.
func pressDead(ctx context.Context, t *turn, args []string) error {
	page, err := numArg(args, 0)
	if err != nil {
		return err
	}
	return t.showDead(ctx, page, 0)
}

// pressAgain queues one delivery again. One that is not dead (any more) stays
// what it is, so a second press sends nothing twice.
func pressAgain(ctx context.Context, t *turn, args []string) error {
	if len(args) != 2 {
		return errStale
	}
	id, err := strconv.ParseInt(args[0], 36, 64)
	if err != nil || id <= 0 {
		return errStale
	}
	page, err := numArg(args, 1)
	if err != nil {
		return err
	}
	t.change(tagwire.Requeue{Delivery: tagwire.DeliveryID(id)})
	t.tell(t.plain(locale.DeadAgain, locale.Num("n", 1)))
	return t.showDead(ctx, page, tagwire.DeliveryID(id))
}

// pressAllAgain queues all that had died when the list was made: what died since
// was not seen by whoever pressed.
func pressAllAgain(ctx context.Context, t *turn, args []string) error {
	if len(args) != 1 {
		return errStale
	}
	through, err := strconv.ParseInt(args[0], 36, 64)
	if err != nil || through <= 0 {
		return errStale
	}
	_, total, err := t.b.store.DeadDeliveries(ctx, 1)
	if err != nil {
		return err
	}
	t.change(tagwire.Requeue{Through: time.UnixMilli(through)})
	t.say(t.html(locale.DeadAgain, locale.Num("n", total)), nil)
	return nil
}

// showDead shows a page of the undelivered without the one that is being sent
// again.
func (t *turn) showDead(ctx context.Context, page int, without tagwire.DeliveryID) error {
	dead, total, err := t.b.store.DeadDeliveries(ctx, maxDead)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(dead, func(d tagwire.DeadDelivery) bool { return d.ID == without }); i >= 0 {
		dead, total = slices.Delete(dead, i, i+1), total-1
	}
	if len(dead) == 0 {
		t.say(t.html(locale.DeadNone), nil)
		return nil
	}
	from, to, at, count := pages(len(dead), page, deadPage)
	parts := []tagwire.HTML{"<b>" + t.html(locale.DeadTitle, locale.Num("n", total)) + "</b>" + pageNote(at, count)}
	var again []tagwire.Button
	for i, d := range dead[from:to] {
		n := from + i + 1
		parts = append(parts, t.deadItem(n, d))
		again = append(again, tagwire.Button{
			Text: t.plain(locale.ButtonAgain, locale.Num("n", n)),
			Data: data("xr", strconv.FormatInt(int64(d.ID), 36), strconv.Itoa(at)),
		})
	}
	keyboard := columns(2, again...)
	if turn := turning(at, count, func(page int) string { return data("xp", strconv.Itoa(page)) }); len(turn) > 0 {
		keyboard = append(keyboard, turn)
	}
	keyboard = append(keyboard, []tagwire.Button{{
		Text: t.plain(locale.ButtonAllAgain, locale.Num("n", total)),
		Data: data("xa", strconv.FormatInt(dead[0].At.UnixMilli(), 36)),
	}})
	t.say(blocks(parts...), keyboard)
	return nil
}

func (t *turn) deadItem(n int, d tagwire.DeadDelivery) tagwire.HTML {
	kind := locale.DeadMessage
	switch d.Kind {
	case tagwire.KindArticle:
		kind = locale.DeadArticle
	case tagwire.KindDigest:
		kind = locale.DeadDigest
	}
	chat := d.Chat
	if chat == "" {
		chat = strconv.FormatInt(int64(d.Dest.Chat), 10)
	}
	item := t.html(locale.DeadItem, locale.Num("n", n), locale.Str("chat", echo(chat)),
		locale.Markup("what", t.html(kind)), locale.Str("time", t.texts.DateTime(d.At.In(location(t.chat.Zone)))))
	return lines(item, tagwire.Foreign(cut(d.Headline)), "<i>"+t.deadReason(d.Reason)+"</i>")
}

func (t *turn) deadReason(reason string) tagwire.HTML {
	switch reason {
	case tagwire.ReasonUnknownOutcome:
		return t.html(locale.DeadUnknown)
	case tagwire.ReasonRestored:
		return t.html(locale.DeadRestored)
	}
	return tagwire.Foreign(cut(reason))
}

// cut keeps a page within what one message holds.
func cut(s string) string {
	const most = 300
	if runes := []rune(tagwire.Clean(s)); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return tagwire.Clean(s)
}
