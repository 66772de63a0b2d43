package source

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
)

// Bounds of an XML document. 5 MB of unclosed nested elements cost the feed
// parser more than a gigabyte; the scan that holds these costs a thousandth.
const (
	maxDepth      = 64
	maxElements   = 200_000
	maxAttributes = 64
	maxItems      = 2000
)

// prepared is an XML document that a strict reader can read.
type prepared struct {
	text []byte
	root string // local name of the root element, in lower case
	cut  bool   // the end was missing or unreadable; the complete items are kept
}

// isItem tells the elements that hold one entry each.
func isItem(root, name string) bool {
	switch root {
	case "rss", "rdf":
		return strings.EqualFold(name, "item")
	case "feed":
		return strings.EqualFold(name, "entry")
	case "urlset":
		return strings.EqualFold(name, "url")
	case "sitemapindex":
		return strings.EqualFold(name, "sitemap")
	}
	return false
}

// strayLess is a "less than" that begins no markup, as in "copper < 9,000".
var strayLess = regexp.MustCompile(`<([^\pL_/!?:])`)

// rootStart is where one of the roots we know begins.
var rootStart = regexp.MustCompile(`(?i)<(?:[\w.-]+:)?(?:rss|feed|rdf|channel|urlset|sitemapindex|opml|entry)\b`)

// prepareXML scans a document within bounds. Junk before the root goes; where the
// document breaks off or becomes unreadable, it ends after the last complete
// item, and what is open there is closed.
func prepareXML(text []byte) (prepared, error) {
	text = strayLess.ReplaceAll(dropControls(dropDeclaration(text)), []byte("&lt;$1"))
	if i := rootStart.FindIndex(text); i != nil {
		text = afterJunk(text, i[0])
	}
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict = false
	d.Entity = xml.HTMLEntity
	var (
		p        = prepared{text: text}
		open     []string // raw names of the open elements
		itemAt   = -1     // depth of the items
		end      int64    // after the last complete item
		closing  []string // what is open there
		elements int
		items    int
	)
	cut := func() (prepared, error) {
		if end == 0 {
			return p, refuse("the document breaks off before its first entry is complete")
		}
		p.cut = true
		p.text = text[:end:end]
		for i := len(closing) - 1; i >= 0; i-- {
			p.text = append(p.text, "</"+closing[i]+">"...)
		}
		return p, nil
	}
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			if p.root == "" {
				return p, refuse("the document holds no XML element")
			}
			if len(open) > 0 && end > 0 {
				return cut()
			}
			if len(open) > 0 && openItem(p.root, open) {
				return cut()
			}
			return p, nil
		}
		if err != nil {
			if p.root == "" {
				return p, refuse("the document is not XML: %v", err)
			}
			return cut()
		}
		switch t := t.(type) {
		case xml.StartElement:
			if elements++; elements > maxElements {
				return p, refuse("the document has more than %d elements", maxElements)
			}
			if len(t.Attr) > maxAttributes {
				return p, refuse("an element of the document has more than %d attributes", maxAttributes)
			}
			if p.root == "" {
				p.root = strings.ToLower(t.Name.Local)
			}
			open = append(open, rawName(t.Name))
			if len(open) > maxDepth {
				return p, refuse("the document is nested deeper than %d elements", maxDepth)
			}
		case xml.EndElement:
			name := rawName(t.Name)
			depth := lastIndex(open, name)
			if depth < 0 {
				continue // closes what was never opened
			}
			open = open[:depth]
			if !isItem(p.root, t.Name.Local) || depth == 0 || itemAt >= 0 && depth != itemAt {
				continue
			}
			itemAt, end = depth, d.InputOffset()
			closing = append(closing[:0], open...)
			if items++; items == maxItems {
				return cut()
			}
		}
	}
}

func openItem(root string, open []string) bool {
	for _, name := range open[1:] {
		_, local, ok := strings.Cut(name, ":")
		if !ok {
			local = name
		}
		if isItem(root, local) {
			return true
		}
	}
	return false
}

func rawName(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

func lastIndex(names []string, name string) int {
	for i := len(names) - 1; i >= 0; i-- {
		if names[i] == name {
			return i
		}
	}
	return -1
}

// afterJunk drops what stands before the root: warnings of a broken server. A
// prolog of XML's own is kept, except for the document type: nothing of it is
// wanted, and its entities least of all.
func afterJunk(text []byte, root int) []byte {
	head := text[:root]
	if bytes.Contains(head, []byte("<!--")) && bytes.LastIndex(head, []byte("<!--")) > bytes.LastIndex(head, []byte("-->")) {
		return text // the root's name stands within a comment
	}
	return text[root:]
}

// dropControls replaces the control characters that XML forbids.
func dropControls(b []byte) []byte {
	return bytes.Map(func(r rune) rune {
		if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return ' '
		}
		return r
	}, b)
}
