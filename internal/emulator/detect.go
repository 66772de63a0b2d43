package emulator

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
)

// detect finds what Telegram makes tappable of its own accord: addresses,
// e-mails, mentions, hashtags, cashtags and commands. It leaves alone what the
// sender marked as code or as a link.
func detect(text string, marked []Entity) []Entity {
	d := detector{runes: []rune(text)}
	d.units = make([]int, len(d.runes)+1)
	for i, r := range d.runes {
		d.units[i+1] = d.units[i] + max(utf16.RuneLen(r), 1)
	}
	for i, r := range d.runes {
		switch r {
		case '@':
			d.mention(i)
			d.email(i)
		case '#':
			d.hashtag(i)
		case '$':
			d.cashtag(i)
		case '/':
			d.command(i)
		}
	}
	d.addresses()
	sortEntities(d.found)
	var out []Entity
	end := 0
	for _, e := range d.found {
		if e.Offset < end || slices.ContainsFunc(marked, func(m Entity) bool { return covers(m, e) }) {
			continue
		}
		end = e.Offset + e.Length
		out = append(out, e)
	}
	return out
}

func covers(m, e Entity) bool {
	if splittable(m.Type) || isQuote(m.Type) {
		return false
	}
	return m.Offset < e.Offset+e.Length && e.Offset < m.Offset+m.Length
}

type detector struct {
	runes []rune
	units []int // UTF-16 offset of each rune
	found []Entity
}

// rune is the character at i, 0 outside of the text.
func (d *detector) rune(i int) rune {
	if i < 0 || i >= len(d.runes) {
		return 0
	}
	return d.runes[i]
}

func (d *detector) add(kind string, begin, end int) {
	d.found = append(d.found, Entity{Type: kind, Offset: d.units[begin], Length: d.units[end] - d.units[begin]})
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

func isName(r rune) bool { return r == '_' || r < 128 && isAlnum(byte(r)) && r > 0 }

// name counts the characters of a user or command name from i on.
func (d *detector) name(i int) int {
	n := 0
	for isName(d.rune(i + n)) {
		n++
	}
	return n
}

func (d *detector) mention(i int) {
	n := d.name(i + 1)
	// Shorter names than four exist for a few of Telegram's own bots only.
	if n < 4 || n > 32 || isWord(d.rune(i-1)) || isWord(d.rune(i+1+n)) {
		return
	}
	d.add("mention", i, i+1+n)
}

func (d *detector) command(i int) {
	before := d.rune(i - 1)
	if isWord(before) || before == '/' || before == '<' || before == '>' {
		return
	}
	n := d.name(i + 1)
	if n < 1 || n > 64 {
		return
	}
	end := i + 1 + n
	if d.rune(end) == '@' {
		if n := d.name(end + 1); n >= 3 && n <= 32 {
			end += 1 + n
		}
	}
	after := d.rune(end)
	if isWord(after) || after == '/' || after == '<' || after == '>' {
		return
	}
	d.add("bot_command", i, end)
}

func isHashtag(r rune) bool {
	return isWord(r) || unicode.Is(unicode.M, r) || r == 0x200c || r == 0xb7
}

func (d *detector) hashtag(i int) {
	if isHashtag(d.rune(i - 1)) {
		return
	}
	n, letter := 0, false
	for r := d.rune(i + 1); isHashtag(r); r = d.rune(i + 1 + n) {
		n++
		letter = letter || !unicode.IsDigit(r)
	}
	if n == 0 || n > 256 || !letter || d.rune(i+1+n) == '#' {
		return
	}
	d.add("hashtag", i, i+1+n)
}

func (d *detector) cashtag(i int) {
	if before := d.rune(i - 1); isWord(before) || before == '$' {
		return
	}
	n := 0
	for r := d.rune(i + 1); r >= 'A' && r <= 'Z'; r = d.rune(i + 1 + n) {
		n++
	}
	if after := d.rune(i + 1 + n); n == 0 || n > 8 || isWord(after) || after == '$' {
		return
	}
	d.add("cashtag", i, i+1+n)
}

func isHost(r rune) bool { return r == '-' || r == '.' || isWord(r) }

// host is the span of a domain name around i.
func (d *detector) host(i int) (begin, end int) {
	begin, end = i, i
	for isHost(d.rune(begin - 1)) {
		begin--
	}
	for isHost(d.rune(end)) {
		end++
	}
	for end > begin && (d.runes[end-1] == '.' || d.runes[end-1] == '-') {
		end--
	}
	return begin, end
}

func (d *detector) email(i int) {
	begin := i
	for r := d.rune(begin - 1); isName(r) || r == '.' || r == '-' || r == '+'; r = d.rune(begin - 1) {
		begin--
	}
	_, end := d.host(i + 1)
	if begin < i && end > i+1 && knownDomain(string(d.runes[i+1:end])) {
		d.add("email", begin, end)
	}
}

// addresses finds web addresses: with a scheme, or a domain of a common kind.
func (d *detector) addresses() {
	for i := 0; i < len(d.runes); i++ {
		if d.runes[i] != '.' {
			continue
		}
		begin, end := d.host(i)
		if end <= i {
			continue
		}
		host := string(d.runes[begin:end])
		scheme := d.scheme(begin)
		if scheme == begin && (d.rune(begin-1) == '@' || d.rune(begin-1) == '/' || !knownDomain(host)) || !dottedHost(host) {
			i = end
			continue
		}
		stop := d.path(end)
		d.add("url", scheme, stop)
		i = stop
	}
}

// scheme is where http:// and the like before i begins; i if there is none.
func (d *detector) scheme(i int) int {
	for _, s := range []string{"https://", "http://", "ftp://", "tg://", "ton://"} {
		n := len(s)
		if i >= n && strings.EqualFold(string(d.runes[i-n:i]), s) && !isWord(d.rune(i-n-1)) {
			return i - n
		}
	}
	return i
}

// path is the end of port, path, query and fragment after a host.
func (d *detector) path(i int) int {
	if d.rune(i) == ':' && unicode.IsDigit(d.rune(i+1)) {
		i++
		for unicode.IsDigit(d.rune(i)) {
			i++
		}
	}
	if r := d.rune(i); r != '/' && r != '?' && r != '#' {
		return i
	}
	begin := i
	for r := d.rune(i); r != 0 && !unicode.IsSpace(r) && !strings.ContainsRune("<>\"«»“”，。；（）《》、！", r); r = d.rune(i) {
		i++
	}
	for i > begin {
		last := d.runes[i-1]
		if strings.ContainsRune(".:;,('?!`", last) || last == ')' && !strings.ContainsRune(string(d.runes[begin:i]), '(') {
			i--
			continue
		}
		break
	}
	return i
}

// knownDomain reports whether the last label is one under which a bare name is
// taken for an address. The real list is every top-level domain; these are the
// ones that industry news runs into.
func knownDomain(host string) bool {
	if !dottedHost(host) {
		return false
	}
	switch strings.ToLower(host[strings.LastIndexByte(host, '.')+1:]) {
	case "com", "org", "net", "edu", "gov", "int", "info", "biz", "io", "dev", "app", "me", "ai", "co", "news", "xyz",
		"cn", "hk", "tw", "jp", "kr", "sg", "in", "au", "nz", "ca", "us", "uk", "eu", "de", "fr", "it", "es", "nl", "be",
		"ch", "at", "se", "no", "fi", "dk", "pl", "cz", "ru", "ua", "br", "mx", "cl", "ar", "pe", "za", "tv", "to", "ly",
		"online", "site", "shop", "tech", "club", "top", "中国":
		return true
	}
	return false
}
