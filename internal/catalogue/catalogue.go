// Package catalogue reads the operator's YAML: which sources to poll, which tags
// there are, which industry groups have a door. A metals catalogue is built in.
//
// Entry points: Load, Parse, Builtin. Nothing is left half-read: a file with a
// fault gives no catalogue but every fault with its line, column and remedy.
// The package fetches nothing and builds no matcher.
package catalogue

import (
	_ "embed"
	"errors"
	"fmt"
	"os"

	"tagwire/internal/tagwire"
)

//go:embed metals.yaml
var metals []byte

// Where a catalogue says nothing, this holds.
const (
	defaultLanguage = "en"
	defaultZone     = "UTC"
	defaultSchedule = "@every 15m"
	defaultPolicy   = "manual"
)

// maxFile is the largest catalogue read, in bytes. A thousand tags with their
// aliases take some 200 kB.
const maxFile = 4 << 20

// Catalogue is what an operator configured, checked and with defaults filled in.
type Catalogue struct {
	Language string // of new chats: "en"
	Zone     string // IANA zone of new chats and of sources that name none
	Sources  []tagwire.Source
	Tags     []tagwire.Tag
	Groups   []tagwire.Industry
}

// Load reads the catalogue of a file; of the path "" the built-in one.
// checkSchedule says what is wrong with a source's cron spec; nil accepts any.
func Load(path string, checkSchedule func(spec string) error) (*Catalogue, error) {
	if path == "" {
		return Builtin(checkSchedule)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w; check the path, or leave it empty for the built-in catalogue", err)
	}
	if info.IsDir() {
		return nil, fmt.Errorf("catalogue: %s is a folder; name the YAML file in it", path)
	}
	if info.Size() > maxFile {
		return nil, tooLarge(path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w; make the file readable", err)
	}
	return Parse(path, data, checkSchedule)
}

// Builtin is the metals catalogue that comes with the program.
func Builtin(checkSchedule func(spec string) error) (*Catalogue, error) {
	return Parse("built-in metals.yaml", metals, checkSchedule)
}

// Parse reads a catalogue; name stands for the file in errors. All faults are
// joined, one line each: "name:line:col: what is wrong; the remedy".
//
// A catalogue without the key tags takes the built-in tags; if it has no sources
// either, it takes the built-in sources too.
func Parse(name string, data []byte, checkSchedule func(spec string) error) (*Catalogue, error) {
	if len(data) > maxFile {
		return nil, tooLarge(name)
	}
	r := &reader{name: name, checkSchedule: checkSchedule}
	root, err := r.tree(data)
	if err != nil {
		return nil, err
	}
	c := r.catalogue(root)
	if err := r.err(); err != nil {
		return nil, err
	}
	return c, nil
}

func tooLarge(name string) error {
	return fmt.Errorf("%s: larger than %d MiB; split it, or drop what is not used", name, maxFile>>20)
}

// catalogue reads the top of the document.
func (r *reader) catalogue(root node) *Catalogue {
	top := r.fields(root, "a catalogue", "language", "timezone", "sources", "tags", "groups")
	c := &Catalogue{
		Language: r.language(top.node("language"), defaultLanguage),
		Zone:     r.zone(top.node("timezone"), defaultZone),
	}
	if tags := top.node("tags"); tags.is() {
		c.Tags = r.tags(tags)
		if len(c.Tags) == 0 && len(r.faults) == 0 {
			r.fault(tags, "tags is empty", "add a tag, or leave the key out to use the built-in tags")
		}
	} else {
		builtin, err := Builtin(nil)
		if err != nil {
			r.fault(root, err.Error(), "report this: the built-in catalogue is broken")
			return c
		}
		c.Tags = builtin.Tags
		if !top.node("sources").is() {
			c.Sources = builtin.Sources
		}
		for _, tag := range c.Tags {
			r.know(string(tag.Slug))
		}
	}
	if sources := top.node("sources"); sources.is() {
		c.Sources = r.sources(sources, c.Zone)
	}
	c.Groups = r.groups(top.node("groups"))
	return c
}

// err joins what was found, in the order of the file.
func (r *reader) err() error {
	if len(r.faults) == 0 {
		return nil
	}
	sortFaults(r.faults)
	var errs []error
	for i, f := range r.faults {
		if i == maxFaults {
			errs = append(errs, fmt.Errorf("%s: and %d more faults; mend these first", r.name, len(r.faults)-i))
			break
		}
		errs = append(errs, fmt.Errorf("%s:%d:%d: %s; %s", r.name, f.line, f.col, f.what, f.remedy))
	}
	return errors.Join(errs...)
}
