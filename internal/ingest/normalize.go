package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"tagwire/internal/tagwire"
)

// Bounds of what is stored of an article.
const (
	maxTitle   = 300 // characters
	maxSummary = 600
	maxBody    = 20_000
	maxURL     = 2 << 10
	maxKey     = 160 // bytes; longer identities are hashed

	// ahead is how far a date may lie in the future before it is disbelieved.
	ahead = 10 * time.Minute
	// staleAfter is the age at which a newly found article is no news any more:
	// sites bring back their archive, and feeds their old entries.
	staleAfter = 7 * 24 * time.Hour
)

// Normalize makes an article of an entry. The error says why it cannot be one.
func Normalize(e tagwire.Entry, src tagwire.Source, now time.Time) (tagwire.Article, error) {
	a := tagwire.Article{
		Source:        src.Slug,
		SourceName:    src.Name,
		Keys:          Keys(e, src),
		URL:           canonical(e.URL),
		Title:         cut(oneLine(e.Title), maxTitle),
		Summary:       cut(oneLine(e.Summary), maxSummary),
		Body:          cut(e.Body, maxBody),
		Language:      language(src.Language, e.Language, e.Title+"\n"+e.Body),
		DateText:      cut(oneLine(e.DateText), 100),
		Published:     e.Published.UTC(),
		FirstSeen:     now,
		PublisherTags: e.PublisherTags,
		Categories:    e.Categories,
		Image:         canonicalImage(e.Image),
		Translated:    e.Translated,
	}
	switch {
	case a.URL == "":
		return a, errors.New("the entry has no web address")
	case a.Title == "":
		return a, errors.New("the entry has neither title nor text")
	case len(a.Keys) == 0:
		return a, errors.New("the entry has nothing to tell it from others")
	}
	if e.Published.IsZero() || a.Published.After(now.Add(ahead)) {
		a.Published = time.Time{}
	}
	return a, nil
}

// Keys are what makes two articles of the source the same; one in common
// suffices. In order of trust:
//
//   - the publisher's number in the address, if the source has a pattern for it:
//     one story has several addresses, with its title in several languages;
//   - for pages and sitemaps the address, besides the number: their entries are
//     found by it, before anything else of them is known, and so a pattern that
//     is added later does not make news of what is listed;
//   - for feeds the publisher's identity, and besides address and title together.
//     Identities change with a headline's case or a new site; neither the
//     address nor the title alone tells articles apart (one metals feed shows 100
//     articles at 79 addresses, and "Copper prices today" comes every day).
func Keys(e tagwire.Entry, src tagwire.Source) []string {
	address := sameAddress(e.URL)
	var keys []string
	if n := number(src.IDPattern, e.URL); n != "" {
		keys = append(keys, bounded("n:", n))
	}
	if src.Kind != tagwire.Feed {
		if address != "" {
			keys = append(keys, bounded("u:", address))
		}
		return keys
	}
	if len(keys) > 0 {
		return keys
	}
	if id := strings.TrimSpace(e.ID); id != "" {
		if same := sameAddress(id); same != "" {
			id = same
		}
		keys = append(keys, bounded("id:", id))
	}
	if title := folded(e.Title); address != "" && title != "" {
		keys = append(keys, "t:"+hash(address+"\n"+title))
	}
	if len(keys) == 0 && address != "" {
		keys = append(keys, bounded("u:", address))
	}
	return keys
}

// number is the publisher's own number of an article in its address.
func number(pattern, address string) string {
	if pattern == "" {
		return ""
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return "" // the catalogue was checked; a wrong pattern cannot come from there
	}
	m := re.FindStringSubmatch(address)
	if len(m) == 0 {
		return ""
	}
	if len(m) > 1 {
		return m[1]
	}
	return m[0]
}

func bounded(kind, id string) string {
	if len(kind)+len(id) > maxKey {
		return kind + "#" + hash(id)
	}
	return kind + id
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:16])
}

// folded is a title without case, punctuation and blanks.
func folded(title string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKC.String(title))
}

// cut bounds a text, after a word if one ends near.
func cut(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	end, n, blank := len(s), 0, 0
	for i, r := range s {
		if n == limit-1 {
			end = i
			break
		}
		if unicode.IsSpace(r) && n > limit-40 {
			blank = i
		}
		n++
	}
	if blank > 0 {
		end = blank
	}
	// Marks stay with their letter, joined emoji whole.
	for end > 0 {
		next, _ := utf8.DecodeRuneInString(s[end:])
		last, size := utf8.DecodeLastRuneInString(s[:end])
		if !unicode.Is(unicode.M, next) && next != '\u200D' && last != '\u200D' {
			break
		}
		end -= size
	}
	return strings.TrimRight(s[:end], " \n,;:，、；：") + "…"
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// canonicalImage keeps an address of a picture as it is: its parameters may be a
// signature.
func canonicalImage(raw string) string {
	if len(raw) > maxURL || canonical(raw) == "" {
		return ""
	}
	return raw
}
