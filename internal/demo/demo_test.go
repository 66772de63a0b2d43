package demo

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"tagwire/internal/emulator"
)

func TestRun_servesThePageAndEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out strings.Builder
	ready := make(chan string, 1)
	ended := make(chan error, 1)
	go func() {
		ended <- Run(ctx, Options{Addr: "127.0.0.1:0", Out: &out, Log: slog.New(slog.DiscardHandler), Ready: func(url string) { ready <- url }})
	}()
	select {
	case url := <-ready:
		resp, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != 200 || !strings.Contains(string(body), "tagwire") {
			t.Errorf("%s: %s %v", url, resp.Status, err)
		}
		cancel()
	case err := <-ended:
		t.Fatalf("ended before it was ready: %v", err)
	}
	if err := <-ended; err != nil {
		t.Errorf("Run: %v", err)
	}
	if !strings.Contains(out.String(), "open http://127.0.0.1:") {
		t.Errorf("told the visitor: %q", out.String())
	}
}

func TestListen(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"0.0.0.0:0", "192.0.2.1:80", "example.com:80", "8080", "127.0.0.1"} {
		if l, err := listen(addr); err == nil {
			l.Close()
			t.Errorf("listens on %s", addr)
		} else if !strings.Contains(err.Error(), "127.0.0.1:") {
			t.Errorf("%s: no remedy in %q", addr, err)
		}
	}
	for _, addr := range []string{"127.0.0.1:0", "localhost:0", ":0", "[::1]:0"} {
		l, err := listen(addr)
		if err != nil {
			if addr == "[::1]:0" {
				continue // a machine without IPv6
			}
			t.Errorf("%s: %v", addr, err)
			continue
		}
		if !l.Addr().(*net.TCPAddr).IP.IsLoopback() {
			t.Errorf("%s became %s", addr, l.Addr())
		}
		l.Close()
	}
	busy, err := listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	other, err := listen(busy.Addr().String())
	if err != nil {
		t.Fatalf("does not give way to a busy port: %v", err)
	}
	other.Close()
}

func TestCatalogue_readsTheBundledSites(t *testing.T) {
	t.Parallel()
	cat, err := loadCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	if len(cat.Tags) < 80 || cat.Zone != zoneName {
		t.Errorf("%d tags, zone %s", len(cat.Tags), cat.Zone)
	}
	urls := map[string]bool{}
	for _, s := range cat.Sources {
		urls[s.URL] = true
	}
	for _, site := range emulator.NewWeb(emulator.WebOptions{}).Sites() {
		if !urls[site.Source] {
			t.Errorf("no source for %s", site.Source)
		}
	}
}

func TestMorning(t *testing.T) {
	t.Parallel()
	z := zone()
	at := func(day, hour, minute, second int) time.Time {
		return time.Date(2026, 7, day, hour, minute, second, 0, z)
	}
	for _, tt := range []struct {
		name           string
		now, due, want time.Time
	}{
		{"the default is tomorrow", at(28, 9, 41, 0), time.Time{}, at(29, 8, 29, 57)},
		{"or today", at(28, 7, 0, 0), time.Time{}, at(28, 8, 29, 57)},
		{"not again what is about to come", at(28, 8, 29, 58), at(28, 8, 30, 0), at(29, 8, 29, 57)},
		{"a chat's own time", at(28, 9, 41, 0), at(28, 18, 0, 0), at(28, 17, 59, 57)},
		{"a due time long past", at(28, 9, 41, 0), at(1, 8, 30, 0), at(29, 8, 29, 57)},
	} {
		w := &world{clock: newClock(tt.now), zone: z}
		if got := w.morning(tt.due); !got.Equal(tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got.In(z), tt.want)
		}
	}
}
