package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxBody is the largest request the server takes: 50 MB of upload and a little.
const maxBody = 51 << 20

// args are the parameters of a call, each as text: nested values as JSON.
type args struct {
	values map[string]string
	files  map[string]file
}

// file is an upload.
type file struct {
	name string
	data []byte
}

// readArgs collects the parameters from the query and from a body of any of the
// forms that the server understands.
func readArgs(r *http.Request) (args, *apiError) {
	a := args{map[string]string{}, map[string]file{}}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return a, fail(400, "Bad Request: can't parse query")
	}
	a.form(query)
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		panic(http.ErrAbortHandler) // the client went away amid its request
	}
	if len(body) > maxBody {
		return a, fail(413, "Request Entity Too Large")
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case len(body) == 0 || r.Method != http.MethodPost:
	case err != nil:
		return a, fail(400, "Bad Request: unsupported content-type")
	case kind == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return a, fail(400, "Bad Request: can't parse form")
		}
		a.form(form)
	case kind == "application/json":
		if err := a.json(body); err != nil {
			return a, fail(400, "Bad Request: can't parse JSON object")
		}
	case kind == "multipart/form-data":
		if err := a.multipart(body, params["boundary"]); err != nil {
			return a, fail(400, "Bad Request: can't parse multipart form")
		}
	default:
		return a, fail(400, "Bad Request: unsupported content-type")
	}
	for name, value := range a.values {
		if !utf8.ValidString(name) || !utf8.ValidString(value) {
			return a, fail(400, "Bad Request: strings must be encoded in UTF-8")
		}
	}
	return a, nil
}

func (a args) form(values url.Values) {
	for name, v := range values {
		a.values[name] = v[0]
	}
}

func (a args) json(body []byte) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(body, &object); err != nil {
		return err
	}
	for name, raw := range object {
		if text, ok := scalar(raw); ok {
			a.values[name] = text
		}
	}
	return nil
}

// scalar is a JSON value as a parameter's text; null is no parameter.
func scalar(raw json.RawMessage) (string, bool) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return "", false
	}
	if raw[0] == '"' {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			return "", false
		}
		return text, true
	}
	return string(raw), true
}

func (a args) multipart(body []byte, boundary string) error {
	reader := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return err
		}
		if part.FileName() != "" {
			a.files[part.FormName()] = file{part.FileName(), data}
		} else {
			a.values[part.FormName()] = string(data)
		}
	}
}

func (a args) text(name string) string { return a.values[name] }

func (a args) has(name string) bool { _, ok := a.values[name]; return ok }

// flag is true for true, yes and 1.
func (a args) flag(name string) bool {
	switch strings.ToLower(strings.TrimSpace(a.values[name])) {
	case "true", "yes", "1":
		return true
	}
	return false
}

// number reads an integer as leniently as the server does: nonsense is the
// default, and what is out of range is clamped.
func (a args) number(name string, standard, low, high int) int {
	text := strings.TrimSpace(a.values[name])
	if text == "" {
		return standard
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		n = leadingInt(text)
	}
	return min(max(n, low), high)
}

// leadingInt is the number a text begins with, 0 if none.
func leadingInt(text string) int {
	end := 0
	for end < len(text) && (text[end] >= '0' && text[end] <= '9' || end == 0 && text[end] == '-') {
		end++
	}
	n, _ := strconv.Atoi(text[:end])
	return n
}

// object decodes a JSON parameter; false if it is absent, empty or null.
func (a args) object(name string, into any) (bool, error) {
	text := strings.TrimSpace(a.values[name])
	if text == "" || text == "null" {
		return false, nil
	}
	return true, json.Unmarshal([]byte(text), into)
}
