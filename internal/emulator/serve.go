package emulator

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// method is one method of the Bot API.
type method struct {
	name   string
	params []string
	// run carries the call out. It is called with the world locked and must
	// leave it so; a method that waits unlocks it meanwhile.
	run func(*call) (any, *apiError)
}

// call is one request under way.
type call struct {
	*world
	args
	ctx    context.Context
	bot    *bot
	record *Call
	note   string // the description of a success, if it has one
}

// ServeHTTP answers /bot<token>/<method>.
func (t *Telegram) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, m, a, refusal := t.open(r)
	if refusal != nil {
		respond(w, nil, "", refusal)
		return
	}
	t.mu.Lock()
	record := t.enter(b, m, a)
	var f *fault
	if r.Context().Value(dialled{}) == nil {
		f = t.strike(record, false)
	} else {
		f = t.strike(record, true)
	}
	t.mu.Unlock()

	if f != nil && f.Do != nil {
		f.Do()
	}
	if f != nil && !f.After {
		pause(r.Context(), f.Delay)
		if f.Kind != FaultDelay && f.Kind != FaultTruncate {
			t.misfortune(w, record, f, nil)
			return
		}
	}
	result, note, refusal := t.carryOut(r.Context(), b, m, a, record)
	if f != nil && f.After {
		pause(r.Context(), f.Delay)
	}
	if f != nil && f.Kind != FaultDelay {
		body, _ := json.Marshal(answer(result, note, refusal))
		t.misfortune(w, record, f, body)
		return
	}
	respond(w, result, note, refusal)
}

// open finds the bot, the method and the parameters of a request.
func (t *Telegram) open(r *http.Request) (*bot, *method, args, *apiError) {
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		return nil, nil, args{}, fail(405, "Method Not Allowed")
	}
	rest, ok := strings.CutPrefix(r.URL.Path, "/bot")
	token, name, found := strings.Cut(rest, "/")
	if !ok || !found {
		return nil, nil, args{}, fail(404, "Not Found")
	}
	if id, secret, _ := strings.Cut(token, ":"); len(token) > 80 || secret == "" || !digits(id) || id[0] == '0' {
		return nil, nil, args{}, fail(401, "Unauthorized: invalid token specified")
	}
	a, refusal := readArgs(r)
	if refusal != nil {
		return nil, nil, a, refusal
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.IndexFunc(t.bots, func(b *bot) bool { return b.Token == token && !b.revoked })
	if i < 0 {
		return nil, nil, a, fail(401, "Unauthorized")
	}
	m, ok := t.methods[strings.ToLower(name)]
	if !ok {
		return nil, nil, a, fail(404, "Not Found: method not found")
	}
	return t.bots[i], m, a, nil
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// enter opens a record in the ledger.
func (w *world) enter(b *bot, m *method, a args) *Call {
	w.lastSeq++
	record := &Call{
		Seq: w.lastSeq, At: w.now(), Bot: b.ID, Method: m.name, Params: a.values,
		Text: a.text("text"), Thread: a.number("message_thread_id", 0, 0, 1<<31-1),
	}
	if c := w.resolve(b, a.text("chat_id")); c != nil {
		record.Chat = c.ID
	} else {
		record.Chat, _ = strconv.ParseInt(a.text("chat_id"), 10, 64)
	}
	if record.Text == "" {
		record.Text = a.text("caption")
	}
	for name := range a.values {
		if !slices.Contains(m.params, name) {
			record.Unknown = append(record.Unknown, name)
		}
	}
	for name := range a.files {
		if !slices.Contains(m.params, name) {
			record.Unknown = append(record.Unknown, name)
		}
	}
	slices.Sort(record.Unknown)
	w.ledger = append(w.ledger, record)
	if over := len(w.ledger) - w.options.Keep; over > w.options.Keep/4 {
		w.ledger = slices.Clone(w.ledger[over:])
	}
	w.touch()
	return record
}

// carryOut runs the method and closes the record.
func (w *world) carryOut(ctx context.Context, b *bot, m *method, a args, record *Call) (any, string, *apiError) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := &call{world: w, args: a, ctx: ctx, bot: b, record: record}
	result, refusal := m.run(c)
	record.Done = true
	record.OK, record.Effect = refusal == nil, refusal == nil
	if refusal != nil {
		record.refused(refusal)
	}
	w.touch()
	return result, c.note, refusal
}

func (r *Call) refused(e *apiError) {
	r.OK, r.Code, r.Description = false, e.code, e.description
	if n, ok := e.parameters["retry_after"].(int); ok {
		r.RetryAfter = n
	}
}

func answer(result any, note string, refusal *apiError) obj {
	if refusal != nil {
		body := obj{"ok": false, "error_code": refusal.code, "description": refusal.description}
		if len(refusal.parameters) > 0 {
			body["parameters"] = refusal.parameters
		}
		return body
	}
	body := obj{"ok": true, "result": result}
	if note != "" {
		body["description"] = note
	}
	return body
}

func respond(w http.ResponseWriter, result any, note string, refusal *apiError) {
	status := http.StatusOK
	if refusal != nil {
		status = refusal.code
		if n, ok := refusal.parameters["retry_after"]; ok {
			if text, err := json.Marshal(n); err == nil {
				w.Header().Set("Retry-After", string(text))
			}
		}
	}
	body, err := json.Marshal(answer(result, note, refusal))
	if err != nil { // only a fault's own parameters can do this
		status, body = http.StatusInternalServerError, []byte(`{"ok":false,"error_code":500,"description":"Internal Server Error"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body)
}

// pause waits, but not for a client that has gone: what it asked for happens all
// the same, only that nobody waits for it.
func pause(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// dialled marks a request for which Transport has already asked whether the
// connection is refused.
type dialled struct{}

// refuse implements refuser for FaultRefused.
func (t *Telegram) refuse(r *http.Request) (*http.Request, error) {
	t.mu.Lock()
	any := slices.ContainsFunc(t.faults, func(f *fault) bool { return f.Kind == FaultRefused })
	t.mu.Unlock()
	if !any {
		return r, nil
	}
	kept, err := buffer(r)
	if err != nil {
		return r, err
	}
	b, m, a, refusal := t.open(kept())
	next := kept().WithContext(context.WithValue(r.Context(), dialled{}, true))
	if refusal != nil {
		return next, nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	record := t.enter(b, m, a)
	f := t.strikeRefused(record)
	if f == nil {
		t.ledger = t.ledger[:len(t.ledger)-1]
		t.lastSeq--
		return next, nil
	}
	record.Done, record.Fault = true, string(FaultRefused)
	return r, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
}
