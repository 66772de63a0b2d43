package app_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing/synctest"
	"time"

	"rsc.io/script"

	"tagwire/internal/emulator"
)

// commands are the words of a scenario.
func (s *stage) commands() map[string]script.Cmd {
	cmds := map[string]script.Cmd{}
	add := func(name, args, summary string, least int, run func(args []string) error) {
		cmds[name] = script.Command(script.CmdUsage{Summary: summary, Args: args}, func(_ *script.State, args ...string) (script.WaitFunc, error) {
			if len(args) < least {
				return nil, script.ErrUsage
			}
			return nil, run(args)
		})
	}
	s.addTalk(add)
	s.addWorld(add)
	return cmds
}

type adder func(name, args, summary string, least int, run func(args []string) error)

// addTalk adds what people say and press and what they see.
func (s *stage) addTalk(add adder) {
	add("say", "who place text", "someone writes in a place", 3, func(a []string) error {
		return s.say(a[0], a[1], a[2], emulator.Saying{})
	})
	add("say-anonymously", "who place text", "an admin writes in the name of the group", 3, func(a []string) error {
		return s.say(a[0], a[1], a[2], emulator.Saying{Anonymous: true})
	})
	add("post", "text", "anna posts in the channel", 1, func(a []string) error {
		_, err := s.tg.ChannelPost(anna, channel, a[0])
		s.settle()
		return err
	})
	add("open", "who payload", "someone follows a link that starts the bot", 2, func(a []string) error {
		_, err := s.tg.Start(people()[a[0]], botID, a[1])
		s.settle()
		return err
	})
	add("bot", "place text...", "the bot's next message in a place has all these texts", 2, func(a []string) error {
		chat, thread, err := s.place(a[0])
		if err != nil {
			return err
		}
		news := s.news(chat, thread)
		if len(news) == 0 {
			return fmt.Errorf("the bot said nothing in %s", a[0])
		}
		s.last = &news[0]
		s.read[event(news[0])] = true
		return s.has(a[1:])
	})
	add("has", "text...", "that message also has these texts", 1, s.has)
	add("lacks", "text...", "that message has none of these texts", 1, func(a []string) error {
		for _, text := range a {
			if strings.Contains(show(*s.last), text) {
				return fmt.Errorf("%q is in:\n%s", text, show(*s.last))
			}
		}
		return nil
	})
	add("links", "address", "that message links to the address", 1, func(a []string) error {
		for _, e := range s.last.Entities {
			if strings.Contains(e.URL, a[0]) {
				return nil
			}
		}
		return fmt.Errorf("no link to %s in:\n%s", a[0], show(*s.last))
	})
	add("quiet", "place...", "the bot has said nothing more in these places", 1, func(a []string) error {
		for _, name := range a {
			chat, thread, err := s.place(name)
			if err != nil {
				return err
			}
			if news := s.news(chat, thread); len(news) > 0 {
				return fmt.Errorf("the bot said in %s:\n%s", name, show(news[0]))
			}
		}
		return nil
	})
	add("skip", "place...", "whatever the bot said in these places is fine", 1, func(a []string) error {
		for _, name := range a {
			chat, thread, err := s.place(name)
			if err != nil {
				return err
			}
			for _, m := range s.news(chat, thread) {
				s.read[event(m)] = true
			}
		}
		return nil
	})
	add("press", "who place button", "someone presses the newest button with the text", 3, func(a []string) error {
		return s.press(a[0], a[1], a[2])
	})
	add("answer", "text", "the press was answered with a short note", 1, func(a []string) error { return s.answered(a[0], false) })
	add("alert", "text", "the press was answered with a dialog", 1, func(a []string) error { return s.answered(a[0], true) })
}

func (s *stage) say(who, place, text string, how emulator.Saying) error {
	chat, thread, err := s.place(place)
	if err != nil {
		return err
	}
	if n, ok := strings.CutPrefix(text, "huge "); ok {
		text = "/subscribe " + strings.Repeat(n, 4000/len(n))
	}
	how.Thread = thread
	_, err = s.tg.Say(people()[who], chat, text, how)
	s.settle()
	return err
}

func (s *stage) has(texts []string) error {
	for _, text := range texts {
		if !strings.Contains(show(*s.last), text) {
			return fmt.Errorf("%q is not in:\n%s", text, show(*s.last))
		}
	}
	return nil
}

func (s *stage) press(who, place, label string) error {
	chat, thread, err := s.place(place)
	if err != nil {
		return err
	}
	all := s.tg.Transcript(chat)
	for _, m := range slices.Backward(all) {
		if m.By != botID || m.Thread != thread {
			continue
		}
		for _, b := range slices.Concat(m.Keyboard...) {
			if b.Data == "" || !strings.Contains(b.Text, label) {
				continue
			}
			q, err := s.tg.Tap(people()[who], chat, m.ID, b.Data)
			if err != nil {
				return err
			}
			s.settle()
			var ok bool
			if s.answer, ok = s.tg.Answered(q.ID); !ok {
				return errors.New("the press was not answered")
			}
			return nil
		}
	}
	return fmt.Errorf("no button %q in %s", label, place)
}

func (s *stage) answered(text string, alert bool) error {
	if s.answer.Alert != alert || !strings.Contains(s.answer.Text, text) {
		return fmt.Errorf("the answer was %+v", s.answer)
	}
	return nil
}

// addWorld adds what publishers, moderators, time and faults do.
func (s *stage) addWorld(add adder) {
	add("publish", "site sample", "a site publishes a sample article", 2, func(a []string) error {
		_, err := s.web.PublishSample(a[0], a[1])
		return err
	})
	add("wait", "duration", "time passes", 1, func(a []string) error {
		d, err := time.ParseDuration(a[0])
		time.Sleep(d)
		synctest.Wait()
		return err
	})
	add("clock", "duration", "the program's clock is set so far ahead of the world's", 1, func(a []string) error {
		d, err := time.ParseDuration(a[0])
		s.ahead.Store(int64(d))
		return err
	})
	add("until", "clock zone", "time passes until a wall clock next shows the time", 2, func(a []string) error {
		zone, err := time.LoadLocation(a[1])
		if err != nil {
			return err
		}
		for time.Now().In(zone).Format("15:04") != a[0] {
			now := time.Now()
			time.Sleep(now.Truncate(time.Minute).Add(time.Minute).Sub(now))
		}
		s.settle()
		return nil
	})
	add("down", "", "the program is stopped", 0, func([]string) error { return s.stop() })
	add("up", "", "the program is started again", 0, func([]string) error { return s.start() })
	act := func(name, args, summary string, least int, do func(a []string) error) {
		add(name, args, summary, least, func(a []string) error {
			err := do(a)
			s.settle()
			return err
		})
	}
	act("add-bot", "place", "anna adds the bot as a member, to the channel as an admin", 1, func(a []string) error {
		chat, _, err := s.place(a[0])
		if err != nil {
			return err
		}
		if chat == channel {
			return s.tg.Promote(anna, botID, chat, emulator.AllRights())
		}
		return s.tg.Add(anna, botID, chat)
	})
	act("kick-bot", "place", "anna removes the bot", 1, func(a []string) error {
		chat, _, err := s.place(a[0])
		return errors.Join(err, s.tg.Kick(anna, botID, chat))
	})
	act("promote", "who place", "anna makes someone an admin", 2, func(a []string) error {
		chat, _, err := s.place(a[1])
		return errors.Join(err, s.tg.Promote(anna, people()[a[0]], chat, emulator.AllRights()))
	})
	act("demote", "who place", "anna takes the admin rights of someone", 2, func(a []string) error {
		chat, _, err := s.place(a[1])
		return errors.Join(err, s.tg.Demote(anna, people()[a[0]], chat))
	})
	act("mute", "place on|off", "members (and the bot, unless an admin) may not write", 2, func(a []string) error {
		chat, _, err := s.place(a[0])
		return errors.Join(err, s.tg.SetMuted(chat, a[1] == "on"))
	})
	act("block", "who", "someone blocks the bot", 1, func(a []string) error { return s.tg.Block(people()[a[0]], botID) })
	act("unblock", "who", "someone unblocks the bot", 1, func(a []string) error { return s.tg.Unblock(people()[a[0]], botID) })
	act("upgrade", "place", "anna's group becomes a supergroup; the place is that one from now on", 1, func(a []string) error {
		chat, _, err := s.place(a[0])
		if err != nil {
			return err
		}
		s.places[a[0]], err = s.tg.Upgrade(anna, chat)
		return err
	})
	act("close-topic", "topic", "anna closes a topic", 1, func(a []string) error {
		chat, thread, err := s.place(a[0])
		return errors.Join(err, s.tg.CloseTopic(anna, chat, thread))
	})
	act("reopen-topic", "topic", "anna opens a topic again", 1, func(a []string) error {
		chat, thread, err := s.place(a[0])
		return errors.Join(err, s.tg.ReopenTopic(anna, chat, thread))
	})
	add("break", "site down|reset|html|huge|empty|truncated|STATUS", "a site fails from now on", 2, func(a []string) error {
		faults := map[string]emulator.SiteFault{
			"down": emulator.SiteDown(), "reset": emulator.SiteReset(), "html": emulator.SiteHTML(), "huge": emulator.SiteHuge(100 << 20),
			"empty": emulator.SiteEmpty(), "truncated": emulator.SiteTruncated(), "slow": emulator.SiteSlow(10 * time.Minute), "latin": emulator.SiteLatin(),
		}
		f, ok := faults[a[1]]
		if code, err := strconv.Atoi(a[1]); !ok && err == nil {
			f, ok = emulator.SiteStatus(code, 0), true
		}
		if !ok {
			return fmt.Errorf("no fault %q", a[1])
		}
		s.web.Break(a[0], f)
		return nil
	})
	add("heal", "site", "a site works again", 1, func(a []string) error { s.web.Heal(a[0]); return nil })
	add("fault", "method place kind [code description] [retry_after]", "the next such call goes wrong; place may be any", 3, func(a []string) error {
		f := emulator.Fault{Method: a[0], Kind: emulator.FaultKind(a[2])}
		if a[1] != "any" {
			chat, _, err := s.place(a[1])
			if err != nil {
				return err
			}
			f.Chat = chat
		}
		if len(a) > 4 {
			f.Code, _ = strconv.Atoi(a[3])
			f.Description = a[4]
		}
		if len(a) > 5 {
			seconds, _ := strconv.Atoi(a[5])
			f.Parameters = map[string]any{"retry_after": seconds}
		}
		f.After = f.Kind == "reset-after"
		if f.After {
			f.Kind = emulator.FaultReset
		}
		s.tg.Inject(f)
		return nil
	})
	add("logged", "text", "the log has the text", 1, func(a []string) error {
		if !strings.Contains(s.log.String(), a[0]) {
			return fmt.Errorf("the log lacks %q:\n%s", a[0], s.log.String())
		}
		return nil
	})
}
