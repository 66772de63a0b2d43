package demo

import (
	_ "embed"

	"tagwire/internal/catalogue"
	"tagwire/internal/schedule"
)

// sources is the demo's catalogue: the bundled news sites. It has no tags of its
// own and thereby uses the built-in metals taxonomy.
//
//go:embed catalogue.yaml
var sources []byte

func loadCatalogue() (*catalogue.Catalogue, error) {
	return catalogue.Parse("demo catalogue.yaml", sources, schedule.Check)
}
