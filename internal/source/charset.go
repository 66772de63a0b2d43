package source

import (
	"bytes"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

var (
	xmlCharset  = regexp.MustCompile(`^\s*<\?xml[^>]*?\bencoding\s*=\s*["']([\w.:-]+)["']`)
	metaCharset = regexp.MustCompile(`(?i)<meta[^>]*?\bcharset\s*=\s*["']?\s*([\w.:-]+)`)
	xmlDecl     = regexp.MustCompile(`^\s*<\?xml\b[^>]*\?>`)
)

// toUTF8 decodes a document, and says in what it was written. Sites declare
// charsets wrongly more often than valid UTF-8 occurs by chance, so the bytes
// are asked first: byte order mark, pattern of zeros, valid UTF-8; then the
// source's setting, the HTTP header, the document's own word; last GB18030, the
// usual one of those who declare nothing.
func toUTF8(body []byte, configured, contentType string) (text []byte, name string) {
	if e, name, skip := byMark(body); e != nil {
		return decode(e, body[skip:]), name
	}
	if bytes.HasPrefix(body, []byte("\xEF\xBB\xBF")) {
		body = body[3:]
	}
	if mostlyUTF8(body) {
		return bytes.ToValidUTF8(body, []byte("\uFFFD")), "utf-8"
	}
	var best []byte
	bestName, bestBad := "", -1
	for _, label := range []string{configured, headerCharset(contentType), declared(body), "gb18030"} {
		e, name := lookup(label)
		if e == nil {
			continue
		}
		text := decode(e, body)
		bad := bytes.Count(text, []byte("\uFFFD"))
		if bad == 0 {
			return text, name
		}
		if bestBad < 0 || bad < bestBad {
			best, bestName, bestBad = text, name, bad
		}
	}
	// Nothing fits without a fault: the least bad, unless that is mostly rubbish.
	if bestBad*20 < utf8.RuneCount(best) {
		return best, bestName
	}
	return bytes.ToValidUTF8(body, []byte("\uFFFD")), "utf-8"
}

// byMark tells UTF-16 and UTF-32 by byte order mark or by the zeros that ASCII
// characters, with which every markup begins, leave in them.
func byMark(b []byte) (e encoding.Encoding, name string, skip int) {
	has := func(s string) bool { return bytes.HasPrefix(b, []byte(s)) }
	switch {
	case has("\xFF\xFE\x00\x00"):
		return utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), "utf-32le", 4
	case has("\x00\x00\xFE\xFF"):
		return utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), "utf-32be", 4
	case has("\xFF\xFE"):
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-16le", 2
	case has("\xFE\xFF"):
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "utf-16be", 2
	}
	if len(b) < 8 {
		return nil, "", 0
	}
	zero := func(want string) bool {
		for i := range 8 {
			if (b[i] == 0) != (want[i] == '0') {
				return false
			}
		}
		return true
	}
	switch {
	case zero("x0x0x0x0"):
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-16le", 0
	case zero("0x0x0x0x"):
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "utf-16be", 0
	case zero("x000x000"):
		return utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), "utf-32le", 0
	case zero("000x000x"):
		return utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), "utf-32be", 0
	}
	return nil, "", 0
}

// mostlyUTF8 holds for valid UTF-8, and for text that was cut or patched in a
// few places: twenty good sequences for each bad byte do not occur by chance.
func mostlyUTF8(b []byte) bool {
	if utf8.Valid(b) {
		return true
	}
	good, bad := 0, 0
	for utf8.FullRune(b) { // what follows is a character cut off
		if b[0] < utf8.RuneSelf {
			b = b[1:]
			continue
		}
		r, n := utf8.DecodeRune(b)
		switch {
		case r != utf8.RuneError || n > 1:
			good++
		default:
			bad++
		}
		b = b[n:]
	}
	return good >= 20*bad && good > 0
}

func headerCharset(contentType string) string {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	return params["charset"]
}

// declared is the charset that a document names at its beginning.
func declared(body []byte) string {
	head := body[:min(len(body), 4096)]
	if m := xmlCharset.FindSubmatch(head); m != nil {
		return string(m[1])
	}
	if m := metaCharset.FindSubmatch(head); m != nil {
		return string(m[1])
	}
	return ""
}

// lookup finds a charset by any of its names. The GB family is read by its
// newest member, which holds the others: sites say GB2312 and mean more. UTF-8
// was tried before and is no answer here.
func lookup(label string) (encoding.Encoding, string) {
	e, err := htmlindex.Get(strings.TrimSpace(label))
	if err != nil {
		return nil, ""
	}
	name, err := htmlindex.Name(e)
	if err != nil || name == "utf-8" || name == "replacement" || strings.HasPrefix(name, "utf-16") {
		return nil, ""
	}
	if name == "gbk" || name == "gb18030" {
		return simplifiedchinese.GB18030, "gb18030"
	}
	return e, name
}

func decode(e encoding.Encoding, b []byte) []byte {
	out, err := e.NewDecoder().Bytes(b)
	if err != nil {
		out = append(out, "\uFFFD"...)
	}
	return out
}

// dropDeclaration removes the XML declaration: its charset no longer holds, and
// a version other than 1.0 would stop the parser.
func dropDeclaration(b []byte) []byte {
	return b[len(xmlDecl.Find(b)):]
}
