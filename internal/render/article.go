package render

import (
	"strings"
	"time"

	"tagwire/internal/locale"
	"tagwire/internal/tagwire"
)

// Widths in Latin characters; a phone shows about 40 on a line.
const (
	headlineWidth = 240 // of a post
	lineWidth     = 140 // of a headline in a list
	summaryWidth  = 280
	sourceWidth   = 60
	maxHashtags   = 6
)

// Article is the post of one article: headline with link, source and local time,
// summary, hashtags. It asks for a preview only where it has no summary of its
// own: else the card would say the same again and double the height.
func (r *Renderer) Article(a tagwire.Article, chat tagwire.Chat) tagwire.Message {
	t := locale.For(chat.Language)
	parts := []tagwire.HTML{
		Bold(headline(a, headlineWidth, t)) + "\n" +
			byline(a, postTime(a, zone(chat.Zone), t), t),
	}
	text := summary(a)
	if text != "" {
		parts = append(parts, tagwire.Foreign(cut(text, summaryWidth)))
	}
	if tags := r.hashtags(a, t); tags != "" {
		parts = append(parts, tags)
	}
	m := tagwire.Message{HTML: join(parts, "\n\n")}
	if address, ok := webAddress(a.URL); ok && text == "" {
		m.Preview = address
	}
	return m
}

func headline(a tagwire.Article, width int, t locale.Texts) tagwire.HTML {
	title := clip(tagwire.Clean(a.Title), width)
	if title == "" {
		title = t.Plain(locale.PostUntitled)
	}
	return Link(a.URL, title)
}

// byline is the line under a headline: source, time, what else must be known.
func byline(a tagwire.Article, when tagwire.HTML, t locale.Texts) tagwire.HTML {
	source := tagwire.Clean(a.SourceName)
	if source == "" {
		source = string(a.Source)
	}
	parts := []tagwire.HTML{tagwire.Foreign(clip(source, sourceWidth)), when}
	if a.Translated {
		parts = append(parts, t.HTML(locale.PostTranslated))
	}
	return Italic(join(parts, " · "))
}

// postTime is when an article came out, in full. One without a time of its own
// gets no invented one: it says when it was seen.
func postTime(a tagwire.Article, loc *time.Location, t locale.Texts) tagwire.HTML {
	at := a.At().In(loc)
	switch {
	case at.Year() <= 1:
		return "" // neither time is known
	case a.Published.IsZero():
		return t.HTML(locale.PostSeen, locale.Str("time", t.DateTime(at)))
	case !a.FirstSeen.IsZero() && a.FirstSeen.In(loc).Year() != at.Year():
		return tagwire.Escape(t.DateYear(at))
	}
	return tagwire.Escape(t.DateTime(at))
}

// lineTime is the shortest clear time for a reader on the day given: the hour on
// the day itself, the weekday in the six days before, else the date. A zero day
// gives date and time.
func lineTime(a tagwire.Article, day time.Time, loc *time.Location, t locale.Texts) tagwire.HTML {
	at := a.At().In(loc)
	if at.Year() <= 1 {
		return ""
	}
	s := ""
	switch ago := dayNumber(day) - dayNumber(at); {
	case day.IsZero() || ago < 0:
		s = t.DateTime(at)
	case ago == 0:
		s = t.Time(at)
	case ago < 7:
		s = t.WeekdayTime(at)
	case day.Year() == at.Year():
		s = t.Date(at)
	default:
		s = t.DateYear(at)
	}
	if a.Published.IsZero() {
		return t.HTML(locale.PostSeen, locale.Str("time", s))
	}
	return tagwire.Escape(s)
}

// dayNumber counts the days of the calendar, whatever the zone.
func dayNumber(at time.Time) int64 {
	y, m, d := at.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60)
}

// summary is the text under the headline: the source's summary, else how the
// article begins; nothing where that only repeats the headline.
func summary(a tagwire.Article) string {
	title := tagwire.Clean(a.Title)
	for _, s := range []string{a.Summary, a.Body} {
		s = tagwire.Clean(s)
		if title != "" {
			s = strings.TrimLeft(strings.TrimPrefix(s, title), " .:-–—|。：")
		}
		if s != "" {
			return s
		}
	}
	return ""
}

// hashtags is the line of the tags an article shows, strongest first.
func (r *Renderer) hashtags(a tagwire.Article, t locale.Texts) tagwire.HTML {
	var tags []tagwire.HTML
	for _, tag := range a.ShownTags() {
		if len(tags) == maxHashtags {
			break
		}
		tags = append(tags, tagwire.Escape(r.hashtag(tag, t)))
	}
	return join(tags, " ")
}

// hashtag is the tag's hashtag in the language of the texts: by the slug in
// English, by the name in a script of its own.
func (r *Renderer) hashtag(tag tagwire.TagSlug, t locale.Texts) string {
	return hashtagOf(tag, r.name(tag, t))
}

// join puts the separator between the parts that are not empty.
func join(parts []tagwire.HTML, sep string) tagwire.HTML {
	var full []string
	for _, p := range parts {
		if p != "" {
			full = append(full, string(p))
		}
	}
	return tagwire.HTML(strings.Join(full, sep))
}
