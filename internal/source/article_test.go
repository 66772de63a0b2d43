package source_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"tagwire/internal/source"
	"tagwire/internal/tagwire"
)

var update = flag.Bool("update", false, "write the golden files anew")

// shanghai is a page source without selectors, in China's time.
func shanghai() tagwire.Source {
	return tagwire.Source{Slug: "metals", Kind: tagwire.Page, Zone: "Asia/Shanghai"}
}

func noon2026() time.Time { return time.Date(2026, 7, 28, 4, 0, 0, 0, time.UTC) }

func readFixture(t *testing.T, elem ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(append([]string{"testdata"}, elem...)...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// golden compares entries with a file of the same name beside the fixture.
func golden(t *testing.T, got any, elem ...string) {
	t.Helper()
	name := filepath.Join(append([]string{"testdata"}, elem...)...) + ".golden"
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(got); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("%v (write it with -update and read it)", err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", name, diff)
	}
}

func TestDecodeArticle_pages(t *testing.T) {
	t.Parallel()
	berlin := tagwire.Source{Kind: tagwire.Page, Zone: "Europe/Berlin"}
	for _, tt := range []struct {
		file string
		src  tagwire.Source
	}{
		{"model.html", shanghai()},
		{"published.html", shanghai()},
		{"notime.html", shanghai()},
		{"chinese.html", shanghai()},
		{"jsonld.html", berlin},
		{"falsezulu.html", shanghai()},
	} {
		t.Run(tt.file, func(t *testing.T) {
			t.Parallel()
			body := readFixture(t, "page", tt.file)
			doc := source.Document{Body: body, URL: "https://metals.example/newscontent/101234/story", ContentType: "text/html"}
			listed := tagwire.Entry{URL: doc.URL, ID: "listed"}
			if tt.file == "notime.html" { // a page of old, whose title no mark-up tells
				listed.Title = "Antimony ingot prices steady before the holiday"
			}
			e, err := source.DecodeArticle(tt.src, doc, listed, noon2026())
			if err != nil {
				t.Fatal(err)
			}
			golden(t, e, "page", tt.file)
		})
	}
}

// The model case of the issue, said in full: everything that a golden file could
// quietly get wrong.
func TestDecodeArticle_modelCase(t *testing.T) {
	t.Parallel()
	withSelectors := shanghai()
	withSelectors.Article = tagwire.ArticleRules{Title: "h1", Date: ".date", Body: ".content", Tags: ".tags a", Category: ".crumb"}
	for name, src := range map[string]tagwire.Source{"without selectors": shanghai(), "with selectors": withSelectors} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := source.Document{Body: readFixture(t, "page", "model.html"), URL: "https://metals.example/newscontent/101234/story"}
			e, err := source.DecodeArticle(src, doc, tagwire.Entry{URL: doc.URL}, noon2026())
			if err != nil {
				t.Fatal(err)
			}
			if want := "Rare earth park in Baotou breaks ground, magnet makers sign up"; e.Title != want {
				t.Errorf("title %q", e.Title)
			}
			if want := time.Date(2020, 7, 28, 0, 19, 0, 0, time.UTC); !e.Published.Equal(want) || e.DateText != "Jul 28,2020 08:19CST" {
				t.Errorf("published %v as %q, want %v", e.Published, e.DateText, want)
			}
			if diff := cmp.Diff([]string{"Rare earths", "industrial development", "functional materials"}, e.PublisherTags); diff != "" {
				t.Errorf("tags (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{"Metal News", "Copper"}, e.Categories); diff != "" {
				t.Errorf("categories (-want +got):\n%s", diff)
			}
			if !e.Translated {
				t.Error("not marked as translated")
			}
			if !strings.HasPrefix(e.Summary, "BAOTOU, Jul 28 (Example) – Work began on Monday") {
				t.Errorf("summary %q", e.Summary)
			}
			for _, furniture := range []string{"translated", "Scan", "queries", "research reports", "Related", "Copper", "Tin mine", "Copyright", "Jul 28,2020", "industrial development", "not the title"} {
				if strings.Contains(e.Summary, furniture) || strings.Contains(e.Body, furniture) {
					t.Errorf("%q is in the text:\n%s", furniture, e.Body)
				}
			}
			if !strings.HasSuffix(e.Body, "at the ceremony.") || strings.Count(e.Body, "\n") != 2 {
				t.Errorf("body of three paragraphs expected:\n%s", e.Body)
			}
		})
	}
}

func TestDecodeArticle_chineseInGBK(t *testing.T) {
	t.Parallel()
	utf8 := string(readFixture(t, "page", "chinese.html"))
	undeclared := strings.Replace(utf8, "charset=gb2312", "", 1)
	wrong := strings.Replace(utf8, "charset=gb2312", "charset=utf-8", 1)
	want, err := source.DecodeArticle(shanghai(), source.Document{Body: []byte(utf8), URL: "https://m.example/a/9.html"}, tagwire.Entry{}, noon2026())
	if err != nil {
		t.Fatal(err)
	}
	for name, page := range map[string]string{"declared": utf8, "undeclared": undeclared, "declared as UTF-8": wrong} {
		gbk, err := simplifiedchinese.GBK.NewEncoder().String(page)
		if err != nil {
			t.Fatal(err)
		}
		got, err := source.DecodeArticle(shanghai(), source.Document{Body: []byte(gbk), URL: "https://m.example/a/9.html"}, tagwire.Entry{}, noon2026())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-UTF-8 +GBK):\n%s", name, diff)
		}
	}
}
