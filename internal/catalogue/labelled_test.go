package catalogue_test

import (
	"slices"
	"strings"
	"testing"

	"tagwire/internal/catalogue"
	"tagwire/internal/tagwire"
	"tagwire/internal/taxonomy"
)

// labelled is a text written by hand with the tags a reader would give it.
type labelled struct {
	title, summary, body string
	published            []string // the publisher's tags
	categories           []string
	want                 string // direct tags, blank-separated, in any order
}

// plainTexts say what they are about.
func plainTexts() []labelled {
	return []labelled{
		{title: "Rare earth market steadies as magnet makers restock", published: []string{"Rare earths", "industrial development", "functional materials"}, categories: []string{"Metal News", "Copper"},
			summary: "Trading in the rare earth market was calm this week, and buyers came back.", want: "rare-earths functional-materials industrial-development permanent-magnets"},
		{title: "Copper hits three-month high on Chinese demand", summary: "Copper rose on Monday while zinc and tin slipped.", want: "copper"},
		{title: "Dysprosium and terbium extend gains", summary: "Heavy rare earth sellers held back material.", want: "dysprosium terbium"},
		{title: "China sets first batch of rare earth mining quotas for the year", want: "rare-earths mining quotas"},
		{title: "Beijing tightens grip on key materials", summary: "New export controls cover gallium and germanium from December.", want: "export-controls gallium germanium"},
		{title: "NdPr oxide price climbs again", want: "ndpr prices"},
		{title: "Lithium carbonate futures fall to a two-year low", want: "lithium"},
		{title: "Nickel miners in Indonesia await new quotas", want: "nickel mining quotas"},
		{title: "Lead prices firm as smelters cut", summary: "Refined lead was scarce in the east of the country.", want: "lead prices smelting-refining"},
		{title: "Zinc-lead mine in the north restarts", want: "zinc lead mining"},
		{title: "Tin inventories shrink for a sixth week", want: "tin inventories"},
		{title: "Gold steadies before inflation figures", summary: "Spot gold was little changed, and silver edged lower.", want: "gold"},
		{title: "Silver ETF holdings grow", want: "silver"},
		{title: "Palladium and platinum part ways", want: "palladium platinum"},
		{title: "PGM basket weighs on South African producers", want: "platinum-group-metals"},
		{title: "Antimony shortage worries flame-retardant makers", want: "antimony"},
		{title: "Tungsten concentrate at a decade high", want: "tungsten"},
		{title: "Iron ore slides as steel mills trim output", want: "iron-ore steel output"},
		{title: "Stainless steel producers seek tariff relief", want: "stainless-steel tariffs"},
		{title: "EU opens anti-dumping case on ferrosilicon", want: "anti-dumping ferrosilicon"},
		{title: "Alumina refinery in Queensland to close", want: "alumina smelting-refining"},
		{title: "Bauxite exports from Guinea set a record", want: "bauxite trade"},
		{title: "Cobalt quota keeps shippers waiting", want: "cobalt quotas"},
		{title: "Sodium-ion battery plant opens in Anhui", want: "sodium-ion"},
		{title: "LFP cathode makers raise offers", summary: "Battery buyers accepted the first increase since spring.", want: "lfp cathode-materials"},
		{title: "Solid-state batteries move to pilot lines", want: "solid-state-batteries"},
		{title: "Black mass trade grows with spent batteries", want: "battery-recycling"},
		{title: "Scandium alloy for aircraft frames", want: "scandium aerospace"},
		{title: "Yttrium squeeze reaches jet engine makers", want: "yttrium aerospace"},
		{title: "Offshore wind builders sign for permanent magnets", want: "wind-power permanent-magnets"},
		{title: "Humanoid robots: the next NdFeB customer?", want: "robotics ndfeb"},
		{title: "Samarium-cobalt supplier wins defence order", want: "samarium-cobalt defence"},
		{title: "Magnesium ingot offers soften", want: "magnesium"},
		{title: "Vanadium finds a home in energy storage", want: "vanadium energy-storage"},
		{title: "Miner agrees takeover of copper rival", want: "mining mergers copper"},
		{title: "Strike action halts Chilean copper mine", want: "disruptions copper mining"},
		{title: "Ministry adds tungsten to critical minerals list", want: "tungsten critical-minerals"},
		{title: "Scrap steel collectors face thinner margins", want: "scrap-steel"},
		{title: "Recycled aluminium gains in car bodies", want: "aluminium recycling"},
		{title: "New sputtering target line for chipmakers", want: "sputtering-targets semiconductors"},
		{title: "Silicon carbide wafer output doubles", want: "compound-semiconductors semiconductors output"},
		{title: "Graphite anode plant wins state loan", want: "anode-materials"},
		{title: "Europium and terbium: life after the phosphor", want: "europium terbium phosphors"},
		{title: "Seabed mining rules delayed again", want: "deep-sea-mining"},
		{title: "Manganese ore arrivals rise", want: "manganese"},
		{title: "EVs drive demand for neodymium", want: "electric-vehicles neodymium"},
		{title: "稀土价格企稳 镨钕领涨", want: "rare-earths prices ndpr"},
		{title: "氧化镝、氧化铽报价上调", want: "dysprosium terbium rare-earth-oxides prices"},
		{title: "钕铁硼企业订单饱满", want: "ndfeb"},
		{title: "稀土永磁产业链加速升级", want: "rare-earths permanent-magnets industrial-development"},
		{title: "沪铜收涨 铝锌走弱", want: "copper aluminium zinc"},
		{title: "碳酸锂价格跌破新低", want: "lithium prices"},
		{title: "商务部：对镓、锗实施出口管制", want: "gallium germanium export-controls"},
		{title: "铁矿石港口库存回升", want: "iron-ore inventories"},
		{title: "电解铝企业限产", want: "aluminium output"},
		{title: "黄金再创历史新高", want: "gold"},
		{title: "白银期货大涨", want: "silver"},
		{title: "不锈钢厂减产 镍铁承压", want: "stainless-steel nickel-pig-iron output"},
		{title: "锡矿进口减少 锡价走强", want: "tin trade prices"},
		{title: "磷酸铁锂正极材料扩产", want: "lfp projects cathode-materials"},
		{title: "动力电池回收新规发布", want: "battery-recycling"},
		{title: "钨价上行 硬质合金企业跟涨", want: "tungsten prices"},
		{title: "工业硅社会库存下降", want: "silicon-metal inventories"},
		{title: "新能源汽车拉动永磁材料需求", want: "electric-vehicles permanent-magnets"},
		{title: "人形机器人带动磁材需求", want: "robotics magnetic-materials"},
		{title: "锑锭报价平稳", want: "antimony prices"},
		{title: "欧盟碳关税影响钢铁出口", want: "carbon steel trade"},
		{title: "矿企罢工致铜精矿供应收紧", want: "mining disruptions copper-concentrate supply-demand"},
	}
}

// trapTexts use the words for something else, or in passing.
func trapTexts() []labelled {
	return []labelled{
		{title: "Chief economist to lead the new trade desk", want: ""},
		{title: "Swiss bank named lead manager of bond sale", want: ""},
		{title: "Team takes the lead in the second half", want: ""},
		{title: "Lead times for machine parts grow longer", want: ""},
		{title: "What led to it and where it leads", want: ""},
		{title: "How to open a tin can without an opener", want: ""},
		{title: "A tin roof in the rain", want: ""},
		{title: "Ni hao: a beginner's guide to greetings", want: ""},
		{title: "Smith & Co. opens a shop in town", want: ""},
		{title: "In the garden with the head of design", want: ""},
		{title: "As seen on television", want: ""},
		{title: "A golden opportunity for young chefs", want: ""},
		{title: "Every cloud has a silver lining, says coach", want: ""},
		{title: "Sprinter wins gold medal in Tokyo", summary: "She had missed the silver medal by a hair four years ago.", want: ""},
		{title: "A copper-bottomed guarantee for savers", want: ""},
		{title: "Airlines nickel-and-dime their passengers", want: ""},
		{title: "Ministers iron out differences over the budget", want: ""},
		{title: "Parents steel themselves for exam season", want: ""},
		{title: "Nerves of steel on the high wire", want: ""},
		{title: "The band Rare Earth returns to the stage", want: ""},
		{title: "Singer's third album goes platinum", want: ""},
		{title: "Crowds celebrate the Platinum Jubilee", want: ""},
		{title: "Musical opens at the London Palladium", want: ""},
		{title: "Hackers used Cobalt Strike for months", want: ""},
		{title: "Silicon Valley start-up raises funds", want: ""},
		{title: "Chromium browser gets a security update", want: ""},
		{title: "Run Selenium tests in parallel", want: ""},
		{title: "Freddie Mercury's piano is sold", want: ""},
		{title: "Mercury rises as heat wave sets in", want: ""},
		{title: "Bitcoin miner moves to Texas", want: ""},
		{title: "A friend of mine wrote this song", want: ""},
		{title: "Land mine kills two farmers", want: ""},
		{title: "Data mining for beginners", want: ""},
		{title: "Assault and battery charge dropped", want: ""},
		{title: "A battery of tests for new drivers", want: ""},
		{title: "Rate cut seen as a catalyst for property shares", want: ""},
		{title: "The city is a magnet for artists", want: ""},
		{title: "LFP fines football club", want: ""},
		{title: "Share price jumps at retailer", want: ""},
		{title: "Heavy metal band plays in Oslo", want: ""},
		{title: "Central bank leaves monetary policy unchanged", want: ""},
		{title: "Oil refinery fire is out", want: ""},
		{title: "Is zinc sunscreen worth it?", want: ""},
		{title: "Magnesium supplement recalled", want: ""},
		{title: "稀土掘金技术社区年度征文", want: ""},
		{title: "无锡马拉松开跑", want: ""},
		{title: "黄金周旅游人数创新高", want: ""},
		{title: "电视台黄金时段新剧开播", want: ""},
		{title: "钛媒体对话创业者", want: ""},
		{title: "钢琴比赛落幕", want: ""},
		{title: "小学生用铅笔画出春天", want: ""},
		{title: "香港铜锣湾新店开业", want: ""},
		{title: "白银市举办马拉松", want: ""},
		{title: "资金流入基金 金融股走强", want: ""},
		{title: "硅谷银行旧址拍卖", want: ""},
		// A metal in passing is not what an article is about.
		{title: "Aluminium smelter signs power deal", summary: "The plant will run on hydropower from spring.", body: "It shares a harbour with a copper smelter.\nThe port also ships zinc.", want: "aluminium smelting-refining"},
		{title: "Gold extends rally", summary: "Bullion gained for a fourth day.", body: "Silver rose too. Platinum was flat. Palladium fell. Copper slipped.", want: "gold"},
		{title: "Weekly round-up of the rare earth market", published: []string{"Rare earths"}, categories: []string{"Copper", "Gold"}, summary: "Offers were unchanged.", body: "Copper demand was not discussed.", want: "rare-earths"},
		{title: "New mayor takes office", categories: []string{"Copper"}, want: ""},
		{title: "Annual meeting moved to May", published: []string{"Copper"}, want: "copper"},
		{title: "Battery maker picks Hungary", summary: "The plant will make cells for electric cars.", body: "Lithium, nickel and cobalt will come from three continents.", want: "batteries electric-vehicles"},
		{title: "稀土企业发布年报", summary: "公司称稀土氧化物销量增长。", body: "公司同时参股一家铜矿。", want: "rare-earths company-results rare-earth-oxides"},
	}
}

// wireTexts are in the manner of a wire service, which says things in passing
// and by other words than one's own. The catalogue was tuned on them, and does
// not get all of them right.
func wireTexts() []labelled {
	return []labelled{
		{title: "Mine workers in Peru walk out over bonus", summary: "A union at one of the country's largest copper pits downed tools on Tuesday.", want: "mining disruptions copper"},
		{title: "Ganzhou hosts forum on magnet supply", summary: "Officials and company heads met in the centre of China's rare earth industry.", want: "permanent-magnets rare-earths supply-chain"},
		{title: "US Geological Survey widens list of critical minerals", summary: "Copper, silver and metallurgical coal were added.", want: "critical-minerals copper silver coking-coal"},
		{title: "Smelter fees sink below zero as concentrate runs short", summary: "Treatment charges for copper concentrate fell to a record low.", want: "smelting-refining copper-concentrate"},
		{title: "Congo extends ban on shipments of battery metal", summary: "The halt on cobalt exports will last until autumn.", want: "export-controls cobalt battery-metals"},
		{title: "Junior finds high-grade gold in Yukon drilling", summary: "The best hole cut 12 metres at 9 grams a tonne.", want: "gold exploration"},
		{title: "Brussels proposes stockpile of magnets and raw materials", summary: "Member states would hold sixty days of rare earths.", want: "stockpiling permanent-magnets rare-earths"},
		{title: "Carmaker shuts line for want of rare earth parts", summary: "Export licences for magnets have been slow to arrive.", want: "rare-earths automotive export-controls permanent-magnets"},
		{title: "Zambian output set to climb as new pit opens", summary: "The country hopes to triple copper production.", want: "output copper mining"},
		{title: "Indonesian nickel ore royalties to rise", want: "nickel policy"},
		{title: "Bullion banks trim forecasts", summary: "Analysts now see gold at a lower average next year.", want: "precious-metals gold"},
		{title: "Rio Tinto and partner approve lithium project in Argentina", want: "lithium projects"},
		{title: "Turbine maker cuts dysprosium content by half", want: "dysprosium wind-power"},
		{title: "Scrap dealers lobby against duties on aluminum", summary: "A tariff on imports would hurt mills, they say.", want: "aluminium tariffs"},
		{title: "Chip curbs: gallium buyers scramble", summary: "Traders in Rotterdam report empty shelves.", want: "gallium semiconductors export-controls"},
		{title: "Antofagasta profit slips on lower grades", summary: "The miner produced less copper in the first half.", want: "company-results copper mining"},
		{title: "Norway opens seabed to prospecting", summary: "Nodules there hold manganese, cobalt and scandium.", want: "deep-sea-mining"},
		{title: "Germany backs recycling plant for magnets", want: "recycling permanent-magnets"},
		{title: "Researchers make magnet without rare earths", want: "research permanent-magnets rare-earths"},
		{title: "Steel futures drift as property sales stay weak", summary: "Rebar in Shanghai lost one per cent.", want: "steel construction rebar"},
		{title: "Tailings dam fails at tungsten mine", want: "environment tungsten mining"},
		{title: "Solid demand for silver paste from solar makers", want: "silver solar-power"},
		{title: "Court blocks merger of two lithium producers", want: "mergers lithium"},
		{title: "Vietnam drafts law on rare earth exports", want: "rare-earths trade policy"},
		{title: "Mountain lodge reopens with copper bath", want: ""},
		{title: "Striker signs for Iron United", want: ""},
		{title: "Opinion: Tariffs lead nowhere", want: "tariffs"},
		{title: "Five gold rings: a carol explained", want: ""},
		{title: "Company to lead battery research consortium", want: "batteries research"},
		{title: "Local hero steels village for flood", want: ""},
		{title: "包头举办稀土新材料产业大会", want: "rare-earths functional-materials"},
		{title: "工信部下达稀土开采总量控制指标", want: "rare-earths quotas"},
		{title: "缅甸口岸关闭 离子矿供应趋紧", want: "rare-earth-ores supply-demand"},
		{title: "宁德时代发布钠离子新品", want: "sodium-ion"},
		{title: "印尼镍矿配额下调", want: "nickel quotas"},
		{title: "光伏需求带动银浆用量增长", want: "solar-power silver"},
		{title: "特斯拉二代电机将不使用稀土", want: "rare-earths"},
		{title: "再生铅开工率下滑", want: "lead recycling"},
		{title: "北方稀土上调挂牌价", want: "rare-earths prices"},
		{title: "刚果（金）暂停钴出口", want: "cobalt trade"},
		{title: "伦铜库存大增", want: "copper inventories"},
		{title: "锡林郭勒草原旅游旺季到来", want: ""},
		{title: "银行理财产品收益下降", want: ""},
	}
}

// freshTexts were written after the catalogue was settled, and it was not changed
// for them: they tell what to expect of texts it has not seen.
func freshTexts() []labelled {
	return []labelled{
		{title: "Freeport lifts guidance after Grasberg repairs", summary: "The company expects to sell more copper and gold this year.", want: "copper gold"},
		{title: "Kazakhstan seeks partners for gallium plant", want: "gallium"},
		{title: "Aluminium premiums in Japan fall for third quarter", want: "aluminium prices"},
		{title: "Mill outage tightens market for hot-rolled coil", want: "flat-steel"},
		{title: "Greenland rare earth deposit changes hands", summary: "The buyer plans a separation plant in Europe.", want: "rare-earths mergers rare-earth-ores rare-earth-separation"},
		{title: "Toyota works on motors with less neodymium", want: "neodymium automotive"},
		{title: "Uranium and vanadium mine in Utah gets permit", want: "nuclear-power vanadium mining"},
		{title: "Gold miners' costs keep rising", want: "gold mining"},
		{title: "Import tax on steel takes effect in Mexico", want: "steel tariffs"},
		{title: "Ukraine signs titanium supply pact", want: "titanium"},
		{title: "Philippines drops plan for nickel ore export ban", want: "nickel export-controls"},
		{title: "Bismuth quadruples as China curbs shipments", want: "bismuth export-controls"},
		{title: "Battery giant posts record quarterly profit", want: "batteries company-results"},
		{title: "Sweden finds large deposit of rare earth oxides", want: "rare-earth-oxides exploration"},
		{title: "Zinc concentrate stocks at Chinese ports dip", want: "zinc inventories"},
		{title: "A power cable boom lifts copper rod makers", want: "power-grid copper"},
		{title: "Iridium shortage threatens electrolyser plans", want: "iridium hydrogen"},
		{title: "Recycler opens e-waste plant in Ohio", want: "recycling"},
		{title: "Cyclone shuts Pilbara iron ore ports", want: "iron-ore disruptions"},
		{title: "Lynas to build heavy rare earth line in Malaysia", want: "heavy-rare-earths rare-earths"},
		{title: "Who will lead the party?", want: ""},
		{title: "Team takes gold in curling", want: ""},
		{title: "Choir sings in silver-lit cathedral", want: ""},
		{title: "He has a will of iron", want: ""},
		{title: "Tin Pan Alley songs return", want: ""},
		{title: "The price of fame", want: ""},
		{title: "Mining poetry for meaning", want: ""},
		{title: "赣州稀土产业园开工", want: "rare-earths industrial-development"},
		{title: "镝铽价格创年内新高", want: "dysprosium terbium prices"},
		{title: "锌锭社会库存累积", want: "zinc inventories"},
		{title: "智利铜矿工人罢工结束", want: "copper disruptions"},
		{title: "固态电池产业化提速", want: "solid-state-batteries"},
		{title: "铂金首饰销量回升", want: "platinum"},
		{title: "地铁新线年底通车", want: ""},
		{title: "银杏大道迎来观赏期", want: ""},
		{title: "钢笔书法大赛启动", want: ""},
	}
}

// score counts tags given rightly, wrongly, and missed.
type score struct{ right, wrong, missed int }

func (s score) precision() float64 { return float64(s.right) / float64(max(s.right+s.wrong, 1)) }
func (s score) recall() float64    { return float64(s.right) / float64(max(s.right+s.missed, 1)) }

func (x labelled) article() tagwire.Article {
	return tagwire.Article{Title: x.title, Summary: x.summary, Body: x.body, PublisherTags: x.published, Categories: x.categories}
}

// judge compares the direct tags of a text with its label.
func (x labelled) judge(t *taxonomy.Taxonomy) (s score, wrong, missed []string) {
	want := strings.Fields(x.want)
	for _, m := range t.Match(x.article()) {
		if m.Implied {
			continue
		}
		if i := slices.Index(want, string(m.Tag)); i >= 0 {
			want = slices.Delete(want, i, i+1)
			s.right++
			continue
		}
		s.wrong++
		wrong = append(wrong, string(m.Tag)+" ("+m.Reason+")")
	}
	s.missed = len(want)
	return s, wrong, want
}

func builtin(tb testing.TB) *taxonomy.Taxonomy {
	tb.Helper()
	c, err := catalogue.Builtin(nil)
	if err != nil {
		tb.Fatal(err)
	}
	tax, err := taxonomy.New(c.Tags)
	if err != nil {
		tb.Fatal(err)
	}
	return tax
}

func TestBuiltin_labelledTexts(t *testing.T) {
	t.Parallel()
	tax := builtin(t)
	for name, texts := range map[string][]labelled{"plain": plainTexts(), "traps": trapTexts()} {
		for _, x := range texts {
			t.Run(name+"/"+x.title, func(t *testing.T) {
				t.Parallel()
				if _, wrong, missed := x.judge(tax); len(wrong)+len(missed) > 0 {
					t.Errorf("%q\n wrong: %s\n missed: %s", x.title, strings.Join(wrong, "; "), strings.Join(missed, " "))
				}
			})
		}
	}
}

// total judges all texts.
func total(tax *taxonomy.Taxonomy, texts []labelled) score {
	var s score
	for _, x := range texts {
		one, _, _ := x.judge(tax)
		s.right += one.right
		s.wrong += one.wrong
		s.missed += one.missed
	}
	return s
}

func TestBuiltin_wholeSets(t *testing.T) {
	t.Parallel()
	tax := builtin(t)
	for _, set := range []struct {
		name              string
		texts             []labelled
		precision, recall float64
	}{
		{"wire", wireTexts(), 0.90, 0.80},
		{"fresh", freshTexts(), 0.85, 0.78},
	} {
		for _, x := range set.texts {
			if _, wrong, missed := x.judge(tax); len(wrong)+len(missed) > 0 {
				t.Logf("%s: %q\n wrong: %s\n missed: %s", set.name, x.title, strings.Join(wrong, "; "), strings.Join(missed, " "))
			}
		}
		if s := total(tax, set.texts); s.precision() < set.precision || s.recall() < set.recall {
			t.Errorf("%s texts: precision %.3f, recall %.3f", set.name, s.precision(), s.recall())
		}
	}
}

func BenchmarkBuiltin_labelledTexts(b *testing.B) {
	tax := builtin(b)
	for name, texts := range map[string][]labelled{"plain": plainTexts(), "traps": trapTexts(), "wire": wireTexts(), "fresh": freshTexts()} {
		b.Run(name, func(b *testing.B) {
			var s score
			for b.Loop() {
				s = total(tax, texts)
			}
			b.ReportMetric(s.precision(), "precision")
			b.ReportMetric(s.recall(), "recall")
		})
	}
}
