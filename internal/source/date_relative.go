package source

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	agoEN   = regexp.MustCompile(`(?i)(?:^|[^\p{L}\d.,-])(\d{1,3}|an?|one)\s?(seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)\.?\sago\b`)
	agoZH   = regexp.MustCompile(`(?:^|[^\d.,-])(\d{1,3}|半)\s?个?\s?(秒|分|小时|天|日)钟?(?:之|以)?前`)
	justNow = regexp.MustCompile(`(?i)^(?:just now|moments? ago|刚刚|刚才)$`)
	dayName = regexp.MustCompile(`(?i)(?:^|[^\p{L}])(today|yesterday)\b,?(?:\sat)?\s?|(今天|今日|昨天|昨日|前天)\s?`)
)

// relative reads times told from the present: "20 hours ago", 26分钟前, 昨天 08:19.
// Beyond a week they are too vague to be a date.
func relative(text string, zone *time.Location, now time.Time) (reading, bool) {
	if len(text) > 120 {
		return reading{}, false // prose, not a date
	}
	r := reading{relative: true}
	if justNow.MatchString(text) {
		r.at = now
		return r, true
	}
	m := agoEN.FindStringSubmatch(text)
	if m == nil {
		m = agoZH.FindStringSubmatch(text)
	}
	if m != nil {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			n = 1 // "an hour ago"
		}
		d := time.Duration(n) * unit(m[2])
		if m[1] == "半" {
			d = unit(m[2]) / 2
		}
		if d > 7*24*time.Hour {
			return reading{}, false
		}
		r.at = now.Add(-d).Truncate(time.Second)
		return r, true
	}
	i := dayName.FindStringSubmatchIndex(text)
	if i == nil {
		return reading{}, false
	}
	back := 0
	switch strings.ToLower(strings.TrimSpace(text[max(i[2], i[4]):max(i[3], i[5])])) {
	case "yesterday", "昨天", "昨日":
		back = 1
	case "前天":
		back = 2
	}
	t, n, found, ok := readClock(text[i[1]:])
	if !ok || t.h == 24 {
		return reading{}, false
	}
	y, mo, d := now.In(zone).Date()
	if found {
		own := zone
		if zone, r.zero, ok = readZone(text[i[1]+n:], y, own); !ok {
			return reading{}, false
		}
		y, mo, d = now.In(zone).Date()
	}
	r.dayOnly = !found
	r.at = time.Date(y, mo, d-back, t.h, t.m, t.s, 0, zone)
	return plausible(r, now)
}

func unit(name string) time.Duration {
	switch strings.ToLower(name)[0] {
	case 's':
		return time.Second
	case 'm':
		return time.Minute
	case 'h':
		return time.Hour
	case 'd':
		return 24 * time.Hour
	}
	switch name {
	case "秒":
		return time.Second
	case "分":
		return time.Minute
	case "小时":
		return time.Hour
	}
	return 24 * time.Hour
}
