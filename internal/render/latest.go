package render

import (
	"time"

	"tagwire/internal/locale"
	"tagwire/internal/tagwire"
)

// Latest is the answer to /latest: the articles as given, in one or a few
// messages; a line that says so when there are none. The tag is empty for all.
// In groups the answer makes no sound: one person asked.
func (r *Renderer) Latest(articles []tagwire.Article, tag tagwire.TagSlug, chat tagwire.Chat, now time.Time) []tagwire.Message {
	t, loc := locale.For(chat.Language), zone(chat.Zone)
	silent := chat.Type != tagwire.Private
	if len(articles) == 0 {
		return []tagwire.Message{{HTML: r.latestNone(tag, t), Silent: silent}}
	}
	title := t.HTML(locale.LatestTitle)
	if tag != "" {
		title = t.HTML(locale.LatestOfTag, locale.Str("tag", r.name(tag, t)))
	}
	head := Bold(title) + "\n"
	next := Bold(title) + " · " + t.HTML(locale.DigestContinued) + "\n"
	var out []tagwire.Message
	text, used := head, sizeOf(head)
	for _, a := range articles[:min(len(articles), maxShown)] {
		l := line(a, now.In(loc), loc, t)
		need := sizeOf(l)
		if !used.plus(need).fits() {
			out = append(out, tagwire.Message{HTML: text, Silent: silent})
			if len(out) == maxPages {
				return out
			}
			text, used = next, sizeOf(next)
		}
		text += "\n" + l
		used = used.plus(need)
	}
	return append(out, tagwire.Message{HTML: text, Silent: silent})
}

func (r *Renderer) latestNone(tag tagwire.TagSlug, t locale.Texts) tagwire.HTML {
	if tag == "" {
		return t.HTML(locale.LatestNone)
	}
	return t.HTML(locale.LatestNoneTag, locale.Str("tag", r.name(tag, t)))
}
