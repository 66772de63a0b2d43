package app_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tagwire/internal/app"
	"tagwire/internal/catalogue"
	"tagwire/internal/config"
	"tagwire/internal/emulator"
	"tagwire/internal/schedule"
)

// The people and places of every scenario.
const (
	stageToken = "77:stage-token_stage-token_stage-token"
	botID      = 77

	anna = 1 // owns every chat
	ben  = 2 // plain member of the groups
	chen = 3 // in no group; his Telegram is in Chinese

	group   = -500
	forum   = -1001000000001
	channel = -1001000000002
)

func people() map[string]int64 {
	return map[string]int64{"anna": anna, "ben": ben, "chen": chen, "bot": botID}
}

// stage is the world of a scenario with the program in it.
type stage struct {
	t       *testing.T
	tg      *emulator.Telegram
	web     *emulator.Web
	path    string        // of the database
	every   time.Duration // between polls of a source
	log     *strings.Builder
	program *app.App
	cancel  context.CancelFunc // nil while the program is down
	done    chan error
	places  map[string]int64
	topics  map[string]int
	read    map[string]bool   // events of the bot that the script has asked for
	last    *emulator.Message // the last of them
	answer  emulator.Answer   // to the last press
	ahead   atomic.Int64      // of the world's clock, in nanoseconds: the program's
}

// newStage opens the world and starts the program in it.
func newStage(t *testing.T, every time.Duration) *stage {
	t.Helper()
	s := &stage{
		t:      t,
		every:  every,
		tg:     emulator.NewTelegram(emulator.Options{}),
		web:    emulator.NewWeb(emulator.WebOptions{Backlog: 2}),
		path:   filepath.Join(t.TempDir(), "tagwire.db"),
		log:    &strings.Builder{},
		places: map[string]int64{"group": group, "forum": forum, "channel": channel, "anna": anna, "ben": ben, "chen": chen},
		topics: map[string]int{},
		read:   map[string]bool{},
	}
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.tg.AddBot(emulator.Bot{Token: stageToken, ID: botID, Username: "tagwire_bot", Name: "tagwire"}))
	for _, u := range []emulator.User{
		{ID: anna, FirstName: "Anna", LanguageCode: "en"}, {ID: ben, FirstName: "Ben", LanguageCode: "en"},
		{ID: chen, FirstName: "Chen", LanguageCode: "zh-hans"},
	} {
		must(s.tg.AddUser(u))
	}
	for _, c := range []emulator.Chat{
		{ID: group, Type: "group", Title: "Copper desk", Creator: anna},
		{ID: forum, Type: "supergroup", Title: "Rare Earths Forum", Forum: true, Creator: anna},
		{ID: channel, Type: "channel", Title: "Metals Daily", Creator: anna},
	} {
		must(s.tg.AddChat(c))
	}
	must(s.tg.Add(anna, ben, group))
	must(s.tg.Add(anna, ben, forum))
	for _, name := range []string{"copper", "magnets"} {
		thread, err := s.tg.AddTopic(anna, forum, name)
		must(err)
		s.topics["forum/"+name] = thread
	}
	must(s.start())
	return s
}

// stageCatalogue is the built-in taxonomy over the emulated sites.
func stageCatalogue(web *emulator.Web, every time.Duration) (*catalogue.Catalogue, error) {
	builtin, err := catalogue.Builtin(schedule.Check)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString("language: en\ntimezone: Asia/Shanghai\nsources:\n")
	for _, site := range web.Sites() {
		kind := "feed"
		if site.Kind == "page" {
			kind = "page"
		}
		fmt.Fprintf(&b, "  - {slug: %s, name: %q, kind: %s, url: %q, schedule: '@every %s', timezone: Asia/Shanghai, language: %s", site.Key, site.Name, kind, site.Source, every, site.Language)
		if kind == "page" {
			b.WriteString(`, list: {item: ".news-list li", link: a, title: a, date: ".time", summary: ".dek"},
     article: {title: h1.headline, date: ".dateline .date", body: ".content", tags: ".tags a", category: ".breadcrumb .section"}, id_pattern: 'newscontent/(\d+)'`)
		}
		b.WriteString("}\n")
	}
	c, err := catalogue.Parse("stage.yaml", []byte(b.String()), schedule.Check)
	if err != nil {
		return nil, err
	}
	c.Tags = builtin.Tags
	return c, nil
}

// start starts the program on the stage's database.
func (s *stage) start() error {
	c, err := stageCatalogue(s.web, s.every)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	a, err := app.New(ctx, app.Options{
		Config:    config.Config{Token: stageToken, APIURL: "http://telegram.example", DatabasePath: s.path, SendRate: 25, AllowPrivate: true, Operators: []int64{anna}},
		Catalogue: c,
		Telegram:  emulator.Transport(s.tg),
		Web:       emulator.Transport(s.web),
		Now:       func() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) },
		Log:       slog.New(slog.NewTextHandler(&locked{w: s.log}, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		cancel()
		return err
	}
	s.program = a
	s.cancel, s.done = cancel, make(chan error, 1)
	go func() { s.done <- a.Run(ctx) }()
	s.settle()
	return nil
}

// stop ends the program as a signal would.
func (s *stage) stop() error {
	if s.cancel == nil {
		return nil
	}
	s.cancel()
	s.cancel = nil
	return <-s.done
}

func (s *stage) close() {
	if err := s.stop(); err != nil {
		s.t.Error("the program ended with:", err)
	}
	s.tg.Close()
	if s.t.Failed() {
		s.t.Log(s.log.String())
	}
}

// settle lets the program finish what it has to do now.
func (s *stage) settle() {
	time.Sleep(3 * time.Second)
	synctest.Wait()
}

// place is a chat and thread by name: group, forum, forum/copper, channel, or a
// person for the private chat with them.
func (s *stage) place(name string) (chat int64, thread int, err error) {
	base, _, _ := strings.Cut(name, "/")
	chat, ok := s.places[base]
	if !ok {
		return 0, 0, fmt.Errorf("no place %q", name)
	}
	if base != name {
		if thread, ok = s.topics[name]; !ok {
			return 0, 0, fmt.Errorf("no topic %q", name)
		}
	}
	return chat, thread, nil
}

// event names a state of a message, so that an edit is something new to read.
func event(m emulator.Message) string {
	return fmt.Sprint(m.Chat, " ", m.ID, " ", m.Edited.UnixNano())
}

// news are the bot's messages in a place that the script has not asked for, in
// the order in which they were sent or edited.
func (s *stage) news(chat int64, thread int) []emulator.Message {
	var out []emulator.Message
	for _, m := range s.tg.Transcript(chat) {
		if m.By == botID && m.Service == nil && m.Thread == thread && !s.read[event(m)] {
			out = append(out, m)
		}
	}
	at := func(m emulator.Message) time.Time {
		if m.Edited.IsZero() {
			return m.Date
		}
		return m.Edited
	}
	slices.SortStableFunc(out, func(a, b emulator.Message) int { return cmp.Or(at(a).Compare(at(b)), a.ID-b.ID) })
	return out
}

// show writes a message as people see it.
func show(m emulator.Message) string {
	var b strings.Builder
	b.WriteString(m.Text)
	for _, row := range m.Keyboard {
		b.WriteString("\n")
		for _, button := range row {
			b.WriteString("[" + button.Text + "] ")
		}
	}
	return b.String()
}

// unread is all that the bot said and the script did not ask for.
func (s *stage) unread() string {
	var b strings.Builder
	for _, name := range append(sortedKeys(s.places), sortedKeys(s.topics)...) {
		chat, thread, err := s.place(name)
		if err != nil {
			continue
		}
		for _, m := range s.news(chat, thread) {
			fmt.Fprintf(&b, "--- %s\n%s\n", name, show(m))
		}
	}
	return b.String()
}

func sortedKeys[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// audit is what must hold at the end of every scenario: nothing was said that
// the script did not ask for, and Telegram had nothing to object to but what
// the script brought about.
func (s *stage) audit() error {
	s.settle()
	if rest := s.unread(); rest != "" {
		return errors.New("the bot said more than the scenario asks for")
	}
	for _, c := range s.tg.Ledger() {
		switch {
		case len(c.Unknown) > 0:
			return fmt.Errorf("%s was called with parameters it does not have: %v", c.Method, c.Unknown)
		case c.Flood:
			return fmt.Errorf("%s came too fast: %s", c.Method, c.Description)
		case c.Done && !c.OK && c.Fault == "" && (c.Code == 401 || strings.Contains(c.Description, "parse entities") || strings.Contains(c.Description, "too long") || strings.Contains(c.Description, "BUTTON")):
			return fmt.Errorf("%s was refused: %d %s\n%s", c.Method, c.Code, c.Description, c.Text)
		}
	}
	return nil
}
