package outbox_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"tagwire/internal/emulator"
	"tagwire/internal/outbox"
	"tagwire/internal/render"
	"tagwire/internal/tagwire"
	"tagwire/internal/telegram"
	"tagwire/store"
	"tagwire/store/storetest"
)

const rateToken = "77:rate-token_rate-token_rate-token_rate"

// At the strict Telegram, which answers each excess with 429: five articles go
// to every chat while people ask for things. The ceiling is used, never met,
// and nobody waits for an answer.
func TestRun_usesTelegramsCeilingAndNeverMeetsIt(t *testing.T) {
	t.Parallel()
	for _, answer := range []time.Duration{50 * time.Millisecond, 200 * time.Millisecond} {
		t.Run(answer.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { broadcast(t, answer, rateChats, 5) })
		})
	}
}

// broadcast publishes articles to chats, a third of them private, and audits
// the emulator's ledger.
func broadcast(t *testing.T, answer time.Duration, chats, articles int) {
	const perSecond = 25
	tg := emulator.NewTelegram(emulator.Options{Keep: 2 * chats * articles})
	defer tg.Close()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(tg.AddBot(emulator.Bot{Token: rateToken, ID: 77, Username: "rate_bot", Name: "Rate"}))
	db, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "rate.db"))
	must(err)
	defer db.Close()
	source := storetest.Source(t, db, "news")
	var places []tagwire.ChatID
	var changes []tagwire.Change
	for i := range int64(chats) {
		user, chat := 1000+i, 1000+i
		must(tg.AddUser(emulator.User{ID: user, FirstName: "P"}))
		if i%3 == 0 {
			_, err := tg.Start(user, 77, "")
			must(err)
		} else {
			chat = -1_001_000_000_000 - i
			must(tg.AddChat(emulator.Chat{ID: chat, Type: "supergroup", Title: "G", Creator: user}))
			must(tg.Add(user, 77, chat))
		}
		c := storetest.Chat(tagwire.ChatID(chat))
		c.Mode = tagwire.ModeInstant
		changes = append(changes, tagwire.SeeChat{Chat: c}, tagwire.Subscribe{Dest: tagwire.Dest{Chat: c.ID}, Tags: []tagwire.TagSlug{"copper"}})
		places = append(places, c.ID)
	}
	storetest.Apply(t, db, 1, changes...)
	for i := range articles {
		storetest.Publish(t, db, source, storetest.Article(fmt.Sprint("a", i), "copper"))
	}
	storetest.FanOut(t, db, 500)
	tg.Inject(emulator.Fault{Method: "sendMessage", Kind: emulator.FaultDelay, Delay: answer, Count: -1})
	gateway, err := telegram.New(telegram.Options{Token: rateToken, Endpoint: "http://telegram.example", Transport: emulator.Transport(tg)})
	must(err)
	box := outbox.New(outbox.Options{
		Store: db, Gateway: gateway, Pace: telegram.NewPace(perSecond), Rate: perSecond, Render: render.New(nil),
		Now: time.Now, Log: slog.New(slog.DiscardHandler), Metrics: metrics.NewSet(),
	})
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- box.Run(ctx) }()

	asked := map[string]time.Time{}
	posts := time.Duration(chats*articles) * time.Second / perSecond
	for began, n := time.Now(), 0; time.Since(began) < posts; n++ {
		text := fmt.Sprintf("answer %d.", n)
		to := places[n*37%len(places)]
		_, err := db.ApplyUpdate(context.Background(), time.Now(), int64(1_000_000+n), nil,
			[]tagwire.Reply{{Dest: tagwire.Dest{Chat: to}, Message: tagwire.Message{HTML: tagwire.HTML(text)}}})
		must(err)
		asked[text] = time.Now()
		box.Wake()
		time.Sleep(1700 * time.Millisecond)
	}
	time.Sleep(2 * time.Minute)
	synctest.Wait()
	stop()
	must(<-done)

	calls := tg.Ledger("sendMessage")
	if want := chats*articles + len(asked); len(calls) != want {
		t.Errorf("%d calls, want one for each of %d messages", len(calls), want)
	}
	var waits []time.Duration
	for _, c := range calls {
		if !c.OK || c.Flood {
			t.Fatalf("a message was refused: %d %s", c.Code, c.Description)
		}
		if at, ok := asked[strings.TrimSpace(c.Text)]; ok {
			waits = append(waits, c.At.Sub(at))
		}
	}
	slices.Sort(waits)
	// At the end the last chats wait for their own pace, whatever the rest.
	most := len(calls) * 95 / 100
	used := float64(most) / calls[most].At.Sub(calls[0].At).Seconds() / perSecond
	p99 := waits[len(waits)*99/100]
	t.Logf("answers after %v: %d messages at %.1f %% of the rate, replies after %v (p99)", answer, len(calls), 100*used, p99)
	if used < 0.97 {
		t.Errorf("%.1f %% of the rate were used, want 97", 100*used)
	}
	if p99 > time.Second {
		t.Errorf("replies waited %v (p99), want at most a second", p99)
	}
}
