package emulator

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// checkLink is the address as Telegram keeps it, or false if it accepts no such
// link: http, https, tg, ton and tonsite only, web addresses with a dotted host.
func checkLink(link string) (string, bool) {
	link = strings.TrimSpace(link)
	if link == "" || strings.ContainsAny(link, " \n\t") {
		return "", false
	}
	lower := asciiLower(link)
	for _, scheme := range []string{"tg:", "ton:", "tonsite:"} {
		if rest, ok := strings.CutPrefix(lower, scheme); ok {
			rest = strings.TrimPrefix(rest, "//")
			return link, rest != "" && isAlnum(rest[0])
		}
	}
	scheme, rest, found := strings.Cut(link, "://")
	if !found {
		scheme, rest = "http", link
	}
	scheme = asciiLower(scheme)
	if scheme != "http" && scheme != "https" {
		return "", false
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	authority, path := rest[:end], rest[end:]
	user, host := "", authority
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		user, host = authority[:i+1], authority[i+1:]
		if !found && strings.Contains(user, ":") {
			return "", false // mailto: and the like
		}
	}
	name, port, hasPort := strings.Cut(host, ":")
	if hasPort {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return "", false
		}
	}
	if !dottedHost(name) {
		return "", false
	}
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return scheme + "://" + user + strings.ToLower(host) + path, true
}

// dottedHost accepts names with a dot inside; not localhost, not "a..b".
func dottedHost(name string) bool {
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	labels := strings.Split(strings.TrimSuffix(name, "."), ".")
	if len(labels) < 2 {
		return false
	}
	for _, label := range labels {
		if label == "" || strings.ContainsAny(label, "<>\"'`{}|\\^%[]()=&,;!$*+~") {
			return false
		}
	}
	return true
}

// userLink is the id in tg://user?id=N.
func userLink(link string) (int64, bool) {
	u, err := url.Parse(link)
	if err != nil || !strings.EqualFold(u.Scheme, "tg") || !strings.EqualFold(u.Host+u.Opaque, "user") {
		return 0, false
	}
	id, err := strconv.ParseInt(u.Query().Get("id"), 10, 64)
	return id, err == nil && id > 0
}
