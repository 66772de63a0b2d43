package emulator

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"syscall"
	"testing"
	"time"
)

// ways runs a test in-process and over real HTTP.
func ways(t *testing.T, do func(t *testing.T, s *scene)) {
	t.Run("in-process", func(t *testing.T) {
		t.Parallel()
		do(t, newScene(t, off()))
	})
	t.Run("over HTTP", func(t *testing.T) {
		t.Parallel()
		s := newScene(t, off())
		server := httptest.NewServer(s.Telegram)
		t.Cleanup(server.Close)
		s.via, s.base = server.Client().Transport, server.URL
		do(t, s)
	})
}

func TestInject(t *testing.T) {
	t.Parallel()
	p := params{"chat_id": super, "text": "x"}
	for _, row := range []struct {
		name   string
		fault  Fault
		effect bool // the message is there although the bot does not know
		check  func(t *testing.T, r reply, err error)
	}{
		{"answer", Fault{Kind: FaultAnswer, Code: 429, Description: "Too Many Requests: retry after 17", Parameters: map[string]any{"retry_after": 17}}, false,
			func(t *testing.T, r reply, err error) {
				if err != nil || r.status != 429 || r.ErrorCode != 429 || r.Parameters.RetryAfter != 17 || r.header.Get("Retry-After") != "17" {
					t.Errorf("%+v %v", r, err)
				}
			}},
		{"server error after the effect", Fault{Kind: FaultAnswer, Code: 500, After: true}, true,
			func(t *testing.T, r reply, err error) {
				if err != nil || r.status != 500 || r.OK {
					t.Errorf("%+v %v", r, err)
				}
			}},
		{"html", Fault{Kind: FaultHTML}, false,
			func(t *testing.T, r reply, err error) {
				if err == nil || r.status != 502 || r.header.Get("Content-Type") != "text/html" {
					t.Errorf("%+v %v", r, err)
				}
			}},
		{"empty", Fault{Kind: FaultEmpty}, false,
			func(t *testing.T, r reply, err error) {
				if !errors.Is(err, io.EOF) || r.status != 504 {
					t.Errorf("%+v %v", r, err)
				}
			}},
		{"reset", Fault{Kind: FaultReset}, false, lostAnswer},
		{"reset after the effect", Fault{Kind: FaultReset, After: true}, true, lostAnswer},
		{"truncated", Fault{Kind: FaultTruncate}, true, lostAnswer},
		{"refused", Fault{Kind: FaultRefused}, false, lostAnswer},
		{"delay", Fault{Kind: FaultDelay, Delay: time.Millisecond}, true,
			func(t *testing.T, r reply, err error) {
				if err != nil || !r.OK {
					t.Errorf("%+v %v", r, err)
				}
			}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			ways(t, func(t *testing.T, s *scene) {
				before := len(s.Transcript(super))
				f := row.fault
				f.Method = "sendMessage"
				s.Inject(f)
				r, err := s.try("sendMessage", p)
				row.check(t, r, err)
				if effect := len(s.Transcript(super)) > before; effect != row.effect {
					t.Errorf("effect %v, want %v", effect, row.effect)
				}
				calls := s.Ledger("sendMessage")
				if last := calls[len(calls)-1]; last.Fault != string(row.fault.Kind) || last.Effect != row.effect || !last.Done {
					t.Errorf("ledger %+v", last)
				}
				s.send(p) // it strikes once
			})
		})
	}
}

func lostAnswer(t *testing.T, r reply, err error) {
	t.Helper()
	if err == nil {
		t.Errorf("got an answer: %+v", r)
	}
}

func TestInject_whichCalls(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	struck := func(n int, p params) string {
		var out strings.Builder
		for range n {
			if s.call("sendMessage", p).OK {
				out.WriteByte('.')
			} else {
				out.WriteByte('x')
			}
		}
		return out.String()
	}
	p := params{"chat_id": super, "text": "x"}
	s.Inject(Fault{Method: "SENDMESSAGE", Nth: 3, Count: 2, Kind: FaultAnswer, Code: 500})
	if got := struck(6, p); got != "..xx.." {
		t.Errorf("third and fourth: %s", got)
	}
	remove := s.Inject(Fault{Chat: forum, Count: -1, Kind: FaultAnswer, Code: 500})
	if got := struck(2, p) + struck(2, params{"chat_id": forum, "text": "x"}); got != "..xx" {
		t.Errorf("one chat: %s", got)
	}
	remove()
	if got := struck(1, params{"chat_id": forum, "text": "x"}); got != "." {
		t.Errorf("removed: %s", got)
	}
	s.Inject(Fault{When: func(c Call) bool { return c.Text == "bad" }, Kind: FaultAnswer, Code: 500})
	if got := struck(1, p) + struck(1, params{"chat_id": super, "text": "bad"}); got != ".x" {
		t.Errorf("by text: %s", got)
	}
	remove = s.Inject(Fault{Probability: 0.5, Count: -1, Kind: FaultAnswer, Code: 500})
	if n := strings.Count(struck(200, p), "x"); n < 70 || n > 130 {
		t.Errorf("half of 200 calls: %d", n)
	}
	remove()
	s.Inject(Fault{Method: "sendMessage", Kind: FaultDelay, Do: func() { s.must(s.Kick(ann, botID, super)) }})
	s.refused("sendMessage", p, 403, "Forbidden: bot was kicked from the supergroup chat")
}

// TestTransport_trace: a client that watches by httptrace can tell what was
// surely never sent from what may have been.
func TestTransport_trace(t *testing.T) {
	t.Parallel()
	for kind, sent := range map[FaultKind]bool{FaultRefused: false, FaultReset: true} {
		s := newScene(t, off())
		s.Inject(Fault{Kind: kind})
		wrote := false
		ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{WroteHeaders: func() { wrote = true }})
		req, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.base+"/bot"+testToken+"/getMe", nil)
		_, err := s.via.RoundTrip(req)
		if err == nil || wrote != sent || errors.Is(err, syscall.ECONNREFUSED) == sent {
			t.Errorf("%s: wrote %v, error %v", kind, wrote, err)
		}
	}
}

func TestServe_formsOfRequest(t *testing.T) {
	t.Parallel()
	ways(t, func(t *testing.T, s *scene) {
		send := func(method, query, kind, body string) {
			t.Helper()
			req, _ := http.NewRequestWithContext(t.Context(), method, s.base+"/bot"+testToken+"/SendMessage"+query, strings.NewReader(body))
			if kind != "" {
				req.Header.Set("Content-Type", kind)
			}
			response, err := s.via.RoundTrip(req)
			s.must(err)
			defer response.Body.Close()
			answer, _ := io.ReadAll(response.Body)
			list := s.Transcript(super)
			if response.StatusCode != 200 || list[len(list)-1].Text != "稀土" || len(list[len(list)-1].Keyboard) != 1 {
				t.Errorf("%s %s: %s", method, kind, answer)
			}
		}
		const markup = `{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}`
		const form = "chat_id=-1001000000001&text=%E7%A8%80%E5%9C%9F&reply_markup=%7B%22inline_keyboard%22%3A%5B%5B%7B%22text%22%3A%22a%22%2C%22callback_data%22%3A%22b%22%7D%5D%5D%7D"
		send("GET", "?"+form, "", "")
		send("POST", "", "application/x-www-form-urlencoded", form)
		send("POST", "?chat_id=-1001000000001", "application/json", `{"text":"稀土","reply_markup":`+markup+`,"entities":null}`)
		send("POST", "", "application/json; charset=utf-8", `{"chat_id":-1001000000001,"text":"稀土","reply_markup":"{\"inline_keyboard\":[[{\"text\":\"a\",\"callback_data\":\"b\"}]]}"}`)
		send("POST", "", "multipart/form-data; boundary=zz", "--zz\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n-1001000000001\r\n"+
			"--zz\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n稀土\r\n--zz\r\nContent-Disposition: form-data; name=\"reply_markup\"\r\n\r\n"+markup+"\r\n--zz--\r\n")
	})
}

func TestTransport_cancelledSendStillHappens(t *testing.T) {
	t.Parallel()
	bubble(t, off(), func(t *testing.T, s *scene) {
		s.Inject(Fault{Method: "sendMessage", Kind: FaultDelay, Delay: time.Minute})
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		req, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.base+"/bot"+testToken+"/sendMessage?chat_id=-1001000000001&text=x", nil)
		before := len(s.Transcript(super))
		if _, err := s.via.RoundTrip(req); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		time.Sleep(time.Second)
		if len(s.Transcript(super)) != before+1 {
			t.Error("a message whose sender lost patience was not sent")
		}
	})
}

func TestTransport_streams(t *testing.T) {
	t.Parallel()
	bubbleHandler := func(h http.HandlerFunc) (*http.Response, error) {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://a.example/x?y=1", nil)
		return Transport(h).RoundTrip(req)
	}
	response, err := bubbleHandler(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != "a.example" || r.URL.Host != "" || r.RequestURI != "/x?y=1" || r.UserAgent() == "" {
			t.Errorf("%+v", r)
		}
		w.Header().Set("Content-Length", "10")
		io.WriteString(w, "12345")
	})
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if string(body) != "12345" || !errors.Is(err, io.ErrUnexpectedEOF) || response.ContentLength != 10 {
		t.Errorf("%q %v", body, err)
	}
	response.Body.Close()

	ended := make(chan struct{})
	response, err = bubbleHandler(func(w http.ResponseWriter, r *http.Request) {
		defer close(ended)
		for { // a body without end
			if _, err := io.WriteString(w, "more and more "); err != nil {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	io.ReadFull(response.Body, make([]byte, 100))
	response.Body.Close()
	<-ended

	if _, err := bubbleHandler(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("%v", err)
	}
	response, err = bubbleHandler(func(w http.ResponseWriter, r *http.Request) {})
	if err != nil || response.StatusCode != 200 {
		t.Errorf("%v", err)
	}
}

func TestChanges(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	version, changed := s.Changes()
	select {
	case <-changed:
		t.Fatal("a change before anything happened")
	default:
	}
	s.id(s.Say(ben, super, "x"))
	<-changed
	if now, _ := s.Changes(); now <= version {
		t.Errorf("version %d after %d", now, version)
	}
}
