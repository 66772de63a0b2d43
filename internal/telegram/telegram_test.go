package telegram_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/VictoriaMetrics/metrics"
	"github.com/google/go-cmp/cmp"

	"tagwire/internal/tagwire"
	"tagwire/internal/telegram"
)

func TestNew_refuses(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]telegram.Options{
		"no token":         {},
		"a bad token":      {Token: "secret token"},
		"a line in it":     {Token: "1:secret\n"},
		"a bad endpoint":   {Token: token, Endpoint: "api.telegram.org"},
		"another scheme":   {Token: token, Endpoint: "ftp://api.telegram.org"},
		"a query":          {Token: token, Endpoint: "https://api.telegram.org/?x=1"},
		"no parsing":       {Token: token, Endpoint: "https://[::1"},
		"token in address": {Token: token, Endpoint: "https://api.telegram.org/bot" + token + "?" + token},
	} {
		_, err := telegram.New(o)
		if err == nil {
			t.Errorf("%s: taken", name)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error holds the token: %v", name, err)
		}
	}
}

func TestNew_endpointWithAPath(t *testing.T) {
	t.Parallel()
	var path string
	g := gateway(t, telegram.Options{
		Endpoint: "https://proxy.example/tele%20gram/",
		Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			path = r.URL.EscapedPath()
			return nil, errors.New("enough")
		}),
	})
	g.Me(t.Context()) //nolint:errcheck // only the address matters
	if want := "/tele%20gram/bot" + token + "/getMe"; path != want {
		t.Errorf("called %s, want %s", path, want)
	}
}

func TestMe(t *testing.T) {
	t.Parallel()
	set := metrics.NewSet()
	_, s := serve(t, func(w http.ResponseWriter, _ call) {
		ok(w, `{"id":123456789,"is_bot":true,"first_name":"Tag","last_name":"Wire","username":"tagwire_bot",
			"can_join_groups":true,"can_read_all_group_messages":false,"new_field":{"a":1}}`)
	})
	g := gateway(t, telegram.Options{Endpoint: s.URL, Metrics: set})
	me, err := g.Me(t.Context())
	want := telegram.Me{ID: 123456789, Username: "tagwire_bot", Name: "Tag Wire", JoinsGroups: true}
	if err != nil || me != want {
		t.Errorf("got %+v, %v", me, err)
	}
	var out bytes.Buffer
	set.WritePrometheus(&out)
	if want := `tagwire_telegram_requests_total{method="getMe",outcome="ok"} 1`; !strings.Contains(out.String(), want) {
		t.Errorf("no %s in\n%s", want, out.String())
	}
}

func TestAnswerCallback(t *testing.T) {
	t.Parallel()
	g, s := serve(t, func(w http.ResponseWriter, c call) {
		switch c.Params.Get("callback_query_id") {
		case "late":
			refuse(w, 400, "Bad Request: query is too old and response timeout expired or query ID is invalid", "")
		case "bad":
			refuse(w, 400, "Bad Request: MESSAGE_TOO_LONG", "")
		default:
			ok(w, "true")
		}
	})
	if err := g.AnswerCallback(t.Context(), "q1", strings.Repeat("稀土𝔸", 100), true); err != nil {
		t.Error(err)
	}
	if err := g.AnswerCallback(t.Context(), "q2", "", false); err != nil {
		t.Error(err)
	}
	if err := g.AnswerCallback(t.Context(), "late", "x", false); err != nil {
		t.Errorf("a late answer: %v", err)
	}
	var e *tagwire.SendError
	if err := g.AnswerCallback(t.Context(), "bad", "x", false); !errors.As(err, &e) {
		t.Errorf("a refused answer: %v", err)
	}
	calls := s.all()
	if p := calls[0].Params; calls[0].Method != "answerCallbackQuery" || p.Get("show_alert") != "true" ||
		len([]rune(p.Get("text"))) > 200 || !strings.HasSuffix(p.Get("text"), "…") {
		t.Errorf("called with %v", calls[0])
	}
	if p := calls[1].Params; p.Has("text") || p.Has("show_alert") {
		t.Errorf("a bare answer has %v", p)
	}
}

func TestMemberAndIsAdmin(t *testing.T) {
	t.Parallel()
	const id = 55
	for _, c := range []struct {
		name, answer string // "" refuses with the name
		want         telegram.Member
		admin, fails bool
	}{
		{"owner", `{"status":"creator"}`, telegram.Member{Status: "creator", Present: true, CanPost: true, CanInvite: true, CanWrite: true}, true, false},
		{"administrator", `{"status":"administrator","can_invite_users":true}`, telegram.Member{Status: "administrator", Present: true, CanInvite: true, CanWrite: true}, true, false},
		{"poster", `{"status":"administrator","can_post_messages":true}`, telegram.Member{Status: "administrator", Present: true, CanPost: true, CanWrite: true}, true, false},
		{"member", `{"status":"member"}`, telegram.Member{Status: "member", Present: true, CanWrite: true}, false, false},
		{"muted", `{"status":"restricted","is_member":true}`, telegram.Member{Status: "restricted", Present: true}, false, false},
		{"restricted and gone", `{"status":"restricted","can_send_messages":true}`, telegram.Member{Status: "restricted"}, false, false},
		{"left", `{"status":"left"}`, telegram.Member{Status: "left"}, false, false},
		{"kicked", `{"status":"kicked"}`, telegram.Member{Status: "kicked"}, false, false},
		{"a new status", `{"status":"emperor"}`, telegram.Member{Status: "emperor"}, false, false},
		{"Bad Request: member not found", "", telegram.Member{Status: "left"}, false, false},
		{"Bad Request: invalid user_id specified", "", telegram.Member{Status: "left"}, false, false},
		{"Bad Request: member list is inaccessible", "", telegram.Member{}, false, true},
		{"Bad Request: chat not found", "", telegram.Member{}, false, true},
		{"not JSON of a member", `[1]`, telegram.Member{}, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g, s := serve(t, func(w http.ResponseWriter, _ call) {
				if c.answer == "" {
					refuse(w, 400, c.name, "")
					return
				}
				ok(w, strings.Replace(c.answer, "{", fmt.Sprintf(`{"user":{"id":%d,"first_name":"Ann"},`, id), 1))
			})
			got, err := g.Member(t.Context(), -100, id)
			if (err != nil) != c.fails {
				t.Fatalf("error %v", err)
			}
			if !c.fails {
				c.want.User = telegram.User{ID: id}
				if c.answer != "" {
					c.want.User.Name = "Ann"
				}
			}
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			admin, err := g.IsAdmin(t.Context(), -100, id)
			if admin != c.admin || (err != nil) != c.fails {
				t.Errorf("admin %t, %v", admin, err)
			}
			if admin, err := g.IsAdmin(t.Context(), -100, id+1); admin && err == nil {
				t.Error("an answer about another person was believed")
			}
			want := url.Values{"chat_id": {"-100"}, "user_id": {"55"}}
			if diff := cmp.Diff(want, s.all()[0].Params); diff != "" || s.all()[0].Method != "getChatMember" {
				t.Error(diff)
			}
		})
	}
	g := gateway(t, telegram.Options{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
		return nil, errors.New("down")
	})})
	if admin, err := g.IsAdmin(t.Context(), 55, 55); !admin || err != nil {
		t.Errorf("a person does not administer the own chat: %v", err)
	}
	if admin, _ := g.IsAdmin(t.Context(), 55, 56); admin {
		t.Error("a stranger administers a private chat")
	}
	if admin, err := g.IsAdmin(t.Context(), -100, 55); admin || err == nil {
		t.Error("an admin while Telegram is down")
	}
}

func TestSetCommands(t *testing.T) {
	t.Parallel()
	g, s := serve(t, func(w http.ResponseWriter, _ call) { ok(w, "true") })
	err := g.SetCommands(t.Context(), "all_group_chats", "zh", []telegram.Command{{"list", "本处的订阅"}, {"help", "帮助"}})
	if err != nil {
		t.Fatal(err)
	}
	want := call{"setMyCommands", url.Values{
		"scope": {`{"type":"all_group_chats"}`}, "language_code": {"zh"},
		"commands": {`[{"command":"list","description":"本处的订阅"},{"command":"help","description":"帮助"}]`},
	}}
	if diff := cmp.Diff(want, s.all()[0]); diff != "" {
		t.Error(diff)
	}
	if err := g.SetCommands(t.Context(), "default", "", nil); err != nil {
		t.Fatal(err)
	}
	if got := s.all()[1].Params.Get("commands"); got != "[]" {
		t.Errorf("no commands are sent as %q", got)
	}
}

// loud logs itself with the token.
type loud struct{ Address string }

func (l loud) LogValue() slog.Value {
	return slog.GroupValue(slog.String("address", l.Address), slog.Any("nested", &l.Address))
}

func TestRedact(t *testing.T) {
	t.Parallel()
	address := "https://api.telegram.org/bot" + token + "/getMe"
	other := "bot987654321:BBF-anothersecretanothersecretanother"
	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"text": func(b *bytes.Buffer) slog.Handler {
			return slog.NewTextHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug})
		},
		"json": func(b *bytes.Buffer) slog.Handler {
			return slog.NewJSONHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			log := slog.New(telegram.Redact(handler(&out), token)).
				With("with", address).WithGroup("group").With("inner", token)
			log.Debug("called "+address, "err", &url.Error{Op: "Post", URL: address, Err: errors.New("eof")},
				"wrapped", fmt.Errorf("x: %w", errors.New(address)), "bytes", []byte(token), "header", http.Header{"X": {token}},
				slog.Group("g", "deep", token), "loud", loud{address}, "escaped", url.QueryEscape(token),
				"pointer", struct{ P *string }{&address}, "other", other, "key "+token, 1, "kept", 42, "error", errors.New("plain"))
			if strings.Contains(out.String(), "secret") {
				t.Errorf("the token passed: %s", out.String())
			}
			for _, want := range []string{"42", "plain", "called ", "eof", "group"} {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%q was lost: %s", want, out.String())
				}
			}
		})
	}
}
