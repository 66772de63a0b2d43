package source_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"tagwire/internal/source"
)

func TestPlain(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"paragraphs", "<p>One</p><p>Two<br>Three</p>", "One\nTwo\nThree"},
		{"inline", "rare<b>-</b>earth <i>oxide</i>", "rare-earth oxide"},
		{"entities", "5 &lt; 6 &amp; 7&nbsp;%", "5 < 6 & 7 %"},
		{"not markup", "Zn < 5 > 3", "Zn < 5 > 3"},
		{"script", "a<script>alert('<p>x</p>')</script>b<style>p{}</style>c", "abc"},
		{"unclosed script", "a<script>alert(1)", "a"},
		{"nested skip", "a<svg><svg></svg><text>x</text></svg>b", "ab"},
		{"cells", "<table><tr><td>Cu</td><td>9,000</td></tr><tr><td>Al</td><td>2,500</td></tr></table>", "Cu 9,000\nAl 2,500"},
		{"list", "<ul><li>a<li>b</ul>", "a\nb"},
		{"comment", "a<!-- hidden -->b", "ab"},
		{"source lines", "<p>one\n  two</p>", "one two"},
		{"plain lines", "one\n\n  two", "one\ntwo"},
		{"bidi and zero width", "a\u202Eb\u200Bc\u2066d\uFEFFe\u00ADf", "abcdef"},
		{"tag characters", "a\U000E0041\U000E0042b", "ab"},
		{"controls", "a\x00b\x1bc\x7fd\u0085e", "abcd\ne"},
		{"joined emoji stay", "👩‍🔧 a\u200Db", "👩‍🔧 ab"},
		{"piled marks", "Z\u0301\u0302\u0303\u0304\u0305\u0306o", "\u0179\u0302\u0303\u0304o"},
		{"full-width blank", "稀土　价格", "稀土 价格"},
		{"broken bytes", "a\xff\xfeb", "a\uFFFDb"},
		{"deep", strings.Repeat("<b>", 50_000) + "x", "x"},
		{"endless", strings.Repeat("<b>", 200_000) + "x", ""},
	} {
		if got := source.Plain(tt.in); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestOwnLines(t *testing.T) {
	t.Parallel()
	furniture := []string{
		"Scan the code to apply to join the industry communication group", "Scan the QR code below.", "Please scan our QR code", "For queries, please contact Jane Roe at j@x.example",
		"For more information on how to access our research reports, please contact us", "For any further enquiries call 000", "Contact us", "Source: SMM", "No Data",
		"Share", "Print", "Tags:", "Copyright 2020 Example", "© Example", "All rights reserved.", "Read more", "The post Copper falls appeared first on Example.",
		"扫码加入行业交流群", "扫描下方二维码，申请入群", "请扫描二维码关注我们", "长按识别二维码", "关注微信公众号：示例有色", "如有疑问请联系客服", "联系人：张三", "联系电话：000", "更多信息请联系我们",
		"来源：示例网", "责任编辑：张三", "免责声明：本文仅供参考", "分享", "上一篇", "点击查看全文", "暂无数据",
	}
	for _, l := range furniture {
		if own, told := source.OwnLines("Before.\n"+l+"\nAfter.", nil); own != "Before.\nAfter." || told {
			t.Errorf("%q left %q, translated %v", l, own, told)
		}
	}
	notices := []string{
		"The content below was translated by Tencent for reference", "The text was translated by a machine.", "This article was translated by AI", "(This article was machine-translated)",
		"Machine translation", "This page has been automatically translated.", "Note: the following content is translated using Google", "AI-translated text", "Translated by DeepL",
		"以下内容由腾讯翻译君翻译，仅供参考", "本文由机器翻译", "由AI翻译", "机器翻译，仅供参考", "本新闻为机器翻译",
	}
	for _, l := range notices {
		if own, told := source.OwnLines("Before.\n"+l+"\nAfter.", nil); own != "Before.\nAfter." || !told {
			t.Errorf("notice %q left %q, translated %v", l, own, told)
		}
	}
	news := []string{
		"Scanning electron microscopes showed cracks in the magnets.", "Scandium oxide rose.", "The company said machine translation would help its sales.", "Sources said the deal was near.",
		"Contacts between the two ministries went on.", "Related party deals were disclosed.", "More news is expected on Friday.", "The content of iron was below 60 percent.", "Editors of the journal resigned.",
		"扫描电镜显示磁体表面有裂纹。", "公司推出自动翻译设备。", "联系两国的铁路已开通。", "来源地为缅甸的锡矿减少。", "相关企业表示，需求仍然旺盛。", "更多企业加入联盟。", "本公司采用自动化生产线。", "编辑部位于上海。", "电话会议于周一举行。",
		"The information in the report was translated into lower prices.",
	}
	for _, l := range news {
		if own, told := source.OwnLines(l, nil); own != l || told {
			t.Errorf("news %q became %q, translated %v", l, own, told)
		}
	}
	for _, tt := range []struct{ name, in, want string }{
		{"related to the end", "Body.\nRelated news\nCopper falls again\nTin rises", "Body."},
		{"related in the middle", "Body.\nRelated news:\nCopper falls again\nThe article goes on in a full sentence.\nAnd on", "Body.\nThe article goes on in a full sentence.\nAnd on"},
		{"Chinese related", "正文。\n相关新闻\n铜价下跌", "正文。"},
		{"own drop line", "Body.\nWant more? Become a member today", "Body."},
		{"empty", "", ""},
	} {
		if own, _ := source.OwnLines(tt.in, []string{"want more?"}); own != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, own, tt.want)
		}
	}
}

func TestSummarize(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Copper rose by 1.5 percent on the U.S. data. ", 30)
	han := strings.Repeat("稀土价格上涨，市场成交活跃，", 60)
	for _, tt := range []struct{ name, description, body, want string }{
		{"own", "A description that says something of its own about the matter at hand.", "Body.", "A description that says something of its own about the matter at hand."},
		{"too short", "Short.", "The body tells it at length, in two sentences. Here is the second.", "The body tells it at length, in two sentences. Here is the second."},
		{"repeats the title", "Title of it", "Title of it\nThe body.", "The body."},
		{"cut by the feed", "Prices of dysprosium oxide rose again last week as customs checks went on […]", "", "Prices of dysprosium oxide rose again last week as customs checks went on…"},
		{"read more", "Prices of dysprosium oxide rose again last week as customs checks went on. Read more", "", "Prices of dysprosium oxide rose again last week as customs checks went on…"},
		{"nothing", "", "", ""},
		{"at a sentence", long, "", strings.TrimSpace(strings.Repeat("Copper rose by 1.5 percent on the U.S. data. ", 8))},
	} {
		if got := source.Summarize(tt.description, tt.body, "Title of it"); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := source.Summarize(han, "", ""); utf8.RuneCountInString(got) > 401 || !strings.HasSuffix(got, "活跃…") && !strings.HasSuffix(got, "…") {
		t.Errorf("Han: %d characters, %q", utf8.RuneCountInString(got), got)
	}
}

func TestShorten(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in   string
		n    int
		want string
	}{
		{"short", 10, "short"},
		{"one two three four", 12, "one two…"},
		{"First one. Second is longer", 16, "First one."},
		{"abcdefghijkl", 5, "abcd…"},
		{"aaaa👩‍🔧👩‍🔧", 6, "aaaa…"},
		{"稀土价格上涨", 4, "稀土价…"},
	} {
		if got := source.Shorten(tt.in, tt.n); got != tt.want {
			t.Errorf("Shorten(%q, %d) = %q, want %q", tt.in, tt.n, got, tt.want)
		}
	}
}
