package app

import (
	"context"
	"fmt"
	"time"

	"tagwire/internal/tagwire"
	"tagwire/internal/web"
)

// silence is how long Telegram may leave a poll unanswered before health turns
// red: a long poll takes up to a minute.
const silence = 3 * time.Minute

// health is what /healthz shows.
func (a *App) health(ctx context.Context) web.Health {
	return web.Health{Checks: []web.Check{a.databaseHealth(ctx), a.telegramHealth(), a.sourcesHealth(ctx)}}
}

func (a *App) databaseHealth(ctx context.Context) web.Check {
	c := web.Check{Name: "database", OK: true, Detail: "can be read and written"}
	if err := a.db.Ping(ctx); err != nil {
		c.OK, c.Detail = false, err.Error()
	}
	return c
}

func (a *App) telegramHealth() web.Check {
	c := web.Check{Name: "telegram", OK: true, Detail: "connected"}
	now, s := a.Now(), a.gateway.Status()
	since := s.Polled
	if since.IsZero() {
		since = a.started
	}
	switch {
	case s.Fault == tagwire.FaultConflict:
		c.OK, c.Detail = false, "another program polls with this token; stop one of them"
	case now.Sub(since) > silence:
		c.OK, c.Detail = false, fmt.Sprintf("no answer for %s: %s", now.Sub(since).Round(time.Second), s.Err)
	case s.Polled.IsZero():
		c.Detail = "connecting"
	}
	return c
}

// sourcesHealth is red only when no source answers: that is our network, not
// theirs.
func (a *App) sourcesHealth(ctx context.Context) web.Check {
	c := web.Check{Name: "sources", OK: true}
	sources, err := a.db.Sources(ctx)
	if err != nil {
		c.OK, c.Detail = false, err.Error()
		return c
	}
	failing := 0
	for _, s := range sources {
		if s.Fails > 0 {
			failing++
		}
	}
	c.OK = failing == 0 || failing < len(sources)
	c.Detail = fmt.Sprintf("%d of %d answer", len(sources)-failing, len(sources))
	return c
}
