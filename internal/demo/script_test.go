package demo

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"

	"tagwire/internal/emulator"
)

func TestScript_tellsTheWholeStory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		if err := Script(t.Context(), Options{Out: &out, Log: slog.New(slog.DiscardHandler)}); err != nil {
			t.Fatalf("%v\n%s", err, out.String())
		}
		text := out.String()
		at := 0
		for _, part := range []string{
			"Metals Circle › General", "│ Hello!", "[",
			"Metals Circle › Rare earths", "Anna Weiss", "│ /subscribe rare-earths", "Rare earths",
			"harbour-metals.example", "Tags: Rare earths, industrial development, functional materials",
			"│ Harbour Metals · Tue 28 Jul, 09:41", "#rare_earths",
			"Metals Morning",
			"Ben Okafor", "│ /unsubscribe rare-earths", "admins", "Ben Okafor presses [", "admins",
			"陈丽", "│ 你好", "│ /subscribe 稀土 铜", "qingshi.example", "#稀土",
			"│ /settings", "[Digest",
			"lantern-metals.example", "Larkspur",
			"Wed 29 Jul, 08:30", "digest", "• Larkspur", "• Beiliang",
			"tagwire demo",
		} {
			i := strings.Index(text[at:], part)
			if i < 0 {
				t.Fatalf("no %q after byte %d of\n%s", part, at, text)
			}
			at += i
		}
		if strings.Contains(text, "\x1b") {
			t.Error("colours in what is no terminal")
		}
		for line := range strings.Lines(text) {
			if n := cells(strings.TrimRight(line, "\n")); n > columns {
				t.Errorf("%d columns: %q", n, line)
			}
		}
	})
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestScript_failures(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		quiet := slog.New(slog.DiscardHandler)
		if err := Script(t.Context(), Options{Out: fullDisk{}, Log: quiet}); err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("nowhere to write: %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		var out strings.Builder
		if err := Script(ctx, Options{Out: &out, Log: quiet}); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
	})
}

func TestWrap(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		columns    int
		want       string
	}{
		{"short", "a line", 20, "a line"},
		{"at blanks", "copper and nickel and zinc", 11, "copper and |nickel and |zinc"},
		{"own line breaks", "a\n\nb", 20, "a||b"},
		{"one long word", "abcdefghij", 4, "abcd|efgh|ij"},
		{"Chinese anywhere", "氧化镨钕报价", 8, "氧化镨钕|报价"},
		{"a mixture", "PrNd 氧化镨钕", 8, "PrNd 氧|化镨钕"},
		{"nothing", "", 5, ""},
	} {
		var lines []string
		p := &painter{}
		for _, l := range wrap(plain(tt.text), tt.columns) {
			s := p.paint(l, 0)
			if n := cells(strings.TrimRight(s, " ")); n > tt.columns {
				t.Errorf("%s: %d columns in %q", tt.name, n, s)
			}
			lines = append(lines, s)
		}
		if got := strings.Join(lines, "|"); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestPainter_looksFollowTheEntities(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	p := &painter{out: &out, colour: true}
	p.message("tagwire", emulator.Message{
		// Offsets count UTF-16 units: the emoji is two.
		Text:     "😀 bold & #tag",
		Entities: []emulator.Entity{{Type: "bold", Offset: 3, Length: 4}, {Type: "hashtag", Offset: 10, Length: 4}, {Type: "bold", Offset: 90, Length: 5}},
		Keyboard: [][]emulator.Button{{{Text: "Yes", Data: "1"}, {Text: "No", Data: "2"}}},
	}, true)
	text := out.String()
	for _, part := range []string{"\x1b[1mbold\x1b[0m", "\x1b[34m#tag\x1b[0m", "\x1b[7m[Yes]\x1b[0m \x1b[7m[No]\x1b[0m"} {
		if !strings.Contains(text, part) {
			t.Errorf("no %q in %q", part, text)
		}
	}
	if strip(text) != "\n  tagwire\n  │ 😀 bold & #tag\n  │ [Yes] [No]\n" {
		t.Errorf("without colours: %q", strip(text))
	}
}
