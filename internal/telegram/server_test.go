package telegram_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/VictoriaMetrics/metrics"
	"go.uber.org/goleak"

	"tagwire/internal/telegram"
)

const token = "123456789:AAE-secretsecretsecretsecretsecret0"

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// call is one request as a server sees it.
type call struct {
	Method string // of the Bot API
	Params url.Values
}

// server answers calls of the Bot API by a function and keeps them.
type server struct {
	*httptest.Server
	log bytes.Buffer

	mu    sync.Mutex
	calls []call
}

// serve starts a server over real HTTP and a gateway to it.
func serve(t *testing.T, answer func(w http.ResponseWriter, c call)) (*telegram.Gateway, *server) {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		method, ok := strings.CutPrefix(r.URL.Path, "/bot"+token+"/")
		if !ok {
			t.Errorf("request for %s", r.URL.Path)
		}
		if err := r.ParseForm(); err != nil {
			t.Errorf("form: %v", err)
		}
		c := call{method, r.PostForm}
		s.mu.Lock()
		s.calls = append(s.calls, c)
		s.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		answer(w, c)
	}))
	t.Cleanup(s.Close)
	g := gateway(t, telegram.Options{Endpoint: s.URL, Log: slog.New(slog.NewTextHandler(&s.log, nil))})
	return g, s
}

// gateway makes a gateway that is closed with the test.
func gateway(t *testing.T, o telegram.Options) *telegram.Gateway {
	t.Helper()
	o.Token = token
	if o.Metrics == nil {
		o.Metrics = metrics.NewSet()
	}
	g, err := telegram.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g
}

func (s *server) all() []call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]call(nil), s.calls...)
}

// ok writes a result.
func ok(w io.Writer, result string) { fmt.Fprintf(w, `{"ok":true,"result":%s}`, result) }

// refuse writes an error as the Bot API does; more are further fields.
func refuse(w http.ResponseWriter, code int, description, parameters string) {
	if parameters == "" {
		parameters = "{}"
	}
	w.WriteHeader(code)
	d, _ := json.Marshal(description)
	fmt.Fprintf(w, `{"ok":false,"error_code":%d,"description":%s,"parameters":%s}`, code, d, parameters)
}
