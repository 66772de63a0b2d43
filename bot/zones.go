package bot

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// zone is an IANA time zone as people name it: by its city in the languages of
// the bot, or by country, neighbouring city and abbreviation.
type zone struct {
	name   string // IANA
	en, zh string // its city
	words  string // what else it is called, separated by blanks; "_" stands for one
}

// common is how many of the zones, from the top, the picker offers.
const common = 24

// zones are the zones people of the trade live in, the picker's first. The rest
// of the world is reached by typing the IANA name.
func zones() []zone {
	return []zone{
		{"Asia/Shanghai", "Shanghai", "上海", "beijing 北京 shenzhen 深圳 guangzhou 广州 chongqing 重庆 china 中国 prc cst 北京时间 中国时间 baotou 包头 ganzhou 赣州"},
		{"Asia/Hong_Kong", "Hong Kong", "香港", "hkt hongkong"},
		{"Asia/Taipei", "Taipei", "台北", "taiwan 台湾"},
		{"Asia/Singapore", "Singapore", "新加坡", "sgt"},
		{"Asia/Tokyo", "Tokyo", "东京", "japan 日本 jst osaka 大阪"},
		{"Asia/Seoul", "Seoul", "首尔", "korea 韩国 kst"},
		{"Asia/Jakarta", "Jakarta", "雅加达", "indonesia 印度尼西亚 印尼 wib"},
		{"Asia/Kuala_Lumpur", "Kuala Lumpur", "吉隆坡", "malaysia 马来西亚"},
		{"Asia/Bangkok", "Bangkok", "曼谷", "thailand 泰国"},
		{"Asia/Kolkata", "Mumbai", "孟买", "kolkata delhi new_delhi calcutta india 印度 ist 德里 加尔各答"},
		{"Asia/Dubai", "Dubai", "迪拜", "uae emirates 阿联酋 gst"},
		{"Europe/Moscow", "Moscow", "莫斯科", "russia 俄罗斯 msk"},
		{"Europe/Istanbul", "Istanbul", "伊斯坦布尔", "turkey 土耳其 ankara"},
		{"Europe/Berlin", "Berlin", "柏林", "germany 德国 frankfurt 法兰克福 hamburg 汉堡 cet cest munich 慕尼黑"},
		{"Europe/Paris", "Paris", "巴黎", "france 法国"},
		{"Europe/London", "London", "伦敦", "uk england britain 英国 bst gb"},
		{"UTC", "UTC", "UTC", "gmt zulu z"},
		{"Africa/Johannesburg", "Johannesburg", "约翰内斯堡", "south_africa 南非 sast"},
		{"America/Sao_Paulo", "São Paulo", "圣保罗", "brazil 巴西 sao_paulo brt"},
		{"America/Santiago", "Santiago", "圣地亚哥", "chile 智利"},
		{"America/New_York", "New York", "纽约", "est edt eastern newyork washington 华盛顿 boston usa us 美国 et nyc"},
		{"America/Chicago", "Chicago", "芝加哥", "central cdt cst houston 休斯敦 dallas ct"},
		{"America/Los_Angeles", "Los Angeles", "洛杉矶", "pst pdt pacific san_francisco 旧金山 seattle 西雅图 la pt"},
		{"Australia/Sydney", "Sydney", "悉尼", "aest aedt australia 澳大利亚 melbourne 墨尔本 canberra"},

		{"Australia/Perth", "Perth", "珀斯", "awst western_australia"},
		{"Australia/Brisbane", "Brisbane", "布里斯班", "queensland"},
		{"Australia/Adelaide", "Adelaide", "阿德莱德", "acst"},
		{"Pacific/Auckland", "Auckland", "奥克兰", "new_zealand 新西兰 nzst wellington"},
		{"Asia/Urumqi", "Urumqi", "乌鲁木齐", "xinjiang 新疆"},
		{"Asia/Macau", "Macau", "澳门", "macao"},
		{"Asia/Manila", "Manila", "马尼拉", "philippines 菲律宾"},
		{"Asia/Ho_Chi_Minh", "Ho Chi Minh City", "胡志明市", "vietnam 越南 saigon 西贡 hanoi 河内"},
		{"Asia/Yangon", "Yangon", "仰光", "myanmar 缅甸 rangoon"},
		{"Asia/Vientiane", "Vientiane", "万象", "laos 老挝"},
		{"Asia/Dhaka", "Dhaka", "达卡", "bangladesh 孟加拉国"},
		{"Asia/Kathmandu", "Kathmandu", "加德满都", "nepal 尼泊尔"},
		{"Asia/Colombo", "Colombo", "科伦坡", "sri_lanka 斯里兰卡"},
		{"Asia/Karachi", "Karachi", "卡拉奇", "pakistan 巴基斯坦 pkt islamabad"},
		{"Asia/Ulaanbaatar", "Ulaanbaatar", "乌兰巴托", "mongolia 蒙古"},
		{"Asia/Almaty", "Almaty", "阿拉木图", "kazakhstan 哈萨克斯坦 astana 阿斯塔纳"},
		{"Asia/Tashkent", "Tashkent", "塔什干", "uzbekistan 乌兹别克斯坦"},
		{"Asia/Bishkek", "Bishkek", "比什凯克", "kyrgyzstan 吉尔吉斯斯坦"},
		{"Asia/Tehran", "Tehran", "德黑兰", "iran 伊朗"},
		{"Asia/Riyadh", "Riyadh", "利雅得", "saudi saudi_arabia 沙特"},
		{"Asia/Baghdad", "Baghdad", "巴格达", "iraq 伊拉克"},
		{"Asia/Jerusalem", "Jerusalem", "耶路撒冷", "israel 以色列 tel_aviv"},
		{"Asia/Yekaterinburg", "Yekaterinburg", "叶卡捷琳堡", "ekaterinburg"},
		{"Asia/Novosibirsk", "Novosibirsk", "新西伯利亚", ""},
		{"Asia/Krasnoyarsk", "Krasnoyarsk", "克拉斯诺亚尔斯克", "norilsk"},
		{"Asia/Vladivostok", "Vladivostok", "符拉迪沃斯托克", "海参崴"},
		{"Europe/Kyiv", "Kyiv", "基辅", "kiev ukraine 乌克兰"},
		{"Europe/Warsaw", "Warsaw", "华沙", "poland 波兰"},
		{"Europe/Prague", "Prague", "布拉格", "czechia 捷克"},
		{"Europe/Vienna", "Vienna", "维也纳", "austria 奥地利"},
		{"Europe/Zurich", "Zurich", "苏黎世", "switzerland 瑞士 geneva 日内瓦 zug zürich"},
		{"Europe/Rome", "Rome", "罗马", "italy 意大利 milan 米兰"},
		{"Europe/Madrid", "Madrid", "马德里", "spain 西班牙 barcelona"},
		{"Europe/Lisbon", "Lisbon", "里斯本", "portugal 葡萄牙"},
		{"Europe/Amsterdam", "Amsterdam", "阿姆斯特丹", "netherlands 荷兰 rotterdam 鹿特丹"},
		{"Europe/Brussels", "Brussels", "布鲁塞尔", "belgium 比利时"},
		{"Europe/Stockholm", "Stockholm", "斯德哥尔摩", "sweden 瑞典"},
		{"Europe/Oslo", "Oslo", "奥斯陆", "norway 挪威"},
		{"Europe/Copenhagen", "Copenhagen", "哥本哈根", "denmark 丹麦"},
		{"Europe/Helsinki", "Helsinki", "赫尔辛基", "finland 芬兰 eet"},
		{"Europe/Athens", "Athens", "雅典", "greece 希腊"},
		{"Europe/Bucharest", "Bucharest", "布加勒斯特", "romania 罗马尼亚"},
		{"Europe/Belgrade", "Belgrade", "贝尔格莱德", "serbia 塞尔维亚"},
		{"Europe/Dublin", "Dublin", "都柏林", "ireland 爱尔兰"},
		{"Africa/Cairo", "Cairo", "开罗", "egypt 埃及"},
		{"Africa/Lagos", "Lagos", "拉各斯", "nigeria 尼日利亚 wat"},
		{"Africa/Nairobi", "Nairobi", "内罗毕", "kenya 肯尼亚 eat"},
		{"Africa/Kinshasa", "Kinshasa", "金沙萨", "congo drc 刚果"},
		{"Africa/Lubumbashi", "Lubumbashi", "卢本巴希", "katanga kolwezi"},
		{"Africa/Lusaka", "Lusaka", "卢萨卡", "zambia 赞比亚 cat"},
		{"Africa/Harare", "Harare", "哈拉雷", "zimbabwe 津巴布韦"},
		{"Africa/Casablanca", "Casablanca", "卡萨布兰卡", "morocco 摩洛哥"},
		{"Africa/Conakry", "Conakry", "科纳克里", "guinea 几内亚"},
		{"America/Toronto", "Toronto", "多伦多", "canada 加拿大 ottawa"},
		{"America/Vancouver", "Vancouver", "温哥华", "british_columbia"},
		{"America/Denver", "Denver", "丹佛", "mst mdt mountain mt"},
		{"America/Phoenix", "Phoenix", "凤凰城", "arizona"},
		{"America/Anchorage", "Anchorage", "安克雷奇", "alaska 阿拉斯加"},
		{"Pacific/Honolulu", "Honolulu", "檀香山", "hawaii 夏威夷 hst"},
		{"America/Mexico_City", "Mexico City", "墨西哥城", "mexico 墨西哥"},
		{"America/Bogota", "Bogotá", "波哥大", "bogota colombia 哥伦比亚"},
		{"America/Lima", "Lima", "利马", "peru 秘鲁"},
		{"America/La_Paz", "La Paz", "拉巴斯", "bolivia 玻利维亚"},
		{"America/Argentina/Buenos_Aires", "Buenos Aires", "布宜诺斯艾利斯", "argentina 阿根廷 art"},
	}
}

// loadZone finds the zone of an IANA name, in any case. Abbreviations and bare
// offsets are no zones here: CST means Shanghai to one reader and Chicago to the
// next, and an offset does not follow summer time.
func loadZone(name string) (string, *time.Location, bool) {
	if len(name) > 40 {
		return "", nil, false
	}
	for _, z := range zones() {
		if strings.EqualFold(z.name, name) {
			loc, err := time.LoadLocation(z.name)
			return z.name, loc, err == nil
		}
	}
	if !strings.Contains(name, "/") {
		return "", nil, false
	}
	for _, n := range []string{name, titled(name)} {
		if loc, err := time.LoadLocation(n); err == nil {
			return n, loc, true
		}
	}
	return "", nil, false
}

// titled writes "asia/ho_chi_minh" as "Asia/Ho_Chi_Minh".
func titled(name string) string {
	out := []byte(strings.ToLower(name))
	for i, c := range out {
		if c >= 'a' && c <= 'z' && (i == 0 || strings.IndexByte("/_-", out[i-1]) >= 0) {
			out[i] = c - 'a' + 'A'
		}
	}
	return string(out)
}

// zoneLabel is what a button calls a zone: its city and how far it is from UTC
// now.
func zoneLabel(name, language string, now time.Time) string {
	label := name
	for _, z := range zones() {
		if z.name == name {
			if label = z.en; language == "zh" {
				label = z.zh
			}
		}
	}
	loc, err := time.LoadLocation(name)
	if err != nil || name == "UTC" {
		return label
	}
	_, offset := now.In(loc).Zone()
	return label + " " + offsetText(offset)
}

// offsetText is an offset in seconds as "UTC+5:30".
func offsetText(seconds int) string {
	sign := "+"
	if seconds < 0 {
		sign, seconds = "−", -seconds
	}
	s := "UTC" + sign + strconv.Itoa(seconds/3600)
	if m := seconds / 60 % 60; m != 0 {
		s += fmt.Sprintf(":%02d", m)
	}
	return s
}

// nearestZones are up to n zones that a person may have meant by a city, a
// country, an abbreviation, an offset or a mistyped name, best first.
func nearestZones(word string, n int, now time.Time) []string {
	word = zoneKey(word)
	if word == "" || len(word) > 64 {
		return nil
	}
	if offset, ok := parseOffset(word); ok {
		return zonesAt(offset, n, now)
	}
	type scored struct {
		name  string
		score int
	}
	if _, city, ok := strings.Cut(word, "/"); ok && !slices.ContainsFunc(zones(), func(z zone) bool { _, ok := z.score(word); return ok }) {
		word = city // "Asia/Beijing": the city tells more than the continent
	}
	var hits []scored
	for _, z := range zones() {
		if score, ok := z.score(word); ok {
			hits = append(hits, scored{z.name, score})
		}
	}
	slices.SortStableFunc(hits, func(a, b scored) int { return a.score - b.score })
	var names []string
	for _, h := range hits {
		// An exact word is no guess; what merely resembles it would confuse.
		if len(names) == n || hits[0].score == 0 && h.score > 0 {
			break
		}
		names = append(names, h.name)
	}
	return names
}

// score is how far a word is from a zone: 0 for one of its names, more for the
// beginning of one and for misspellings.
func (z zone) score(word string) (int, bool) {
	names := append(strings.Fields(z.words), z.name, z.en, z.zh, z.name[strings.LastIndex(z.name, "/")+1:])
	best := -1
	keep := func(score int) {
		if best < 0 || score < best {
			best = score
		}
	}
	for _, name := range names {
		key := zoneKey(name)
		switch d := distance(word, key); {
		case word == key:
			keep(0)
		case len(word) >= 3 && strings.HasPrefix(key, word):
			keep(1)
		case d <= (len(key)-1)/4:
			keep(1 + d)
		}
	}
	return best, best >= 0
}

// zoneKey writes names of zones alike: lower-case, without blanks and marks.
func zoneKey(s string) string {
	s = strings.ToLower(norm.NFKC.String(s))
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" _-.'’\u3000", r) && !isOffsetSign(s, r) {
			return -1
		}
		return r
	}, s)
	return strings.TrimSuffix(strings.TrimSuffix(s, "时间"), "time")
}

func isOffsetSign(s string, r rune) bool { return r == '-' && strings.ContainsAny(s, "0123456789") }

// parseOffset reads "+8", "UTC+08:00", "gmt-5:30" as seconds.
func parseOffset(word string) (seconds int, ok bool) {
	word = strings.TrimPrefix(strings.TrimPrefix(word, "utc"), "gmt")
	sign := 1
	if after, ok := strings.CutPrefix(word, "+"); ok {
		word = after
	} else if after, ok := strings.CutPrefix(strings.Replace(word, "−", "-", 1), "-"); ok {
		sign, word = -1, after
	} else {
		return 0, false
	}
	hours, minutes, found := strings.Cut(word, ":")
	if !found && len(word) >= 3 {
		hours, minutes = word[:len(word)-2], word[len(word)-2:]
	}
	if minutes == "" {
		minutes = "0"
	}
	h, errH := strconv.ParseUint(hours, 10, 8)
	m, errM := strconv.ParseUint(minutes, 10, 8)
	if errH != nil || errM != nil || h > 14 || m > 59 {
		return 0, false
	}
	return sign * (int(h)*3600 + int(m)*60), true
}

// zonesAt are the first zones whose clocks are that far from UTC now.
func zonesAt(offset, n int, now time.Time) []string {
	var names []string
	for _, z := range zones() {
		loc, err := time.LoadLocation(z.name)
		if err != nil {
			continue
		}
		if _, o := now.In(loc).Zone(); o == offset && len(names) < n {
			names = append(names, z.name)
		}
	}
	return names
}

// distance is the number of letters to change, add or take away between two
// words.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(x); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := diagonal
			if x[i-1] != y[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(y)]
}
