package source

import "time"

// zoneOf is the zone of a source, UTC when it has none.
func zoneOf(name string) *time.Location {
	if name == "" {
		return time.UTC
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC // the catalogue was checked; a wrong name cannot come from there
	}
	return z
}

// abbreviation finds the offset that letters such as CST stand for on a date. The
// source's own zone comes first: CST is China Standard Time where the source's
// clocks show it, and US Central where those do. Letters that several zones
// share are otherwise refused.
func abbreviation(abbr string, year int, zone *time.Location) (_ *time.Location, ok bool) {
	for _, m := range []time.Month{time.January, time.July} {
		if name, offset := time.Date(year, m, 1, 0, 0, 0, 0, zone).Zone(); name == abbr {
			return time.FixedZone(abbr, offset), true
		}
	}
	if hours, ok := unambiguous(abbr); ok {
		return time.FixedZone(abbr, int(hours*3600)), true
	}
	// Generic names follow the clocks of the place.
	place := map[string]string{"ET": "America/New_York", "PT": "America/Los_Angeles"}[abbr]
	if place == "" {
		return nil, false
	}
	loc, err := time.LoadLocation(place)
	return loc, err == nil
}

// unambiguous are abbreviations that in practice mean one offset, in hours. CST,
// IST, BST, AST, GST, SST, AMT, ECT and WST are left out on purpose.
func unambiguous(abbr string) (hours float64, ok bool) {
	h, ok := map[string]float64{
		"Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2, "EEST": 3,
		"MSK": 3, "SAST": 2, "CAT": 2, "EAT": 3, "PKT": 5, "HKT": 8, "SGT": 8, "MYT": 8, "PHT": 8, "WIB": 7, "AWST": 8, "JST": 9, "KST": 9,
		"ACST": 9.5, "ACDT": 10.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6,
		"PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10, "NST": -3.5, "NDT": -2.5, "BRT": -3, "CLT": -4, "CLST": -3, "ART": -3, "PET": -5, "COT": -5,
	}[abbr]
	return h, ok
}
