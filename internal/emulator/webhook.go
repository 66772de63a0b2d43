package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// longestRetry is the most that passes between two attempts of a delivery.
const longestRetry = time.Minute

// startWebhook delivers a bot's updates one after the other, which keeps the
// order within each chat, until the webhook is dropped.
func (w *world) startWebhook(b *bot) {
	t := w.options.Webhook
	if t == nil {
		b.webhook.lastError, b.webhook.lastErrorAt = "Connection refused", w.now()
		return
	}
	d := &delivery{world: w, bot: b, by: t, stop: b.webhook.stop, url: b.webhook.url, secret: b.webhook.secret}
	go d.run()
}

// delivery is the work of one webhook.
type delivery struct {
	*world
	bot         *bot
	by          http.RoundTripper
	stop        chan struct{}
	url, secret string
}

func (d *delivery) run() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-d.stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	wait := time.Second
	for {
		u, ok := d.next()
		if !ok {
			return
		}
		after, err := d.post(ctx, u)
		if err == "" {
			d.mu.Lock()
			d.bot.queue.confirm(u.id + 1)
			d.mu.Unlock()
			wait = time.Second
			continue
		}
		d.mu.Lock()
		d.bot.webhook.lastError, d.bot.webhook.lastErrorAt = err, d.now()
		d.mu.Unlock()
		pause(ctx, max(wait, after))
		wait = min(2*wait, longestRetry)
		if ctx.Err() != nil {
			return
		}
	}
}

// next waits for the first update; false when the webhook is dropped.
func (d *delivery) next() (update, bool) {
	for {
		d.mu.Lock()
		q := &d.bot.queue
		q.expire(d.now())
		if d.bot.webhook.stop != d.stop {
			d.mu.Unlock()
			return update{}, false
		}
		if len(q.waiting) > 0 {
			u := q.waiting[0]
			d.mu.Unlock()
			return u, true
		}
		if q.wake == nil {
			q.wake = make(chan struct{})
		}
		wake := q.wake
		d.mu.Unlock()
		select {
		case <-wake:
		case <-d.stop:
			return update{}, false
		}
	}
}

// post sends an update; err says why it counts as not delivered.
func (d *delivery) post(ctx context.Context, u update) (after time.Duration, err string) {
	r, e := http.NewRequestWithContext(ctx, http.MethodPost, d.url, bytes.NewReader(u.body))
	if e != nil {
		return 0, e.Error()
	}
	r.Header.Set("Content-Type", "application/json")
	if d.secret != "" {
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", d.secret)
	}
	response, e := d.by.RoundTrip(r)
	if e != nil {
		return 0, "Connection failed"
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if response.StatusCode < 200 || response.StatusCode > 299 {
		seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
		return time.Duration(seconds) * time.Second, "Wrong response from the webhook: " + response.Status
	}
	d.reply(ctx, body)
	return 0, ""
}

// reply carries out the method call that the answer to an update may hold.
func (d *delivery) reply(ctx context.Context, body []byte) {
	a := args{map[string]string{}, map[string]file{}}
	if !json.Valid(body) || a.json(body) != nil {
		return
	}
	name := strings.ToLower(a.text("method"))
	m, ok := methods()[name]
	if !ok || strings.HasPrefix(name, "get") {
		return
	}
	delete(a.values, "method")
	d.mu.Lock()
	record := d.enter(d.bot, m, a)
	d.mu.Unlock()
	d.carryOut(ctx, d.bot, m, a, record)
}
