package source

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	// earliest is the first year a news date is believed: the web is not older,
	// and zero dates of all kinds lie before.
	earliest = 1990
	// ahead is how far a date may lie in the future: clocks differ a little.
	ahead = 10 * time.Minute
)

// reading is a date as read from a text.
type reading struct {
	at       time.Time
	zero     bool // the text itself said UTC or +00:00
	dayOnly  bool
	relative bool // "20 hours ago"
}

// readDate reads the first date of a text. It is right or refuses: a zone's
// abbreviation that could mean two things, a day and month that could be
// swapped, a year left out, an instant before the web or in the future all
// give nothing.
func readDate(text string, zone *time.Location, now time.Time) (reading, bool) {
	text = tidyDate(text)
	if text == "" {
		return reading{}, false
	}
	// Of "updated ... published ..." the publication counts.
	if i := publishedLabel.FindStringIndex(text); i != nil && i[0] > 0 {
		if r, ok := absolute(text[i[1]:], zone, now); ok {
			return r, true
		}
	}
	if r, ok := absolute(text, zone, now); ok {
		return r, true
	}
	return relative(text, zone, now)
}

func tidyDate(text string) string {
	if len(text) > 400 {
		text = strings.ToValidUTF8(text[:400], "")
	}
	return strings.Join(strings.Fields(norm.NFKC.String(safe(text))), " ")
}

var (
	publishedLabel = regexp.MustCompile(`(?i)\b(?:published|posted)\b|发布`)

	isoDate   = regexp.MustCompile(`(\d{4})(?:\s?年\s?|[-/.])(\d{1,2})(?:\s?月\s?|[-/.])(\d{1,2})(?:\s?日)?`)
	monthDay  = regexp.MustCompile(`(\p{L}{3,12})\.?\s?(\d{1,2})(?:st|nd|rd|th)?\s?,?\s?(\d{4})`)
	dayMonth  = regexp.MustCompile(`(\d{1,2})(?:st|nd|rd|th)?\.?(?:\s(?:of|de)\s|[\s./-]{0,2})(\p{L}{3,12})\.?,?(?:\sde\s|[\s./',-]{0,2})(\d{4}|\d{2})`)
	numeric   = regexp.MustCompile(`(\d{1,2})([./-])(\d{1,2})([./-])(\d{4})`)
	unixDate  = regexp.MustCompile(`(\p{L}{3,9})\s(\d{1,2})\s(\d{1,2}:\d{2}(?::\d{2})?)(?:\s([A-Z]{1,5}[+\d:-]*|[+-]\d{4}))?\s(\d{4})`)
	compact   = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})(?:[T\s]?(\d{2})(\d{2})(\d{2})?\s?(Z|[+-]\d{2}:?\d{2})?)?$`)
	epoch     = regexp.MustCompile(`^(\d{10})(?:\d{3}|\.\d+)?$`)
	betweenDT = regexp.MustCompile(`^(?i:[\s,;|@·•–—-]|T|at\b|um\b|on\b|à\s|a las\s|kl\.?\s|(?:星期|周)[一二三四五六日天]|\(?(?:mon|tue|wed|thu|fri|sat|sun)\p{L}{0,6}\.?\)?)*`)
	clock     = regexp.MustCompile(`^(?i:(凌晨|早上|上午|中午|下午|傍晚|晚上)\s?)?(\d{1,2})(?i:(?:\s?[:时點点]\s?|h)(\d{2})(?:\s?分)?(?:\s?:?(\d{2})(?:[.,]\d{1,9})?(?:\s?秒)?)?(?:\s?([ap])\.?m\b\.?)?|\s?([ap])\.?m\b\.?|\s?[时点](?:整)?)`)
	clockEnd  = regexp.MustCompile(`(?:^|[\s(,])(\d{1,2}:\d{2}(?::\d{2})?\s?(?i:[ap]\.?m\.?)?\s?(?:[A-Z]{1,5}|[+-]\d{2}:?\d{2})?)[\s,]*(?i:on\s|(?:mon|tue|wed|thu|fri|sat|sun)\p{L}{0,6}\.?,?\s)*$`)
	offset    = regexp.MustCompile(`^(\s?)\(?(?:(UTC|GMT|UT|Z)\s?)?([+-])(\d{1,2})(?::?(\d{2}))?`)
	letterTZ  = regexp.MustCompile(`^\s?\(?([A-Z]{1,5})`)
	beijing   = regexp.MustCompile(`^\s?\(?(?i:beijing time|北京时间)`)
)

// day is a calendar date found in a text, and where.
type day struct {
	start, end int
	y, m, d    int
}

// absolute reads a text that names year, month and day.
func absolute(text string, zone *time.Location, now time.Time) (reading, bool) {
	if m := epoch.FindStringSubmatch(text); m != nil {
		n, _ := strconv.ParseInt(m[1], 10, 64)
		return plausible(reading{at: time.Unix(n, 0).UTC()}, now)
	}
	if m := compact.FindStringSubmatch(text); m != nil {
		iso := m[1] + "-" + m[2] + "-" + m[3]
		if m[4] != "" {
			iso += " " + m[4] + ":" + m[5]
			if m[6] != "" {
				iso += ":" + m[6]
			}
			iso += m[7]
		}
		text = iso
	}
	if m := unixDate.FindStringSubmatch(text); m != nil {
		if n, ok := month(m[1]); ok {
			text = m[5] + "-" + strconv.Itoa(n) + "-" + m[2] + " " + m[3] + " " + m[4]
		}
	}
	d, ok := findDay(text)
	if !ok {
		return reading{}, false
	}
	rest := text[d.end:]
	rest = rest[len(betweenDT.FindString(rest)):]
	t, n, found, ok := readClock(rest)
	if !ok {
		return reading{}, false
	}
	if found {
		rest = rest[n:]
	} else if m := clockEnd.FindStringSubmatch(text[:d.start]); m != nil {
		// "08:19 CST, Jul 28, 2020": the time stands before.
		if t, n, found, ok = readClock(m[1]); !ok || !found {
			return reading{}, false
		}
		rest = m[1][n:]
	} else if rest != "" && rest[0] >= '0' && rest[0] <= '9' {
		return reading{}, false // a time we do not understand
	}
	r := reading{dayOnly: !found}
	if found {
		var ok bool
		if zone, r.zero, ok = readZone(rest, d.y, zone); !ok {
			return reading{}, false
		}
	}
	if t.h == 24 && (t.m != 0 || t.s != 0) {
		return reading{}, false
	}
	r.at = time.Date(d.y, time.Month(d.m), d.d, t.h, t.m, t.s, 0, zone)
	return plausible(r, now)
}

func plausible(r reading, now time.Time) (reading, bool) {
	if r.at.Year() < earliest || r.at.After(now.Add(ahead)) {
		return reading{}, false
	}
	return r, true
}

// findDay finds the first calendar date of a text.
func findDay(text string) (day, bool) {
	best, found := day{}, false
	try := func(loc []int, y, m, d int) {
		c := day{start: loc[0], end: loc[1], y: y, m: m, d: d}
		if found && best.start <= c.start || !alone(text, loc[0], loc[1]) || !valid(y, m, d) {
			return
		}
		best, found = c, true
	}
	num := func(loc []int, group int) int {
		n, _ := strconv.Atoi(text[loc[2*group]:loc[2*group+1]])
		return n
	}
	str := func(loc []int, group int) string { return text[loc[2*group]:loc[2*group+1]] }
	for _, l := range isoDate.FindAllStringSubmatchIndex(text, 4) {
		try(l, num(l, 1), num(l, 2), num(l, 3))
	}
	for _, l := range monthDay.FindAllStringSubmatchIndex(text, 4) {
		if m, ok := month(str(l, 1)); ok {
			try(l, num(l, 3), m, num(l, 2))
		}
	}
	for _, l := range dayMonth.FindAllStringSubmatchIndex(text, 4) {
		m, ok := month(str(l, 2))
		y := num(l, 3)
		if short := l[7]-l[6] == 2; short {
			if strings.HasPrefix(text[l[1]:], ":") {
				continue // "28 Jul 08:19" names no year
			}
			if y += 2000; y >= 2070 {
				y -= 100
			}
		}
		if ok {
			try(l, y, m, num(l, 1))
		}
	}
	for _, l := range numeric.FindAllStringSubmatchIndex(text, 4) {
		a, b := num(l, 1), num(l, 3)
		if str(l, 2) != str(l, 4) {
			continue
		}
		switch {
		case str(l, 2) == ".", a > 12, a == b: // dots are written day first
			try(l, num(l, 5), b, a)
		case b > 12:
			try(l, num(l, 5), a, b)
		}
	}
	return best, found
}

// alone demands that a date is not part of a longer number or word.
func alone(text string, start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	after, _ := utf8.DecodeRuneInString(text[end:])
	first, _ := utf8.DecodeRuneInString(text[start:])
	if unicode.IsDigit(before) || unicode.IsDigit(first) && (before == '-' || before == '/' || before == '.') {
		return false
	}
	if unicode.IsLetter(first) && unicode.IsLetter(before) && !unicode.Is(unicode.Han, before) {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(text[start:end])
	return !unicode.IsDigit(after) || !unicode.IsDigit(last) // 28日8时 needs no blank
}

func valid(y, m, d int) bool {
	if m < 1 || m > 12 || d < 1 {
		return false
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return t.Day() == d
}

// wall is a time of day as printed.
type wall struct{ h, m, s int }

// readClock reads a time of day at the beginning of a text. It is found if there
// is one, and not ok if that cannot be a time.
func readClock(text string) (t wall, n int, found, ok bool) {
	m := clock.FindStringSubmatch(text)
	if m == nil {
		return wall{}, 0, false, true
	}
	t.h, _ = strconv.Atoi(m[2])
	t.m, _ = strconv.Atoi(m[3])
	t.s, _ = strconv.Atoi(m[4])
	half := strings.ToLower(m[5] + m[6])
	switch m[1] {
	case "凌晨", "早上", "上午":
		if half = "a"; t.h == 12 && m[1] == "上午" {
			return wall{}, 0, false, false // said of noon as well as of midnight
		}
	case "中午":
		if half = "p"; t.h == 11 || t.h == 0 {
			half = ""
		}
	case "下午", "傍晚", "晚上":
		half = "p"
	}
	switch {
	case half == "a" && t.h == 12:
		t.h = 0
	case half == "p" && t.h > 0 && t.h < 12:
		t.h += 12
	case half == "a" && t.h > 12, half == "p" && t.h == 0:
		return wall{}, 0, false, false
	}
	if t.h > 24 || t.m > 59 || t.s > 60 {
		return wall{}, 0, false, false
	}
	return t, len(m[0]), true, true
}

// readZone reads what follows a time. Without a zone there the source's own
// holds; one that cannot be told for certain is not ok.
func readZone(rest string, year int, own *time.Location) (_ *time.Location, zero, ok bool) {
	if beijing.MatchString(rest) {
		return time.FixedZone("CST", 8*3600), false, true
	}
	if m := offset.FindStringSubmatch(rest); m != nil {
		h, _ := strconv.Atoi(m[4])
		min, _ := strconv.Atoi(m[5])
		// " +8" alone could be anything, such as a count of comments.
		if m[2] != "" || m[5] != "" || m[1] == "" && len(m[4]) == 2 {
			if h > 14 || min > 59 {
				return nil, false, false
			}
			sec := h*3600 + min*60
			if m[3] == "-" {
				sec = -sec
			}
			return time.FixedZone("", sec), sec == 0, true
		}
	}
	m := letterTZ.FindStringSubmatch(rest)
	if m == nil {
		return own, false, true
	}
	// The letters must stand for themselves: in "Source" the S is no zone.
	after, _ := utf8.DecodeRuneInString(rest[len(m[0]):])
	if unicode.IsLetter(after) && !unicode.Is(unicode.Han, after) {
		return own, false, true
	}
	if z, ok := abbreviation(m[1], year, own); ok {
		return z, m[1] == "Z" || m[1] == "UTC" || m[1] == "GMT" || m[1] == "UT", true
	}
	// Unknown letters that look like a zone are refused; a name such as SMM is not
	// taken for one.
	if n := len(m[1]); n >= 2 && m[1][n-1] == 'T' {
		return nil, false, false
	}
	return own, false, true
}

// month knows the names of the months in the languages of the trade press.
func month(name string) (int, bool) {
	name = strings.ToLower(name)
	if n, ok := map[string]int{
		"jan": 1, "january": 1, "feb": 2, "february": 2, "mar": 3, "march": 3, "apr": 4, "april": 4, "may": 5, "jun": 6, "june": 6,
		"jul": 7, "july": 7, "aug": 8, "august": 8, "sep": 9, "sept": 9, "september": 9, "oct": 10, "october": 10, "nov": 11,
		"november": 11, "dec": 12, "december": 12,
		"januar": 1, "februar": 2, "märz": 3, "mai": 5, "juni": 6, "juli": 7, "oktober": 10, "dezember": 12,
		"janvier": 1, "février": 2, "mars": 3, "avril": 4, "juin": 6, "juillet": 7, "août": 8, "septembre": 9, "octobre": 10,
		"novembre": 11, "décembre": 12,
		"enero": 1, "febrero": 2, "marzo": 3, "abril": 4, "mayo": 5, "junio": 6, "julio": 7, "agosto": 8, "septiembre": 9, "octubre": 10,
		"noviembre": 11, "diciembre": 12,
		"janeiro": 1, "fevereiro": 2, "março": 3, "maio": 5, "junho": 6, "julho": 7, "setembro": 9, "outubro": 10, "novembro": 11,
		"dezembro": 12,
		"января":   1, "февраля": 2, "марта": 3, "апреля": 4, "мая": 5, "июня": 6, "июля": 7, "августа": 8, "сентября": 9, "октября": 10,
		"ноября": 11, "декабря": 12,
	}[name]; ok {
		return n, true
	}
	return 0, false
}
