package app

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"tagwire/internal/catalogue"
	"tagwire/internal/fetch"
	"tagwire/internal/ingest"
	"tagwire/internal/schedule"
	"tagwire/internal/tagwire"
	"tagwire/internal/taxonomy"
	"tagwire/internal/telegram"
	"tagwire/store"
)

// Finding is one line of `tagwire check`.
type Finding struct {
	What   string
	OK     bool
	Detail string // what was found, or the fault and its remedy
}

// checksAtOnce bounds how many sources are read side by side.
const checksAtOnce = 8

// Check tries everything the program depends on and tells each finding as it
// comes: the catalogue, the token, the database, then every source in the order
// of the catalogue. It reports whether all is well. It posts nothing, stores
// nothing but an empty database where there was none, and may run beside the
// service.
func Check(ctx context.Context, o Options, tell func(Finding)) bool {
	if o.Now == nil {
		o.Now = time.Now
	}
	well := true
	finding := func(what string, detail string, err error) {
		f := Finding{What: what, OK: err == nil, Detail: detail}
		if err != nil {
			f.Detail, well = err.Error(), false
		}
		tell(f)
	}
	c, err := loadCatalogue(o)
	if err != nil {
		finding("catalogue", "", err)
	} else {
		finding("catalogue", fmt.Sprintf("%d sources, %d tags, %d groups", len(c.Sources), len(c.Tags), len(c.Groups)), nil)
	}
	detail, err := checkToken(ctx, o)
	finding("token", detail, err)
	detail, err = checkDatabase(ctx, o)
	finding("database", detail, err)
	if c != nil {
		checkSources(ctx, o, c, finding)
	}
	return well
}

func loadCatalogue(o Options) (*catalogue.Catalogue, error) {
	if o.Catalogue != nil {
		return o.Catalogue, nil
	}
	return catalogue.Load(o.Config.CataloguePath, schedule.Check)
}

func checkToken(ctx context.Context, o Options) (string, error) {
	g, err := telegram.New(telegram.Options{Token: o.Config.Token, Endpoint: o.Config.APIURL, Transport: o.Telegram, Log: o.Log, Now: o.Now, Metrics: metrics.NewSet()})
	if err != nil {
		return "", err
	}
	defer g.Close()
	me, err := g.Me(ctx)
	switch {
	case unauthorized(err):
		return "", refusedToken(err)
	case err != nil:
		return "", fmt.Errorf("%w; look at the network, at HTTPS_PROXY if one is needed, and at TELEGRAM_API_URL", err)
	}
	return "@" + me.Username, nil
}

func checkDatabase(ctx context.Context, o Options) (string, error) {
	path := o.Config.DatabasePath
	found, err := store.Inspect(ctx, path)
	switch {
	case err != nil:
		return "", err
	case found.Missing:
		db, err := store.Open(ctx, path)
		if err != nil {
			return "", err
		}
		return path + ", new", db.Close()
	case found.Behind > 0:
		return path + ", of an earlier tagwire; run brings it up to date", nil
	}
	return path, nil
}

func checkSources(ctx context.Context, o Options, c *catalogue.Catalogue, finding func(what, detail string, err error)) {
	tags, err := taxonomy.New(c.Tags)
	if err != nil {
		finding("tags", "", err)
		return
	}
	reader := ingest.New(ingest.Options{
		Fetch:        fetch.New(fetch.Options{Transport: o.Web, AllowPrivate: o.Config.AllowPrivate, Now: o.Now}),
		Sources:      c.Sources,
		Tag:          tags.Match,
		Ancestors:    tags.Ancestors,
		AllowPrivate: o.Config.AllowPrivate,
		Log:          o.Log,
		Metrics:      metrics.NewSet(),
	})
	type result struct {
		report ingest.Report
		err    error
	}
	results := make([]chan result, len(c.Sources))
	slots := make(chan struct{}, checksAtOnce)
	for i, source := range c.Sources {
		results[i] = make(chan result, 1)
		go func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			report, err := reader.Try(ctx, source, o.Now())
			results[i] <- result{report, err}
		}()
	}
	for i, source := range c.Sources {
		r := <-results[i]
		if r.err == nil && r.report.Entries == 0 {
			r.err = fmt.Errorf("it answers, but no entry was found; check its kind and selectors")
		}
		finding("source "+string(source.Slug), sourceDetail(r.report, c.Zone), r.err)
	}
}

// sourceDetail is like "20 entries, newest 2026-07-28 08:19 CST, tags: copper 5, gold 3".
func sourceDetail(r ingest.Report, zone string) string {
	parts := []string{fmt.Sprintf("%d entries", r.Entries)}
	if loc, err := time.LoadLocation(zone); err == nil && !r.Newest.IsZero() {
		parts = append(parts, "newest "+r.Newest.In(loc).Format("2006-01-02 15:04 MST"))
	} else {
		parts = append(parts, "no dates")
	}
	hit := slices.SortedFunc(maps.Keys(r.Tags), func(a, b tagwire.TagSlug) int {
		return cmp.Or(r.Tags[b]-r.Tags[a], strings.Compare(string(a), string(b)))
	})
	var tags []string
	for _, tag := range hit[:min(len(hit), 5)] {
		tags = append(tags, fmt.Sprintf("%s %d", tag, r.Tags[tag]))
	}
	if len(tags) == 0 {
		tags = []string{"none"}
	}
	parts = append(parts, "tags: "+strings.Join(tags, ", "))
	return strings.Join(append(parts, r.Problems...), ", ")
}
