package catalogue

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/andybalholm/cascadia"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/language"

	"tagwire/internal/tagwire"
	"tagwire/internal/taxonomy"
)

// slug reads a slug that no other of its kind has.
func (r *reader) slug(n node, what string, taken map[string]int) string {
	s := r.text(n)
	if !n.is() {
		return ""
	}
	if err := taxonomy.CheckSlug(s); err != nil {
		remedy := "use words of a-z and 0-9 with single hyphens"
		if p := slugOf(s); p != "" && p != s {
			remedy = "write " + p
		}
		r.fault(n, fmt.Sprintf("bad slug %s: %v", quote(s), err), remedy)
		return s
	}
	r.unique(n, s, what, taken)
	return s
}

// unique faults a slug that was there before.
func (r *reader) unique(n node, slug, what string, taken map[string]int) {
	if line, ok := taken[slug]; ok {
		r.fault(n, fmt.Sprintf("%s %s is there twice, first in line %d", what, quote(slug), line), "give one of them another slug")
		return
	}
	line := 1
	if n.at != nil && n.at.Position != nil {
		line = n.at.Position.Line
	}
	taken[slug] = line
}

// slugOf makes a slug of a name; "" where the name has no Latin letter or digit.
func slugOf(name string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(name) {
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() == tagwire.MaxSlug {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}

// language reads the code of a language.
func (r *reader) language(n node, otherwise string) string {
	s := r.text(n)
	if s == "" {
		return otherwise
	}
	r.checkLanguage(n, s)
	return s
}

func (r *reader) checkLanguage(n node, code string) {
	if _, err := language.Parse(code); err != nil {
		r.fault(n, fmt.Sprintf("no language %s", quote(code)), "use a code such as en, zh or pt-BR")
	}
}

// zone reads the name of a time zone.
func (r *reader) zone(n node, otherwise string) string {
	s := r.text(n)
	if s == "" {
		return otherwise
	}
	// "Local" would mean another zone on another machine.
	if _, err := time.LoadLocation(s); err != nil || s == "Local" {
		r.fault(n, fmt.Sprintf("no time zone %s", quote(s)), "use a name such as Asia/Shanghai, Europe/London or UTC")
	}
	return s
}

// byLanguage reads texts by language.
func (r *reader) byLanguage(n node, what string) map[string]string {
	if !n.is() {
		return nil
	}
	if s, ok := text(n); ok {
		r.fault(n, what+" is by language", fmt.Sprintf("write {en: %s}", s))
		return nil
	}
	pairs, ok := r.pairs(n, what)
	if !ok {
		return nil
	}
	out := map[string]string{}
	for _, p := range pairs {
		r.checkLanguage(p.key, p.name)
		if _, twice := out[p.name]; twice {
			r.fault(p.key, fmt.Sprintf("language %s is there twice", quote(p.name)), "keep one")
		}
		s := r.text(p.value)
		if s == "" {
			r.fault(p.value, fmt.Sprintf("%s is empty in %s", what, quote(p.name)), "write it, or take the language away")
		}
		out[p.name] = s
	}
	if len(pairs) == 0 {
		r.fault(n, what+" is empty", "write it at least in one language: {en: ...}")
	}
	return out
}

// tagList reads slugs of tags that must exist.
func (r *reader) tagList(n node) []tagwire.TagSlug {
	var out []tagwire.TagSlug
	for _, item := range r.list(n, "tags") {
		s := r.text(item)
		r.checkTag(item, s)
		if slices.Contains(out, tagwire.TagSlug(s)) {
			continue
		}
		out = append(out, tagwire.TagSlug(s))
	}
	return out
}

// checkTag faults a slug that is no tag's.
func (r *reader) checkTag(n node, slug string) {
	if r.isTag[slug] {
		return
	}
	remedy := "define it under tags"
	// Beyond maxFaults nothing is shown, so the search would be for nothing.
	if len(r.faults) <= maxFaults {
		if near, ok := taxonomy.Closest(slug, r.known); ok {
			remedy = fmt.Sprintf("did you mean %s?", near)
		}
	}
	r.fault(n, fmt.Sprintf("no tag %s", quote(slug)), remedy)
}

// url reads a web address.
func (r *reader) url(n node) string {
	s := r.text(n)
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	switch {
	case err != nil:
		r.fault(n, fmt.Sprintf("bad url %s", quote(s)), "copy the address out of a browser")
	case u.Scheme != "http" && u.Scheme != "https":
		r.fault(n, fmt.Sprintf("bad url %s: scheme is %s", quote(s), quote(u.Scheme)), "begin with https:// or http://")
	case u.Hostname() == "" || strings.ContainsAny(u.Host, " \t\"<>"):
		r.fault(n, fmt.Sprintf("bad url %s: no host", quote(s)), "write https://host/path")
	}
	return s
}

// schedule reads a cron spec.
func (r *reader) schedule(n node) string {
	s := r.text(n)
	if s == "" {
		return defaultSchedule
	}
	if r.checkSchedule != nil {
		if err := r.checkSchedule(s); err != nil {
			// The checker quotes the spec and gives a remedy, too; once is enough.
			reason := strings.TrimPrefix(err.Error(), "schedule "+strconv.Quote(strings.TrimSpace(s))+": ")
			reason, _, _ = strings.Cut(reason, "; write ")
			r.fault(n, fmt.Sprintf("bad schedule %s: %s", quote(s), oneLine(reason)), `use "@every 15m" or five cron fields such as "*/10 * * * *"`)
		}
	}
	return s
}

// selector reads a CSS selector.
func (r *reader) selector(n node) string {
	s := r.text(n)
	if s == "" {
		return ""
	}
	if _, err := cascadia.Compile(s); err != nil {
		r.fault(n, fmt.Sprintf("bad CSS selector %s: %s", quote(s), oneLine(err.Error())), `use one such as "li.news a"`)
	}
	return s
}

// texts reads a list of texts.
func (r *reader) texts(n node, what string, each func(node) string) []string {
	var out []string
	for _, item := range r.list(n, what) {
		if s := each(item); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// idPattern reads a regular expression with a group.
func (r *reader) idPattern(n node) string {
	s := r.text(n)
	if s == "" {
		return ""
	}
	re, err := regexp.Compile(s)
	switch {
	case err != nil:
		r.fault(n, fmt.Sprintf("bad id_pattern %s: %s", quote(s), oneLine(err.Error())), `use a Go regular expression in single quotes, such as 'news/(\d+)'`)
	case re.NumSubexp() == 0:
		r.fault(n, fmt.Sprintf("id_pattern %s has no group", quote(s)), `put round brackets about the number: 'news/(\d+)'`)
	}
	return s
}

// charset reads the name of an encoding.
func (r *reader) charset(n node) string {
	s := r.text(n)
	if s == "" {
		return ""
	}
	if _, err := htmlindex.Get(s); err != nil {
		r.fault(n, fmt.Sprintf("no charset %s", quote(s)), "use a name such as gb18030, big5 or windows-1251, or leave it out")
	}
	return s
}
