package app_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tagwire/internal/emulator"
)

// andMore is how a digest counts the articles it has no room for.
var andMore = regexp.MustCompile(`and (\d+) more`)

// Three days with a publication every hour: every place gets every article on
// its tags once, and every digest once, at the right minute of its own zone.
func TestThreeDays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 10*time.Minute)
		defer s.close()
		act := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			s.settle()
		}
		act(s.tg.Add(anna, botID, group))
		act(s.tg.Add(anna, botID, forum))
		act(s.tg.Promote(anna, botID, channel, emulator.AllRights()))

		subjects := []string{"Copper", "Lithium", "Tungsten"}
		places := []struct {
			name, who string
			subjects  string
			posts     bool
			clock     string // of the digest; empty for none
			zone      string
			weekends  bool
		}{
			{"group", "anna", "copper", true, "08:30", "Asia/Shanghai", true},
			{"forum", "anna", "tungsten", true, "23:45", "Asia/Kathmandu", true},
			{"forum/copper", "anna", "copper", true, "23:45", "Asia/Kathmandu", true},
			{"forum/magnets", "anna", "lithium tungsten", true, "23:45", "Asia/Kathmandu", true},
			{"channel", "anna", "lithium", true, "18:00", "America/New_York", false},
			{"anna", "anna", "lithium copper tungsten", false, "07:00", "Europe/Berlin", true},
			{"chen", "chen", "copper lithium", true, "", "", true},
		}
		for _, p := range places {
			say := func(text string) {
				t.Helper()
				if p.name == "channel" {
					_, err := s.tg.ChannelPost(anna, channel, text)
					act(err)
					return
				}
				act(s.say(p.who, p.name, text, emulator.Saying{}))
			}
			say("/subscribe " + p.subjects)
			say("/lang en")
			switch {
			case p.clock == "":
				say("/digest off")
			case !p.weekends:
				say("/digest weekdays " + p.clock + " " + p.zone)
			default:
				say("/digest " + p.clock + " " + p.zone)
			}
			if !p.posts {
				say("/settings")
				act(s.press(p.who, p.name, "Digest"))
			}
			time.Sleep(time.Minute) // nobody types that fast
		}

		began := time.Now()
		published := map[string]time.Time{}
		for hour := range 72 {
			site := s.web.Sites()[hour%3].Key
			subject := subjects[hour%2+hour%5/4] // now and then tungsten
			title := fmt.Sprintf("%s report number %d", subject, hour)
			a, err := s.web.PublishArticle(site, emulator.SiteArticle{Title: title, Body: []string{fmt.Sprintf("The market was calm. Report %d has no more to say.", hour)}})
			if err != nil {
				t.Fatal(err)
			}
			published[title] = a.Published
			time.Sleep(time.Hour)
		}
		ended := time.Now()
		synctest.Wait()

		for _, p := range places {
			chat, thread, err := s.place(p.name)
			if err != nil {
				t.Fatal(err)
			}
			posts, inDigests := map[string]int{}, map[string]int{}
			expected, more := 0, 0 // articles in digests; those that are only counted there
			var digests []time.Time
			for _, m := range s.tg.Transcript(chat) {
				if m.By != botID || m.Thread != thread || m.Date.Before(began) {
					continue
				}
				isDigest := strings.Contains(m.Text, "News digest")
				for title := range published {
					if n := strings.Count(m.Text+"\n", title+"\n"); n > 0 && isDigest {
						inDigests[title] += n
					} else if n > 0 {
						posts[title] += n
					}
				}
				for _, n := range andMore.FindAllStringSubmatch(m.Text, -1) {
					left, err := strconv.Atoi(n[1])
					if err != nil {
						t.Fatal(err)
					}
					more += left
				}
				if isDigest && !strings.Contains(m.Text, "part 2") {
					digests = append(digests, m.Date)
				}
			}
			checkDigestTimes(t, p.name, digests, began, ended, p.clock, p.zone, p.weekends)
			for title, at := range published {
				subject, _, _ := strings.Cut(strings.ToLower(title), " ")
				wanted := strings.Contains(p.subjects, subject)
				wantPosts := 0
				if wanted && p.posts {
					wantPosts = 1
				}
				if posts[title] != wantPosts {
					t.Errorf("%s: %q was posted %d times, want %d", p.name, title, posts[title], wantPosts)
				}
				wantDigests := 0
				if wanted && len(digests) > 0 && at.Add(15*time.Minute).Before(digests[len(digests)-1]) {
					wantDigests = 1
				}
				expected += wantDigests
				if inDigests[title] > wantDigests {
					t.Errorf("%s: %q is in %d digests, want %d", p.name, title, inDigests[title], wantDigests)
				}
			}
			if len(inDigests)+more != expected {
				t.Errorf("%s: digests list %d articles and count %d more, want %d in all", p.name, len(inDigests), more, expected)
			}
		}
	})
}

// checkDigestTimes works out on its own at which minutes digests had to come.
func checkDigestTimes(t *testing.T, place string, got []time.Time, from, to time.Time, clock, zone string, weekends bool) {
	t.Helper()
	if clock == "" {
		if len(got) > 0 {
			t.Errorf("%s: digests although switched off: %v", place, got)
		}
		return
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for at := from.Truncate(time.Minute).Add(time.Minute); at.Before(to); at = at.Add(time.Minute) {
		local := at.In(loc)
		weekend := local.Weekday() == time.Saturday || local.Weekday() == time.Sunday
		if local.Format("15:04") == clock && (weekends || !weekend) {
			want = append(want, local.Format("2006-01-02 15:04"))
		}
	}
	var have []string
	for _, at := range got {
		have = append(have, at.In(loc).Format("2006-01-02 15:04"))
	}
	if strings.Join(have, ", ") != strings.Join(want, ", ") {
		t.Errorf("%s: digests came at %v, want %v", place, have, want)
	}
}
