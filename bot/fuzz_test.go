package bot

import (
	"strings"
	"testing"

	"tagwire/internal/tagwire"
)

// FuzzHandle sends any text and any button data: no panic, every message one
// that Telegram takes (world.look checks), every press answered once, nothing
// changed for those who may not.
func FuzzHandle(f *testing.F) {
	for _, c := range commands() {
		f.Add("/"+c.name, "")
		f.Add("/"+c.name+" copper 稀土 <b> @all 🎉", "")
		f.Add("/"+c.name+"@"+ourName+" all", "1:"+c.name)
	}
	for _, b := range buttons() {
		f.Add("words", sampleData(b.verb))
		f.Add("/start sub_copper", "1:"+b.verb+":::")
	}
	f.Add("/digest mon-fri 8:30 berlin", "1:dz:0:-:UTC")
	f.Add("/latest 稀土 ３", "1:la:copper:-1")
	f.Add("/\xff", "\xff")
	f.Fuzz(func(t *testing.T, text, data string) {
		if len(text) > 4*4096 {
			return
		}
		text = strings.ToValidUTF8(text, "?") // Telegram sends nothing else
		w := newWorld(t)
		w.language = []string{"en", "zh"}[len(text)%2]
		for _, at := range []tagwire.Dest{private(bob), here(room)} {
			w.says(bob, at, text)
			before := len(w.gateway.answers)
			w.handle(w.pressedUpdate(bob, at, 50, data))
			w.look()
			if n := len(w.gateway.answers) - before; n != 1 {
				t.Errorf("answered %d times", n)
			}
		}
		for _, c := range effects(w.store.changes) {
			if at, ok := placeOf(c); !ok || at != private(bob) {
				t.Errorf("a member changed %#v", c)
			}
		}
		w.says(anna, here(room), text)
		w.handle(w.pressedUpdate(anna, here(room), 50, data))
		w.look()
	})
}

// FuzzParseData reads any data without harm, and its own again.
func FuzzParseData(f *testing.F) {
	f.Add("1:o:metals:0")
	f.Add("1:::")
	f.Fuzz(func(t *testing.T, s string) {
		verb, args, ok := parseData(s)
		if ok && data(verb, args...) != s {
			t.Errorf("%q became %q", s, data(verb, args...))
		}
	})
}
