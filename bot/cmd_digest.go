package bot

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"tagwire/internal/locale"
	"tagwire/internal/tagwire"
)

// runDigest sets when the digest comes, sends it now or ends it; alone it tells
// and offers buttons.
func runDigest(ctx context.Context, t *turn, args string) error {
	wanted, fault := parseDigest(args)
	if fault != nil {
		t.say(t.html(faultText(fault.kind), locale.Markup("word", quoted(fault.word))), nil)
		return nil
	}
	switch wanted.verb {
	case digestShow:
		t.showDigest()
		return nil
	case digestNow:
		return t.digestNow(ctx)
	case digestOff:
		t.digestOff()
		return nil
	case digestOn:
		t.setDigest(t.chat.Rhythm, t.chat.Zone)
		return nil
	}
	zone := t.chat.Zone
	if wanted.zone != "" {
		name, _, ok := loadZone(wanted.zone)
		if !ok {
			t.suggestZones(wanted)
			return nil
		}
		zone = name
	}
	t.applyDigest(wanted, zone)
	return nil
}

func faultText(kind faultKind) locale.Key {
	switch kind {
	case faultTime:
		return locale.DigestBadTime
	case faultTwice:
		return locale.DigestTwoTimes
	case faultDay:
		return locale.DigestWhichDay
	case faultTooLong:
		return locale.DigestTooLong
	}
	return locale.DigestBadWord
}

// applyDigest carries out an ask whose zone is known. A time without days means
// every day, days without a time keep the time, and a zone alone leaves it to
// the mode whether there is a digest.
func (t *turn) applyDigest(wanted digestAsk, zone string) {
	rhythm := t.chat.Rhythm
	switch {
	case wanted.days != 0:
		rhythm.Days = wanted.days
	case wanted.minute >= 0:
		rhythm.Days = tagwire.EveryDay
	}
	if wanted.minute >= 0 {
		rhythm.Minute = wanted.minute
	}
	if wanted.days == 0 && wanted.minute < 0 && !t.chat.Mode.Digest() {
		t.retime(t.chat.Mode, rhythm, zone)
		t.say(t.zoneSet(), nil)
		return
	}
	t.setDigest(rhythm, zone)
}

// setDigest sets a rhythm and answers with what comes of it. Where articles only
// came at once, the digest comes as well from now on.
func (t *turn) setDigest(rhythm tagwire.Rhythm, zone string) {
	mode, note := t.chat.Mode, tagwire.HTML("")
	if !mode.Digest() {
		mode = tagwire.ModeBoth
		note = t.html(locale.DigestBoth)
	}
	t.retime(mode, rhythm, zone)
	t.say(blocks(
		lines(t.html(locale.DigestSet, locale.Markup("when", t.when())), t.next()),
		lines(note, t.wholeGroup()),
	), nil)
}

func (t *turn) digestOff() {
	if t.chat.Mode == tagwire.ModeInstant {
		t.say(t.html(locale.DigestWasOff), nil)
		return
	}
	t.retime(tagwire.ModeInstant, t.chat.Rhythm, t.chat.Zone)
	t.say(blocks(t.html(locale.DigestOff), t.wholeGroup()), nil)
}

// wholeGroup warns in a topic that a setting is not the topic's alone.
func (t *turn) wholeGroup() tagwire.HTML {
	if t.dest.Thread == 0 && !t.forum {
		return ""
	}
	return t.html(locale.WholeGroup)
}

// digestNow sends what waits for the next digest, and starts gathering afresh.
func (t *turn) digestNow(ctx context.Context) error {
	followed, err := t.tags(ctx)
	if err != nil {
		return err
	}
	if len(followed) == 0 {
		t.answerNow(blocks(t.html(locale.FollowsNone), t.html(locale.NextChoose)))
		return nil
	}
	pending, err := t.b.store.PendingDigest(ctx, t.dest)
	if err != nil {
		return err
	}
	// The date makes the heading, the update's number makes it one of a kind.
	slot := t.now.In(location(t.chat.Zone)).Format(time.DateOnly) + " now-" + strconv.FormatInt(t.update, 10)
	sheets := t.b.render.Paginate(pending, followed, t.chat, slot)
	if len(sheets) == 0 {
		text := locale.DigestNothing
		if !t.chat.Mode.Digest() {
			text = locale.DigestNothingKept
		}
		t.answerNow(blocks(t.html(text), t.next()))
		return nil
	}
	plan := tagwire.PlanDigest{Dest: t.dest, Slot: slot, Pages: sheets, Class: tagwire.ClassReply}
	for _, a := range pending {
		plan.Through = max(plan.Through, a.ID)
	}
	t.change(plan)
	t.tell(t.plain(locale.ToastDigest))
	return nil
}

// answerNow answers a request for the digest at once without taking the place of
// the card it was pressed on.
func (t *turn) answerNow(text tagwire.HTML) {
	if t.pressed != 0 {
		t.toast, t.alert = text.Text(), true
		return
	}
	t.say(text, nil)
}

// quickTimes are the times of day that are one press away.
func quickTimes() []int { return []int{7 * 60, 8*60 + 30, 12 * 60, 18 * 60} }

// showDigest tells when the digest comes, with buttons.
func (t *turn) showDigest() {
	rhythm, on := t.chat.Rhythm, t.chat.Mode.Digest()
	text := t.html(locale.DigestIsOff)
	if on {
		text = lines(t.html(locale.DigestComes, locale.Markup("when", t.when())), t.next())
	}
	var times []tagwire.Button
	for _, minute := range quickTimes() {
		r := tagwire.Rhythm{Days: rhythm.Days, Minute: minute}
		times = append(times, tagwire.Button{
			Text: marked(on && minute == rhythm.Minute, r.Clock()), Data: data("dt", strconv.Itoa(minute)),
		})
	}
	var days []tagwire.Button
	for _, set := range []tagwire.Weekdays{tagwire.EveryDay, tagwire.Workdays, tagwire.On(time.Monday)} {
		days = append(days, tagwire.Button{
			Text: marked(on && set == rhythm.Days, t.daysLabel(set)), Data: data("dd", strconv.Itoa(int(set))),
		})
	}
	keyboard := tagwire.Keyboard{times, days}
	if on {
		keyboard = append(keyboard, []tagwire.Button{
			{Text: t.plain(locale.ButtonNow), Data: data("dn")},
			{Text: t.plain(locale.ButtonOff), Data: data("dm")},
		})
	}
	keyboard = append(keyboard, []tagwire.Button{
		{Text: t.plain(locale.ButtonSettings), Data: data("s", "m", "0")},
		{Text: t.plain(locale.ButtonDone), Data: data("s", "x", "0")},
	})
	t.say(blocks(text, t.html(locale.DigestHow), t.wholeGroup()), keyboard)
}

func (t *turn) daysLabel(days tagwire.Weekdays) string {
	switch days {
	case tagwire.EveryDay:
		return t.plain(locale.ButtonDaily)
	case tagwire.Workdays:
		return t.plain(locale.ButtonWorkdays)
	}
	return t.plain(locale.ButtonMondays)
}

// press applies a rhythm chosen by a button and shows the card again.
func (t *turn) pressRhythm(rhythm tagwire.Rhythm) {
	mode := t.chat.Mode
	if !mode.Digest() {
		mode = tagwire.ModeBoth
	}
	t.retime(mode, rhythm, t.chat.Zone)
	t.tell(t.when().Text())
	t.showDigest()
}

func pressTime(_ context.Context, t *turn, args []string) error {
	minute, err := numArg(args, 0)
	if err != nil || minute >= 24*60 {
		return errStale
	}
	t.pressRhythm(tagwire.Rhythm{Days: t.chat.Rhythm.Days, Minute: minute})
	return nil
}

func pressDays(_ context.Context, t *turn, args []string) error {
	days, err := numArg(args, 0)
	if err != nil || days == 0 || days > int(tagwire.EveryDay) {
		return errStale
	}
	t.pressRhythm(tagwire.Rhythm{Days: tagwire.Weekdays(days), Minute: t.chat.Rhythm.Minute})
	return nil
}

func pressDigestOff(_ context.Context, t *turn, _ []string) error {
	t.retime(tagwire.ModeInstant, t.chat.Rhythm, t.chat.Zone)
	t.showDigest()
	return nil
}

func pressDigestNow(ctx context.Context, t *turn, _ []string) error { return t.digestNow(ctx) }

// suggestZones answers an unknown zone with the nearest ones; pressing one
// carries out the whole ask.
func (t *turn) suggestZones(wanted digestAsk) {
	word := locale.Markup("word", quoted(wanted.zone))
	names := nearestZones(wanted.zone, 6, t.now)
	if len(names) == 0 {
		t.say(t.html(locale.DigestBadWord, word), nil)
		return
	}
	var buttons []tagwire.Button
	for _, name := range names {
		buttons = append(buttons, tagwire.Button{
			Text: zoneLabel(name, t.texts.Language(), t.now),
			Data: data("dz", strconv.Itoa(int(wanted.days)), minuteData(wanted.minute), name),
		})
	}
	t.say(t.html(locale.ZoneMeant, word), columns(2, buttons...))
}

func minuteData(minute int) string {
	if minute < 0 {
		return "-"
	}
	return strconv.Itoa(minute)
}

// pressZoneAsk carries out an ask with the zone that was meant.
func pressZoneAsk(_ context.Context, t *turn, args []string) error {
	wanted, zone, err := zoneAsk(args)
	if err != nil {
		return err
	}
	t.applyDigest(wanted, zone)
	return nil
}

func zoneAsk(args []string) (digestAsk, string, error) {
	if len(args) != 3 {
		return digestAsk{}, "", errStale
	}
	wanted := digestAsk{verb: digestSet, minute: -1}
	days, errDays := numArg(args, 0)
	var errMinute error
	if args[1] != "-" {
		wanted.minute, errMinute = numArg(args, 1)
	}
	name, _, ok := loadZone(args[2])
	if errors.Join(errDays, errMinute) != nil || days > int(tagwire.EveryDay) || wanted.minute >= 24*60 || !ok {
		return digestAsk{}, "", errStale
	}
	wanted.days = tagwire.Weekdays(days)
	return wanted, name, nil
}

// sortedZones keeps the picker's order but puts the chat's own zone first.
func sortedZones(own string) []string {
	names := []string{own}
	for _, z := range zones()[:common] {
		if !slices.Contains(names, z.name) {
			names = append(names, z.name)
		}
	}
	return names
}
