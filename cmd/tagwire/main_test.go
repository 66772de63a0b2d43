package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tagwire/internal/emulator"
)

const testToken = "77:secret-token-secret-token-secret-token"

// tagwire runs a command line in an empty directory.
func tagwire(t *testing.T, environ []string, args ...string) (code int, out, errOut string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var o, e bytes.Buffer
	code = execute(ctx, args, environ, &o, &e)
	for _, text := range []string{o.String(), e.String()} {
		if strings.Contains(text, testToken) {
			t.Errorf("the token was printed:\n%s", text)
		}
	}
	return code, o.String(), e.String()
}

func TestRun_namesEachFaultAndItsRemedy(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, tc := range map[string]struct {
		environ []string
		want    []string // in lines of their own
	}{
		"nothing set":    {nil, []string{"TELEGRAM_BOT_TOKEN: not set"}},
		"no token shape": {[]string{"TELEGRAM_BOT_TOKEN=hello"}, []string{"TELEGRAM_BOT_TOKEN:"}},
		"several at once": {[]string{"SEND_RATE=fast", "LOG_LEVEL=loud"},
			[]string{"SEND_RATE:", "LOG_LEVEL:", "TELEGRAM_BOT_TOKEN:"}},
		"no catalogue": {[]string{"TELEGRAM_BOT_TOKEN=" + testToken, "CATALOGUE_PATH=missing.yaml"}, []string{"missing.yaml"}},
	} {
		code, out, errOut := tagwire(t, tc.environ, "run")
		if code != 1 || out != "" {
			t.Errorf("%s: exit %d, printed %q", name, code, out)
		}
		lines := strings.Split(strings.TrimSpace(errOut), "\n")
		if len(lines) != len(tc.want) {
			t.Errorf("%s: %d lines, want %d:\n%s", name, len(lines), len(tc.want), errOut)
		}
		for _, want := range tc.want {
			if strings.Count(errOut, want) != 1 {
				t.Errorf("%s: want one line with %q in:\n%s", name, want, errOut)
			}
		}
	}
}

func TestUnknownCommand(t *testing.T) {
	t.Chdir(t.TempDir())
	code, _, errOut := tagwire(t, nil, "fly")
	if code != 1 || !strings.Contains(errOut, `"fly"`) {
		t.Errorf("exit %d: %s", code, errOut)
	}
}

// world is a Telegram and a news site on loopback, and a catalogue that names
// the site's feed and further sources.
func world(t *testing.T, more string) (environ []string, telegram *emulator.Telegram) {
	t.Helper()
	telegram = emulator.NewTelegram(emulator.Options{})
	if err := telegram.AddBot(emulator.Bot{Token: testToken, ID: 77, Username: "wire_bot", Name: "Wire"}); err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(telegram)
	t.Cleanup(api.Close)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/feed":
			fmt.Fprint(w, `<rss version="2.0"><channel><title>T</title>
				<item><title>Copper stocks fall</title><link>http://127.0.0.1/a</link><pubDate>Tue, 28 Jul 2020 00:19:00 GMT</pubDate></item>
				<item><title>Lithium is calm</title><link>http://127.0.0.1/b</link><pubDate>Mon, 27 Jul 2020 00:19:00 GMT</pubDate></item>
			</channel></rss>`)
		case "/page":
			fmt.Fprint(w, `<html><title>A page</title><body>hello</body></html>`)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(site.Close)
	catalogue := fmt.Sprintf("timezone: Asia/Shanghai\nsources:\n  - {name: Good, kind: feed, url: %s/feed, schedule: '@every 1h'}\n", site.URL)
	catalogue += strings.ReplaceAll(more, "SITE", site.URL)
	path := filepath.Join(t.TempDir(), "catalogue.yaml")
	if err := os.WriteFile(path, []byte(catalogue), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"TELEGRAM_BOT_TOKEN=" + testToken, "TELEGRAM_API_URL=" + api.URL, "CATALOGUE_PATH=" + path,
		"ALLOW_PRIVATE_NETWORKS=true", "HTTP_ADDR=off"}, telegram
}

func TestCheck_tellsWhatItFound(t *testing.T) {
	t.Chdir(t.TempDir())
	environ, _ := world(t, "")
	code, out, errOut := tagwire(t, environ, "check")
	if code != 0 || errOut != "" {
		t.Fatalf("exit %d: %s\n%s", code, errOut, out)
	}
	for _, want := range []string{"settings", "1 sources", "@wire_bot", "tagwire.db", "source good", "2 entries", "newest 2020-07-28 08:19 CST", "copper 1", "lithium 1"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in:\n%s", want, out)
		}
	}
}

func TestCheck_countsEachFaultAndGoesOn(t *testing.T) {
	t.Chdir(t.TempDir())
	environ, telegram := world(t, `
  - {name: Gone, kind: feed, url: SITE/gone, schedule: '@every 1h'}
  - {name: Not a feed, kind: feed, url: SITE/page, schedule: '@every 1h'}
`)
	telegram.Revoke(testToken)
	code, out, errOut := tagwire(t, environ, "check")
	if code != 1 || errOut != "" {
		t.Fatalf("exit %d: %s\n%s", code, errOut, out)
	}
	faults := 0
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "FAULT") {
			faults++
		}
	}
	if faults != 3 || !strings.Contains(out, "404") || !strings.Contains(out, "copy it anew from @BotFather") || !strings.Contains(out, "2 entries") {
		t.Errorf("%d faults, want 3 (token, two sources):\n%s", faults, out)
	}
	_, out, _ = tagwire(t, append(environ, "TELEGRAM_API_URL=http://127.0.0.1:1"), "check")
	if !strings.Contains(out, "look at the network") {
		t.Errorf("Telegram out of reach:\n%s", out)
	}
}

func TestCheck_aBrokenCatalogueIsReportedByLine(t *testing.T) {
	t.Chdir(t.TempDir())
	environ, _ := world(t, "  - {name: Bad, kind: magic, url: SITE/feed, schedule: 'every now and then', timezone: Mars/Olympus}\n")
	code, out, _ := tagwire(t, environ, "check")
	if code != 1 || strings.Count(out, "catalogue.yaml:4:") != 3 || !strings.Contains(out, "@wire_bot") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	if strings.Count(out, `"every now and then"`) != 1 || strings.Contains(out, "write five") {
		t.Errorf("it says twice what is wrong with the schedule, or what to do:\n%s", out)
	}
}

// The service starts, talks to Telegram and ends without a fault when it is
// told to.
func TestRun_startsAndStops(t *testing.T) {
	t.Chdir(t.TempDir())
	environ, telegram := world(t, "")
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var out, errOut bytes.Buffer
	done := make(chan int, 1)
	go func() { done <- execute(ctx, []string{"run"}, environ, &out, &errOut) }()
	for len(telegram.Ledger("getUpdates")) == 0 {
		_, changed := telegram.Changes()
		select {
		case <-changed:
		case code := <-done:
			t.Fatalf("it ended by itself with %d: %s", code, errOut.String())
		case <-ctx.Done():
			t.Fatal("it never polled")
		case <-time.After(10 * time.Millisecond):
		}
	}
	cancel()
	if code := <-done; code != 0 {
		t.Errorf("exit %d: %s", code, errOut.String())
	}
	if strings.Contains(errOut.String(), testToken) {
		t.Error("the token is in the log")
	}
}

func TestRun_saysWhatToDoAboutARefusedToken(t *testing.T) {
	t.Chdir(t.TempDir())
	environ, telegram := world(t, "")
	telegram.Revoke(testToken)
	code, _, errOut := tagwire(t, environ, "run")
	if code != 1 || !strings.Contains(errOut, "tagwire: telegram: unauthorized: 401 Unauthorized; Telegram does not know this token: copy it anew from @BotFather") {
		t.Errorf("exit %d: %s", code, errOut)
	}
}
