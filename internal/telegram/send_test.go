package telegram_test

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tagwire/internal/tagwire"
	"tagwire/internal/telegram"
)

func TestSend_parameters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		to   tagwire.Dest
		m    tagwire.Message
		want url.Values // without the method, which is the key "method"
		id   int
	}{
		{
			"a text alone", tagwire.Dest{Chat: 42}, tagwire.Message{HTML: "<b>Copper</b> &amp; co"},
			url.Values{
				"method": {"sendMessage"}, "chat_id": {"42"}, "text": {"<b>Copper</b> &amp; co"}, "parse_mode": {"HTML"},
				"link_preview_options": {`{"is_disabled":true}`},
			}, 7,
		},
		{
			"everything", tagwire.Dest{Chat: -1001234567890, Thread: 17}, tagwire.Message{
				HTML: "x", ReplyTo: 5, Silent: true, Preview: "https://news.example/1",
				Keyboard: tagwire.Keyboard{{{Text: "稀土", Data: "1:s:42"}, {Text: "Site", URL: "https://example.com"}}, {}, {{Text: "›", Data: "n"}}},
			},
			url.Values{
				"method": {"sendMessage"}, "chat_id": {"-1001234567890"}, "message_thread_id": {"17"}, "text": {"x"}, "parse_mode": {"HTML"},
				"link_preview_options": {`{"url":"https://news.example/1"}`},
				"reply_parameters":     {`{"message_id":5,"allow_sending_without_reply":true}`},
				"disable_notification": {"true"},
				"reply_markup": {`{"inline_keyboard":[[{"text":"稀土","callback_data":"1:s:42"},` +
					`{"text":"Site","url":"https://example.com"}],[{"text":"›","callback_data":"n"}]]}`},
			}, 7,
		},
		{
			"an edit", tagwire.Dest{Chat: 42, Thread: 3}, tagwire.Message{HTML: "new", Edit: 9, ReplyTo: 5, Silent: true},
			url.Values{
				"method": {"editMessageText"}, "chat_id": {"42"}, "message_id": {"9"}, "text": {"new"}, "parse_mode": {"HTML"},
				"link_preview_options": {`{"is_disabled":true}`},
			}, 9,
		},
		{
			"plain", tagwire.Dest{Chat: 42}, tagwire.Message{
				HTML: `<b>Tin &lt;up&gt;</b>` + "\n" + `<a href="https://news.example/?a=1&amp;b=2">more &quot;here&quot;</a> &#39;end`, Plain: true,
			},
			url.Values{
				"method": {"sendMessage"}, "chat_id": {"42"},
				"text":                 {"Tin <up>\nmore \"here\" (https://news.example/?a=1&b=2) 'end"},
				"link_preview_options": {`{"is_disabled":true}`},
			}, 7,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g, s := serve(t, func(w http.ResponseWriter, c call) {
				if c.Method == "editMessageText" {
					ok(w, `true`)
					return
				}
				ok(w, `{"message_id":7,"date":1,"chat":{"id":42,"type":"private"}}`)
			})
			id, err := g.Send(t.Context(), c.to, c.m)
			if err != nil || id != c.id {
				t.Fatalf("sent %d, %v", id, err)
			}
			got := s.all()[0]
			got.Params.Set("method", got.Method)
			if diff := cmp.Diff(c.want, got.Params); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSend_plainTextAlwaysFits(t *testing.T) {
	t.Parallel()
	for name, html := range map[string]tagwire.HTML{
		"links left out": tagwire.HTML(strings.Repeat(`<a href="https://news.example/a/very/long/address">题目</a>`+"\n", 500)),
		"text cut":       tagwire.HTML(strings.Repeat("𝔸稀土 ", 3000)),
		"broken markup":  tagwire.HTML("<b <<i>" + strings.Repeat("a < b & ", 1000)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, s := serve(t, func(w http.ResponseWriter, _ call) { ok(w, `{"message_id":7}`) })
			if _, err := g.Send(t.Context(), tagwire.Dest{Chat: 1}, tagwire.Message{HTML: html, Plain: true}); err != nil {
				t.Fatal(err)
			}
			text := s.all()[0].Params.Get("text")
			units := 0
			for _, r := range text {
				units++
				if r > 0xffff {
					units++
				}
			}
			if units > 4096 || units < 1000 {
				t.Errorf("%d UTF-16 units", units)
			}
			if name == "links left out" && strings.Contains(text, "news.example") {
				t.Error("addresses were kept though there is no room")
			}
			if strings.Contains(text, "\ufffd") {
				t.Error("a character was cut in two")
			}
		})
	}
}

func TestSend_refusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code        int
		description string
		parameters  string
		fault       tagwire.Fault
	}{
		{429, "Too Many Requests: retry after 7", `{"retry_after":7}`, tagwire.FaultRetryAfter},
		{400, "Bad Request: group chat was upgraded to a supergroup chat", `{"migrate_to_chat_id":-1009876543210}`, tagwire.FaultMigrated},
		{400, "Bad Request: group chat was upgraded to a supergroup chat", "", tagwire.FaultChatGone},
		{403, "Forbidden: bot was blocked by the user", "", tagwire.FaultChatGone},
		{403, "Forbidden: user is deactivated", "", tagwire.FaultChatGone},
		{403, "Forbidden: bot can't initiate conversation with a user", "", tagwire.FaultChatGone},
		{403, "Forbidden: bot was kicked from the group chat", "", tagwire.FaultChatGone},
		{403, "Forbidden: bot was kicked from the supergroup chat", "", tagwire.FaultChatGone},
		{403, "Forbidden: bot was kicked from the channel chat", "", tagwire.FaultChatGone},
		{403, "Forbidden: bot is not a member of the supergroup chat", "", tagwire.FaultChatGone},
		{403, "Forbidden: bot is not a member of the channel chat", "", tagwire.FaultChatGone},
		{403, "Forbidden: the group chat was deleted", "", tagwire.FaultChatGone},
		{400, "Bad Request: USER_IS_BLOCKED", "", tagwire.FaultChatGone},
		{403, "Forbidden: something new", "", tagwire.FaultBadMessage},
		{400, "Bad Request: chat not found", "", tagwire.FaultChatNotFound},
		{400, "Bad Request: private chat not found", "", tagwire.FaultChatNotFound},
		{400, "Bad Request: chat_id is empty", "", tagwire.FaultBadMessage},
		{400, "Bad Request: not enough rights to send text messages to the chat", "", tagwire.FaultNoRights},
		{400, "Bad Request: need administrator rights in the channel chat", "", tagwire.FaultNoRights},
		{400, "Bad Request: have no write access to the chat", "", tagwire.FaultNoRights},
		{400, "Bad Request: CHAT_WRITE_FORBIDDEN", "", tagwire.FaultNoRights},
		{403, "Forbidden: CHAT_WRITE_FORBIDDEN", "", tagwire.FaultNoRights},
		{400, "Bad Request: CHAT_RESTRICTED", "", tagwire.FaultNoRights},
		{400, "Bad Request: CHAT_SEND_PLAIN_FORBIDDEN", "", tagwire.FaultNoRights},
		{400, "Bad Request: CHAT_ADMIN_REQUIRED", "", tagwire.FaultNoRights},
		{400, "Bad Request: message thread not found", "", tagwire.FaultTopicGone},
		{400, "Bad Request: TOPIC_CLOSED", "", tagwire.FaultTopicGone},
		{400, "Bad Request: TOPIC_DELETED", "", tagwire.FaultTopicGone},
		{400, "Bad Request: message is too long", "", tagwire.FaultBadMarkup},
		{400, "Bad Request: text is too long", "", tagwire.FaultBadMarkup},
		{400, "Bad Request: message text is empty", "", tagwire.FaultBadMarkup},
		{400, "Bad Request: text must be non-empty", "", tagwire.FaultBadMarkup},
		{400, `Bad Request: can't parse entities: Unexpected end tag at byte offset 3`, "", tagwire.FaultBadMarkup},
		{413, "Request Entity Too Large", "", tagwire.FaultBadMarkup},
		{400, "Bad Request: message to edit not found", "", tagwire.FaultNoMessage},
		{400, "Bad Request: message can't be edited", "", tagwire.FaultNoMessage},
		{400, "Bad Request: BUTTON_DATA_INVALID", "", tagwire.FaultBadMessage},
		{400, "Bad Request: reply markup is too long", "", tagwire.FaultBadMessage},
		{400, "Bad Request: message to be replied not found", "", tagwire.FaultBadMessage},
		{401, "Unauthorized", "", tagwire.FaultUnauthorized},
		{404, "Not Found", "", tagwire.FaultUnauthorized},
		{409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running", "", tagwire.FaultConflict},
		{421, "Misdirected Request", "", tagwire.FaultUnsent},
		{500, "Internal Server Error: restart", "", tagwire.FaultUnknown},
		{502, "Bad Gateway", "", tagwire.FaultUnknown},
	} {
		t.Run(string(c.fault)+"/"+c.description, func(t *testing.T) {
			t.Parallel()
			g, _ := serve(t, func(w http.ResponseWriter, _ call) { refuse(w, c.code, c.description, c.parameters) })
			_, err := g.Send(t.Context(), tagwire.Dest{Chat: -5}, tagwire.Message{HTML: "x"})
			var e *tagwire.SendError
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			want := tagwire.SendError{Fault: c.fault, Code: c.code, Description: c.description}
			switch c.fault {
			case tagwire.FaultRetryAfter:
				want.RetryAfter = 7 * time.Second
			case tagwire.FaultMigrated:
				want.MigrateTo = -1009876543210
			}
			if *e != want {
				t.Errorf("got %+v, want %+v", *e, want)
			}
		})
	}
}

func TestSend_editThatChangesNothingIsASuccess(t *testing.T) {
	t.Parallel()
	g, _ := serve(t, func(w http.ResponseWriter, _ call) {
		refuse(w, 400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message", "")
	})
	if id, err := g.Send(t.Context(), tagwire.Dest{Chat: 1}, tagwire.Message{HTML: "x", Edit: 9}); id != 9 || err != nil {
		t.Errorf("got %d, %v", id, err)
	}
}

// Whatever is not an answer of the Bot API leaves it open whether the message
// was posted.
func TestSend_brokenAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		answer func(http.ResponseWriter)
		fault  tagwire.Fault
		code   int
	}{
		{"a page of the proxy", func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(502)
			w.Write([]byte("<html><h1>502 Bad Gateway</h1></html>"))
		}, tagwire.FaultUnknown, 502},
		{"nothing", func(w http.ResponseWriter) { w.WriteHeader(504) }, tagwire.FaultUnknown, 504},
		{"half an answer", func(w http.ResponseWriter) { w.Write([]byte(`{"ok":true,"result":{"mess`)) }, tagwire.FaultUnknown, 200},
		{"cut off", func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "500")
			w.Write([]byte(`{"ok":true`))
		}, tagwire.FaultUnknown, 0},
		{"a page that says ok", func(w http.ResponseWriter) { w.Write([]byte("ok")) }, tagwire.FaultUnknown, 200},
		{"other JSON", func(w http.ResponseWriter) { w.Write([]byte(`{"status":"up"}`)) }, tagwire.FaultUnknown, 200},
		{"a wrong result", func(w http.ResponseWriter) { ok(w, `"soon"`) }, tagwire.FaultUnknown, 200},
		{"no message", func(w http.ResponseWriter) { ok(w, `true`) }, tagwire.FaultUnknown, 200},
		{"a redirect", func(w http.ResponseWriter) {
			w.Header().Set("Location", "https://portal.example/login")
			w.WriteHeader(302)
		}, tagwire.FaultUnknown, 302},
		{"without end", func(w http.ResponseWriter) {
			for range 9 << 10 {
				w.Write(make([]byte, 1<<10))
			}
		}, tagwire.FaultUnknown, 200},
		{"a page with 429", func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "12")
			w.WriteHeader(429)
		}, tagwire.FaultRetryAfter, 429},
		{"dropped", func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, tagwire.FaultUnknown, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g, s := serve(t, func(w http.ResponseWriter, _ call) { c.answer(w) })
			_, err := g.Send(t.Context(), tagwire.Dest{Chat: 1}, tagwire.Message{HTML: "x"})
			var e *tagwire.SendError
			if !errors.As(err, &e) || e.Fault != c.fault || e.Code != c.code {
				t.Fatalf("got %v, want %s with code %d", err, c.fault, c.code)
			}
			if c.fault == tagwire.FaultRetryAfter && e.RetryAfter != 12*time.Second {
				t.Errorf("retry after %s", e.RetryAfter)
			}
			if n := len(s.all()); n != 1 {
				t.Errorf("%d requests, want 1: nothing is sent twice here", n)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error holds the token: %v", err)
			}
		})
	}
}

// The header's time counts when it is the longer one.
func TestSend_retryAfterOfTheHeader(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		header, parameters string
		want               time.Duration
	}{
		{"30", `{"retry_after":7}`, 30 * time.Second},
		{"soon", `{"retry_after":43837}`, 43837 * time.Second},
		{"", "", time.Second},
		{"", `{"retry_after":9223372036854775807}`, (1 << 33) * time.Second},
	} {
		g, _ := serve(t, func(w http.ResponseWriter, _ call) {
			w.Header().Set("Retry-After", c.header)
			refuse(w, 429, "Too Many Requests", c.parameters)
		})
		_, err := g.Send(t.Context(), tagwire.Dest{Chat: 1}, tagwire.Message{HTML: "x"})
		var e *tagwire.SendError
		if !errors.As(err, &e) || e.RetryAfter != c.want {
			t.Errorf("%+v: got %v", c, err)
		}
	}
}

func TestSend_surelyUnsent(t *testing.T) {
	t.Parallel()
	closed, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refusing := closed.Addr().String()
	closed.Close()
	// Speaks no TLS, so the handshake fails.
	deaf, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { deaf.Close() })
	go func() {
		for {
			c, err := deaf.Accept()
			if err != nil {
				return
			}
			bufio.NewReader(c).ReadByte()
			c.Write([]byte("220 mail.example ESMTP\r\n"))
			c.Close()
		}
	}()
	for name, endpoint := range map[string]string{
		"refused": "http://" + refusing,
		"no TLS":  "https://" + deaf.Addr().String(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gateway(t, telegram.Options{Endpoint: endpoint})
			_, err := g.Send(t.Context(), tagwire.Dest{Chat: 1}, tagwire.Message{HTML: "x"})
			var e *tagwire.SendError
			if !errors.As(err, &e) || e.Fault != tagwire.FaultUnsent {
				t.Fatalf("got %v", err)
			}
			if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "/bot") {
				t.Errorf("the error holds the address: %v", err)
			}
		})
	}
}

// roundTrip is a transport that reports nothing of what it does.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestSend_silentTransport(t *testing.T) {
	t.Parallel()
	send := func(err error) *tagwire.SendError {
		g := gateway(t, telegram.Options{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			return nil, err
		})})
		_, got := g.Send(t.Context(), tagwire.Dest{Chat: 1}, tagwire.Message{HTML: "x"})
		var e *tagwire.SendError
		if !errors.As(got, &e) {
			t.Fatalf("got %v", got)
		}
		return e
	}
	if e := send(errors.New("lost")); e.Fault != tagwire.FaultUnknown {
		t.Errorf("an error that proves nothing is %s", e.Fault)
	}
	if e := send(&net.DNSError{Err: "no such host", Name: "api.telegram.org"}); e.Fault != tagwire.FaultUnsent {
		t.Errorf("a failed look-up is %s", e.Fault)
	}
	if e := send(&net.OpError{Op: "dial", Err: errors.New("no route")}); e.Fault != tagwire.FaultUnsent {
		t.Errorf("a failed dial is %s", e.Fault)
	}
	e := send(errors.New("bad address https://api.example/bot" + token + "/sendMessage"))
	if strings.Contains(e.Error(), "secret") || !strings.Contains(e.Error(), "bad address") {
		t.Errorf("the error is %v", e)
	}
}

func TestSend_waitsHalfAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := gateway(t, telegram.Options{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})})
		start := time.Now()
		_, err := g.Send(t.Context(), tagwire.Dest{Chat: 1}, tagwire.Message{HTML: "x"})
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 30*time.Second {
			t.Errorf("gave up after %s: %v", time.Since(start), err)
		}
		start = time.Now()
		if _, err := g.Me(t.Context()); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 10*time.Second {
			t.Errorf("gave up on getMe after %s: %v", time.Since(start), err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start = time.Now()
		if _, err := g.Send(ctx, tagwire.Dest{Chat: 1}, tagwire.Message{HTML: "x"}); err == nil || time.Since(start) != time.Second {
			t.Errorf("the caller's context ended the call after %s: %v", time.Since(start), err)
		}
	})
}
