package bot

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"tagwire/internal/tagwire"
)

func TestParseDigest(t *testing.T) {
	t.Parallel()
	const none = -1
	mon, wed, fri := tagwire.On(time.Monday), tagwire.On(time.Wednesday), tagwire.On(time.Friday)
	set := func(days tagwire.Weekdays, minute int, zone string) digestAsk {
		return digestAsk{verb: digestSet, days: days, minute: minute, zone: zone}
	}
	verb := func(v digestVerb) digestAsk { return digestAsk{verb: v, minute: none} }
	at := func(h, m int) int { return h*60 + m }
	for args, want := range map[string]digestAsk{
		"":        verb(digestShow),
		"  ":      verb(digestShow),
		"now":     verb(digestNow),
		"NOW":     verb(digestNow),
		"现在":      verb(digestNow),
		"off":     verb(digestOff),
		"关闭":      verb(digestOff),
		"on":      verb(digestOn),
		"开启":      verb(digestOn),
		"08:30":   set(0, at(8, 30), ""),
		"8:30":    set(0, at(8, 30), ""),
		"8.30":    set(0, at(8, 30), ""),
		"0830":    set(0, at(8, 30), ""),
		"830":     set(0, at(8, 30), ""),
		"8":       set(0, at(8, 0), ""),
		"8h30":    set(0, at(8, 30), ""),
		"００:００":   set(0, 0, ""),
		"8：30":    set(0, at(8, 30), ""),
		"23:59":   set(0, at(23, 59), ""),
		"8am":     set(0, at(8, 0), ""),
		"12am":    set(0, 0, ""),
		"12:05pm": set(0, at(12, 5), ""),
		"8:30 pm": set(0, at(20, 30), ""),
		"8:30 PM": set(0, at(20, 30), ""),
		"8 p.m.":  set(0, at(20, 0), ""),

		"weekdays 08:30":                  set(tagwire.Workdays, at(8, 30), ""),
		"Weekdays":                        set(tagwire.Workdays, none, ""),
		"daily at 9:00":                   set(tagwire.EveryDay, at(9, 0), ""),
		"every day at 9:00":               set(tagwire.EveryDay, at(9, 0), ""),
		"mon 09:00":                       set(mon, at(9, 0), ""),
		"every Monday 09:00":              set(mon, at(9, 0), ""),
		"weekly on mondays, 09:00":        set(mon, at(9, 0), ""),
		"mon,wed,fri 09:00":               set(mon|wed|fri, at(9, 0), ""),
		"mon and fri 09:00":               set(mon|fri, at(9, 0), ""),
		"mon-fri 09:00":                   set(tagwire.Workdays, at(9, 0), ""),
		"mon – fri 09:00":                 set(tagwire.Workdays, at(9, 0), ""),
		"Monday to Friday 09:00":          set(tagwire.Workdays, at(9, 0), ""),
		"fri-mon 9":                       set(fri|mon|tagwire.On(time.Saturday)|tagwire.On(time.Sunday), at(9, 0), ""),
		"weekends 10:00":                  set(tagwire.EveryDay&^tagwire.Workdays, at(10, 0), ""),
		"08:30 mon":                       set(mon, at(8, 30), ""),
		"tues 9:00":                       set(tagwire.On(time.Tuesday), at(9, 0), ""),
		"thurs. 9:00":                     set(tagwire.On(time.Thursday), at(9, 0), ""),
		"08:30 Asia/Shanghai":             set(0, at(8, 30), "Asia/Shanghai"),
		"mon 09:00 America/Port_of_Spain": set(mon, at(9, 0), "America/Port_of_Spain"),
		"08:30 America/Port-au-Prince":    set(0, at(8, 30), "America/Port-au-Prince"),
		"08:30 New York":                  set(0, at(8, 30), "New York"),
		"08:30 UTC+8":                     set(0, at(8, 30), "UTC+8"),
		"08:30 -03:30":                    set(0, at(8, 30), "-03:30"),
		"08:30 +08:00":                    set(0, at(8, 30), "+08:00"),
		"Asia/Tokyo":                      set(0, none, "Asia/Tokyo"),
		"banana":                          set(0, none, "banana"),

		"工作日 08:30":      set(tagwire.Workdays, at(8, 30), ""),
		"工作日8点半":         set(tagwire.Workdays, at(8, 30), ""),
		"每个工作日早上8点":      set(tagwire.Workdays, at(8, 0), ""),
		"每天 8:30":        set(tagwire.EveryDay, at(8, 30), ""),
		"每天早上8点30分":      set(tagwire.EveryDay, at(8, 30), ""),
		"周一 09:00":       set(mon, at(9, 0), ""),
		"周一9:00":         set(mon, at(9, 0), ""),
		"每周一 9点":         set(mon, at(9, 0), ""),
		"星期三下午3点一刻":      set(wed, at(15, 15), ""),
		"礼拜五 晚上8:30":     set(fri, at(20, 30), ""),
		"周日中午12点":        set(tagwire.On(time.Sunday), at(12, 0), ""),
		"周天 9:00":        set(tagwire.On(time.Sunday), at(9, 0), ""),
		"周一至周五 9:00":     set(tagwire.Workdays, at(9, 0), ""),
		"每周一到周五9点":       set(tagwire.Workdays, at(9, 0), ""),
		"周一、周三和周五9点":     set(mon|wed|fri, at(9, 0), ""),
		"周末 10点":         set(tagwire.EveryDay&^tagwire.Workdays, at(10, 0), ""),
		"凌晨12点":          set(0, 0, ""),
		"08:30 北京":       set(0, at(8, 30), "北京"),
		"工作日 08:30 北京时间": set(tagwire.Workdays, at(8, 30), "北京时间"),
	} {
		got, fault := parseDigest(args)
		if fault != nil || got != want {
			t.Errorf("parseDigest(%q) = %+v, %+v; want %+v", args, got, fault, want)
		}
	}
}

func TestParseDigest_faults(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]digestFault{
		"25:00":                  {faultTime, "25:00"},
		"8:60":                   {faultTime, "8:60"},
		"8:3":                    {faultTime, "8:3"},
		"24:00":                  {faultTime, "24:00"},
		"99":                     {faultTime, "99"},
		"0":                      {faultTime, "0"},
		"12345":                  {faultTime, "12345"},
		"13pm":                   {faultTime, "13pm"},
		"mon 25:00":              {faultTime, "25:00"},
		"周一 25点":                 {faultTime, "25:00"},
		"8:30 9:30":              {faultTwice, "9:30"},
		"weekly 9:00":            {faultDay, "weekly"},
		"每周 9:00":                {faultDay, "每周"},
		"每周":                     {faultDay, "每周"},
		"at":                     {faultWord, "at"},
		strings.Repeat("8 ", 99): {faultTooLong, strings.Repeat("8 ", 99)},
	} {
		if got, fault := parseDigest(args); fault == nil || *fault != want {
			t.Errorf("parseDigest(%q) = %+v, %+v; want fault %+v", args, got, fault, want)
		}
	}
}

func FuzzParseDigest(f *testing.F) {
	for _, s := range []string{"08:30", "mon-fri 9pm Asia/Shanghai", "每周一至周五早上8点半", "off", "8:", "周", "-", "mon-", "点", "+8", "\xff", "９：３０"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, args string) {
		ask, fault := parseDigest(args)
		if fault != nil {
			if !utf8.ValidString(echo(fault.word)) && utf8.ValidString(args) {
				t.Errorf("%q broke the words of %q", fault.word, args)
			}
			return
		}
		if ask.minute < -1 || ask.minute >= 24*60 || ask.days > tagwire.EveryDay {
			t.Errorf("parseDigest(%q) = %+v", args, ask)
		}
		if ask.verb == digestSet && ask.minute < 0 && ask.days == 0 && ask.zone == "" {
			t.Errorf("parseDigest(%q) sets nothing", args)
		}
	})
}
