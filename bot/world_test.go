package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tagwire/internal/render/rendertest"
	"tagwire/internal/tagwire"
	"tagwire/internal/taxonomy"
	"tagwire/internal/telegram"
)

// fakeStore is the store in memory: as much of it as the bot can see.
type fakeStore struct {
	mu       sync.Mutex
	chats    map[tagwire.ChatID]tagwire.Chat
	subs     map[tagwire.Dest][]tagwire.TagSlug
	topics   map[tagwire.Dest]string
	pending  map[tagwire.Dest][]tagwire.Article
	articles []tagwire.Article      // newest first
	dead     []tagwire.DeadDelivery // newest first
	updates  map[int64]bool
	fail     error // of every call

	calls   int // of ApplyUpdate
	changes []tagwire.Change
	replies []tagwire.Reply
}

func newStore() *fakeStore {
	return &fakeStore{
		chats: map[tagwire.ChatID]tagwire.Chat{}, subs: map[tagwire.Dest][]tagwire.TagSlug{},
		topics: map[tagwire.Dest]string{}, pending: map[tagwire.Dest][]tagwire.Article{}, updates: map[int64]bool{},
	}
}

func (s *fakeStore) Chat(_ context.Context, id tagwire.ChatID) (tagwire.Chat, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.chats[id]
	if !ok && s.fail == nil {
		return c, fmt.Errorf("chat: %w", tagwire.ErrNotFound)
	}
	return c, s.fail
}

func (s *fakeStore) Subscriptions(_ context.Context, d tagwire.Dest) ([]tagwire.TagSlug, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.subs[d]), s.fail
}

func (s *fakeStore) ChatSubscriptions(_ context.Context, chat tagwire.ChatID) (map[tagwire.ThreadID][]tagwire.TagSlug, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[tagwire.ThreadID][]tagwire.TagSlug{}
	for d, tags := range s.subs {
		if d.Chat == chat && len(tags) > 0 {
			out[d.Thread] = slices.Clone(tags)
		}
	}
	return out, s.fail
}

func (s *fakeStore) Topics(_ context.Context, chat tagwire.ChatID) (map[tagwire.ThreadID]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[tagwire.ThreadID]string{}
	for d, name := range s.topics {
		if d.Chat == chat {
			out[d.Thread] = name
		}
	}
	return out, s.fail
}

func (s *fakeStore) Latest(_ context.Context, tag tagwire.TagSlug, n int) ([]tagwire.Article, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []tagwire.Article
	for _, a := range s.articles {
		if (tag == "" || a.Has(tag)) && len(out) < n {
			out = append(out, a)
		}
	}
	return out, s.fail
}

func (s *fakeStore) TagCounts(_ context.Context, since time.Time) (map[tagwire.TagSlug]int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[tagwire.TagSlug]int{}
	for _, a := range s.articles {
		for _, m := range a.Tags {
			if a.At().After(since) {
				out[m.Tag]++
			}
		}
	}
	return out, s.fail
}

func (s *fakeStore) PendingDigest(_ context.Context, d tagwire.Dest) ([]tagwire.Article, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.pending[d]), s.fail
}

func (s *fakeStore) DeadDeliveries(_ context.Context, limit int) ([]tagwire.DeadDelivery, int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.dead[:min(limit, len(s.dead))]), len(s.dead), s.fail
}

func (s *fakeStore) ApplyUpdate(_ context.Context, _ time.Time, id int64, changes []tagwire.Change, replies []tagwire.Reply) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	if s.fail != nil || s.updates[id] {
		return false, s.fail
	}
	s.updates[id] = true
	s.changes = append(s.changes, changes...)
	s.replies = append(s.replies, replies...)
	for _, c := range changes {
		s.apply(c)
	}
	return true, nil
}

func (s *fakeStore) apply(c tagwire.Change) {
	switch c := c.(type) {
	case tagwire.SeeChat:
		old, ok := s.chats[c.Chat.ID]
		if ok {
			old.Type, old.Title = c.Chat.Type, c.Chat.Title
			c.Chat = old
		}
		s.chats[c.Chat.ID] = c.Chat
	case tagwire.SeeTopic:
		s.topics[c.Dest] = c.Name
	case tagwire.Subscribe:
		s.subs[c.Dest] = append(s.subs[c.Dest], c.Tags...)
	case tagwire.Unsubscribe:
		s.subs[c.Dest] = slices.DeleteFunc(s.subs[c.Dest], func(t tagwire.TagSlug) bool { return slices.Contains(c.Tags, t) })
	case tagwire.SetLanguage:
		s.edit(c.Chat, func(chat *tagwire.Chat) { chat.Language = c.Language })
	case tagwire.SetTiming:
		s.edit(c.Chat, func(chat *tagwire.Chat) {
			chat.Mode, chat.Rhythm, chat.Zone, chat.NextDigest = c.Mode, c.Rhythm, c.Zone, c.NextDigest
		})
	case tagwire.Suspend:
		s.edit(c.Chat, func(chat *tagwire.Chat) { chat.Suspended = c.Reason })
	case tagwire.Resume:
		s.edit(c.Dest.Chat, func(chat *tagwire.Chat) { chat.Suspended = "" })
	case tagwire.Migrate:
		if chat, ok := s.chats[c.From]; ok {
			chat.ID = c.To
			s.chats[c.To] = chat
			delete(s.chats, c.From)
		}
		for d, tags := range s.subs {
			if d.Chat == c.From {
				delete(s.subs, d)
				s.subs[tagwire.Dest{Chat: c.To, Thread: d.Thread}] = tags
			}
		}
	case tagwire.PlanDigest:
		delete(s.pending, c.Dest)
	case tagwire.Requeue:
		s.dead = slices.DeleteFunc(s.dead, func(d tagwire.DeadDelivery) bool { return d.ID == c.Delivery || !d.At.After(c.Through) })
	}
}

func (s *fakeStore) edit(id tagwire.ChatID, f func(*tagwire.Chat)) {
	if chat, ok := s.chats[id]; ok {
		f(&chat)
		s.chats[id] = chat
	}
}

// fakeGateway knows who administers what and keeps the answers to presses.
type fakeGateway struct {
	admins  map[tagwire.ChatID][]int64
	fail    error
	asked   int
	answers []pressAnswer
}

type pressAnswer struct {
	id, text string
	alert    bool
}

func (g *fakeGateway) IsAdmin(_ context.Context, chat tagwire.ChatID, user int64) (bool, error) {
	g.asked++
	return slices.Contains(g.admins[chat], user) && g.fail == nil, g.fail
}

func (g *fakeGateway) AnswerCallback(_ context.Context, id, text string, alert bool) error {
	g.answers = append(g.answers, pressAnswer{id, text, alert})
	return nil
}

// The people and places of the tests. Anna administers the group, the forum and
// the channel; Bob is a member.
const (
	anna, bob, operator      int64          = 1001, 1002, 1003
	room                     tagwire.ChatID = -100200
	forum                    tagwire.ChatID = -100300
	channel                  tagwire.ChatID = -100400
	marketsTopic, otherTopic                = tagwire.ThreadID(7), tagwire.ThreadID(9)
	ourName                                 = "tagwire_bot"
)

var errBroken = errors.New("broken")

// world is a bot with its surroundings, and what was said so far.
type world struct {
	t        *testing.T
	bot      *Bot
	store    *fakeStore
	gateway  *fakeGateway
	now      time.Time
	language string // of people's apps
	update   int64
	message  int
	wakes    int

	seen     int // replies and changes looked at so far
	changed  int
	answered int
	screen   map[tagwire.Dest]map[int]tagwire.Message
	out      strings.Builder
}

func newWorld(t *testing.T) *world {
	t.Helper()
	tags, err := taxonomy.New(sampleTags())
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		t: t, store: newStore(), language: "en", message: 100,
		// A Tuesday, 10:00 in Shanghai.
		now:     time.Date(2020, 7, 28, 2, 0, 0, 0, time.UTC),
		gateway: &fakeGateway{admins: map[tagwire.ChatID][]int64{room: {anna}, forum: {anna}, channel: {anna}}},
		screen:  map[tagwire.Dest]map[int]tagwire.Message{},
	}
	w.bot = New(Options{
		Store: w.store, Gateway: w.gateway, Taxonomy: tags,
		Me:        telegram.Me{ID: 42, Username: ourName, Name: "Tagwire"},
		Defaults:  Defaults{Language: "en", Zone: "Asia/Shanghai"},
		Operators: []int64{operator},
		Now:       func() time.Time { return w.now },
		Wake:      func() { w.wakes++ },
	})
	w.store.articles = sampleArticles(w.now)
	return w
}

func chatOf(id tagwire.ChatID) telegram.Chat {
	switch id {
	case room:
		return telegram.Chat{ID: id, Type: tagwire.Group, Title: "Metal people"}
	case forum:
		return telegram.Chat{ID: id, Type: tagwire.Supergroup, Title: "Metal forum", Forum: true}
	case channel:
		return telegram.Chat{ID: id, Type: tagwire.Channel, Title: "Metal channel"}
	}
	return telegram.Chat{ID: id, Type: tagwire.Private, Title: nameOf(int64(id))}
}

func nameOf(id int64) string {
	switch id {
	case anna:
		return "Anna"
	case bob:
		return "Bob"
	}
	return "Somebody"
}

func (w *world) person(id int64) *telegram.User {
	return &telegram.User{ID: id, Name: nameOf(id), Language: w.language}
}

func (w *world) nextUpdate() int64 {
	w.update++
	w.now = w.now.Add(7 * time.Second) // slower than any limit
	return w.update
}

// typedUpdate is someone's message at a place.
func (w *world) typedUpdate(who int64, at tagwire.Dest, text string) telegram.Update {
	w.message++
	m := &telegram.Message{ID: w.message, Date: w.now, Chat: chatOf(at.Chat), Thread: at.Thread, From: w.person(who), Text: text}
	if at.Chat == channel {
		m.From = nil
		return telegram.Update{ID: w.nextUpdate(), ChannelPost: m}
	}
	return telegram.Update{ID: w.nextUpdate(), Message: m}
}

func (w *world) pressedUpdate(who int64, at tagwire.Dest, message int, data string) telegram.Update {
	id := w.nextUpdate()
	return telegram.Update{ID: id, CallbackQuery: &telegram.CallbackQuery{
		ID: fmt.Sprint("press-", id), From: *w.person(who), Data: data,
		MessageID: message, Chat: chatOf(at.Chat), Thread: at.Thread, Accessible: true,
	}}
}

func (w *world) handle(u telegram.Update) {
	w.t.Helper()
	if err := w.bot.Handle(context.Background(), u); err != nil {
		w.t.Fatalf("Handle: %v", err)
	}
}

// says lets someone type at a place and gives what the bot answered.
func (w *world) says(who int64, at tagwire.Dest, text string) []tagwire.Message {
	w.t.Helper()
	speaker := nameOf(who)
	if at.Chat == channel {
		speaker = "Channel"
	}
	shown := text
	if len(shown) > 200 {
		shown = shown[:200] + "…"
	}
	fmt.Fprintf(&w.out, "%s%s> %s\n", speaker, placeNote(at), shown)
	w.handle(w.typedUpdate(who, at, text))
	return w.look()
}

// presses lets someone press the button with this text (or beginning with it)
// on the newest message that has one.
func (w *world) presses(who int64, at tagwire.Dest, text string) []tagwire.Message {
	w.t.Helper()
	newest, data := 0, ""
	for id, m := range w.screen[at] {
		for _, row := range m.Keyboard {
			for _, b := range row {
				if b.Text == text && id > newest {
					newest, data = id, b.Data
				}
			}
		}
	}
	if newest == 0 {
		w.t.Fatalf("there is no button %q at %v", text, at)
	}
	fmt.Fprintf(&w.out, "%s%s presses [%s]\n", nameOf(who), placeNote(at), text)
	w.handle(w.pressedUpdate(who, at, newest, data))
	return w.look()
}

func placeNote(at tagwire.Dest) string {
	switch {
	case at.Chat == room:
		return " (group)"
	case at.Thread != 0:
		return " (topic)"
	case at.Chat == forum:
		return " (General)"
	}
	return ""
}

// look writes down and checks what the bot did since the last look.
func (w *world) look() []tagwire.Message {
	w.t.Helper()
	var out []tagwire.Message
	for _, c := range w.store.changes[w.changed:] {
		if p, ok := c.(tagwire.PlanDigest); ok {
			fmt.Fprintf(&w.out, "  sends a digest of %d articles, slot %q\n", len(p.Pages[0].IDs()), p.Slot)
		}
	}
	w.changed = len(w.store.changes)
	for _, r := range w.store.replies[w.seen:] {
		checkMessage(w.t, r.Message)
		id := r.Message.Edit
		verb := "edits"
		if id == 0 {
			w.message++
			id, verb = w.message, "bot"
		}
		if w.screen[r.Dest] == nil {
			w.screen[r.Dest] = map[int]tagwire.Message{}
		}
		w.screen[r.Dest][id] = r.Message
		fmt.Fprintf(&w.out, "  %s: %s\n", verb, strings.ReplaceAll(string(r.Message.HTML), "\n", "\n    "))
		for _, row := range r.Message.Keyboard {
			w.out.WriteString("   ")
			for _, b := range row {
				fmt.Fprintf(&w.out, " [%s]", b.Text)
			}
			w.out.WriteString("\n")
		}
		out = append(out, r.Message)
	}
	w.seen = len(w.store.replies)
	for _, a := range w.gateway.answers[w.answered:] {
		if a.text != "" {
			fmt.Fprintf(&w.out, "  toast: %s\n", a.text)
		}
	}
	w.answered = len(w.gateway.answers)
	return out
}

// checkMessage holds a message to what Telegram takes.
func checkMessage(t *testing.T, m tagwire.Message) {
	t.Helper()
	if _, err := rendertest.Check(string(m.HTML)); err != nil {
		t.Errorf("Telegram would not take it: %v\n%s", err, m.HTML)
	}
	if len(m.Keyboard) > 8 {
		t.Errorf("%d rows of buttons:\n%s", len(m.Keyboard), m.HTML)
	}
	for _, row := range m.Keyboard {
		if len(row) == 0 || len(row) > 4 {
			t.Errorf("a row of %d buttons", len(row))
		}
		for _, b := range row {
			if b.Text == "" || (b.Data == "") == (b.URL == "") || len(b.Data) > maxData {
				t.Errorf("bad button %+v", b)
			}
			if b.Data == "" {
				continue
			}
			if _, _, ok := parseButton(b.Data); !ok {
				t.Errorf("no family for button %+v", b)
			}
		}
	}
}

func here(chat tagwire.ChatID) tagwire.Dest { return tagwire.Dest{Chat: chat} }

func private(who int64) tagwire.Dest { return tagwire.Dest{Chat: tagwire.ChatID(who)} }

func sampleTags() []tagwire.Tag {
	tag := func(slug, parent tagwire.TagSlug, en, zh string, aliases ...string) tagwire.Tag {
		t := tagwire.Tag{Slug: slug, Parent: parent, Name: map[string]string{"en": en, "zh": zh}}
		for _, a := range append(aliases, en, zh) {
			t.Aliases = append(t.Aliases, tagwire.Alias{Text: a})
		}
		return t
	}
	tags := []tagwire.Tag{
		tag("metals", "", "Metals", "金属"),
		tag("base-metals", "metals", "Base metals", "基本金属"),
		tag("copper", "base-metals", "Copper", "铜", "copper cathode", "电解铜"),
		tag("tin", "base-metals", "Tin", "锡"),
		tag("rare-earths", "metals", "Rare earths", "稀土", "rare earth", "REE"),
		tag("functional-materials", "", "Functional materials", "功能材料"),
		tag("policy", "", "Policy", "政策"),
	}
	// Enough elements for a second page.
	for i, e := range []struct{ slug, en, zh string }{
		{"lanthanum", "Lanthanum", "镧"}, {"cerium", "Cerium", "铈"}, {"praseodymium", "Praseodymium", "镨"},
		{"neodymium", "Neodymium", "钕"}, {"samarium", "Samarium", "钐"}, {"europium", "Europium", "铕"},
		{"gadolinium", "Gadolinium", "钆"}, {"terbium", "Terbium", "铽"}, {"dysprosium", "Dysprosium", "镝"},
		{"holmium", "Holmium", "钬"}, {"erbium", "Erbium", "铒"}, {"thulium", "Thulium", "铥"},
		{"ytterbium", "Ytterbium", "镱"}, {"lutetium", "Lutetium", "镥"},
	} {
		tags = slices.Insert(tags, 5+i, tag(tagwire.TagSlug(e.slug), "rare-earths", e.en, e.zh))
	}
	return tags
}

func sampleArticles(now time.Time) []tagwire.Article {
	make := func(id tagwire.ArticleID, ago time.Duration, title string, tags ...tagwire.TagSlug) tagwire.Article {
		a := tagwire.Article{
			ID: id, Source: "harbour", SourceName: "Harbour Metals", Title: title,
			URL: fmt.Sprintf("https://harbour.example/news/%d", id), Published: now.Add(-ago), FirstSeen: now.Add(-ago),
		}
		for _, tag := range tags {
			a.Tags = append(a.Tags, tagwire.TagMatch{Tag: tag, Implied: tag == "metals" || tag == "base-metals"})
		}
		return a
	}
	return []tagwire.Article{
		make(4, time.Hour, "Smelter on the coast doubles its copper output", "copper", "base-metals", "metals"),
		make(3, 3*time.Hour, "New quota for rare earths due in autumn", "rare-earths", "metals", "policy"),
		make(2, 26*time.Hour, "Tin stocks fall for a third week", "tin", "base-metals", "metals"),
		make(1, 30*24*time.Hour, "A year in copper", "copper", "base-metals", "metals"),
	}
}
