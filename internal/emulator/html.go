package emulator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// parseHTML reads text in the Bot API's HTML as the real parser does, with its
// errors and byte offsets. The entities are in the order of the text, outer ones
// first; offsets count UTF-16 units of the returned text. known tells which
// users a tg://user link may mention.
func parseHTML(source string, known func(id int64) *User) (string, []Entity, error) {
	p := &htmlParser{source: source, known: known}
	for p.pos < len(source) {
		switch c := source[p.pos]; {
		case c == '&':
			p.reference()
		case c != '<':
			p.literal(c)
		default:
			if err := p.tag(); err != nil {
				return "", nil, err
			}
		}
	}
	if n := len(p.open); n > 0 {
		return "", nil, markupErrorf("Can't find end tag corresponding to start tag %s", quote(p.open[n-1].name))
	}
	if p.surrogates && !utf8.Valid(p.text) {
		return "", nil, markupErrorf("Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units")
	}
	for i := range p.entities {
		if p.entities[i].Type == "code" {
			p.entities[i].Language = ""
		}
	}
	slices.Reverse(p.entities) // of two over the same text, the outer one closed last
	sortEntities(p.entities)
	return string(p.text), p.entities, nil
}

// markupError is what is wrong with a marked-up text, in Telegram's words.
type markupError string

func (e markupError) Error() string { return string(e) }

func markupErrorf(format string, args ...any) error {
	return markupError(fmt.Sprintf(format, args...))
}

// htmlParser walks over the source once. Reading past the end gives a zero
// byte, which counts as white space: several of the errors depend on that.
type htmlParser struct {
	source     string
	pos        int
	text       []byte
	units      int // UTF-16 length of text
	surrogates bool
	open       []openTag
	entities   []Entity
	known      func(id int64) *User
}

// openTag is a start tag whose end tag is awaited.
type openTag struct {
	name     string
	argument string // href, language, emoji id …
	format   string // of tg-time
	units    int    // where its text begins, in UTF-16 units …
	bytes    int    // … and in bytes
}

func (p *htmlParser) at(i int) byte {
	if i < len(p.source) {
		return p.source[i]
	}
	return 0
}

func htmlSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == 0
}

// literal copies a byte of text.
func (p *htmlParser) literal(c byte) {
	if utf8.RuneStart(c) {
		p.units++
		if c >= 0xf0 {
			p.units++ // four bytes in UTF-8 are a surrogate pair in UTF-16
		}
	}
	p.text = append(p.text, c)
	p.pos++
}

// reference copies what &…; stands for, or the ampersand if it is none.
func (p *htmlParser) reference() {
	r, next := p.decode(p.pos)
	if r == 0 {
		p.literal('&')
		return
	}
	p.units++
	if r > 0xffff {
		p.units++
	}
	if r >= 0xd800 && r <= 0xdfff {
		p.surrogates = true
	}
	p.text = appendCode(p.text, r)
	p.pos = next
}

// appendCode appends a code point, a lone surrogate as the bytes that a UTF-8
// check refuses.
func appendCode(b []byte, r rune) []byte {
	if r >= 0xd800 && r <= 0xdfff {
		return append(b, 0xe0|byte(r>>12), 0x80|byte(r>>6)&0x3f, 0x80|byte(r)&0x3f)
	}
	return utf8.AppendRune(b, r)
}

// decode reads the character reference at i; 0 if there is none. The semicolon
// is optional, also after a name.
func (p *htmlParser) decode(i int) (r rune, next int) {
	end := i + 1
	if p.at(end) == '#' {
		end++
		base := 10
		if p.at(end) == 'x' {
			base = 16
			end++
		}
		for {
			d := digit(p.at(end), base)
			if d < 0 {
				break
			}
			end++
			if r < 1<<24 { // more digits cannot make it valid again
				r = r*rune(base) + rune(d)
			}
		}
		if r == 0 || r >= 0x10ffff || end-i >= 10 {
			return 0, i
		}
	} else {
		for isAlpha(p.at(end)) {
			end++
		}
		switch p.source[i+1 : end] {
		case "lt":
			r = '<'
		case "gt":
			r = '>'
		case "amp":
			r = '&'
		case "quot":
			r = '"'
		default:
			return 0, i
		}
	}
	if p.at(end) == ';' {
		end++
	}
	return r, end
}

func digit(c byte, base int) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case base == 16 && 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case base == 16 && 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

func isAlpha(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isAlnum(c byte) bool { return isAlpha(c) || '0' <= c && c <= '9' }

func (p *htmlParser) tag() error {
	if p.at(p.pos+1) == '/' {
		return p.endTag()
	}
	return p.startTag()
}

// word reads up to white space or '>' and lower-cases it.
func (p *htmlParser) word() string {
	begin := p.pos
	for !htmlSpace(p.at(p.pos)) && p.at(p.pos) != '>' {
		p.pos++
	}
	return asciiLower(p.source[begin:min(p.pos, len(p.source))])
}

func (p *htmlParser) blanks() {
	for p.pos < len(p.source) && htmlSpace(p.source[p.pos]) {
		p.pos++
	}
}

func (p *htmlParser) ended() bool { return p.pos >= len(p.source) }

func (p *htmlParser) startTag() error {
	begin := p.pos
	p.pos++
	name := p.word()
	if p.ended() {
		return markupErrorf("Unclosed start tag at byte offset %d", begin)
	}
	if !supportedTag(name) {
		return markupErrorf("Unsupported start tag %s at byte offset %d", quote(name), begin)
	}
	tag := openTag{name: name, units: p.units, bytes: len(p.text)}
	for p.at(p.pos) != '>' {
		p.blanks()
		if p.at(p.pos) == '>' {
			break
		}
		if err := p.attribute(&tag, begin); err != nil {
			return err
		}
	}
	p.pos++
	if name == "span" && tag.argument != "spoiler" {
		return markupErrorf(`Tag "span" must have class "tg-spoiler" at byte offset %d`, begin)
	}
	p.open = append(p.open, tag)
	return nil
}

func supportedTag(name string) bool {
	switch name {
	case "a", "b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre",
		"blockquote", "span", "tg-spoiler", "tg-emoji", "tg-time":
		return true
	}
	return false
}

// attribute reads one attribute, with or without a value.
func (p *htmlParser) attribute(tag *openTag, begin int) error {
	nameBegin := p.pos
	for !htmlSpace(p.at(p.pos)) && !strings.ContainsRune("=>/\"'", rune(p.at(p.pos))) {
		p.pos++
	}
	name := p.source[nameBegin:min(p.pos, len(p.source))]
	if name == "" {
		return markupErrorf("Empty attribute name in the tag %s at byte offset %d", quote(tag.name), begin)
	}
	p.blanks()
	if p.at(p.pos) != '=' {
		if p.ended() {
			return markupErrorf("Unclosed start tag %s at byte offset %d", quote(tag.name), begin)
		}
		if tag.name == "blockquote" && name == "expandable" {
			tag.argument = "1"
		}
		return nil
	}
	p.pos++
	p.blanks()
	if p.ended() {
		return markupErrorf("Unclosed start tag %s at byte offset %d", quote(tag.name), begin)
	}
	value, err := p.value()
	if err != nil {
		return err
	}
	if p.ended() {
		return markupErrorf("Unclosed start tag at byte offset %d", begin)
	}
	tag.set(name, value)
	return nil
}

// value reads a quoted string, or a name token (case-insensitive).
func (p *htmlParser) value() (string, error) {
	quoteChar := p.at(p.pos)
	if quoteChar != '\'' && quoteChar != '"' {
		begin := p.pos
		for c := p.at(p.pos); isAlnum(c) || c == '.' || c == '-'; c = p.at(p.pos) {
			p.pos++
		}
		if c := p.at(p.pos); !htmlSpace(c) && c != '>' {
			return "", markupErrorf("Unexpected end of name token at byte offset %d", begin)
		}
		return asciiLower(p.source[begin:p.pos]), nil
	}
	p.pos++
	var value []byte
	for !p.ended() && p.source[p.pos] != quoteChar {
		if p.source[p.pos] == '&' {
			if r, next := p.decode(p.pos); r != 0 {
				value = appendCode(value, r)
				p.pos = next
				continue
			}
		}
		value = append(value, p.source[p.pos])
		p.pos++
	}
	if !p.ended() {
		p.pos++
	}
	return string(value), nil
}

// set keeps the attributes that mean something; names are case-sensitive.
func (t *openTag) set(name, value string) {
	switch t.name + "@" + name {
	case "a@href", "tg-emoji@emoji-id", "tg-time@unix":
		t.argument = value
	case "tg-time@format":
		t.format = value
	case "code@class":
		if language, ok := strings.CutPrefix(value, "language-"); ok {
			t.argument = language
		}
	case "span@class":
		if class, ok := strings.CutPrefix(value, "tg-"); ok {
			t.argument = class
		}
	case "blockquote@expandable":
		t.argument = "1"
	}
}

func (p *htmlParser) endTag() error {
	begin := p.pos
	n := len(p.open)
	if n == 0 {
		return markupErrorf("Unexpected end tag at byte offset %d", begin)
	}
	p.pos += 2
	name := p.word()
	p.blanks()
	if p.at(p.pos) != '>' {
		return markupErrorf("Unclosed end tag at byte offset %d", begin)
	}
	p.pos++
	tag := p.open[n-1]
	if name != "" && name != tag.name {
		return markupErrorf("Unmatched end tag at byte offset %d, expected %s, found %s",
			begin, quote("</"+tag.name+">"), quote("</"+name+">"))
	}
	p.open = p.open[:n-1]
	if p.units == tag.units {
		return nil // an empty element vanishes
	}
	return p.close(tag)
}

// close makes the entity of an element that has ended.
func (p *htmlParser) close(tag openTag) error {
	e := Entity{Offset: tag.units, Length: p.units - tag.units}
	last := func(kind string) *Entity {
		if n := len(p.entities); n > 0 {
			if l := &p.entities[n-1]; l.Type == kind && l.Offset == e.Offset && l.Length == e.Length {
				return l
			}
		}
		return nil
	}
	switch tag.name {
	case "b", "strong":
		e.Type = "bold"
	case "i", "em":
		e.Type = "italic"
	case "u", "ins":
		e.Type = "underline"
	case "s", "strike", "del":
		e.Type = "strikethrough"
	case "span", "tg-spoiler":
		e.Type = "spoiler"
	case "blockquote":
		e.Type = "blockquote"
		if tag.argument != "" {
			e.Type = "expandable_blockquote"
		}
	case "pre":
		if code := last("code"); code != nil && code.Language != "" {
			code.Type = "pre"
			return nil
		}
		e.Type = "pre"
	case "code":
		if pre := last("pre"); pre != nil && tag.argument != "" {
			pre.Language = tag.argument
			return nil
		}
		e.Type, e.Language = "code", tag.argument // dropped at the end unless a pre follows
	case "tg-emoji":
		id, err := strconv.ParseInt(tag.argument, 10, 64)
		if err != nil || id == 0 {
			return markupErrorf("Invalid custom emoji identifier specified")
		}
		e.Type, e.EmojiID = "custom_emoji", tag.argument
	case "tg-time":
		unix, err := strconv.ParseInt(tag.argument, 10, 32)
		if err != nil || unix <= 0 || !validTimeFormat(tag.format) {
			return markupErrorf("Invalid date format used")
		}
		e.Type, e.Unix, e.Format = "date_time", unix, tag.format
	case "a":
		url := tag.argument
		if url == "" {
			url = string(p.text[tag.bytes:])
		}
		if id, ok := userLink(url); ok {
			user := p.known(id)
			if user == nil {
				return nil
			}
			e.Type, e.User = "text_mention", user
		} else if url, ok := checkLink(url); ok {
			e.Type, e.URL = "text_link", url
		} else {
			return nil // no link, and no error
		}
	}
	p.entities = append(p.entities, e)
	return nil
}

// validTimeFormat accepts "r" alone, or letters for the parts of date and time.
func validTimeFormat(format string) bool {
	return format == "r" || strings.Trim(format, "tTdDwW") == ""
}

func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}, s)
}

// quote puts a name between double quotes as it is; %q would escape it.
func quote(s string) string { return `"` + s + `"` }
