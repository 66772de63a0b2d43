package ingest

import (
	"net/url"
	"strings"
)

// canonical is an address as we store and show it: without fragment and without
// what only tells the site where the reader came from. It is empty for what is
// no web address.
func canonical(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return ""
	}
	u.Host = strings.ToLower(u.Host)
	if u.Scheme == "http" && u.Port() == "80" || u.Scheme == "https" && u.Port() == "443" {
		u.Host = strings.TrimSuffix(u.Host, ":"+u.Port())
	}
	// A fragment with a path is the page itself on sites that are one script.
	if !strings.HasPrefix(u.Fragment, "!") && !strings.HasPrefix(u.Fragment, "/") {
		u.Fragment, u.RawFragment = "", ""
	}
	if u.RawQuery != "" {
		kept := make([]string, 0, 8)
		for _, pair := range strings.Split(u.RawQuery, "&") {
			name, _, _ := strings.Cut(pair, "=")
			if pair != "" && !tracking(strings.ToLower(name)) {
				kept = append(kept, pair)
			}
		}
		u.RawQuery = strings.Join(kept, "&")
	}
	u.ForceQuery = false
	if s := u.String(); len(s) <= maxURL {
		return s
	}
	return ""
}

// tracking tells the parameters that do not choose the page.
func tracking(name string) bool {
	for _, prefix := range []string{"utm_", "mtm_", "pk_", "_hs", "hsa_", "vero_", "ns_", "at_custom", "trk_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	switch name {
	case "fbclid", "gclid", "gbraid", "wbraid", "dclid", "msclkid", "yclid", "twclid", "igshid", "igsh", "mc_cid", "mc_eid", "mkt_tok", "_ga", "_gl",
		"spm", "scm", "cmpid", "ocid", "ncid", "smid", "sr_share", "share_token", "isappinstalled", "wt_mc", "wt.mc_id", "ref_src", "ref_url",
		"s_cid", "oly_anon_id", "oly_enc_id", "rb_clickid", "_openstat", "from_source", "vd_source":
		return true
	}
	return false
}

// sameAddress is what two spellings of one address have in common: scheme, a
// slash at the end and the order of parameters do not tell pages apart.
func sameAddress(raw string) string {
	c := canonical(raw)
	u, err := url.Parse(c)
	if c == "" || err != nil {
		return ""
	}
	key := u.Host + strings.TrimRight(u.EscapedPath(), "/")
	if q := u.Query(); len(q) > 0 {
		key += "?" + q.Encode()
	}
	if u.Fragment != "" {
		key += "#" + u.Fragment
	}
	return key
}
