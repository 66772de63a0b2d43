package emulator

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// The people and places of the tests.
const (
	testToken  = "7000000001:TEST-token_of_the_first_bot"
	otherToken = "7000000002:TEST-token_of_another_bot"
	botID      = 7000000001
	otherBotID = 7000000002
	ann        = 1001 // owns everything
	ben        = 1002 // an ordinary member
	cho        = 1003 // a stranger
	plainGroup = -500
	super      = -1001000000001
	forum      = -1001000000002
	channel    = -1001000000003
)

// testClock is a clock that a test turns by hand.
type testClock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *testClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *testClock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// scene is a Telegram with people, groups and a bot that is an ordinary member
// everywhere but in the channel.
type scene struct {
	*Telegram
	t     *testing.T
	clock *testClock
	via   http.RoundTripper
	base  string
	token string
}

func newScene(t *testing.T, limits Limits) *scene {
	t.Helper()
	clock := &testClock{t: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)}
	tg := NewTelegram(Options{Now: clock.now, Limits: limits, Seed: 1})
	s := &scene{tg, t, clock, Transport(tg), "https://api.telegram.test", testToken}
	s.must(tg.AddBot(Bot{Token: testToken, ID: botID, Username: "TagwireBot", Name: "Tagwire"}))
	s.must(tg.AddUser(User{ID: ann, FirstName: "Ann", Username: "ann_alloy", LanguageCode: "en"}))
	s.must(tg.AddUser(User{ID: ben, FirstName: "Ben", LanguageCode: "zh-hans"}))
	s.must(tg.AddUser(User{ID: cho, FirstName: "Cho", Bio: "Trader"}))
	s.must(tg.AddChat(Chat{ID: plainGroup, Type: "group", Title: "Copper desk", Creator: ann}))
	s.must(tg.AddChat(Chat{ID: super, Type: "supergroup", Title: "Metals", Creator: ann}))
	s.must(tg.AddChat(Chat{ID: forum, Type: "supergroup", Title: "Rare earths", Creator: ann, Forum: true}))
	s.must(tg.AddChat(Chat{ID: channel, Type: "channel", Title: "Metal wire", Creator: ann}))
	for _, c := range []int64{plainGroup, super, forum} {
		s.must(tg.Add(0, ben, c))
		s.must(tg.Add(0, botID, c))
	}
	s.must(tg.Promote(0, botID, channel, AllRights()))
	s.drain()
	return s
}

func (s *scene) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *scene) id(id int, err error) int {
	s.t.Helper()
	s.must(err)
	return id
}

// params are parameters of a call: strings as they are, the rest as JSON.
type params map[string]any

func (p params) form() url.Values {
	v := url.Values{}
	for name, value := range p {
		text, ok := value.(string)
		if !ok {
			body, _ := json.Marshal(value)
			text = string(body)
		}
		v.Set(name, text)
	}
	return v
}

// reply is an answer of the Bot API.
type reply struct {
	OK          bool
	Result      json.RawMessage
	ErrorCode   int `json:"error_code"`
	Description string
	Parameters  struct {
		RetryAfter int   `json:"retry_after"`
		MigrateTo  int64 `json:"migrate_to_chat_id"`
	}
	status int
	header http.Header
}

func (s *scene) try(method string, p params) (reply, error) {
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.base+"/bot"+s.token+"/"+method, strings.NewReader(p.form().Encode()))
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := (&http.Client{Transport: s.via}).Do(req)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return reply{}, err
	}
	r := reply{status: response.StatusCode, header: response.Header}
	decoder := json.NewDecoder(bytes.NewReader(body))
	return r, decoder.Decode(&r)
}

// call makes a call that gets an answer.
func (s *scene) call(method string, p params) reply {
	s.t.Helper()
	r, err := s.try(method, p)
	s.must(err)
	return r
}

// ok makes a call that must succeed and decodes its result.
func (s *scene) ok(method string, p params, into ...any) {
	s.t.Helper()
	r := s.call(method, p)
	if !r.OK || r.status != 200 {
		s.t.Fatalf("%s %v: %d %s", method, p, r.ErrorCode, r.Description)
	}
	for _, v := range into {
		s.must(json.Unmarshal(r.Result, v))
	}
}

// refused makes a call that must fail with these words.
func (s *scene) refused(method string, p params, code int, description string) reply {
	s.t.Helper()
	r := s.call(method, p)
	if r.OK || r.ErrorCode != code || r.status != code || r.Description != description {
		s.t.Errorf("%s %v:\n got %d (HTTP %d) %q\nwant %d %q", method, p, r.ErrorCode, r.status, r.Description, code, description)
	}
	return r
}

// send is a sendMessage that must succeed; it returns the id.
func (s *scene) send(p params) int {
	s.t.Helper()
	var m struct {
		ID int `json:"message_id"`
	}
	s.ok("sendMessage", p, &m)
	return m.ID
}

type gotUpdate map[string]json.RawMessage

// kind is the field that is not the update's number.
func (u gotUpdate) kind() string {
	for name := range u {
		if name != "update_id" {
			return name
		}
	}
	return ""
}

func (u gotUpdate) id() int {
	var id int
	json.Unmarshal(u["update_id"], &id)
	return id
}

// into decodes the update's payload.
func (u gotUpdate) into(v any) { json.Unmarshal(u[u.kind()], v) }

// updates is a poll that is not slowed down for coming soon after another.
func (s *scene) updates(p params) []gotUpdate {
	s.t.Helper()
	s.mu.Lock()
	s.bots[0].queue.polled = time.Time{}
	s.mu.Unlock()
	return s.hastyUpdates(p)
}

func (s *scene) hastyUpdates(p params) []gotUpdate {
	s.t.Helper()
	var out []gotUpdate
	s.ok("getUpdates", p, &out)
	return out
}

// drain confirms everything that waits and returns it.
func (s *scene) drain() []gotUpdate {
	s.t.Helper()
	var all []gotUpdate
	for {
		batch := s.updates(params{"limit": 100})
		if len(batch) == 0 {
			return all
		}
		all = append(all, batch...)
		s.updates(params{"offset": batch[len(batch)-1].id() + 1, "limit": 1})
	}
}

func kinds(list []gotUpdate) []string {
	var out []string
	for _, u := range list {
		out = append(out, u.kind())
	}
	return out
}
