package ingest

import (
	"strings"
	"unicode"
)

// language is that of the source as configured, else the one its script tells,
// else the one the document claims. Scripts are surer than claims: templates
// say "en" over any text.
func language(configured, declared, text string) string {
	if configured != "" {
		return configured
	}
	var han, kana, hangul, cyrillic, latin, n int
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Han, r):
			han++
		case unicode.Is(unicode.Hiragana, r), unicode.Is(unicode.Katakana, r):
			kana++
		case unicode.Is(unicode.Hangul, r):
			hangul++
		case unicode.Is(unicode.Cyrillic, r):
			cyrillic++
		case unicode.Is(unicode.Latin, r):
			latin++
		}
		if n++; n > 4000 {
			break
		}
	}
	base, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(declared, "_", "-")), "-")
	switch {
	case kana*10 > han+kana && kana > 2:
		return "ja"
	case hangul*2 > latin && hangul > han:
		return "ko"
	case han*3 > latin && han > 0: // a Han character says as much as three letters
		return "zh"
	case cyrillic > latin:
		if base == "uk" || base == "kk" || base == "bg" || base == "sr" {
			return base
		}
		return "ru"
	}
	if len(base) != 2 || base == "zh" || base == "ja" || base == "ko" || base == "ru" {
		return "en"
	}
	return base
}
