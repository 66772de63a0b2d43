// Package source turns the bytes of a news source into entries: feeds (RSS, Atom,
// JSON Feed), HTML news lists with their article pages, and sitemaps.
//
// It is pure: bytes and the present time in, entries out, no network and no
// clock. One file per kind of source, gathered in kinds(). Texts of entries are
// plain, without the site's furniture (translation notices, invitations to scan
// a code, contact lines). A date that cannot be read for certain stays unknown.
// Entry points: Decode and DecodeArticle.
package source
