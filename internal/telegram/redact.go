package telegram

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
)

// removed stands where a token was.
const removed = "[token removed]"

// anyToken is what a bot's token looks like, alone or in an address.
var anyToken = regexp.MustCompile(`(?:bot)?\d+(?::|%3A|%3a)[\w-]{30,}`)

// secret is a token that must not be seen.
type secret struct{ forms []string }

func newSecret(token string) secret {
	if token == "" {
		return secret{}
	}
	return secret{[]string{token, url.QueryEscape(token)}}
}

// scrub takes the token, and whatever looks like a token, out of a text.
func (s secret) scrub(text string) string {
	for _, f := range s.forms {
		text = strings.ReplaceAll(text, f, removed)
	}
	return anyToken.ReplaceAllLiteralString(text, removed)
}

// Redact wraps a log handler so that neither the token nor anything that looks
// like one passes. It is the second net: errors of this package hold none.
func Redact(h slog.Handler, token string) slog.Handler {
	return redactor{h, newSecret(token)}
}

type redactor struct {
	next   slog.Handler
	secret secret
}

func (r redactor) Enabled(ctx context.Context, level slog.Level) bool {
	return r.next.Enabled(ctx, level)
}

func (r redactor) Handle(ctx context.Context, rec slog.Record) error {
	clean := slog.NewRecord(rec.Time, rec.Level, r.secret.scrub(rec.Message), rec.PC)
	rec.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(r.attr(a))
		return true
	})
	return r.next.Handle(ctx, clean)
}

func (r redactor) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = r.attr(a)
	}
	return redactor{r.next.WithAttrs(clean), r.secret}
}

func (r redactor) WithGroup(name string) slog.Handler {
	return redactor{r.next.WithGroup(name), r.secret}
}

func (r redactor) attr(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	switch v.Kind() {
	case slog.KindString:
		v = slog.StringValue(r.secret.scrub(v.String()))
	case slog.KindGroup:
		group := v.Group()
		clean := make([]slog.Attr, len(group))
		for i, g := range group {
			clean[i] = r.attr(g)
		}
		v = slog.GroupValue(clean...)
	case slog.KindAny:
		// Keep the value unless one of the ways handlers print it shows a token.
		if text, dirty := r.printed(v.Any()); dirty {
			v = slog.StringValue(text)
		}
	}
	return slog.Attr{Key: r.secret.scrub(a.Key), Value: v}
}

// printed is a value as text without tokens, and whether there was one.
func (r redactor) printed(v any) (text string, dirty bool) {
	if b, ok := v.([]byte); ok {
		v = string(b)
	}
	text = fmt.Sprintf("%+v", v)
	if clean := r.secret.scrub(text); clean != text {
		return clean, true
	}
	if j, err := json.Marshal(v); err == nil {
		if clean := r.secret.scrub(string(j)); clean != string(j) {
			return clean, true
		}
	}
	return text, false
}
