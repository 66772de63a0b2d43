package source

import (
	"net/url"
	"strings"
)

// resolve makes an absolute http address of a link as found on a page; it is
// empty for what is no place to read: scripts, mail, other schemes.
func resolve(base *url.URL, link string) string {
	link = strings.TrimSpace(link)
	if link == "" || len(link) > 2048 {
		return ""
	}
	// Line breaks within an attribute are not part of the address.
	link = strings.NewReplacer("\n", "", "\r", "", "\t", "", " ", "%20").Replace(link)
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return ""
	}
	if s := u.String(); len(s) <= 2048 {
		return s
	}
	return ""
}

// baseOf is the address to resolve links against.
func baseOf(address string) *url.URL {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return nil
	}
	return u
}
