package source_test

import (
	"testing"
	"time"

	"tagwire/internal/source"
)

// dateCase is a text with its instant in UTC, or "" if it must be refused.
type dateCase struct{ name, text, zone, at string }

func TestReadDate(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 7, 28, 4, 0, 0, 0, time.UTC) // noon in Shanghai
	const cn, ny, lon = "Asia/Shanghai", "America/New_York", "Europe/London"
	tests := []dateCase{
		// The trade press.
		{"model case", "Jul 28,2020 08:19CST", cn, "2020-07-28T00:19:00Z"},
		{"the same in Chicago", "Jul 28,2020 08:19CST", "America/Chicago", "2020-07-28T14:19:00Z"},
		{"the same of nowhere", "Jul 28,2020 08:19CST", "UTC", ""},
		{"no time", "Jan 19,2020", cn, "2020-01-18T16:00:00Z"},
		{"label", "Published: Apr 10, 2025 09:11", cn, "2025-04-10T01:11:00Z"},
		{"search result", "Jan 21, 2026 13:54", cn, "2026-01-21T05:54:00Z"},
		{"full month", "December 20, 2019", ny, "2019-12-20T05:00:00Z"},
		{"day first", "02 Feb 2018 12:55 GMT", cn, "2018-02-02T12:55:00Z"},
		{"ordinal", "28th of July 2020, 8:19 pm", lon, "2020-07-28T19:19:00Z"},
		{"label and author", "By A. Writer | Jul 28, 2020 | 08:19", cn, "2020-07-28T00:19:00Z"},
		{"source before", "Source: Example News 2020-07-28 08:19", cn, "2020-07-28T00:19:00Z"},
		{"source after", "2020-07-28 08:19 Source: SMM", cn, "2020-07-28T00:19:00Z"},
		{"name in capitals after", "2020-07-28 08:19 SMM", cn, "2020-07-28T00:19:00Z"},
		{"published after updated", "Updated: Jul 29, 2020 10:00 Published: Jul 28, 2020 08:19", cn, "2020-07-28T00:19:00Z"},
		{"published before updated", "Published Jul 28, 2020 08:19 Updated Jul 29, 2020", cn, "2020-07-28T00:19:00Z"},
		{"dots and dash", "28 July 2020 – 08:19", cn, "2020-07-28T00:19:00Z"},
		{"half of the day", "Jul 28, 2020 3:05 PM ET", cn, "2020-07-28T19:05:00Z"},
		{"in winter", "Jan 28, 2020 3:05 PM ET", cn, "2020-01-28T20:05:00Z"},
		{"hour only", "July 28, 2020 at 3pm", cn, "2020-07-28T07:00:00Z"},
		{"midnight at twelve", "July 28, 2020 12:05 am", cn, "2020-07-27T16:05:00Z"},
		{"day, time first", "08:19 CST, Jul 28, 2020", cn, "2020-07-28T00:19:00Z"},

		// Feeds.
		{"RFC 822", "Tue, 28 Jul 2020 00:19:00 GMT", cn, "2020-07-28T00:19:00Z"},
		{"RFC 822 short year", "28 Jul 20 08:19 +0800", "", "2020-07-28T00:19:00Z"},
		{"RFC 822 offset", "Tue, 28 Jul 2020 08:19:00 +0800", "", "2020-07-28T00:19:00Z"},
		{"misspelt weekday", "Tues, 28 Jul 2020 08:19:00 +0800", "", "2020-07-28T00:19:00Z"},
		{"RFC 822 CST in China", "Tue, 28 Jul 2020 08:19:00 CST", cn, "2020-07-28T00:19:00Z"},
		{"RFC 3339", "2020-07-28T00:19:00Z", cn, "2020-07-28T00:19:00Z"},
		{"RFC 3339 offset", "2020-07-28T08:19:00.123+08:00", ny, "2020-07-28T00:19:00Z"},
		{"short offset", "2020-07-28 00:19:00+00", cn, "2020-07-28T00:19:00Z"},
		{"no zone", "2020-07-28T08:19:00", cn, "2020-07-28T00:19:00Z"},
		{"GMT+8", "2020-07-28 08:19 GMT+8", ny, "2020-07-28T00:19:00Z"},
		{"GMT +0800", "2020-07-28 08:19 (GMT +0800)", ny, "2020-07-28T00:19:00Z"},
		{"browser", "Tue Jul 28 2020 08:19:00 GMT+0800 (China Standard Time)", ny, "2020-07-28T00:19:00Z"},
		{"offset and letters", "Tue, 28 Jul 2020 08:19:00 +0800 (CST)", ny, "2020-07-28T00:19:00Z"},
		{"Unix", "Tue Jul 28 08:19:00 CST 2020", cn, "2020-07-28T00:19:00Z"},
		{"Unix offset", "Tue Jul 28 08:19:00 +0800 2020", ny, "2020-07-28T00:19:00Z"},
		{"C", "Tue Jul 28 08:19:00 2020", cn, "2020-07-28T00:19:00Z"},
		{"end of day", "2020-07-27 24:00:00", cn, "2020-07-27T16:00:00Z"},
		{"compact day", "20200728", cn, "2020-07-27T16:00:00Z"},
		{"compact", "20200728081900", cn, "2020-07-28T00:19:00Z"},
		{"compact ISO", "20200728T001900Z", cn, "2020-07-28T00:19:00Z"},
		{"seconds since 1970", "1595895540", cn, "2020-07-28T00:19:00Z"},
		{"milliseconds since 1970", "1595895540000", cn, "2020-07-28T00:19:00Z"},
		{"Hong Kong", "28 Jul 2020 08:19 HKT", ny, "2020-07-28T00:19:00Z"},
		{"Japan", "28 Jul 2020 09:19 JST", ny, "2020-07-28T00:19:00Z"},
		{"Sydney", "28 Jul 2020 10:19 AEST", ny, "2020-07-28T00:19:00Z"},
		{"summer time by letters", "28 Jul 2020 08:19 EDT", cn, "2020-07-28T12:19:00Z"},
		{"summer time by zone", "28 Jul 2020 08:19", ny, "2020-07-28T12:19:00Z"},
		{"British summer at home", "28 Jul 2020 08:19 BST", lon, "2020-07-28T07:19:00Z"},

		// Chinese.
		{"Chinese", "2020年07月28日 08:19", cn, "2020-07-28T00:19:00Z"},
		{"Chinese without noughts", "2020年7月28日8时19分", cn, "2020-07-28T00:19:00Z"},
		{"Chinese day", "发布时间：2020年7月28日", cn, "2020-07-27T16:00:00Z"},
		{"Chinese weekday", "2020年7月28日 星期二 08:19:30", cn, "2020-07-28T00:19:30Z"},
		{"Chinese afternoon", "2020-07-28 下午3:05", cn, "2020-07-28T07:05:00Z"},
		{"full width", "２０２０－０７－２８　０８：１９", cn, "2020-07-28T00:19:00Z"},
		{"slashes", "2020/07/28 08:19", cn, "2020-07-28T00:19:00Z"},
		{"Peking time", "2020-07-28 08:19（北京时间）", ny, "2020-07-28T00:19:00Z"},
		{"with source", "2020-07-28 08:19:05 来源：某某网", cn, "2020-07-28T00:19:05Z"},

		// Elsewhere.
		{"German", "28. Juli 2020, 08:19", "Europe/Berlin", "2020-07-28T06:19:00Z"},
		{"German numbers", "28.07.2020 08:19", "Europe/Berlin", "2020-07-28T06:19:00Z"},
		{"Spanish", "28 de julio de 2020", "UTC", "2020-07-28T00:00:00Z"},
		{"French", "28 juillet 2020 à 08h19", "UTC", "2020-07-28T08:19:00Z"},
		{"Russian", "28 июля 2020", "UTC", "2020-07-28T00:00:00Z"},
		{"month over twelve", "07/28/2020", "UTC", "2020-07-28T00:00:00Z"},
		{"day over twelve", "28/07/2020", "UTC", "2020-07-28T00:00:00Z"},

		// From the present.
		{"hours ago", "20 hours ago", cn, "2026-07-27T08:00:00Z"},
		{"an hour ago", "an hour ago", cn, "2026-07-28T03:00:00Z"},
		{"minutes ago", "Updated 5 mins ago", cn, "2026-07-28T03:55:00Z"},
		{"Chinese minutes ago", "26分钟前", cn, "2026-07-28T03:34:00Z"},
		{"Chinese hours ago", "3 小时前", cn, "2026-07-28T01:00:00Z"},
		{"half an hour ago", "半小时前", cn, "2026-07-28T03:30:00Z"},
		{"days ago", "2 days ago", cn, "2026-07-26T04:00:00Z"},
		{"yesterday", "昨天 08:19", cn, "2026-07-27T00:19:00Z"},
		{"the day before", "前天 08:19", cn, "2026-07-26T00:19:00Z"},
		{"today", "今天 08:19", cn, "2026-07-28T00:19:00Z"},
		{"English yesterday", "Yesterday, 08:19", cn, "2026-07-27T00:19:00Z"},
		{"just now", "刚刚", cn, "2026-07-28T04:00:00Z"},

		// Refused.
		{"empty", "", cn, ""},
		{"words", "No Data", cn, ""},
		{"ambiguous numbers", "07/08/2020", "UTC", ""},
		{"no year", "Jul 28 08:19", cn, ""},
		{"no year day first", "28 Jul 08:19", cn, ""},
		{"Chinese no year", "07-28 08:19", cn, ""},
		{"IST is India, Israel and Ireland", "01:38:07 PM IST Nov 20, 2019", cn, ""},
		{"BST abroad", "28 Jul 2020 08:19 BST", cn, ""},
		{"unknown zone", "28 Jul 2020 08:19 XQT", cn, ""},
		{"no such day", "2020-02-30", cn, ""},
		{"no such month", "2020-13-01", cn, ""},
		{"no such time", "2020-07-28 25:19", cn, ""},
		{"nil date", "0001-01-01T00:00:00Z", cn, ""},
		{"start of the epoch", "1970-01-01T00:00:00Z", cn, ""},
		{"future", "2026-07-28 23:00", cn, ""},
		{"future year", "Jan 1, 2099", cn, ""},
		{"two numbers", "2020-07-28 08.19", cn, ""},
		{"part of a number", "call 12020-07-28", cn, ""},
		{"version", "v1.2020-07-28-3.4", cn, ""},
		{"noon or midnight", "2020-07-28 上午12:05", cn, ""},
		{"thirteen in the morning", "2020-07-28 13:05 AM", cn, ""},
		{"months ago", "3 months ago", cn, ""},
		{"long ago", "30 days ago", cn, ""},
		{"prose", "Prices rose two years ago when the mine closed and the smelter next to it stood idle for want of concentrate, 3 days agony", cn, ""},
		{"tomorrow today", "today 23:30", cn, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			zone, err := time.LoadLocation(tt.zone)
			if err != nil {
				t.Fatal(err)
			}
			got, ok := source.ReadDate(tt.text, zone, now)
			if tt.at == "" {
				if ok {
					t.Errorf("%q read as %s, want refused", tt.text, got.UTC().Format(time.RFC3339))
				}
				return
			}
			if s := got.UTC().Format(time.RFC3339); !ok || s != tt.at {
				t.Errorf("%q read as %s (%v), want %s", tt.text, s, ok, tt.at)
			}
		})
	}
}

func FuzzReadDate(f *testing.F) {
	for _, s := range []string{"Jul 28,2020 08:19CST", "26分钟前", "昨天 08:19", "Tue, 28 Jul 2020 00:19:00 GMT", "20200728", "28.07.20", "1595895540"} {
		f.Add(s)
	}
	now := time.Date(2026, 7, 28, 4, 0, 0, 0, time.UTC)
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := source.ReadDate(text, shanghai, now)
		if ok && (got.Year() < 1990 || got.After(now.Add(10*time.Minute))) {
			t.Errorf("%q read as %v, which is no news date", text, got)
		}
	})
}
