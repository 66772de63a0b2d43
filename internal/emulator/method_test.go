package emulator

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
)

func TestTopicsByBot(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	s.refused("createForumTopic", params{"chat_id": forum, "name": "Magnets"}, 400, "Bad Request: not enough rights to create a topic")
	s.refused("createForumTopic", params{"chat_id": super, "name": "Magnets"}, 400, "Bad Request: the chat is not a forum")
	s.must(s.Promote(ann, botID, forum, AllRights()))
	s.drain()
	var topic struct {
		Thread int `json:"message_thread_id"`
		Name   string
	}
	s.ok("createForumTopic", params{"chat_id": forum, "name": "Magnets"}, &topic)
	s.ok("closeForumTopic", params{"chat_id": forum, "message_thread_id": topic.Thread})
	s.refused("closeForumTopic", params{"chat_id": forum, "message_thread_id": topic.Thread}, 400, "Bad Request: TOPIC_NOT_MODIFIED")
	s.send(params{"chat_id": forum, "message_thread_id": topic.Thread, "text": "administrators may"})
	s.ok("reopenForumTopic", params{"chat_id": forum, "message_thread_id": topic.Thread})
	if got := s.drain(); len(got) != 0 {
		t.Errorf("the bot hears of its own doing: %v", kinds(got))
	}
	s.must(s.RenameTopic(ann, forum, topic.Thread, "NdFeB"))
	c, _ := s.Chat(forum)
	if len(c.Topics) != 1 || c.Topics[0] != (Topic{Thread: topic.Thread, Name: "NdFeB"}) {
		t.Errorf("%+v", c.Topics)
	}
}

func TestPins(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	s.must(s.Promote(ann, botID, super, AllRights()))
	s.drain()
	id := s.send(params{"chat_id": super, "text": "x"})
	s.ok("pinChatMessage", params{"chat_id": super, "message_id": id})
	var full struct {
		Pinned struct {
			ID int `json:"message_id"`
		} `json:"pinned_message"`
		Permissions struct {
			Send bool `json:"can_send_messages"`
		}
	}
	s.ok("getChat", params{"chat_id": super}, &full)
	if full.Pinned.ID != id || !full.Permissions.Send {
		t.Errorf("%+v", full)
	}
	s.ok("unpinChatMessage", params{"chat_id": super})
	s.refused("unpinChatMessage", params{"chat_id": super}, 400, "Bad Request: message to unpin not found")
	s.ok("sendChatAction", params{"chat_id": super, "action": "typing"})
}

func TestGetChat(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	const open = -1001000000020
	s.must(s.AddChat(Chat{ID: open, Type: "supergroup", Title: "Open", Username: "open_metals", Creator: ann, Linked: channel, JoinByRequest: true}))
	var c struct {
		ID     int64
		Type   string
		Linked int64 `json:"linked_chat_id"`
		ByReq  bool  `json:"join_by_request"`
	}
	s.ok("getChat", params{"chat_id": "@Open_Metals"}, &c)
	if c.ID != open || c.Linked != channel || !c.ByReq {
		t.Errorf("%+v", c)
	}
	s.refused("sendMessage", params{"chat_id": "@open_metals", "text": "x"}, 403, "Forbidden: bot is not a member of the supergroup chat")
	s.must(s.Promote(ann, botID, open, AllRights()))
	s.drain()
	s.must(s.Join(cho, open)) // an application, without a link
	var asked struct {
		Link any `json:"invite_link"`
	}
	got := s.drain()
	got[0].into(&asked)
	if got[0].kind() != "chat_join_request" || asked.Link != nil || len(s.Requests(open)) != 1 {
		t.Errorf("%s %+v", got[0].kind(), asked)
	}
	s.ok("getChat", params{"chat_id": channel}, &c)
	if c.Linked != open || c.Type != "channel" {
		t.Errorf("%+v", c)
	}
	link, err := s.AddLink(ann, super, InviteLink{MemberLimit: 1})
	s.must(err)
	s.must(s.Apply(cho, link))
	s.must(s.AddUser(User{ID: 1004, FirstName: "Dan"}))
	if s.Apply(1004, link) == nil {
		t.Error("a second person came through a link for one")
	}
}

func TestMyTexts(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	s.ok("setMyDescription", params{"description": "Metals news"})
	s.ok("setMyDescription", params{"description": "金属新闻", "language_code": "zh"})
	s.ok("setMyShortDescription", params{"short_description": "News"})
	var text struct {
		Description string
		Short       string `json:"short_description"`
		Name        string
	}
	s.ok("getMyDescription", params{"language_code": "zh"}, &text)
	s.ok("getMyShortDescription", params{"language_code": "de"}, &text)
	s.ok("getMyName", nil, &text)
	if text.Description != "金属新闻" || text.Short != "News" || text.Name != "Tagwire" {
		t.Errorf("%+v", text)
	}
	s.refused("setMyShortDescription", params{"short_description": strings.Repeat("x", 121)}, 400, "Bad Request: short description is too long")
	s.ok("setMyDefaultAdministratorRights", params{"rights": params{"can_invite_users": true}})
	var r Rights
	s.ok("getMyDefaultAdministratorRights", nil, &r)
	if r != (Rights{InviteUsers: true}) {
		t.Errorf("%+v", r)
	}
}

// picture is a PNG of a size.
func picture(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// upload is a sendPhoto with the picture in the form.
func (s *scene) upload(field string, data []byte, more map[string]string) reply {
	s.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	w.WriteField("chat_id", "-1001000000003")
	for name, value := range more {
		w.WriteField(name, value)
	}
	part, err := w.CreateFormFile(field, "ore.png")
	s.must(err)
	part.Write(data)
	w.Close()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.base+"/bot"+testToken+"/sendPhoto", &body)
	s.must(err)
	req.Header.Set("Content-Type", w.FormDataContentType())
	response, err := s.via.RoundTrip(req)
	s.must(err)
	defer response.Body.Close()
	var r reply
	s.must(json.NewDecoder(response.Body).Decode(&r))
	return r
}

func TestSendPhoto_bytes(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	if r := s.upload("photo", picture(t, 40, 30), nil); !r.OK {
		t.Errorf("%+v", r)
	}
	if r := s.upload("ore", picture(t, 40, 30), map[string]string{"photo": "attach://ore"}); !r.OK {
		t.Errorf("%+v", r)
	}
	list := s.Transcript(channel)
	if p := list[len(list)-1].Photo; p.Width != 40 || p.Height != 30 || p.Name != "ore.png" {
		t.Errorf("%+v", p)
	}
	for want, data := range map[string][]byte{
		"Bad Request: IMAGE_PROCESS_FAILED":     []byte("no picture"),
		"Bad Request: PHOTO_INVALID_DIMENSIONS": picture(t, 42, 2),
		"Bad Request: file must be non-empty":   nil,
	} {
		if r := s.upload("photo", data, nil); r.Description != want {
			t.Errorf("got %s, want %s", r.Description, want)
		}
	}
	for _, c := range s.Ledger("sendPhoto") {
		if len(c.Unknown) > 0 {
			t.Errorf("unknown %v", c.Unknown)
		}
	}
}

func TestSendPhoto_byAddress(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	ore := picture(t, 10, 20)
	s.options.Fetch = Transport(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/ore.png":
			w.Header().Set("Content-Type", "image/png")
			w.Write(ore)
		case "/page":
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, "<p>")
		default:
			http.NotFound(w, r)
		}
	}))
	s.ok("sendPhoto", params{"chat_id": channel, "photo": "https://a.example/ore.png"})
	s.refused("sendPhoto", params{"chat_id": channel, "photo": "https://a.example/page"}, 400, "Bad Request: wrong type of the web page content")
	s.refused("sendPhoto", params{"chat_id": channel, "photo": "https://a.example/gone"}, 400, "Bad Request: failed to get HTTP URL content")
}

func TestSendMessage_givenEntities(t *testing.T) {
	t.Parallel()
	s := newScene(t, off())
	id := s.send(params{"chat_id": super, "text": "稀土 up #tag", "entities": []params{
		{"type": "bold", "offset": 0, "length": 2}, {"type": "text_link", "offset": 3, "length": 2, "url": "http://a.example/"},
		{"type": "hashtag", "offset": 0, "length": 2}, {"type": "text_mention", "offset": 0, "length": 2, "user": params{"id": 99}},
	}})
	if m, _ := s.Message(super, id); show(m.Entities) != "bold[0+2] text_link[3+2](http://a.example/) hashtag[6+4]" {
		t.Errorf("%s", show(m.Entities))
	}
	s.refused("sendMessage", params{"chat_id": super, "text": "x", "entities": []params{{"type": "text_link", "offset": 0, "length": 1, "url": "x"}}},
		400, "Bad Request: entity URL 'x' is invalid: Wrong HTTP URL")
	s.refused("sendMessage", params{"chat_id": super, "text": "x", "entities": []params{{"type": "big", "offset": 0, "length": 1}}},
		400, "Bad Request: can't parse MessageEntity: Unsupported type specified")
}
