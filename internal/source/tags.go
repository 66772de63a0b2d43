package source

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	tagMax     = 60 // characters; longer ones are sentences
	tagsMax    = 30
	separators = ",;，；、|｜\n\t"
)

// splitTags takes apart a list of tags in one string.
func splitTags(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(separators, r) })
}

// tidyTags cleans a publisher's tags: no markup, no doubles, nothing that only
// repeats the title, none that says nothing.
func tidyTags(tags []string, title string) []string {
	seen := map[string]bool{strings.ToLower(title): true, "": true}
	for _, empty := range []string{"uncategorized", "uncategorised", "未分类", "tags", "tag", "keywords", "标签", "关键词"} {
		seen[empty] = true
	}
	var out []string
	for _, t := range tags[:min(len(tags), 4*tagsMax)] {
		t = strings.TrimLeft(headline(t), "#＃ ")
		t = strings.TrimRight(t, "#＃ :：") // "#稀土#" is how Weibo writes it
		fold := strings.ToLower(t)
		if seen[fold] || utf8.RuneCountInString(t) > tagMax || strings.IndexFunc(t, unicode.IsLetter) < 0 {
			continue
		}
		seen[fold] = true
		if out = append(out, t); len(out) == tagsMax {
			break
		}
	}
	return out
}
