package locale

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Default is the language of people whose own the bot does not speak.
const Default = "en"

//go:embed *.yaml
var files embed.FS

// languages reads the embedded files once. They are part of the program: that
// each of them loads is held by a test, not met at run time.
var languages = sync.OnceValue(func() map[string]*lang {
	m, err := load(files)
	if err != nil {
		panic(err)
	}
	return m
})

// lang is one language as loaded; it never changes afterwards.
type lang struct {
	code  string
	tag   language.Tag
	file  file
	texts map[Key]forms
}

// forms are the templates of one text by plural form; most have Other alone.
type forms map[plural.Form]string

type file struct {
	Name      string
	Weekdays  []string
	Months    []string
	Formats   formats
	Comma     string
	Thousands string
	Texts     map[Key]any
}

type formats struct {
	Date        string `yaml:"date"`
	DateTime    string `yaml:"date_time"`
	DateYear    string `yaml:"date_year"`
	WeekdayTime string `yaml:"weekday_time"`
}

// load reads every language of the directory and holds each to the default one.
func load(dir fs.FS) (map[string]*lang, error) {
	names, err := fs.Glob(dir, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("locale: %w", err)
	}
	all := map[string]*lang{}
	var errs []error
	for _, name := range names {
		data, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, fmt.Errorf("locale: %w", err)
		}
		l, err := parse(strings.TrimSuffix(name, ".yaml"), data)
		if err != nil {
			errs = append(errs, fmt.Errorf("locale: %s: %w", name, err))
			continue
		}
		all[l.code] = l
	}
	model := all[Default]
	if model == nil {
		errs = append(errs, fmt.Errorf("locale: %s.yaml is missing", Default))
		return nil, errors.Join(errs...)
	}
	for _, code := range slices.Sorted(maps.Keys(all)) {
		if err := all[code].compare(model); err != nil {
			errs = append(errs, fmt.Errorf("locale: %s.yaml: %w", code, err))
		}
	}
	return all, errors.Join(errs...)
}

func parse(code string, data []byte) (*lang, error) {
	tag, err := language.Parse(code)
	if err != nil {
		return nil, fmt.Errorf("the file name is no language: %w", err)
	}
	l := &lang{code: code, tag: tag, texts: map[Key]forms{}}
	if err := yaml.UnmarshalWithOptions(data, &l.file, yaml.Strict()); err != nil {
		return nil, err
	}
	var errs []error
	if l.file.Name == "" || len(l.file.Weekdays) != 7 || len(l.file.Months) != 12 || l.file.Comma == "" {
		errs = append(errs, errors.New("name, 7 weekdays, 12 months and comma are needed"))
	}
	for name, f := range map[string]string{
		"date": l.file.Formats.Date, "date_time": l.file.Formats.DateTime,
		"date_year": l.file.Formats.DateYear, "weekday_time": l.file.Formats.WeekdayTime,
	} {
		if len(placeholders(f)) == 0 {
			errs = append(errs, fmt.Errorf("formats.%s has no placeholder", name))
		}
	}
	needed := pluralForms(tag)
	for key, v := range l.file.Texts {
		f, err := readForms(v, needed)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", key, err))
			continue
		}
		l.texts[key] = f
	}
	l.file.Texts = nil
	return l, errors.Join(errs...)
}

// pluralForms are the forms a language uses for whole numbers.
func pluralForms(tag language.Tag) map[plural.Form]bool {
	used := map[plural.Form]bool{plural.Other: true}
	for n := range 200 {
		used[plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0)] = true
	}
	return used
}

func readForms(v any, needed map[plural.Form]bool) (forms, error) {
	named := map[string]plural.Form{
		"zero": plural.Zero, "one": plural.One, "two": plural.Two,
		"few": plural.Few, "many": plural.Many, "other": plural.Other,
	}
	switch v := v.(type) {
	case string:
		if v == "" {
			return nil, errors.New("the text is empty")
		}
		return forms{plural.Other: v}, nil
	case map[string]any:
		f := forms{}
		for name, text := range v {
			form, known := named[name]
			s, isText := text.(string)
			if !known || !isText || s == "" || !needed[form] {
				return nil, fmt.Errorf("%q is no plural form of the language with a text", name)
			}
			f[form] = s
		}
		for form := range needed {
			if f[form] == "" {
				return nil, fmt.Errorf("of %d plural forms some are missing", len(needed))
			}
		}
		return f, nil
	}
	return nil, fmt.Errorf("%T is no text", v)
}

// compare holds a language to the model: the same keys, the same placeholders.
func (l *lang) compare(model *lang) error {
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(model.texts)) {
		if l.texts[key] == nil {
			errs = append(errs, fmt.Errorf("%s is missing", key))
			continue
		}
		want := placeholders(model.texts[key][plural.Other])
		for form, text := range l.texts[key] {
			got := placeholders(text)
			if form != plural.Other && !slices.Contains(got, "n") && slices.Contains(want, "n") {
				got = slices.Sorted(slices.Values(append(got, "n"))) // "1 more" needs no {n}
			}
			if !slices.Equal(got, want) {
				errs = append(errs, fmt.Errorf("%s has placeholders %v, %s.yaml has %v", key, got, model.code, want))
			}
		}
		if len(l.texts[key]) > 1 && !slices.Contains(want, "n") {
			errs = append(errs, fmt.Errorf("%s has plural forms but no {n}", key))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(l.texts)) {
		if model.texts[key] == nil {
			errs = append(errs, fmt.Errorf("%s is not in %s.yaml", key, model.code))
		}
	}
	return errors.Join(errs...)
}
