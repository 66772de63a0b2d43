package render

import (
	"time"

	"tagwire/internal/locale"
	"tagwire/internal/tagwire"
)

// Digest renders a page, the same text each time. Articles that are no longer
// known are passed over; the HTML is empty when none of its articles is left.
func (r *Renderer) Digest(p tagwire.DigestPage, articles map[tagwire.ArticleID]tagwire.Article) tagwire.Message {
	t := locale.For(p.Language)
	loc, day := zone(p.Zone), slotDay(p.Slot)
	parts := []tagwire.HTML{digestHead(p, day, t)}
	shown := 0
	for _, g := range p.Groups {
		block := r.groupHead(g, t)
		for _, id := range g.Articles {
			if a, ok := articles[id]; ok {
				block += "\n" + line(a, day, loc, t)
				shown++
			}
		}
		if g.More > 0 && g.Tag != "" {
			block += "\n" + more(g.More, t)
		}
		parts = append(parts, block)
	}
	if shown == 0 && len(p.IDs()) > 0 {
		return tagwire.Message{}
	}
	if p.Hint {
		parts = append(parts, hint(t))
	}
	return tagwire.Message{HTML: join(parts, "\n\n")}
}

// slotDay is the local date a slot begins with, zero if it begins with none.
func slotDay(slot string) time.Time {
	day, err := time.Parse(time.DateOnly, slot[:min(len(slot), len(time.DateOnly))])
	if err != nil {
		return time.Time{}
	}
	return day
}

func digestHead(p tagwire.DigestPage, day time.Time, t locale.Texts) tagwire.HTML {
	title := t.HTML(locale.DigestUndated)
	if !day.IsZero() {
		title = t.HTML(locale.DigestTitle, locale.Str("date", t.Date(day)))
	}
	count := t.HTML(locale.DigestArticles, locale.Num("n", p.Total))
	if p.Parts > 1 {
		count += " · " + t.HTML(locale.DigestPart, locale.Num("part", p.Part), locale.Num("parts", p.Parts))
	}
	return "🗞 " + Bold(title) + "\n" + count
}

func (r *Renderer) groupHead(g tagwire.DigestGroup, t locale.Texts) tagwire.HTML {
	name := t.HTML(locale.DigestOther)
	if g.Tag != "" {
		name = tagwire.Foreign(clip(r.name(g.Tag, t), lineWidth))
	}
	note := tagwire.Escape(t.Number(g.Count))
	if g.Continued {
		note = t.HTML(locale.DigestContinued)
	}
	return Bold(name) + " · " + note
}

// line is an article in a list: its headline, and under it source and time.
func line(a tagwire.Article, day time.Time, loc *time.Location, t locale.Texts) tagwire.HTML {
	return "• " + headline(a, lineWidth, t) + "\n" + byline(a, lineTime(a, day, loc, t), t)
}

func more(n int, t locale.Texts) tagwire.HTML {
	return "… " + t.HTML(locale.DigestMore, locale.Num("n", n))
}

func hint(t locale.Texts) tagwire.HTML { return Italic(t.HTML(locale.DigestHint)) }
