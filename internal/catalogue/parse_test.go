package catalogue_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	_ "time/tzdata" // zones must not hang on the machine

	"github.com/google/go-cmp/cmp"

	"tagwire/internal/catalogue"
	"tagwire/internal/tagwire"
	"tagwire/internal/taxonomy"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// checkCron stands in for the check of package schedule.
func checkCron(spec string) error {
	if strings.HasPrefix(spec, "@every ") || len(strings.Fields(spec)) == 5 {
		return nil
	}
	return errors.New("expected 5 fields")
}

func TestParse_good(t *testing.T) {
	t.Parallel()
	got, err := catalogue.Load("testdata/good.yaml", checkCron)
	if err != nil {
		t.Fatal(err)
	}
	rules := tagwire.ListRules{Item: "li.news", Link: "a", Title: "a", Date: ".time", Summary: "p"}
	want := &catalogue.Catalogue{
		Language: "zh", Zone: "Asia/Shanghai",
		Sources: []tagwire.Source{
			{
				Slug: "metal-news", Name: "Metal News", Kind: tagwire.Page, URL: "https://news.example.com/en/list",
				Schedule: "@every 10m", Zone: "Asia/Shanghai", Language: "en", Charset: "gb18030", List: rules,
				Article: tagwire.ArticleRules{Title: "h1", Date: ".date", Body: ".content", Tags: ".tags a", Category: ".crumb", Image: "img",
					Drop: []string{".qr"}, DropLines: []string{"Scan the code"}},
				IDPattern: `newscontent/(\d+)`, Tags: []tagwire.TagSlug{"metals"}, MaxItems: 50,
			},
			{Slug: "second-feed", Name: "Second Feed!", Kind: tagwire.Feed, URL: "http://feed.example.com/", Schedule: "@every 15m", Zone: "Asia/Shanghai"},
			{Slug: "third", Name: "Third", Kind: tagwire.Page, URL: "https://third.example.com/", Schedule: "@every 15m", Zone: "Asia/Shanghai", List: rules},
		},
		Tags: []tagwire.Tag{
			{Slug: "metals", Name: map[string]string{"en": "Metals", "zh": "金属"}},
			{Slug: "rare-earths", Name: map[string]string{"en": "Rare earths", "zh": "稀土"}, Parent: "metals", Aliases: []tagwire.Alias{
				{Text: "rare earth"}, {Text: "5083"}, {Text: "Nd", Exact: true}, {Text: "稀土掘金", Not: true},
				{Text: "one thing", Not: true, Exact: true}, {Text: "another", Not: true, Exact: true},
				{Text: "magnet", Needs: []tagwire.TagSlug{"metals"}},
			}},
		},
		Groups: []tagwire.Industry{{
			Slug: "rare-earths-forum", Name: map[string]string{"en": "Rare Earths Forum", "zh": "稀土交流群"},
			Chat: -1001234567890, Moderators: -1009876543210, Tags: []tagwire.TagSlug{"rare-earths"}, Policy: "codes",
			Questions: []map[string]string{{"en": "Which company do you work for?", "zh": "您在哪家公司工作？"}},
			Rules:     map[string]string{"en": "Be kind.", "zh": "请友善交流。"}, Contact: map[string]string{"en": "Queries: desk@example.com"},
		}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestParse_faults reads every faulty file of testdata and compares what is said
// of it with the golden file beside it.
func TestParse_faults(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	line := regexp.MustCompile(`^[a-z-]+\.yaml:\d+:\d+: .+; .+$`)
	for _, file := range files {
		name := filepath.Base(file)
		if name == "good.yaml" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c, err := catalogue.Parse(name, data, checkCron)
			if err == nil || c != nil {
				t.Fatalf("no error, but %v", c)
			}
			got := err.Error() + "\n"
			for l := range strings.Lines(got) {
				if !line.MatchString(strings.TrimSuffix(l, "\n")) {
					t.Errorf("not of the form name:line:col: what; remedy: %s", l)
				}
			}
			golden := strings.TrimSuffix(file, ".yaml") + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestParse_leftOut(t *testing.T) {
	t.Parallel()
	builtin, err := catalogue.Builtin(nil)
	if err != nil {
		t.Fatal(err)
	}
	const source = "sources:\n  - {name: A, kind: feed, url: 'https://a.example/', tags: [copper]}\n"
	const group = "groups:\n  - {slug: g, name: {en: G}, chat: -1, tags: [copper]}\n"
	for _, x := range []struct {
		name, text    string
		sources, tags int
	}{
		{"everything but a zone", "timezone: Europe/London\n", len(builtin.Sources), len(builtin.Tags)},
		{"tags and sources", group, len(builtin.Sources), len(builtin.Tags)},
		{"tags", source, 1, len(builtin.Tags)},
		{"tags, no sources wanted", "sources: []\n", 0, len(builtin.Tags)},
		{"sources", "tags:\n  - {slug: a, name: {en: A}}\n", 0, 1},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			c, err := catalogue.Parse("own.yaml", []byte(x.text), nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(c.Sources) != x.sources || len(c.Tags) != x.tags {
				t.Errorf("%d sources, %d tags; want %d, %d", len(c.Sources), len(c.Tags), x.sources, x.tags)
			}
		})
	}
}

func TestLoad_faults(t *testing.T) {
	t.Parallel()
	large := filepath.Join(t.TempDir(), "large.yaml")
	if err := os.WriteFile(large, make([]byte, 5<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(t.TempDir(), "none.yaml"): "check the path",
		t.TempDir():                             "is a folder",
		large:                                   "larger than 4 MiB",
	} {
		if _, err := catalogue.Load(path, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// TestParse_hostile: files that would exhaust the stack, the memory or patience.
func TestParse_hostile(t *testing.T) {
	t.Parallel()
	aliases := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		aliases += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+string(c-1)+",", 10) + "]\n"
	}
	tags := "tags:\n"
	for range 1000 {
		tags += "  - {slug: a, name: {en: a}, parent: zzzzzz, aliases: [{text: q, needs: [coper, zinkc]}]}\n"
	}
	for name, text := range map[string]string{
		"brackets":      strings.Repeat("[", 1<<20),
		"braces":        strings.Repeat("{a: ", 1<<15),
		"hyphens":       strings.Repeat("- ", 1<<15),
		"question":      strings.Repeat("? ", 1<<15),
		"explicit":      strings.Repeat("!a ", 1<<15),
		"anchors":       strings.Repeat("&a ", 1<<15),
		"not UTF-8":     "tags: \xff",
		"aliases":       aliases + "tags: *j\n",
		"itself":        "tags: &a [*a]\n",
		"alias of self": "tags: &a *a\n",
		"many faults":   tags,
		"NUL":           "tags: \x00\x00",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			c, err := catalogue.Parse("x.yaml", []byte(text), nil)
			if err == nil {
				t.Errorf("no error, but %d tags", len(c.Tags))
			} else if n := strings.Count(err.Error(), "\n"); n > 100 || len(err.Error()) > 100_000 {
				t.Errorf("%d lines, %d bytes of errors", n, len(err.Error()))
			}
			if d := time.Since(start); d > 20*time.Second {
				t.Errorf("took %v", d)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := catalogue.Parse("f.yaml", data, checkCron)
		if (c == nil) == (err == nil) {
			t.Fatalf("%v and %v", c, err)
		}
		if err != nil {
			return
		}
		// What the catalogue lets through, the taxonomy takes.
		if _, err := taxonomy.New(c.Tags); err != nil {
			t.Fatal(err)
		}
	})
}
