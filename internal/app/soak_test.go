package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tagwire/internal/app"
	"tagwire/internal/catalogue"
	"tagwire/internal/config"
	"tagwire/internal/emulator"
	"tagwire/internal/schedule"
	"tagwire/internal/tagwire"
	"tagwire/store/storetest"
)

// Hours of news in a bad world: some calls in a hundred go wrong, of Telegram
// and of the sources alike, in every way there is, and the program is restarted
// each hour. In the end everybody has everything they subscribed to. That no
// goroutine is left behind the bubble sees by itself.
func TestSoak(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSoak(t)
		defer s.tg.Close()
		s.run(time.Hour, 0) // the sources' baselines
		var first, last runtime.MemStats
		for hour := range soakHours {
			s.run(time.Hour, soakArticles)
			runtime.GC()
			runtime.ReadMemStats(&last)
			if hour == 0 {
				first = last
			}
		}
		s.heal()
		s.run(30*time.Hour, 0) // a morning in every zone, and one more without news in Berlin
		t.Logf("heap after the first hour %d KiB, after the last %d KiB, with the emulator's memory of all calls", first.HeapAlloc>>10, last.HeapAlloc>>10)
		s.audit()
	})
}

type soak struct {
	t         *testing.T
	tg        *emulator.Telegram
	site      *soakSite
	chance    *rand.Rand
	path      string
	catalogue *catalogue.Catalogue
	chats     []tagwire.Chat
	subjects  map[tagwire.ChatID]string
	published map[string]bool // titles
	asked     map[tagwire.ChatID]int
	heal      func()
}

func newSoak(t *testing.T) *soak {
	chance := rand.New(rand.NewPCG(3, 9))
	s := &soak{
		t: t, chance: chance,
		tg:   emulator.NewTelegram(emulator.Options{Keep: 1 << 20}),
		site: &soakSite{chance: rand.New(rand.NewPCG(1, 8)), feeds: map[string][]string{}},
		path: filepath.Join(t.TempDir(), "soak.db"), subjects: map[tagwire.ChatID]string{},
		published: map[string]bool{}, asked: map[tagwire.ChatID]int{},
	}
	s.must(s.tg.AddBot(emulator.Bot{Token: stageToken, ID: botID, Username: "tagwire_bot", Name: "tagwire"}))
	builtin, err := catalogue.Builtin(schedule.Check)
	s.must(err)
	var b strings.Builder
	b.WriteString("language: en\ntimezone: Asia/Shanghai\nsources:\n")
	for i := range soakSources {
		fmt.Fprintf(&b, "  - {slug: s%d, name: Source %d, kind: feed, url: 'https://s%d.example/feed', schedule: '@every 10m'}\n", i, i, i)
	}
	s.catalogue, err = catalogue.Parse("soak.yaml", []byte(b.String()), schedule.Check)
	s.must(err)
	s.catalogue.Tags = builtin.Tags
	s.settleIn()
	s.heal = s.spoil()
	return s
}

func (s *soak) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func soakSubjects() []string { return []string{"Copper", "Lithium", "Tungsten", "Nickel"} }

// settleIn opens the chats, private ones and groups, each on one subject, in
// one of three zones and modes.
func (s *soak) settleIn() {
	zones := []string{"Asia/Shanghai", "Europe/Berlin", "America/New_York"}
	modes := []tagwire.Mode{tagwire.ModeInstant, tagwire.ModeDigest, tagwire.ModeBoth}
	var changes []tagwire.Change
	for i := range soakChats {
		user := int64(1000 + i)
		chat := tagwire.ChatID(user)
		s.must(s.tg.AddUser(emulator.User{ID: user, FirstName: "P", LanguageCode: "en"}))
		if i%2 == 0 {
			_, err := s.tg.Start(user, botID, "")
			s.must(err)
		} else {
			chat = tagwire.ChatID(-1_001_000_000_000 - i)
			s.must(s.tg.AddChat(emulator.Chat{ID: int64(chat), Type: "supergroup", Title: "G", Creator: user}))
			s.must(s.tg.Add(user, botID, int64(chat)))
		}
		c := storetest.Chat(chat)
		c.Zone, c.Mode, c.NextDigest = zones[i%3], modes[i/2%3], time.Time{}
		if c.Mode.Digest() {
			zone, err := time.LoadLocation(c.Zone)
			s.must(err)
			c.NextDigest, _ = c.Rhythm.Next(time.Now(), zone)
		}
		subject := soakSubjects()[i%4]
		s.chats, s.subjects[chat] = append(s.chats, c), subject
		changes = append(changes, tagwire.SeeChat{Chat: c},
			tagwire.Subscribe{Dest: tagwire.Dest{Chat: chat}, Tags: []tagwire.TagSlug{tagwire.TagSlug(strings.ToLower(subject))}})
	}
	db := storetest.OpenFile(s.t, s.path)
	storetest.Apply(s.t, db, 1, changes...)
	s.must(db.Close())
}

// spoil makes some calls go wrong; what it returns mends the world.
func (s *soak) spoil() (heal func()) {
	faults := []emulator.Fault{
		{Kind: emulator.FaultAnswer, Code: 500, Description: "Internal Server Error: restart"},
		{Kind: emulator.FaultAnswer, Code: 429, Description: "Too Many Requests: retry after 3", Parameters: map[string]any{"retry_after": 3}},
		{Kind: emulator.FaultHTML},
		{Kind: emulator.FaultEmpty},
		{Kind: emulator.FaultReset},
		{Kind: emulator.FaultReset, After: true},
		{Kind: emulator.FaultRefused},
		{Kind: emulator.FaultTruncate},
		{Kind: emulator.FaultDelay, Delay: 40 * time.Second},
		{Kind: emulator.FaultDelay, Delay: 3 * time.Second, After: true},
	}
	var heals []func()
	for _, f := range faults {
		f.Count, f.Probability = -1, soakFaults/float64(len(faults))
		heals = append(heals, s.tg.Inject(f))
	}
	s.site.spoiled = true
	return func() {
		for _, h := range heals {
			h()
		}
		s.site.mu.Lock()
		defer s.site.mu.Unlock()
		s.site.spoiled = false
	}
}

// run runs the program from its start to its stop for a time in which so many
// articles appear and somebody asks for something.
func (s *soak) run(long time.Duration, articles int) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	a, err := app.New(ctx, app.Options{
		Config:    config.Config{Token: stageToken, APIURL: "http://telegram.example", DatabasePath: s.path, SendRate: 25},
		Catalogue: s.catalogue,
		Telegram:  emulator.Transport(s.tg),
		Web:       emulator.Transport(s.site),
		Log:       slog.New(slog.DiscardHandler),
	})
	s.must(err)
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	for range articles {
		time.Sleep(long / time.Duration(articles+1))
		title := fmt.Sprintf("%s report number %d", soakSubjects()[s.chance.IntN(4)], len(s.published))
		s.published[title] = true
		s.site.publish(fmt.Sprintf("s%d.example", s.chance.IntN(soakSources)), title)
		if c := s.chats[s.chance.IntN(len(s.chats))]; c.Type == tagwire.Private && s.asked[c.ID] < 5 {
			_, err := s.tg.Say(int64(c.ID), int64(c.ID), "/list")
			s.must(err)
			s.asked[c.ID]++
		}
	}
	time.Sleep(long / time.Duration(articles+1))
	cancel()
	s.must(<-done)
}

var reportNumber = regexp.MustCompile(`\w+ report number \d+`)

// audit compares what everybody got with what was published.
func (s *soak) audit() {
	twice, ambiguous := 0, 0
	for _, call := range s.tg.Ledger("sendMessage") {
		if call.Fault != "" && call.Effect {
			ambiguous++
		}
	}
	for _, c := range s.chats {
		wanted := 0
		posts, inDigests, days := map[string]int{}, map[string]bool{}, map[string]string{}
		more, answers := 0, 0
		zone, err := time.LoadLocation(c.Zone)
		s.must(err)
		seen := map[string]bool{}
		for _, m := range s.tg.Transcript(int64(c.ID)) {
			titles := reportNumber.FindAllString(m.Text, -1)
			switch {
			case m.By != botID:
			case strings.Contains(m.Text, "News digest"):
				if seen[m.Text] {
					twice++
					continue
				}
				seen[m.Text] = true
				for _, title := range titles {
					if inDigests[title] {
						s.t.Errorf("chat %d: %q is in two digests", c.ID, title)
					}
					inDigests[title] = true
				}
				for _, n := range andMore.FindAllStringSubmatch(m.Text, -1) {
					left, err := strconv.Atoi(n[1])
					s.must(err)
					more += left
				}
				day := m.Date.In(zone).Format(time.DateOnly)
				if !strings.Contains(m.Text, "part ") || strings.Contains(m.Text, "part 1") {
					if days[day] != "" {
						s.t.Errorf("chat %d: two digests on %s:\n%s\n%s", c.ID, day, days[day], m.Text)
					}
					days[day] = m.Text
				}
			case len(titles) == 1:
				posts[titles[0]]++
			default:
				answers++
			}
		}
		for title := range s.published {
			if !strings.HasPrefix(title, s.subjects[c.ID]) {
				continue
			}
			wanted++
			if c.Mode.Instant() && posts[title] == 0 {
				s.t.Errorf("chat %d: %q was lost", c.ID, title)
			}
			twice += max(0, posts[title]-1)
		}
		if c.Mode.Instant() && len(posts) != wanted {
			s.t.Errorf("chat %d: posts of %d articles, want %d", c.ID, len(posts), wanted)
		}
		if c.Mode.Digest() && len(inDigests)+more != wanted {
			s.t.Errorf("chat %d: digests list %d articles and count %d more, want %d in all", c.ID, len(inDigests), more, wanted)
		}
		if answers < s.asked[c.ID] {
			s.t.Errorf("chat %d: %d answers to %d questions", c.ID, answers, s.asked[c.ID])
		}
	}
	if twice > ambiguous {
		s.t.Errorf("%d messages came twice, but only %d answers were lost", twice, ambiguous)
	}
	s.t.Logf("%d articles, %d chats, %d calls; %d answers lost, %d messages twice", len(s.published), len(s.chats), len(s.tg.Ledger("sendMessage")), ambiguous, twice)
}

// soakSite is all the news sites: a feed for each host.
type soakSite struct {
	mu      sync.Mutex
	chance  *rand.Rand
	spoiled bool
	feeds   map[string][]string // host -> items, newest first
	items   int
}

func (s *soakSite) publish(host, title string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items++
	item := fmt.Sprintf(`<item><title>%s</title><link>https://%s/a/%d</link><guid>%d</guid><pubDate>%s</pubDate><description>The market was calm.</description></item>`,
		title, host, s.items, s.items, time.Now().UTC().Format(time.RFC1123Z))
	s.feeds[host] = append([]string{item}, s.feeds[host]...)
}

func (s *soakSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/feed" {
		http.NotFound(w, r)
		return
	}
	s.mu.Lock()
	feed := `<rss version="2.0"><channel><title>T</title>` + strings.Join(s.feeds[r.Host], "") + `</channel></rss>`
	fault := -1
	if s.spoiled && s.chance.Float64() < soakFaults {
		fault = s.chance.IntN(6)
	}
	s.mu.Unlock()
	switch fault {
	case 0:
		http.Error(w, "down", http.StatusInternalServerError)
	case 1:
		panic(http.ErrAbortHandler)
	case 2:
		fmt.Fprint(w, feed[:len(feed)/2])
		panic(http.ErrAbortHandler)
	case 3:
		fmt.Fprint(w, "<html><body>We are being renovated</body></html>")
	case 4:
		w.WriteHeader(http.StatusOK)
	case 5:
		w.Header().Set("Retry-After", "60")
		w.WriteHeader(http.StatusTooManyRequests)
	default:
		w.Header().Set("Content-Type", "application/rss+xml")
		fmt.Fprint(w, feed)
	}
}
