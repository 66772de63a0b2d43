package bot

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"tagwire/internal/tagwire"
)

// digestAsk is what a person wants of the digest.
type digestAsk struct {
	verb   digestVerb
	days   tagwire.Weekdays // 0 when no day was named
	minute int              // of the day, -1 when no time was named
	zone   string           // as typed, empty when none was named
}

type digestVerb string

const (
	digestShow digestVerb = ""    // nothing was asked: tell when it comes
	digestNow  digestVerb = "now" // send what is waiting
	digestOff  digestVerb = "off"
	digestOn   digestVerb = "on" // at the time kept
	digestSet  digestVerb = "set"
)

// digestFault is why an ask cannot be read, and the word that stands in the way.
type digestFault struct {
	kind faultKind
	word string
}

type faultKind string

const (
	faultTime    faultKind = "time"     // 25:00
	faultTwice   faultKind = "twice"    // two times of day
	faultDay     faultKind = "day"      // "weekly" without a day
	faultWord    faultKind = "word"     // a word that is no day, time or zone
	faultTooLong faultKind = "too long" // more than anybody needs
)

// maxDigestArgs is far above the longest sensible ask.
const maxDigestArgs = 120

// The patterns are read only.
var (
	chineseTime = regexp.MustCompile(`(凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|早|晚)?\s*(\d{1,2})\s*[点點时]\s*(?:(\d{1,2})\s*分?|(半)|(一刻)|(三刻)|整|钟)?`)
	chinesePart = regexp.MustCompile(`(凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|早|晚)\s*(\d{1,2}):(\d{2})`)
	everyDay    = regexp.MustCompile(`(?i)\bevery\s+day\b`)
	halfOfDay   = regexp.MustCompile(`(?i)(\d)\s+([ap])\.?m\b\.?`)
	clockTime   = regexp.MustCompile(`^(\d{1,2})[:.h](\d{1,2})([ap]m)?$`)
	offset      = regexp.MustCompile(`^-\d`) // "-5", "-03:30": hours from UTC
	plainTime   = regexp.MustCompile(`^(\d{1,4})([ap]m)?$`)
	looksTimed  = regexp.MustCompile(`^\d[\d:.h]*([ap]m)?$`)
)

// parseDigest reads the words after /digest in English and Chinese: "08:30",
// "weekdays 8:30", "mon 09:00 Asia/Shanghai", "工作日 8点半", "off".
func parseDigest(args string) (digestAsk, *digestFault) {
	ask := digestAsk{minute: -1}
	if len([]rune(args)) > maxDigestArgs {
		return ask, &digestFault{faultTooLong, args}
	}
	words := digestWords(args)
	if len(words) == 0 {
		return ask, nil
	}
	if len(words) == 1 {
		if verb := verbOf(strings.ToLower(words[0])); verb != "" {
			ask.verb = verb
			return ask, nil
		}
	}
	ask.verb = digestSet
	var zone []string
	from, ranged, weekly := time.Weekday(-1), false, ""
	for _, w := range words {
		low := strings.ToLower(w)
		days, isDay := daysOf(low)
		minute, isTime := minuteOf(low)
		switch {
		case isTime && ask.minute >= 0:
			return ask, &digestFault{faultTwice, w}
		case isTime:
			ask.minute = minute
		case isDay && ranged && from >= 0 && single(days) >= 0:
			for d := from; d != single(days); d = (d + 1) % 7 {
				ask.days |= tagwire.On(d)
			}
			ask.days |= days
			from, ranged = -1, false
		case isDay:
			ask.days |= days
			from, ranged = single(days), false
		case isRange(low) && from >= 0:
			ranged = true
		case low == "weekly" || low == "每周" || low == "每星期":
			weekly = w
		case isFiller(low):
		case looksTimed.MatchString(low):
			return ask, &digestFault{faultTime, w}
		default:
			zone = append(zone, w)
		}
	}
	ask.zone = strings.Join(zone, " ")
	if weekly != "" && ask.days == 0 {
		return ask, &digestFault{faultDay, weekly}
	}
	if ask.days == 0 && ask.minute < 0 && ask.zone == "" {
		return ask, &digestFault{faultWord, args}
	}
	return ask, nil
}

// digestWords cuts an ask into days, times and the rest.
func digestWords(args string) []string {
	s := norm.NFKC.String(args)
	s = chineseTime.ReplaceAllStringFunc(s, func(m string) string {
		g := chineseTime.FindStringSubmatch(m)
		minutes := g[3]
		switch {
		case g[4] != "":
			minutes = "30"
		case g[5] != "":
			minutes = "15"
		case g[6] != "":
			minutes = "45"
		case minutes == "":
			minutes = "00"
		}
		return " " + g[1] + g[2] + ":" + pad(minutes) + " "
	})
	s = chinesePart.ReplaceAllStringFunc(s, func(m string) string {
		g := chinesePart.FindStringSubmatch(m)
		hour, _ := strconv.Atoi(g[2])
		switch g[1] {
		case "下午", "傍晚", "晚上", "晚", "中午":
			if hour >= 1 && hour < 12 && !(g[1] == "中午" && hour >= 11) {
				hour += 12
			}
		case "凌晨":
			hour %= 12
		}
		return " " + strconv.Itoa(hour) + ":" + g[3] + " "
	})
	s = halfOfDay.ReplaceAllString(s, "${1}${2}m")
	s = everyDay.ReplaceAllString(s, "daily")
	s = strings.NewReplacer("–", "-", "—", "-", "~", "-").Replace(s)
	var words []string
	for _, f := range strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(",;、。!?\"“”()", r)
	}) {
		words = append(words, cutDays(f)...)
	}
	return words
}

func pad(minutes string) string {
	if len(minutes) == 1 {
		return "0" + minutes
	}
	return minutes
}

// cutDays takes the days out of a run without blanks: "周一至周五9:00",
// "mon-fri". What holds no day stays whole, so "Asia/Shanghai" does.
func cutDays(word string) []string {
	if a, b, ok := strings.Cut(word, "-"); ok {
		if _, isDay := daysOf(strings.ToLower(a)); isDay {
			return append([]string{a, "-"}, cutDays(b)...)
		}
	}
	if offset.MatchString(word) {
		return []string{word}
	}
	var out []string
	rest := word
	for rest != "" {
		cut := false
		for _, w := range chineseWords() {
			if strings.HasPrefix(rest, w) {
				out, rest, cut = append(out, w), rest[len(w):], true
				break
			}
		}
		if !cut {
			break
		}
	}
	if rest != "" {
		out = append(out, rest)
	}
	return out
}

// chineseWords are the words that may stand without blanks, longer ones first.
func chineseWords() []string {
	words := []string{
		"每个工作日", "每周末", "每星期", "工作日", "周末", "每天", "每日", "天天", "每逢", "每个", "每周",
		"每", "至", "到", "和", "及", "的", "在", "-",
	}
	for _, week := range []string{"星期", "礼拜", "周", "週"} {
		for _, day := range []string{"一", "二", "三", "四", "五", "六", "日", "天"} {
			words = append(words, week+day, "每"+week+day)
		}
	}
	slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
	return words
}

func verbOf(w string) digestVerb {
	switch w {
	case "now", "现在", "立即", "立刻", "马上":
		return digestNow
	case "off", "stop", "none", "never", "no", "关", "关闭", "停", "停止", "取消", "不要":
		return digestOff
	case "on", "yes", "start", "开", "开启", "打开":
		return digestOn
	}
	return ""
}

func isRange(w string) bool { return w == "-" || w == "to" || w == "till" || w == "至" || w == "到" }

func isFiller(w string) bool {
	switch w {
	case "at", "on", "every", "each", "and", "&", "the", "-", "to", "day", "和", "及", "的", "在", "每", "每逢", "每个", "at:", "o'clock", "time":
		return true
	}
	return false
}

// daysOf reads the name of one day or of a set of days.
func daysOf(w string) (tagwire.Weekdays, bool) {
	switch w {
	case "daily", "everyday", "days", "每天", "每日", "天天":
		return tagwire.EveryDay, true
	case "weekdays", "weekday", "workdays", "workday", "工作日", "每个工作日":
		return tagwire.Workdays, true
	case "weekends", "weekend", "周末", "每周末":
		return tagwire.EveryDay &^ tagwire.Workdays, true
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		name := strings.ToLower(d.String())
		if w = strings.TrimSuffix(w, "."); len(w) >= 3 && strings.HasPrefix(name, w) || w == name+"s" || w == "tues" || w == "thurs" {
			if w == "tues" && d != time.Tuesday || w == "thurs" && d != time.Thursday {
				continue
			}
			return tagwire.On(d), true
		}
		for _, week := range []string{"星期", "礼拜", "周", "週"} {
			if after, ok := strings.CutPrefix(strings.TrimPrefix(w, "每"), week); ok && after != "" && strings.Contains([]string{"日天", "一", "二", "三", "四", "五", "六"}[d], after) {
				return tagwire.On(d), true
			}
		}
	}
	return 0, false
}

// single is the only day of a set, -1 when it has more.
func single(days tagwire.Weekdays) time.Weekday {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if days == tagwire.On(d) {
			return d
		}
	}
	return -1
}

// minuteOf reads a time of day: 8:30, 08.30, 0830, 8, 8pm, 8:30pm.
func minuteOf(w string) (int, bool) {
	var hours, minutes, half string
	if g := clockTime.FindStringSubmatch(w); g != nil {
		hours, minutes, half = g[1], g[2], g[3]
		if len(minutes) != 2 {
			return 0, false // "8:3" may be 8:03 or 8:30
		}
	} else if g := plainTime.FindStringSubmatch(w); g != nil && w != "0" { // "0" may mean off
		hours, minutes, half = g[1], "0", g[2]
		if len(hours) > 2 {
			hours, minutes = hours[:len(hours)-2], hours[len(hours)-2:]
		}
	} else {
		return 0, false
	}
	h, _ := strconv.Atoi(hours)
	m, _ := strconv.Atoi(minutes)
	if half != "" {
		if h < 1 || h > 12 {
			return 0, false
		}
		if h %= 12; half == "pm" {
			h += 12
		}
	}
	if h > 23 || m > 59 {
		return 0, false
	}
	return h*60 + m, true
}
