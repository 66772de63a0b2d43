package bot

import (
	"context"
	"strconv"

	"tagwire/internal/locale"
	"tagwire/internal/tagwire"
)

// perZones is how many zones stand on one keyboard.
const perZones = 12

// runSettings shows all settings with buttons.
func runSettings(_ context.Context, t *turn, _ string) error {
	t.showSettings()
	return nil
}

// settingsText is what is set.
func (t *turn) settingsText() tagwire.HTML {
	now := t.now.In(location(t.chat.Zone))
	return blocks(
		t.html(locale.SettingsTitle),
		lines(
			t.html(locale.Comes, locale.Markup("what", t.what())),
			t.next(),
			t.html(locale.SettingsZone, locale.Str("zone", t.chat.Zone), locale.Str("time", t.texts.Time(now))),
			t.html(locale.SettingsLanguage, locale.Str("language", t.texts.Name())),
		),
		t.wholeGroup(),
	)
}

func (t *turn) showSettings() {
	var modes []tagwire.Button
	for _, m := range modeNames() {
		modes = append(modes, tagwire.Button{
			Text: marked(m.mode == t.chat.Mode, t.plain(m.name)), Data: data("sm", string(m.mode)),
		})
	}
	t.say(t.settingsText(), tagwire.Keyboard{
		modes,
		{
			{Text: t.plain(locale.ButtonTime), Data: data("s", "d", "0")},
			{Text: t.plain(locale.ButtonZone), Data: data("s", "z", "0")},
		},
		{
			{Text: t.plain(locale.ButtonLanguage), Data: data("s", "l", "0")},
			{Text: t.plain(locale.ButtonTags), Data: data("o", "", "0")},
		},
		{{Text: t.plain(locale.ButtonDone), Data: data("s", "x", "0")}},
	})
}

// modeName is a mode with its button.
type modeName struct {
	mode tagwire.Mode
	name locale.Key
}

func modeNames() []modeName {
	return []modeName{
		{tagwire.ModeInstant, locale.ButtonInstant},
		{tagwire.ModeDigest, locale.ButtonDigest},
		{tagwire.ModeBoth, locale.ButtonBoth},
	}
}

// showZones shows the common zones; others are typed.
func (t *turn) showZones(page int) {
	names := sortedZones(t.chat.Zone)
	from, to, at, count := pages(len(names), page, perZones)
	var buttons []tagwire.Button
	for _, name := range names[from:to] {
		buttons = append(buttons, tagwire.Button{
			Text: marked(name == t.chat.Zone, zoneLabel(name, t.texts.Language(), t.now)), Data: data("sz", name),
		})
	}
	move := []tagwire.Button{{Text: t.plain(locale.ButtonUp), Data: data("s", "m", "0")}}
	move = append(move, turning(at, count, func(page int) string { return data("s", "z", strconv.Itoa(page)) })...)
	t.say(t.html(locale.ChooseZone, locale.Markup("page", pageNote(at, count))),
		append(columns(2, buttons...), move))
}

// pressSettings shows a view of the settings: m main, d digest, z zones,
// l languages, x closed.
func pressSettings(_ context.Context, t *turn, args []string) error {
	page, err := numArg(args, 1)
	if err != nil {
		return err
	}
	switch args[0] {
	case "m":
		t.showSettings()
	case "d":
		t.showDigest()
	case "z":
		t.showZones(page)
	case "l":
		t.showLanguages("s")
	case "x":
		t.say(t.settingsText(), nil)
	default:
		return errStale
	}
	return nil
}

func pressMode(_ context.Context, t *turn, args []string) error {
	for _, m := range modeNames() {
		if len(args) == 1 && args[0] == string(m.mode) {
			t.retime(m.mode, t.chat.Rhythm, t.chat.Zone)
			t.showSettings()
			return nil
		}
	}
	return errStale
}

func pressZone(_ context.Context, t *turn, args []string) error {
	if len(args) != 1 {
		return errStale
	}
	name, _, ok := loadZone(args[0])
	if !ok {
		return errStale
	}
	t.retime(t.chat.Mode, t.chat.Rhythm, name)
	t.tell(t.zoneSet().Text())
	t.showSettings()
	return nil
}

// zoneSet confirms a zone with the time it is there, by which a wrong one shows.
func (t *turn) zoneSet() tagwire.HTML {
	now := t.now.In(location(t.chat.Zone))
	return t.html(locale.ZoneSet, locale.Str("zone", t.chat.Zone), locale.Str("time", t.texts.Time(now)))
}
