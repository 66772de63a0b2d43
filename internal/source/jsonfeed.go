package source

import (
	"bytes"
	"encoding/json"
	"strings"

	"tagwire/internal/tagwire"
)

// json reads JSON Feed leniently, value by value: a feed of 84 items must not be
// lost because one of them wrote its tags as a string.
func (f feed) json(text []byte) ([]tagwire.Entry, error) {
	var doc map[string]any
	if err := unmarshal(text, &doc); err != nil {
		if text[0] == '[' {
			return nil, refuse("this is a JSON list, not a JSON Feed")
		}
		return nil, refuse("the JSON cannot be read: %v", err)
	}
	if doc["rss"] != nil || doc["feed"] != nil {
		return nil, refuse("this is an XML feed written as JSON, which is not read: look for the XML one")
	}
	list, ok := doc["items"].([]any)
	if !ok {
		return nil, refuse("this is JSON, but not a JSON Feed: it has no list of items")
	}
	f.lang = scalar(doc["language"])
	if f.base == nil {
		f.base = baseOf(scalar(doc["home_page_url"]))
	}
	var out []tagwire.Entry
	for _, it := range list {
		item, ok := it.(map[string]any)
		if !ok {
			continue
		}
		if out = append(out, f.jsonItem(item)); len(out) == f.limit() {
			break
		}
	}
	return out, nil
}

func (f feed) jsonItem(item map[string]any) tagwire.Entry {
	text := func(keys ...string) string {
		for _, k := range keys {
			if s := scalar(item[k]); strings.TrimSpace(s) != "" {
				return s
			}
		}
		return ""
	}
	e := tagwire.Entry{ID: cleanLine(text("id", "guid")), Language: firstOf(text("language"), f.lang)}
	for _, link := range []string{text("url"), text("external_url"), text("link")} {
		if e.URL = resolve(f.base, link); e.URL != "" {
			break
		}
	}
	if e.URL == "" && absoluteLink(e.ID) {
		e.URL = resolve(f.base, e.ID)
	}
	e.PublisherTags = strs(item["tags"], item["keywords"], item["categories"])
	for _, k := range []string{"image", "banner_image"} {
		if e.Image == "" {
			e.Image = resolve(f.base, scalar(item[k]))
		}
	}
	body := text("content_html")
	if body == "" {
		body = asHTML(text("content_text", "content"))
	}
	dates := []string{text("date_published"), text("published", "pubDate", "date"), text("date_modified")}
	return f.finish(e, asHTML(text("title")), asHTML(text("summary", "description")), body, dates)
}

// asHTML keeps plain text plain on its way through the reader of markup. Text
// that has markup in spite of the format is taken as such.
func asHTML(s string) string {
	if strings.Contains(s, "</") || strings.Contains(s, "/>") {
		return s
	}
	return strings.NewReplacer("<", "&lt;", "\n", "<br>").Replace(s)
}

// unmarshal keeps numbers as they are written: an identity may be one.
func unmarshal(text []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return d.Decode(v)
}

// scalar is a JSON value as text: a string, or a number as written.
func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case map[string]any: // {"@value": …}, {"url": …}, {"name": …}
		for _, k := range []string{"@value", "url", "@id", "name"} {
			if s, ok := v[k].(string); ok {
				return s
			}
		}
	case []any:
		if len(v) > 0 {
			if _, nested := v[0].([]any); !nested {
				return scalar(v[0])
			}
		}
	}
	return ""
}

// strs collects strings from values that may each be one, a list of them, or a
// list in one string.
func strs(values ...any) []string {
	var out []string
	for _, v := range values {
		switch v := v.(type) {
		case string:
			out = append(out, splitTags(v)...)
		case []any:
			for _, x := range v[:min(len(v), 100)] {
				if s, ok := x.(string); ok {
					out = append(out, s)
				} else if m, ok := x.(map[string]any); ok {
					out = append(out, firstOf(scalar(m["name"]), scalar(m["term"])))
				}
			}
		}
	}
	return out
}
