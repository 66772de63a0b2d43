package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tagwire/internal/emulator"
)

// visitor is a browser without a browser: it speaks to the page's handler in
// process, so that the whole demo runs in a synctest bubble.
type visitor struct {
	t      *testing.T
	client *http.Client
	as     int64
}

const pageURL = "http://127.0.0.1:8080"

// visit runs the demo in the bubble until the test is over.
func visit(t *testing.T) *visitor {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s, err := newStage(ctx, newClock(opening(time.Now())), backlog, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.app.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the program ended with %v", err)
		}
		s.tidy()
	})
	h := newPage(s.world, s.app).handler()
	v := &visitor{t: t, client: &http.Client{Transport: emulator.Transport(h)}, as: annaID}
	v.settle()
	return v
}

// settle lets a few seconds pass: the answers and posts are then there.
func (v *visitor) settle() {
	time.Sleep(8 * time.Second)
	synctest.Wait()
}

func (v *visitor) get(path string) (*http.Response, string) {
	v.t.Helper()
	resp, err := v.client.Get(pageURL + path)
	if err != nil {
		v.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return resp, string(body)
}

// do sends an order; the result is the decoded answer.
func (v *visitor) do(name string, o order) map[string]any {
	v.t.Helper()
	if o.As == 0 {
		o.As = v.as
	}
	body, err := json.Marshal(o)
	if err != nil {
		v.t.Fatal(err)
	}
	resp, err := v.client.Post(pageURL+"/api/"+name, "application/json", bytes.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	defer resp.Body.Close()
	out := map[string]any{}
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		v.t.Fatal(err)
	}
	return out
}

func (v *visitor) world() stateView {
	v.t.Helper()
	_, body := v.get("/api/state?as=" + itoa(v.as))
	var s stateView
	if err := json.Unmarshal([]byte(body), &s); err != nil {
		v.t.Fatalf("%v in %s", err, body)
	}
	return s
}

func (v *visitor) chat(id int64) chatView {
	v.t.Helper()
	for _, c := range v.world().Chats {
		if c.ID == id {
			return c
		}
	}
	v.t.Fatalf("no chat %d", id)
	return chatView{}
}

// last is the newest message of a place.
func (v *visitor) last(chat int64, thread int) messageView {
	v.t.Helper()
	var out messageView
	for _, m := range v.chat(chat).Messages {
		if m.Thread == thread {
			out = m
		}
	}
	return out
}

func itoa(n int64) string { b, _ := json.Marshal(n); return string(b) }

func TestPage_fromSubscriptionToDigest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := visit(t)
		if m := v.last(forumID, 0); m.By != botID || len(m.Keyboard) == 0 {
			t.Fatalf("no greeting with buttons in the group: %+v", m)
		}
		v.do("say", order{Chat: teamID, Text: "/subscribe rare-earths"})
		v.settle()
		if m := v.last(teamID, 0); !strings.Contains(m.Text, "Rare earths") || m.By != botID {
			t.Fatalf("answer to /subscribe: %q", m.Text)
		}
		out := v.do("publish", order{Site: "harbour"})
		if out["site"] != "Harbour Metals" || out["error"] != nil {
			t.Fatalf("publish: %v", out)
		}
		v.settle()
		if m := v.last(teamID, 0); !strings.Contains(m.Text, "Beiliang") || !strings.Contains(m.Text, "#rare_earths") {
			t.Fatalf("post: %q", m.Text)
		}
		if m := v.last(channelID, 0); !strings.Contains(m.Text, "Beiliang") {
			t.Errorf("post in the channel: %q", m.Text)
		}
		v.do("skip", order{Chat: teamID})
		v.settle()
		m := v.last(teamID, 0)
		if !strings.Contains(m.Text, "digest") || !strings.Contains(m.Text, "Beiliang") {
			t.Fatalf("digest: %q", m.Text)
		}
		if at := m.Date.In(zone()).Format("15:04"); at != "08:30" {
			t.Errorf("the digest came at %s", at)
		}
	})
}

func TestPage_hoursPassAndTheClockNeverGoesBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := visit(t)
		before := v.world().Now
		v.do("skip", order{Hours: 1})
		if d := v.world().Now.Sub(before); d != time.Hour {
			t.Errorf("an hour is %v", d)
		}
		if out := v.do("skip", order{Hours: -3}); out["error"] == nil {
			t.Errorf("the clock went back: %v", out)
		}
		v.do("skip", order{})
		if at := v.world().Now.In(zone()).Format("15:04:05"); at != "08:29:57" {
			t.Errorf("the morning begins at %s", at)
		}
		v.settle()
		v.do("skip", order{})
		if d := v.world().Now.Sub(before); d < 46*time.Hour {
			t.Errorf("the second morning is %v after the start", d)
		}
	})
}

func TestPage_whoMayDoWhat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := visit(t)
		// A plain member's press gets a private refusal.
		greeting := v.last(forumID, 0)
		out := v.do("press", order{As: benID, Chat: forumID, Message: greeting.ID, Data: greeting.Keyboard[0][0].Data})
		if text, _ := out["text"].(string); !strings.Contains(text, "admin") {
			t.Errorf("a member's press: %v", out)
		}
		// A stranger may join the public group, not write before.
		v.as = chenID
		if c := v.chat(forumID); c.CanWrite || c.Status != emulator.Left {
			t.Errorf("a stranger in the group: %+v", c.Status)
		}
		if c := v.chat(teamID); len(c.Messages) > 0 {
			t.Errorf("a stranger reads a private group: %+v", c.Messages)
		}
		if out := v.do("say", order{Chat: forumID, Text: "hello"}); out["error"] == nil {
			t.Errorf("a stranger writes: %v", out)
		}
		if out := v.do("join", order{Chat: forumID}); out["error"] != nil {
			t.Errorf("join: %v", out)
		}
		if c := v.chat(forumID); !c.CanWrite {
			t.Errorf("cannot write after joining")
		}
		// A private chat is nobody else's.
		v.do("start", order{})
		v.settle()
		if m := v.last(chenID, 0); !strings.Contains(m.Text, "你好") {
			t.Errorf("hello in Chinese: %q", m.Text)
		}
		for _, name := range []string{"say", "press"} {
			if out := v.do(name, order{As: benID, Chat: chenID, Text: "hello", Message: 1, Data: "1:x"}); out["error"] == nil {
				t.Errorf("%s in somebody else's private chat: %v", name, out)
			}
		}
		v.as = benID
		if _, body := v.get("/api/state?as=" + itoa(benID)); strings.Contains(body, "你好") {
			t.Error("Ben sees the private chat of 陈丽")
		}
		if c := v.chat(channelID); c.CanWrite {
			t.Error("Ben may post in the channel")
		}
	})
}

func TestPage_menuFollowsPersonAndLanguage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := visit(t)
		v.do("start", order{As: chenID})
		admin := v.chat(forumID).Commands
		v.as = chenID
		private := v.chat(chenID).Commands
		if len(admin) == 0 || len(private) == 0 {
			t.Fatalf("menus: %v, %v", admin, private)
		}
		han := false
		for _, r := range private[0].Description {
			han = han || r > 0x2e80
		}
		if !han {
			t.Errorf("the menu is not in Chinese: %q", private[0].Description)
		}
	})
}

func TestPage_textsOfOthersStayTexts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := visit(t)
		evil := `<img src=x onerror=alert(1)></script><script>alert(1)</script> javascript:alert(1) & " ' `
		v.do("say", order{Chat: teamID, Text: evil})
		resp, body := v.get("/api/state?as=" + itoa(annaID))
		if ct := resp.Header.Get("Content-Type"); ct != "application/json" {
			t.Errorf("Content-Type %q", ct)
		}
		if strings.Contains(body, "<script") || strings.Contains(body, "<img") {
			t.Error("markup stands unescaped in the JSON")
		}
		if m := v.last(teamID, 0); m.Text != strings.TrimSpace(evil) {
			t.Errorf("text changed: %q", m.Text)
		}
		for _, path := range []string{"/", "/page/app.js", "/api/state"} {
			resp, _ := v.get(path)
			if resp.StatusCode != 200 {
				t.Errorf("%s: %s", path, resp.Status)
			}
			policy := resp.Header.Get("Content-Security-Policy")
			if !strings.Contains(policy, "script-src 'self'") || strings.Contains(policy, "unsafe") || resp.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s: policy %q", path, policy)
			}
		}
	})
}

// No file of the page turns strings into markup or code.
func TestPage_filesMakeNoMarkupOfStrings(t *testing.T) {
	t.Parallel()
	entries, err := pageFiles.ReadDir("page")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		body, err := pageFiles.ReadFile("page/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "DOMParser", "//cdn", "https://unpkg"} {
			if strings.Contains(string(body), word) {
				t.Errorf("%s contains %q", e.Name(), word)
			}
		}
	}
}

func TestPage_newsSitesCanBeVisited(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := visit(t)
		for _, s := range v.world().Sites {
			at := "/web/" + strings.TrimPrefix(s.URL, "https://")
			resp, body := v.get(at)
			if resp.StatusCode != 200 || !strings.Contains(body, "<h1") || strings.Contains(resp.Header.Get("Content-Security-Policy"), "script-src") {
				t.Errorf("%s: %s", at, resp.Status)
			}
			if resp, _ := v.get("/web/" + s.Host + "/"); resp.StatusCode != 200 {
				t.Errorf("%s: front page: %s", s.Host, resp.Status)
			}
		}
		if resp, _ := v.get("/web/elsewhere.example/"); resp.StatusCode != 404 {
			t.Errorf("unknown site: %s", resp.Status)
		}
	})
}

func TestPage_keepsStrangersOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := visit(t)
		for _, tt := range []struct {
			name, host, origin, media string
			status                    int
		}{
			{"own page", "127.0.0.1:8080", pageURL, "application/json", 200},
			{"by name", "localhost:8080", "", "application/json; charset=utf-8", 200},
			{"IPv6", "[::1]:8080", "", "application/json", 200},
			{"rebound name", "evil.example:8080", "", "application/json", 403},
			{"another page", "127.0.0.1:8080", "https://evil.example", "application/json", 403},
			{"another port", "127.0.0.1:8080", "http://127.0.0.1:9", "application/json", 403},
			{"opaque page", "127.0.0.1:8080", "null", "application/json", 403},
			{"a form", "127.0.0.1:8080", "", "text/plain", 415},
		} {
			req, err := http.NewRequest(http.MethodPost, pageURL+"/api/skip", strings.NewReader(`{"as":700100001,"hours":1}`))
			if err != nil {
				t.Fatal(err)
			}
			req.Host = tt.host
			req.Header.Set("Content-Type", tt.media)
			if tt.origin != "" {
				req.Header.Set("Origin", tt.origin)
			}
			resp, err := v.client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != tt.status {
				t.Errorf("%s: %s, want %d", tt.name, resp.Status, tt.status)
			}
		}
		for _, body := range []string{"", "{", `{"as":"x"}`, `{"as":5}`, `{"as":700100001,"text":"` + strings.Repeat("a", maxOrder) + `"}`} {
			resp, err := v.client.Post(pageURL+"/api/say", "application/json", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != 400 {
				t.Errorf("body %.30q: %s", body, resp.Status)
			}
		}
	})
}

func TestPage_eventsTellOfChanges(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := visit(t)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, pageURL+"/api/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := v.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		heard := make(chan string, 100)
		go func() {
			b := make([]byte, 256)
			for {
				n, err := resp.Body.Read(b)
				if err != nil {
					close(heard)
					return
				}
				heard <- string(b[:n])
			}
		}()
		if first := <-heard; !strings.HasPrefix(first, "data: ") {
			t.Errorf("first event %q", first)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		for len(heard) > 0 {
			<-heard
		}
		for range 5 {
			v.do("say", order{Chat: teamID, Text: "a burst"})
			time.Sleep(5 * time.Millisecond)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if n := len(heard); n == 0 || n > 2 {
			t.Errorf("%d events for a burst", n)
		}
		cancel()
		for range heard {
		}
	})
}
