package source

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Lines of a page that are not the article. They are short and begin in a known
// way; a paragraph that merely mentions such words is left alone.
const (
	furnitureMax = 240  // characters
	linesMax     = 2000 // lines of one text that are looked at
)

var (
	// A machine translated the text.
	translated = regexp.MustCompile(`(?i)^[\s*([{【（*>-]*(?:` +
		`(?:note|notice|disclaimer|editor'?s note)\s*[:：]\s*)?(?:` +
		`(?:the|this)\s+(?:content|text|article|news|story|report|page|translation|following|information)\b.{0,80}\b(?:translated\s+(?:\w+\s+){0,2}(?:by|with|using|from)|machine[- ]translat|translated automatically|automatically translated|auto[- ]translat)` +
		`|(?:machine|automatic(?:ally)?|auto|ai)[- ]translat(?:ed|ion)\b` +
		`|translated\s+(?:automatically\s+)?(?:by|with|using)\s+(?:an?\s+)?(?:machine|ai\b|google|tencent|deepl|baidu|youdao|bing|microsoft|software|computer)` +
		`|(?:以[下上]|本|此|该|上述)(?:内容|文章|文|稿|新闻|文字|译文|报道|页面)[^。，]{0,14}(?:机器|机翻|自动|人工智能|AI|腾讯|谷歌|百度|有道|必应|微软|DeepL)[^。，]{0,10}译` +
		`|(?:内容|文章|译文)?由[^。，]{0,10}(?:机器|人工智能|AI|腾讯|谷歌|百度|有道|必应|微软|DeepL)[^。，]{0,8}译` +
		`|(?:机器|自动|AI)翻译(?:[，。,：:；;（(]|仅供|结果|内容|$))`)

	// An invitation, a contact, a heading of something else.
	furniture = regexp.MustCompile(`(?i)^[\s*([{【（>»•·-]*(?:` +
		`scan\s+(?:the|this|our|to|qr|below|here|and)\b` +
		`|(?:please\s+)?scan\b.{0,40}\b(?:code|qr)\b` +
		`|for\s+(?:any\s+)?(?:further\s+|more\s+|other\s+|media\s+|general\s+)?(?:queries|enquiries|inquiries|questions)\b` +
		`|for\s+(?:more|further|additional)\s+(?:information|details|news|insights?|data)\b.{0,120}\b(?:please|contact|visit|click|access|subscribe|email|call)\b` +
		`|(?:please\s+)?contact\s+(?:us|the\s+(?:editor|author|newsroom|desk)|our)\b` +
		`|(?:please\s+)?(?:follow|like)\s+us\b` +
		`|(?:click|tap)\s+here\b|sign\s+up\b|subscribe\s+(?:to|now|today|here)\b|log\s*in\s+to\b|download\s+(?:the|our)\s+app\b` +
		`|source\s*[:：].{0,60}$|editor\s*[:：].{0,60}$|edited\s+by\b.{0,60}$|(?:tel|phone|fax|e-?mail|whatsapp|wechat)\s*[:：]` +
		`|copyright\b|©|\(c\)\s*\d{4}|all\s+rights\s+reserved|disclaimer\s*[:：]|image\s+(?:source|credit)\s*[:：]|photo\s*(?:credit|by)?\s*[:：]` +
		`|the\s+post\s+.{1,200}\s+(?:appeared\s+first\s+on|first\s+appeared\s+on)\b|continue\s+reading\b|read\s+(?:more|the\s+full|full)\b` +
		`|no\s+data\s*$|(?:share|print|e-?mail|like|tweet|facebook|twitter|linkedin|wechat|whatsapp|weibo|comments?|tags?|home|back|next|previous|advertisement|sponsored)\s*[:：]?\s*$` +
		`|(?:请|欢迎|可|立即|马上)?(?:扫码|扫一扫|长按|(?:扫描|识别)[^。]{0,40}(?:码|关注|入群|进群|小程序))` +
		`|(?:请|欢迎|敬请)?关注[^。]{0,30}(?:公众号|微信|微博|视频号)|点击[^。]{0,20}(?:查看|阅读|进入|下载|关注|这里|此处)` +
		`|(?:如有|如需|若有|如果您有)[^。]{0,30}(?:联系|咨询|致电)|(?:更多|欲了解|了解更多)[^。]{0,60}(?:联系|点击|关注|访问|咨询|请|扫)` +
		`|(?:联系人|联系方式|联系电话|联系我们|咨询热线|客服电话|客服热线|服务热线|电话|邮箱|微信|传真|投稿邮箱|商务合作)\s*[:：]` +
		`|(?:联系方式|联系我们|商务合作)\s*$` +
		`|(?:来源|文章来源|信息来源|责任编辑|责编|编辑|作者|审核|校对|记者)\s*[:：].{0,40}$` +
		`|(?:版权声明|版权所有|免责声明|特别声明|声明\s*[:：]|本文仅代表|风险提示\s*[:：])` +
		`|(?:分享|打印|收藏|点赞|评论|举报|返回|返回首页|上一篇|下一篇|暂无数据|广告|标签|关键词|阅读原文|查看原文|原文链接)\s*[:：]?\s*$` +
		`)`)

	// From here on the page speaks of other articles.
	related = regexp.MustCompile(`(?i)^[\s*([{【（>»•·-]*(?:` +
		`(?:related|recommended|latest|most\s+(?:read|popular|viewed)|more|other|trending|popular|hot|top)\s+(?:news|articles?|stories|story|reading|posts?|prices?|topics?|reports?|content|links?|products?|reads?|headlines?)` +
		`|you\s+(?:may|might)\s+(?:also\s+)?(?:like|be\s+interested)|see\s+also|read\s+(?:also|next)|also\s+read|recommended(?:\s+for\s+you)?|what\s+to\s+read\s+next` +
		`|(?:相关|推荐|热门|延伸|更多|最新|精彩|猜你)(?:新闻|阅读|文章|资讯|报道|内容|链接|报价|价格|推荐|专题|话题|喜欢|行情|产品)|猜你喜欢|相关$` +
		`)\s*[:：>»）】\])]*\s*$`)
)

// isTranslationNotice reports whether a line says that a machine made the text.
func isTranslationNotice(line string) bool {
	return utf8.RuneCountInString(line) <= furnitureMax && translated.MatchString(line)
}

// ownLines keeps the lines of a text that are the article's own: furniture and the
// source's own drop lines are left out, and with a heading of related news all
// that follows in its manner. It reports whether a line told of translation.
func ownLines(text string, dropLines []string) (own string, wasTranslated bool) {
	if text == "" {
		return "", false
	}
	lines := strings.SplitN(text, "\n", linesMax+1)
	lines = lines[:min(len(lines), linesMax)]
	kept := lines[:0:0]
	inRelated := false
	for _, line := range lines {
		if isTranslationNotice(line) {
			wasTranslated = true
			continue
		}
		if dropped(line, dropLines) {
			continue
		}
		short := utf8.RuneCountInString(line) <= furnitureMax
		if short && related.MatchString(line) {
			inRelated = true
			continue
		}
		if inRelated {
			if short && !ended(line) {
				continue // a headline of another article
			}
			inRelated = false
		}
		if short && furniture.MatchString(line) {
			continue
		}
		kept = append(kept, line)
	}
	return strings.Join(kept, "\n"), wasTranslated
}

// dropped compares with the source's own lines, which need only begin alike.
func dropped(line string, dropLines []string) bool {
	for _, d := range dropLines {
		if d = cleanLine(d); d != "" && len(line) >= len(d) && strings.EqualFold(line[:len(d)], d) {
			return true
		}
	}
	return false
}

// ended reports whether a line ends as a sentence does, which headlines do not.
func ended(line string) bool {
	r, _ := utf8.DecodeLastRuneInString(strings.TrimRight(line, `"'”’)）」』`))
	return strings.ContainsRune(".。；", r)
}
