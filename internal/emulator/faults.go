package emulator

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// fault is a prepared Fault with what it has seen so far.
type fault struct {
	Fault
	seen, struck int
}

// Inject prepares a fault; the function returned takes it back. Several faults
// are tried in the order injected, and at most one strikes a call.
func (t *Telegram) Inject(f Fault) (remove func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	prepared := &fault{Fault: f}
	t.faults = append(t.faults, prepared)
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.faults = slices.DeleteFunc(t.faults, func(o *fault) bool { return o == prepared })
	}
}

// strike chooses the fault that strikes a call, if any. Refused connections are
// left out where the transport has already asked for them.
func (w *world) strike(record *Call, withoutRefused bool) *fault {
	return w.choose(record, func(f *fault) bool { return !withoutRefused || f.Kind != FaultRefused })
}

func (w *world) strikeRefused(record *Call) *fault {
	return w.choose(record, func(f *fault) bool { return f.Kind == FaultRefused })
}

func (w *world) choose(record *Call, eligible func(*fault) bool) *fault {
	for i, f := range w.faults {
		if !eligible(f) || !w.matches(f, record) {
			continue
		}
		f.seen++
		if f.seen < f.Nth || f.Probability > 0 && w.chance.Float64() >= f.Probability {
			continue
		}
		f.struck++
		if f.Count >= 0 && f.struck >= max(f.Count, 1) {
			w.faults = slices.Delete(w.faults, i, i+1)
		}
		record.Fault = string(f.Kind)
		return f
	}
	return nil
}

func (w *world) matches(f *fault, record *Call) bool {
	return (f.Method == "" || strings.EqualFold(f.Method, record.Method)) &&
		(f.Chat == 0 || f.Chat == record.Chat) &&
		(f.When == nil || f.When(*record))
}

// misfortune shows the fault instead of an answer. body is the true answer if
// the call was carried out.
func (t *Telegram) misfortune(w http.ResponseWriter, record *Call, f *fault, body []byte) {
	t.mu.Lock()
	record.Done, record.OK, record.RetryAfter = true, false, 0
	record.Code, record.Description = f.Code, f.Description
	t.touch()
	t.mu.Unlock()

	switch f.Kind {
	case FaultAnswer:
		refusal := fail(f.Code, f.Description)
		if refusal.code == 0 {
			refusal.code = http.StatusInternalServerError
		}
		if refusal.description == "" {
			refusal.description = http.StatusText(refusal.code)
		}
		refusal.parameters = f.Parameters
		t.mu.Lock()
		record.refused(refusal)
		t.mu.Unlock()
		respond(w, nil, "", refusal)
	case FaultHTML:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(orStatus(f.Code, http.StatusBadGateway))
		io.WriteString(w, "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>proxy</center>\r\n</body>\r\n</html>\r\n")
	case FaultEmpty:
		w.Header().Set("Content-Length", "0")
		w.WriteHeader(orStatus(f.Code, http.StatusGatewayTimeout))
	case FaultTruncate:
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.Write(body[:len(body)/2])
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	default:
		panic(http.ErrAbortHandler)
	}
}

func orStatus(code, standard int) int {
	if code != 0 {
		return code
	}
	return standard
}

// buffer reads a request's body so that it can be read several times.
func buffer(r *http.Request) (again func() *http.Request, err error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	return func() *http.Request {
		c := r.Clone(r.Context())
		c.Body = io.NopCloser(bytes.NewReader(body))
		return c
	}, nil
}
