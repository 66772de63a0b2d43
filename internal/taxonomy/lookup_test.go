package taxonomy_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"tagwire/internal/tagwire"
	"tagwire/internal/taxonomy"
)

func slugs(tags []tagwire.Tag) string {
	var out []string
	for _, t := range tags {
		out = append(out, string(t.Slug))
	}
	return strings.Join(out, " ")
}

func TestNew_faults(t *testing.T) {
	t.Parallel()
	_, err := taxonomy.New([]tagwire.Tag{
		{Slug: "Bad Slug"},
		{Slug: "twice"}, {Slug: "twice"},
		{Slug: "orphan", Parent: "nobody"},
		{Slug: "a", Parent: "b"}, {Slug: "b", Parent: "a"},
		{Slug: "self", Parent: "self"},
		{Slug: "mute", Aliases: words("…")},
		{Slug: "needy", Aliases: []tagwire.Alias{{Text: "x", Needs: []tagwire.TagSlug{"gone"}}}},
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{`"Bad Slug"`, `"twice" is there twice`, `no parent "nobody"`, `"a" is below itself`, `"b" is below itself`, `"self" is below itself`, "no letter", `needs "gone"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in:\n%v", want, err)
		}
	}
	empty, err := taxonomy.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := empty.Match(tagwire.Article{Title: "Copper"}); len(got) != 0 {
		t.Errorf("an empty taxonomy matches %v", got)
	}
}

func TestCheckSlug(t *testing.T) {
	t.Parallel()
	for slug, ok := range map[string]bool{
		"copper": true, "rare-earths": true, "c60": true, "3d": true, strings.Repeat("a", tagwire.MaxSlug): true,
		"": false, "-a": false, "a-": false, "a--b": false, "A": false, "a b": false, "a_b": false, "稀土": false,
		strings.Repeat("a", tagwire.MaxSlug+1): false,
	} {
		if got := taxonomy.CheckSlug(slug) == nil; got != ok {
			t.Errorf("%q: ok = %v, want %v", slug, got, ok)
		}
	}
}

func TestTree(t *testing.T) {
	t.Parallel()
	tax := small(t)
	if got := slugs(tax.Children("")); got != "metals magnets batteries mergers ev misc" {
		t.Errorf("roots: %s", got)
	}
	if got := slugs(tax.Children("rare-earths")); got != "neodymium oxide" {
		t.Errorf("children: %s", got)
	}
	if got := tax.Ancestors("neodymium"); len(got) != 2 || got[0] != "rare-earths" || got[1] != "metals" {
		t.Errorf("ancestors: %v", got)
	}
	if got := tax.Ancestors("gone"); got != nil {
		t.Errorf("ancestors of nothing: %v", got)
	}
	if _, ok := tax.Tag("gone"); ok {
		t.Error("a tag that is not there")
	}
	if got := len(tax.Tags()); got != len(smallTags()) {
		t.Errorf("%d tags", got)
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	tax := small(t)
	for word, want := range map[string]string{
		"rare-earths": "rare-earths", "Rare Earths": "rare-earths", "RARE_EARTH": "rare-earths", "#rare_earths": "rare-earths",
		"稀土": "rare-earths", " 稀 土 ": "rare-earths", "＃稀土": "rare-earths", "ree": "rare-earths", "nd": "neodymium",
		"lead": "lead", "Pb": "", "battery": "batteries", "m&a": "mergers", "copper cathodes": "copper",
		"ｃｏｐｐｅｒ": "copper", "": "", "#": "", "🔥": "", "<b>copper</b>": "", "稀土掘金": "", "copper-bottomed": "",
		strings.Repeat("copper ", 1000): "",
	} {
		tag, ok := tax.Lookup(word)
		if string(tag.Slug) != want || ok != (want != "") {
			t.Errorf("%.40q: got %q %v, want %q", word, tag.Slug, ok, want)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	tax := small(t)
	for _, c := range []struct{ args, found, unknown string }{
		{"rare earths, copper 稀土", "rare-earths copper", ""},
		{"rare-earths copper", "rare-earths copper", ""},
		{"copper copper #copper 铜", "copper", ""},
		{"稀土铜铅", "rare-earths copper lead", ""},
		{"稀土，铜、铅；电池", "rare-earths copper lead batteries", ""},
		{"iron ore iron", "iron-ore iron", ""},
		{"iron, ore", "iron", "ore"},
		{"copper/lead", "copper lead", ""},
		{"rare erths copper zink", "copper", "rare erths|zink"},
		{"zink, coper", "", "zink|coper"},
		{"铜和稀土", "copper rare-earths", "和"},
		{"", "", ""},
		{" ,;、 ", "", ""},
		{"🔥", "", "🔥"},
		{"🔥 copper", "copper", ""},
		{"<b>copper</b>", "copper", "b|b"},
		{"@everyone /cmd copper", "copper", "everyone /cmd"},
		{"copper\x00\u202elead", "copper lead", ""},
		{"\xff\xfe", "", ""},
	} {
		t.Run(c.args, func(t *testing.T) {
			t.Parallel()
			found, unknown := tax.Parse(c.args)
			if got := slugs(found); got != c.found {
				t.Errorf("found %q, want %q", got, c.found)
			}
			if got := strings.Join(unknown, "|"); got != c.unknown {
				t.Errorf("unknown %q, want %q", got, c.unknown)
			}
		})
	}
}

func TestParse_huge(t *testing.T) {
	t.Parallel()
	tax := synthetic(t)
	for _, piece := range []string{"x ", "x,", "稀", "稀,", "🔥", "🔥,", "rare earth ", "\xff", "ﷺ", "a\u0301", "-", "word00001 "} {
		start := time.Now()
		found, unknown := tax.Parse(strings.Repeat(piece, 1<<20/len(piece)))
		if d := time.Since(start); d > 2*time.Second {
			t.Errorf("%q: took %v", piece, d)
		}
		if len(unknown) > 10 || len(found) > len(tax.Tags()) {
			t.Errorf("%q: %d found, %d unknown", piece, len(found), len(unknown))
		}
		for _, u := range unknown {
			if n := utf8.RuneCountInString(u); n > 41 {
				t.Errorf("%q: unknown of %d runes", piece, n)
			}
		}
		start = time.Now()
		tax.Nearest(strings.Repeat(piece, 1<<20/len(piece)), 5)
		if d := time.Since(start); d > 2*time.Second {
			t.Errorf("%q: Nearest took %v", piece, d)
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	tax := small(t)
	for _, c := range []struct {
		word string
		n    int
		want string
	}{
		{"coper", 3, "copper"},
		{"copepr", 3, "copper"},
		{"irno", 3, "iron"},
		{"cop", 3, "copper"},
		{"rare erths", 2, "rare-earths"},
		{"erths of the rare kind", 2, "rare-earths"},
		{"earth", 2, "rare-earths"},
		{"neodimium", 1, "neodymium"},
		{"稀士", 1, "rare-earths"},
		{"矿", 1, "iron-ore"},
		{"batery", 1, "batteries"},
		{"xyzzy", 3, ""},
		{"", 3, ""},
		{"🔥", 3, ""},
		{"copper", 0, ""},
		{"copper", -1, ""},
		{"x", 3, ""},
	} {
		t.Run(c.word, func(t *testing.T) {
			t.Parallel()
			got := slugs(tax.Nearest(c.word, c.n))
			if got != c.want && !(c.want != "" && strings.HasPrefix(got, c.want+" ")) {
				t.Errorf("got %q, want %q first", got, c.want)
			}
			if n := len(strings.Fields(got)); n > max(c.n, 0) {
				t.Errorf("%d tags", n)
			}
		})
	}
}

func TestClosest(t *testing.T) {
	t.Parallel()
	keys := []string{"timezone", "schedule", "id_pattern"}
	for word, want := range map[string]string{"timzone": "timezone", "shedule": "schedule", "idpattern": "id_pattern", "zzz": "", "": ""} {
		got, ok := taxonomy.Closest(word, keys)
		if d := cmp.Diff(want, got); d != "" || ok != (want != "") {
			t.Errorf("%q: %s %v", word, d, ok)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"rare earths, copper 稀土", "🔥", "<b>", "@everyone", "\xff", "ﷺ", "稀\u0301土"} {
		f.Add(s)
	}
	tax := small(f)
	f.Fuzz(func(t *testing.T, args string) {
		found, unknown := tax.Parse(args)
		seen := map[tagwire.TagSlug]bool{}
		for _, tag := range found {
			if seen[tag.Slug] {
				t.Errorf("%s is there twice", tag.Slug)
			}
			seen[tag.Slug] = true
		}
		for _, u := range unknown {
			if u == "" || !utf8.ValidString(u) || utf8.RuneCountInString(u) > 42 || strings.ContainsAny(u, "\n\r\x00") {
				t.Errorf("unknown %q", u)
			}
			tax.Nearest(u, 3)
		}
		tax.Nearest(args, 3)
		if tag, ok := tax.Lookup(args); ok {
			if again, _ := tax.Parse(args); len(again) == 0 {
				t.Errorf("Lookup finds %s, Parse nothing", tag.Slug)
			}
		}
	})
}

// synthetic is a taxonomy of 5,000 aliases, 3,200 Latin and 1,800 Han.
func synthetic(tb testing.TB) *taxonomy.Taxonomy {
	tb.Helper()
	var tags []tagwire.Tag
	for i := range 500 {
		tag := tagwire.Tag{Slug: tagwire.TagSlug(fmt.Sprintf("tag-%d", i))}
		for j := range 10 {
			n := i*10 + j
			switch {
			case n >= 3200:
				tag.Aliases = append(tag.Aliases, tagwire.Alias{Text: string([]rune{rune(0x4E00 + n%2500), rune(0x5E00 + n%700), rune(0x6E00 + n%90)})})
			case n%2 == 0:
				tag.Aliases = append(tag.Aliases, tagwire.Alias{Text: fmt.Sprintf("word%05d", n)})
			default:
				tag.Aliases = append(tag.Aliases, tagwire.Alias{Text: fmt.Sprintf("rare word%d part%d", n%40, n)})
			}
		}
		tags = append(tags, tag)
	}
	t, err := taxonomy.New(tags)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}
