package bot

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestZones_exist(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, z := range zones() {
		if _, err := time.LoadLocation(z.name); err != nil || seen[z.name] {
			t.Errorf("zone %s: %v", z.name, err)
		}
		seen[z.name] = true
		for _, l := range []string{"en", "zh"} {
			if label := zoneLabel(z.name, l, time.Now()); label == z.name && z.name != "UTC" || len([]rune(label)) > maxLabel {
				t.Errorf("%s is labelled %q", z.name, label)
			}
		}
	}
}

func TestLoadZone(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Asia/Shanghai": "Asia/Shanghai", "asia/shanghai": "Asia/Shanghai", "ASIA/HO_CHI_MINH": "Asia/Ho_Chi_Minh",
		"UTC": "UTC", "utc": "UTC", "Europe/Riga": "Europe/Riga", "europe/riga": "Europe/Riga",
		"America/Port_of_Spain": "America/Port_of_Spain", "Etc/GMT-8": "Etc/GMT-8",
		"": "", "Local": "", "EST": "", "CST": "", "Shanghai": "", "Asia/Nowhere": "", "../UTC": "", "/UTC": "", "Asia/": "",
		"Asia/../UTC": "", "\\x/y": "", strings.Repeat("A/", 99): "",
	} {
		got, loc, ok := loadZone(name)
		if got != want || ok != (want != "") || ok && loc.String() != want {
			t.Errorf("loadZone(%q) = %q, %v, %v", name, got, loc, ok)
		}
	}
}

func TestNearestZones(t *testing.T) {
	t.Parallel()
	summer := time.Date(2020, 7, 28, 0, 0, 0, 0, time.UTC)
	for word, want := range map[string]string{
		"Beijing":               "Asia/Shanghai",
		"beijing time":          "Asia/Shanghai",
		"北京时间":                  "Asia/Shanghai",
		"北京":                    "Asia/Shanghai",
		"CST":                   "Asia/Shanghai America/Chicago",
		"Asia/Shangai":          "Asia/Shanghai",
		"shanghai":              "Asia/Shanghai",
		"Hongkong":              "Asia/Hong_Kong",
		"new york":              "America/New_York",
		"New_York":              "America/New_York",
		"Berln":                 "Europe/Berlin",
		"Asia/Beijing":          "Asia/Shanghai",
		"Sao Paulo":             "America/Sao_Paulo",
		"UTC+8":                 "Asia/Shanghai Asia/Hong_Kong Asia/Taipei",
		"gmt+08:00":             "Asia/Shanghai Asia/Hong_Kong Asia/Taipei",
		"+8":                    "Asia/Shanghai Asia/Hong_Kong Asia/Taipei",
		"+0800":                 "Asia/Shanghai Asia/Hong_Kong Asia/Taipei",
		"-4":                    "America/Santiago America/New_York America/Toronto",
		"−4":                    "America/Santiago America/New_York America/Toronto",
		"+5:30":                 "Asia/Kolkata Asia/Colombo",
		"+99":                   "",
		"+-8":                   "",
		"banana":                "",
		"":                      "",
		"<b>":                   "",
		strings.Repeat("x", 99): "",
	} {
		got := nearestZones(word, 3, summer)
		if strings.Join(got, " ") != want {
			t.Errorf("nearestZones(%q) = %v, want %s", word, got, want)
		}
	}
	if got := nearestZones("ber", 9, summer); !slices.Contains(got, "Europe/Berlin") {
		t.Errorf("ber: %v", got)
	}
}
