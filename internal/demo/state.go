package demo

import (
	"net/http"
	"strconv"
	"time"
	"unicode/utf16"

	"tagwire/internal/emulator"
)

// shown is how many messages of a chat the page gets.
const shown = 300

// stateView is the world as one person sees it.
type stateView struct {
	Session string       `json:"session"`
	Version uint64       `json:"version"`
	Now     time.Time    `json:"now"`
	Zone    string       `json:"zone"`
	Me      int64        `json:"me"`
	Bot     int64        `json:"bot"`
	BotName string       `json:"bot_username"`
	People  []personView `json:"people"`
	Sites   []siteView   `json:"sites"`
	Chats   []chatView   `json:"chats"`
}

type personView struct {
	ID    int64  `json:"id"`
	First string `json:"first"`
	Last  string `json:"last,omitempty"`
	Role  string `json:"role"`
	Blurb string `json:"blurb"`
}

type siteView struct {
	Key    string `json:"key"`
	Name   string `json:"name"`
	Host   string `json:"host"`
	Kind   string `json:"kind"`
	Latest string `json:"latest"` // title of the newest article
	URL    string `json:"url"`    // and its address
}

type chatView struct {
	ID       int64              `json:"id"`
	Type     string             `json:"type"`
	Title    string             `json:"title"`
	Username string             `json:"username,omitempty"`
	Forum    bool               `json:"forum,omitempty"`
	Members  int                `json:"members"`
	Status   emulator.Status    `json:"status"` // mine
	CanWrite bool               `json:"can_write"`
	Started  bool               `json:"started"` // a private chat that has begun
	Topics   []emulator.Topic   `json:"topics,omitempty"`
	Commands []emulator.Command `json:"commands,omitempty"`
	Messages []messageView      `json:"messages"`
}

type messageView struct {
	emulator.Message
	Card *cardView `json:"card,omitempty"`
}

// cardView is the preview of a link below a message.
type cardView struct {
	URL   string `json:"url"`
	Site  string `json:"site"`
	Title string `json:"title"`
	Text  string `json:"text"`
	Image string `json:"image,omitempty"`
}

// state answers with the world as seen by the person in ?as=.
func (p *page) state(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.URL.Query().Get("as"), 10, 64)
	if _, ok := p.world.person(id); err != nil || !ok {
		id = annaID
	}
	writeJSON(w, http.StatusOK, p.world.view(id, p.session))
}

func (w *world) person(id int64) (person, bool) {
	for _, p := range cast() {
		if p.ID == id {
			return p, true
		}
	}
	return person{}, false
}

func (w *world) view(me int64, session string) stateView {
	// The version first: what changes while we look is told by the next event.
	version, _ := w.telegram.Changes()
	v := stateView{Session: session, Version: version, Now: w.clock.Now(), Zone: zoneName, Me: me, Bot: botID, BotName: w.telegram.Bots()[0].Username}
	for _, p := range cast() {
		v.People = append(v.People, personView{p.ID, p.FirstName, p.LastName, p.Role, p.Blurb})
	}
	for _, s := range w.web.Sites() {
		sv := siteView{Key: s.Key, Name: s.Name, Host: s.Host, Kind: s.Kind}
		if articles := w.web.Articles(s.Key); len(articles) > 0 {
			newest := articles[len(articles)-1]
			sv.Latest, sv.URL = newest.Title, newest.URL
		}
		v.Sites = append(v.Sites, sv)
	}
	for _, id := range []int64{forumID, teamID, channelID} {
		v.Chats = append(v.Chats, w.chatView(me, id))
	}
	v.Chats = append(v.Chats, w.privateView(me))
	return v
}

func (w *world) chatView(me, id int64) chatView {
	chat, _ := w.telegram.Chat(id)
	if chat.MigratedTo != 0 {
		chat, _ = w.telegram.Chat(chat.MigratedTo)
	}
	member := w.telegram.Member(chat.ID, me)
	admin := member.Status == emulator.Creator || member.Status == emulator.Administrator
	v := chatView{
		ID: chat.ID, Type: chat.Type, Title: chat.Title, Username: chat.Username, Forum: chat.Forum,
		Members: len(w.telegram.Members(chat.ID)), Status: member.Status, Started: true,
		CanWrite: admin || chat.Type != "channel" && member.Status == emulator.Ordinary,
	}
	for _, topic := range chat.Topics {
		if !topic.Deleted {
			v.Topics = append(v.Topics, topic)
		}
	}
	if v.CanWrite {
		v.Commands = w.telegram.Menu(botID, me, chat.ID)
	}
	v.Messages = []messageView{}
	if inside := v.CanWrite || member.Status == emulator.Ordinary || member.Status == emulator.Restricted; inside || chat.Username != "" {
		v.Messages = w.messages(chat.ID) // what is public, strangers may read
	}
	return v
}

func (w *world) privateView(me int64) chatView {
	bot := w.telegram.Bots()[0]
	v := chatView{
		ID: me, Type: "private", Title: bot.FirstName, Username: bot.Username, Status: emulator.Ordinary,
		Commands: w.telegram.Menu(botID, me, me), Messages: w.messages(me),
	}
	v.Started = len(v.Messages) > 0
	v.CanWrite = v.Started
	return v
}

func (w *world) messages(chat int64) []messageView {
	all := w.telegram.Transcript(chat)
	out := []messageView{}
	for _, m := range all[max(0, len(all)-shown):] {
		out = append(out, messageView{m, w.card(m)})
	}
	return out
}

// card is the preview that Telegram would show: of the address asked for, else
// of the first link of the text. Only the bundled sites have previews.
func (w *world) card(m emulator.Message) *cardView {
	if m.Photo != nil || m.Preview != nil && m.Preview.Disabled {
		return nil
	}
	url := ""
	if m.Preview != nil && m.Preview.URL != "" {
		url = m.Preview.URL
	} else {
		url = firstLink(m)
	}
	a, ok := w.web.Article(url)
	if !ok {
		return nil
	}
	c := &cardView{URL: url, Title: a.Title, Text: a.Summary()}
	if s, ok := w.siteOf(a.URL); ok {
		c.Site = s.Name
		if a.Image != "" {
			c.Image = "https://" + s.Host + "/img/" + a.Image + ".svg"
		}
	}
	return c
}

func firstLink(m emulator.Message) string {
	for _, e := range m.Entities {
		switch e.Type {
		case "text_link":
			return e.URL
		case "url":
			units := utf16.Encode([]rune(m.Text))
			if e.Offset >= 0 && e.Length >= 0 && e.Offset+e.Length <= len(units) {
				return string(utf16.Decode(units[e.Offset : e.Offset+e.Length]))
			}
		}
	}
	return ""
}
