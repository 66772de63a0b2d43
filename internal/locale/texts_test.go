package locale_test

import (
	"testing"
	"time"

	"tagwire/internal/locale"
)

func TestFor(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"en": "en", "en-GB": "en", "zh": "zh", "zh-hans": "zh", "zh_CN": "zh", "zh-TW": "zh", " ZH ": "zh",
		"": "en", "de": "en", "zhx": "en", "-": "en",
	} {
		if got := locale.For(code).Language(); got != want {
			t.Errorf("For(%q) speaks %s, want %s", code, got, want)
		}
	}
	if got := (locale.Texts{}).Language(); got != "en" {
		t.Errorf("the zero Texts speak %s", got)
	}
	if langs := locale.Languages(); len(langs) < 2 || langs[0] != "en" {
		t.Errorf("Languages() = %v", langs)
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	at := time.Date(2020, 7, 28, 8, 30, 0, 0, time.UTC)
	en, zh := locale.For("en"), locale.For("zh")
	for _, tt := range []struct{ got, want string }{
		{en.Time(at), "08:30"},
		{en.Date(at), "Tue 28 Jul"},
		{en.DateTime(at), "Tue 28 Jul, 08:30"},
		{en.DateYear(at), "28 Jul 2020"},
		{en.WeekdayTime(at), "Tue 08:30"},
		{zh.Date(at), "7月28日 周二"},
		{zh.DateTime(at), "7月28日 周二 08:30"},
		{zh.DateYear(at), "2020年7月28日"},
		{zh.WeekdayTime(at), "周二 08:30"},
		{en.Number(0), "0"},
		{en.Number(999), "999"},
		{en.Number(-1234567), "-1,234,567"},
		{zh.Comma(), "、"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

func TestFilling(t *testing.T) {
	t.Parallel()
	en := locale.For("en")
	for _, tt := range []struct{ got, want string }{
		{string(en.HTML(locale.DigestMore, locale.Num("n", 1))), "and 1 more"},
		{string(en.HTML(locale.DigestMore, locale.Num("n", 1200))), "and 1,200 more"},
		{string(locale.For("zh").HTML(locale.DigestMore, locale.Num("n", 1))), "另有 1 篇"},
		{string(en.HTML(locale.LatestOfTag, locale.Str("tag", "<b>&"))), "Latest on &lt;b&gt;&amp;"},
		{en.Plain(locale.LatestOfTag, locale.Str("tag", "<b>&")), "Latest on <b>&"},
		{string(en.HTML(locale.LatestOfTag, locale.Str("tag", "/stop @all {tag}"))), "Latest on /\u2060stop @\u2060all {tag}"},
		{string(en.HTML(locale.LatestOfTag, locale.Markup("tag", "<b>Tin</b> /stop"))), "Latest on <b>Tin</b> /stop"},
		{en.Plain(locale.LatestOfTag, locale.Markup("tag", "<b>Tin</b> &amp;")), "Latest on Tin &"},
		{string(en.HTML(locale.LatestOfTag)), "Latest on {tag}"},
		{string(en.HTML("no <such> key")), "no &lt;such&gt; key"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}
