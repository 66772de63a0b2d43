package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/VictoriaMetrics/metrics"
	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"tagwire/internal/tagwire"
)

// Timeouts of the calls. Telegram's server waits out floods of up to 8 s by
// itself, so a send may be slow and yet succeed; giving up early would make
// duplicates.
const (
	sendTimeout  = 30 * time.Second
	otherTimeout = 10 * time.Second
	pollWait     = 50 * time.Second // Telegram's own upper bound of a long poll
	pollTimeout  = pollWait + 15*time.Second
)

// maxBody bounds an answer. The server caps a batch of updates at 4 MiB.
const maxBody = 8 << 20

// newTransport makes real connections, through the proxy the environment names
// if any: in parts of the world Telegram is reached no other way.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		IdleConnTimeout:       90 * time.Second,
		// As many as are in use at the highest rate: who hosts the Bot API may speak
		// HTTP/1.1, where a request needs a connection of its own.
		MaxIdleConnsPerHost: 512,
		ForceAttemptHTTP2:   true,
		// A long poll looks just like a connection that died behind a NAT; pings
		// tell them apart.
		HTTP2: &http.HTTP2Config{SendPingTimeout: 20 * time.Second, PingTimeout: 10 * time.Second},
	}
}

// call makes one call of the API by way of the library, and gives the raw
// result. Every failure is a *tagwire.SendError.
func (g *Gateway) call(ctx context.Context, method string, timeout time.Duration,
	do func(*tgbotapi.BotAPI) (*tgbotapi.APIResponse, error)) (json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	w := &wire{ctx: ctx, client: g.client, secret: g.secret}
	bot := g.bot
	bot.Client = w
	start := g.now()
	resp, err := do(&bot)
	if err != nil {
		e := w.explain(err)
		g.meter.request(method, string(e.Fault), g.now().Sub(start))
		return nil, e
	}
	g.meter.request(method, "ok", g.now().Sub(start))
	return resp.Result, nil
}

// wire is the library's HTTP client for one call. It is the only place that sees
// addresses, which hold the token.
type wire struct {
	ctx    context.Context
	client *http.Client
	secret secret

	dialing    atomic.Bool // the transport reports what it does
	wrote      atomic.Bool // some of the request may have left
	status     int
	retryAfter time.Duration
}

// Do sends the request under the call's context and hands the library an answer
// that is certainly one of the Bot API's.
func (w *wire) Do(req *http.Request) (*http.Response, error) {
	ctx := httptrace.WithClientTrace(w.ctx, &httptrace.ClientTrace{
		GetConn:      func(string) { w.dialing.Store(true) },
		WroteHeaders: func() { w.wrote.Store(true) },
	})
	resp, err := w.client.Do(req.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	w.status = resp.StatusCode
	if s, err := strconv.Atoi(strings.TrimSpace(resp.Header.Get("Retry-After"))); err == nil && s > 0 {
		w.retryAfter = seconds(s)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return nil, fmt.Errorf("answer cut off: %w", err)
	}
	if len(body) > maxBody {
		return nil, httpError{resp.StatusCode, "answer of more than 8 MiB"}
	}
	// A proxy's page, an empty 504 and half an answer all end here; the library
	// would take them for syntax errors.
	var shape struct {
		OK *bool `json:"ok"`
	}
	if err := json.Unmarshal(body, &shape); err != nil || shape.OK == nil {
		return nil, httpError{resp.StatusCode, "answer is not the Bot API's"}
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// httpError is an answer that did not come from the Bot API, or not whole.
type httpError struct {
	Status int
	What   string
}

func (e httpError) Error() string { return fmt.Sprintf("HTTP %d: %s", e.Status, e.What) }

// explain turns an error of the library into ours.
func (w *wire) explain(err error) *tagwire.SendError {
	var api *tgbotapi.Error
	if errors.As(err, &api) {
		code := api.Code
		if code == 0 {
			code = w.status
		}
		retry := max(seconds(api.RetryAfter), w.retryAfter)
		return classify(code, w.secret.scrub(api.Message), retry, tagwire.ChatID(api.MigrateToChatID))
	}
	var page httpError
	if errors.As(err, &page) {
		e := &tagwire.SendError{Fault: tagwire.FaultUnknown, Code: page.Status, Err: page}
		if page.Status == http.StatusTooManyRequests {
			e.Fault, e.RetryAfter = tagwire.FaultRetryAfter, max(w.retryAfter, time.Second)
		}
		return e
	}
	e := &tagwire.SendError{Fault: tagwire.FaultUnknown, Err: w.secret.strip(err)}
	if w.unsent(err) {
		e.Fault = tagwire.FaultUnsent
	}
	return e
}

// unsent reports whether the request certainly never left. Silence of a
// transport that reports nothing proves nothing.
func (w *wire) unsent(err error) bool {
	if w.wrote.Load() {
		return false
	}
	var dial *net.OpError
	var dns *net.DNSError
	return w.dialing.Load() || errors.As(err, &dns) || errors.Is(err, syscall.ECONNREFUSED) ||
		errors.As(err, &dial) && dial.Op == "dial"
}

// unreadable is an answer that says ok and yet is not what the method gives: it
// was probably carried out, by whatever answered.
func unreadable(err error) *tagwire.SendError {
	return &tagwire.SendError{Fault: tagwire.FaultUnknown, Code: http.StatusOK, Err: err}
}

// strip takes the address, and with it the token, off a transport's error.
func (s secret) strip(err error) error {
	var u *url.Error
	for errors.As(err, &u) {
		err = u.Err
	}
	if text := err.Error(); s.scrub(text) != text {
		return scrubbed{s.scrub(text), err}
	}
	return err
}

// scrubbed is an error whose text held the token.
type scrubbed struct {
	text string
	err  error
}

func (e scrubbed) Error() string { return e.text }

// Is looks through to the error, which cannot be unwrapped and printed.
func (e scrubbed) Is(target error) bool { return errors.Is(e.err, target) }

// seconds is n seconds, of as many as a Duration can hold.
func seconds(n int) time.Duration {
	const most = 1 << 33 // 272 years
	return time.Duration(min(max(n, 0), most)) * time.Second
}

// meter counts calls. Labels are methods and fault classes, never chats.
type meter struct{ set *metrics.Set }

func (m meter) request(method, outcome string, took time.Duration) {
	m.set.GetOrCreateCounter(fmt.Sprintf("tagwire_telegram_requests_total{method=%q,outcome=%q}", method, outcome)).Inc()
	if took >= 0 { // the demo's clock may be set
		m.set.GetOrCreateHistogram(fmt.Sprintf("tagwire_telegram_request_seconds{method=%q}", method)).Update(took.Seconds())
	}
}

func (m meter) update(outcome string) {
	m.set.GetOrCreateCounter(fmt.Sprintf("tagwire_telegram_updates_total{outcome=%q}", outcome)).Inc()
}
