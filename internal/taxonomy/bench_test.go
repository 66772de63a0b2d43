package taxonomy_test

import (
	"runtime"
	"strings"
	"testing"

	"tagwire/internal/tagwire"
)

// mixed is an article of three kilobytes in both languages.
func mixed() tagwire.Article {
	english := "Offers for rare word7 part7 were steady in the second half of the week, traders said, and word00042 buyers stayed away from the market because stocks at mills are ample. "
	chinese := "本周市场成交清淡，下游企业按需采购，价格整体平稳，业内预计短期仍将震荡运行。"
	return tagwire.Article{
		Title:   "Markets calm as buyers wait for word00012 figures",
		Summary: "Traders reported few deals in the week to Friday.",
		Body:    strings.Repeat(english, 11) + strings.Repeat(chinese, 8),
	}
}

func BenchmarkMatch_synthetic5000(b *testing.B) {
	tax, a := synthetic(b), mixed()
	b.ReportAllocs()
	b.SetBytes(int64(len(a.Title) + len(a.Summary) + len(a.Body)))
	for b.Loop() {
		tax.Match(a)
	}
}

func BenchmarkNew_synthetic5000(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		synthetic(b)
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	tax := synthetic(b)
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "live-MB")
	runtime.KeepAlive(tax)
}

func BenchmarkNearest_synthetic5000(b *testing.B) {
	tax := synthetic(b)
	for b.Loop() {
		tax.Nearest("rare wrod7 prat9", 5)
	}
}
