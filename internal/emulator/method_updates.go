package emulator

import (
	"encoding/json"
	"net/netip"
	"net/url"
	"slices"
	"time"
)

// conflictPause is how long a second conflict within it is held back.
const conflictPause = 3 * time.Second

// getUpdates serves the queue; with a timeout it waits for the first update.
func getUpdates(c *call) (any, *apiError) {
	q := &c.bot.queue
	if c.bot.webhook.url != "" {
		return nil, c.conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
	}
	offset := c.number("offset", 0, -1<<31, 1<<31-1)
	limit := c.number("limit", 100, 1, 100)
	timeout := time.Duration(c.number("timeout", 0, 0, int(longestPoll/time.Second))) * time.Second
	q.allow(c.text("allowed_updates"))

	// A client that asks the same again and again is slowed down.
	now := c.now()
	if again := now.Sub(q.polled); offset == q.offset && !q.polled.IsZero() && again >= 0 {
		if again < 3*time.Second {
			timeout = max(timeout, 3*time.Second)
		}
		if again < 500*time.Millisecond {
			limit = 1
		}
	}
	q.offset, q.polled = offset, now

	if q.evict != nil {
		close(q.evict) // this poll ends the older one
	}
	evict := make(chan struct{})
	q.evict, q.byWebhook = evict, false
	defer func() {
		if q.evict == evict {
			q.evict = nil
		}
	}()

	q.expire(now)
	q.confirm(offset)
	deadline := time.NewTimer(timeout)
	defer deadline.Stop()
	for late := timeout == 0; ; {
		if batch := q.take(limit); len(batch) > 0 || late {
			if batch == nil {
				batch = []json.RawMessage{}
			}
			return batch, nil
		}
		if q.wake == nil {
			q.wake = make(chan struct{})
		}
		wake := q.wake
		c.mu.Unlock()
		var evicted bool
		select {
		case <-wake:
		case <-deadline.C:
			late = true
		case <-evict:
			evicted = true
		case <-c.ctx.Done():
			late = true // nobody is there to read; what waits stays unconfirmed
		}
		c.mu.Lock()
		if evicted {
			if q.byWebhook {
				return nil, c.conflict("terminated by setWebhook request")
			}
			return nil, c.conflict("terminated by other getUpdates request; make sure that only one bot instance is running")
		}
		if c.ctx.Err() != nil {
			return []json.RawMessage{}, nil
		}
		q.expire(c.now())
	}
}

// conflict is a 409; the second one within three seconds comes late, so that two
// instances do not chase each other.
func (c *call) conflict(text string) *apiError {
	q := &c.bot.queue
	if now := c.now(); now.Before(q.conflict) {
		c.mu.Unlock()
		pause(c.ctx, conflictPause)
		c.mu.Lock()
	} else {
		q.conflict = now.Add(conflictPause)
	}
	return fail(409, "Conflict: "+text)
}

// webhook is where updates are posted instead.
type webhook struct {
	url, secret    string
	maxConnections int
	ip             string
	stop           chan struct{}
	lastError      string
	lastErrorAt    time.Time
	set            time.Time
}

func setWebhook(c *call) (any, *apiError) {
	address := c.text("url")
	if address == "" {
		return deleteWebhook(c)
	}
	hook := &c.bot.webhook
	now := c.now()
	if since := now.Sub(hook.set); since >= 0 && since < time.Second {
		return nil, tooMany(1)
	}
	if refusal := checkWebhook(address, c.text("secret_token")); refusal != nil {
		return nil, refusal
	}
	q := &c.bot.queue
	q.allow(c.text("allowed_updates"))
	connections := c.number("max_connections", 40, 1, 100)
	if hook.url == address && hook.secret == c.text("secret_token") && hook.maxConnections == connections && !c.flag("drop_pending_updates") {
		c.note = "Webhook is already set"
		return true, nil
	}
	c.bot.dropWebhook()
	if q.evict != nil {
		q.byWebhook = true
		close(q.evict)
		q.evict = nil
	}
	if c.flag("drop_pending_updates") {
		q.waiting = nil
	}
	*hook = webhook{
		url: address, secret: c.text("secret_token"), maxConnections: connections, ip: c.text("ip_address"),
		stop: make(chan struct{}), set: now,
	}
	c.startWebhook(c.bot)
	c.note = "Webhook was set"
	return true, nil
}

// checkWebhook holds the rules for addresses: HTTPS, a few ports, no address of
// a private network.
func checkWebhook(address, secret string) *apiError {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "":
		return badRequest("bad webhook: invalid URL specified")
	case u.Scheme != "https":
		return badRequest("bad webhook: An HTTPS URL must be provided for webhook")
	case !slices.Contains([]string{"", "443", "80", "88", "8443"}, u.Port()):
		return badRequest("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
	case len(secret) > 256:
		return badRequest("secret token is too long")
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && (!ip.Is4() || ip.IsPrivate() || ip.IsLoopback() || !ip.IsGlobalUnicast()) {
		return badRequest("bad webhook: IP address %s is reserved", ip)
	}
	for _, r := range secret {
		if !isName(r) && r != '-' {
			return badRequest("secret token contains unallowed characters")
		}
	}
	return nil
}

func deleteWebhook(c *call) (any, *apiError) {
	if c.flag("drop_pending_updates") {
		c.bot.queue.waiting = nil
	}
	if c.bot.webhook.url == "" {
		c.note = "Webhook is already deleted"
		return true, nil
	}
	c.bot.dropWebhook()
	c.note = "Webhook was deleted"
	return true, nil
}

func (b *bot) dropWebhook() {
	if b.webhook.stop != nil {
		close(b.webhook.stop)
	}
	b.webhook = webhook{}
}

func getWebhookInfo(c *call) (any, *apiError) {
	hook := &c.bot.webhook
	c.bot.queue.expire(c.now())
	info := obj{"url": hook.url, "has_custom_certificate": false, "pending_update_count": len(c.bot.queue.waiting)}
	info.set("allowed_updates", c.bot.queue.allowedNames())
	if hook.url != "" {
		info["max_connections"] = hook.maxConnections
		info.set("ip_address", hook.ip)
		if hook.lastError != "" {
			info["last_error_date"], info["last_error_message"] = hook.lastErrorAt.Unix(), hook.lastError
		}
	}
	return info, nil
}
