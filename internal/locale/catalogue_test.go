package locale

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"tagwire/internal/render/rendertest"
)

func TestCatalogue_isWhole(t *testing.T) {
	t.Parallel()
	all, err := load(files)
	if err != nil {
		t.Fatal(err)
	}
	declared := slices.Sorted(maps.Keys(constants(t)))
	written := slices.Sorted(maps.Keys(all[Default].texts))
	for _, key := range declared {
		if !slices.Contains(written, key) {
			t.Errorf("key %s has no text", key)
		}
	}
	for _, key := range written {
		if !slices.Contains(declared, key) {
			t.Errorf("text %s has no constant", key)
		}
	}
}

// Each template is HTML that Telegram takes, whatever stands for its
// placeholders.
func TestCatalogue_isValidHTML(t *testing.T) {
	t.Parallel()
	for code, l := range languages() {
		for key, f := range l.texts {
			for _, text := range f {
				filled := expand(text, func(string) (string, bool) { return "x", true })
				p, err := rendertest.Parse(filled)
				if err != nil {
					t.Errorf("%s.yaml: %s: %v\n%s", code, key, err, text)
				}
				if strings.ContainsAny(p.Text, "{}\r\t\u200b\u2060\ufeff") || p.Text != strings.TrimSpace(p.Text) {
					t.Errorf("%s.yaml: %s: stray brace or blank in %q", code, key, text)
				}
			}
		}
	}
}

const model = `
name: English
weekdays: [a, b, c, d, e, f, g]
months: [a, b, c, d, e, f, g, h, i, j, k, l]
formats: {date: "{day}", date_time: "{day}", date_year: "{day}", weekday_time: "{time}"}
comma: ", "
thousands: ","
texts:
  a: "Hello {who}"
  b: {one: "1 day of {who}", other: "{n} days of {who}"}
`

func TestLoad_saysWhatALanguageLacks(t *testing.T) {
	t.Parallel()
	russian := strings.Replace(model, `{one: "1 day of {who}", other`, `{one: "{n} д {who}", few: "{n} д {who}", many: "{n} д {who}", other`, 1)
	for name, tt := range map[string]struct{ file, text, want string }{
		"whole":             {"de.yaml", model, ""},
		"more plural forms": {"ru.yaml", russian, ""},
		"missing text":      {"de.yaml", strings.Replace(model, `  a: "Hello {who}"`, "", 1), "de.yaml: a is missing"},
		"text too many":     {"de.yaml", model + "  c: d\n", "c is not in en.yaml"},
		"other placeholder": {"de.yaml", strings.Replace(model, "Hello {who}", "Hallo {wer}", 1), "a has placeholders [wer], en.yaml has [who]"},
		"missing form":      {"ru.yaml", model, "b: of 4 plural forms some are missing"},
		"form too many":     {"zh.yaml", model, `b: "one" is no plural form`},
		"empty text":        {"de.yaml", strings.Replace(model, "Hello {who}", "", 1), "a: the text is empty"},
		"text that is none": {"de.yaml", strings.Replace(model, `"Hello {who}"`, "[1]", 1), "is no text"},
		"six days":          {"de.yaml", strings.Replace(model, "[a, b, c, d, e, f, g]", "[a]", 1), "7 weekdays"},
		"format of nothing": {"de.yaml", strings.Replace(model, `date: "{day}"`, `date: "x"`, 1), "formats.date has no placeholder"},
		"unknown field":     {"de.yaml", model + "colour: red\n", "colour"},
		"double key":        {"de.yaml", model + "  a: again {who}\n", "already defined"},
		"no language":       {"notes on this.yaml", model, "the file name is no language"},
		"no default":        {"", "", "en.yaml is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := fstest.MapFS{}
			if tt.file != "" {
				dir["en.yaml"] = &fstest.MapFile{Data: []byte(model)}
				dir[tt.file] = &fstest.MapFile{Data: []byte(tt.text)}
			}
			_, err := load(dir)
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("unexpected: %v", err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("got %v, want it to say %q", err, tt.want)
			}
		})
	}
}
