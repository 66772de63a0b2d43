package bot

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"tagwire/internal/catalogue"
	"tagwire/internal/tagwire"
	"tagwire/internal/taxonomy"
)

// The built-in tree, whole: every level of the browser, every card and every
// page is a message that Telegram takes, with all tags subscribed and with none.
func TestBuiltinCatalogue(t *testing.T) {
	t.Parallel()
	c, err := catalogue.Builtin(func(string) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	tags, err := taxonomy.New(c.Tags)
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range []string{"en", "zh"} {
		w := newWorld(t)
		w.bot.tags = tags
		w.speaks(language)
		at := private(anna)
		press := func(data string) []tagwire.Message {
			w.now = w.now.Add(rateWindow)
			w.handle(w.pressedUpdate(anna, at, 50, data))
			return w.look()
		}
		say := func(text string) []tagwire.Message {
			w.now = w.now.Add(rateWindow)
			return w.says(anna, at, text)
		}
		for round := range 2 {
			say("/tags")
			for _, page := range []string{"0", "1", "2", "3", "4", "5"} {
				press(data("tt", page))
			}
			say("/list")
			say("/unsubscribe")
			say("/unsubscribe all")
			say("/start")
			if round > 0 {
				break // all of this was seen with nothing subscribed
			}
			for _, tag := range c.Tags {
				got := press(data("ti", string(tag.Slug)))
				if len(got) != 1 || len(got[0].HTML) > 2000 {
					t.Errorf("%s: the card is %d bytes", tag.Slug, len(got[0].HTML))
				}
				for page := range 1 + len(tags.Children(tag.Slug))/perLevel {
					press(data("o", string(tag.Slug), strconv.Itoa(page)))
				}
				// Every tag can be reached: its own level shows it.
				w.store.subs[at] = slices.DeleteFunc(w.store.subs[at], func(s tagwire.TagSlug) bool { return s == tag.Slug })
				level := press(data("+", string(tag.Slug)))[0]
				if !slices.ContainsFunc(slices.Concat(level.Keyboard...), func(b tagwire.Button) bool {
					return b.Data == data("-", string(tag.Slug)) || b.Data == data("o", string(tag.Slug), "0")
				}) {
					t.Errorf("%s is not on the level it was chosen on", tag.Slug)
				}
			}
			if n := len(w.store.subs[at]); n != len(c.Tags) {
				t.Errorf("%d tags subscribed of %d", n, len(c.Tags))
			}
		}
	}
}

// A page of the tree that begins below a tag says below which.
func TestTree_pageSaysWhereItBegins(t *testing.T) {
	t.Parallel()
	c, err := catalogue.Builtin(func(string) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	if w.bot.tags, err = taxonomy.New(c.Tags); err != nil {
		t.Fatal(err)
	}
	at := private(anna)
	first := w.says(anna, at, "/tags")
	w.now = w.now.Add(rateWindow)
	second := w.presses(anna, at, "›")
	if len(first) != 1 || strings.Contains(string(first[0].HTML), "Part of:") {
		t.Errorf("the first page begins at the top: %v", first)
	}
	if len(second) != 1 || !strings.Contains(string(second[0].HTML), "Part of: Metals, Minor metals\n") {
		t.Errorf("the second page does not say where it begins: %v", second)
	}
}
