// Package config turns the environment into a Config. Every key is declared once,
// as a tagged field, with its default and its meaning; a test holds .env.example
// against this list.
//
// The package does not read the environment itself: main passes it in. No error
// and no printed form of a Config holds the token.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strconv"
	"strings"
)

// Config is everything an operator sets.
type Config struct {
	Token         string     `json:"-" env:"TELEGRAM_BOT_TOKEN" doc:"token of the bot, from @BotFather; run and check need it, demo does not"`
	APIURL        string     `env:"TELEGRAM_API_URL" envDefault:"https://api.telegram.org" doc:"Bot API server, for those who host their own"`
	DatabasePath  string     `env:"DATABASE_PATH" envDefault:"tagwire.db" doc:"SQLite database; made when missing"`
	CataloguePath string     `env:"CATALOGUE_PATH" doc:"YAML catalogue of sources, tags and groups; empty: the built-in metals catalogue"`
	Operators     []int64    `env:"OPERATOR_IDS" doc:"Telegram user ids of the operators, separated by commas"`
	HTTPAddr      string     `env:"HTTP_ADDR" envDefault:"127.0.0.1:8090" doc:"where /healthz and /metrics are served; off: nowhere"`
	SendRate      float64    `env:"SEND_RATE" envDefault:"25" doc:"messages a second over all chats; above 30 only with paid broadcasts"`
	AllowPrivate  bool       `env:"ALLOW_PRIVATE_NETWORKS" envDefault:"false" doc:"let sources be at private and loopback addresses, on any port, and poll those without spacing"`
	LogLevel      slog.Level `env:"LOG_LEVEL" envDefault:"info" doc:"debug, info, warn or error"`
	LogFormat     string     `env:"LOG_FORMAT" envDefault:"text" doc:"text or json"`
}

// Off is the value of HTTP_ADDR that serves nothing; Config.HTTPAddr is then
// empty. An empty value means the default, as for every key.
const Off = "off"

// Validate checks what running against the real Telegram needs beyond what Load
// checks: a token.
func (c Config) Validate() error {
	if c.Token == "" {
		return errors.New("TELEGRAM_BOT_TOKEN: not set; ask @BotFather in Telegram for one (/newbot) and put it into .env")
	}
	return nil
}

// Setting is a key with its value, for people to read.
type Setting struct{ Key, Value, Default, Doc string }

// Settings lists all keys in order with the values in force; of the token only
// whether it is set.
func (c Config) Settings() []Setting {
	v := reflect.ValueOf(c)
	var out []Setting
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag
		s := Setting{Key: tag.Get("env"), Default: tag.Get("envDefault"), Doc: tag.Get("doc")}
		switch x := v.Field(i).Interface().(type) {
		case []int64:
			var ids []string
			for _, id := range x {
				ids = append(ids, strconv.FormatInt(id, 10))
			}
			s.Value = strings.Join(ids, ",")
		case slog.Level:
			s.Value = strings.ToLower(x.String())
		default:
			s.Value = fmt.Sprint(x)
		}
		switch {
		case s.Key == "TELEGRAM_BOT_TOKEN" && c.Token != "":
			s.Value = "(set)"
		case s.Key == "HTTP_ADDR" && c.HTTPAddr == "":
			s.Value = Off
		}
		out = append(out, s)
	}
	return out
}

// String is all settings on one line, without the token.
func (c Config) String() string {
	var b strings.Builder
	for _, s := range c.Settings() {
		fmt.Fprintf(&b, "%s=%s ", s.Key, s.Value)
	}
	return strings.TrimSpace(b.String())
}

// GoString is String, so that %#v does not print the token either.
func (c Config) GoString() string { return c.String() }

// LogValue is the settings as a group, without the token.
func (c Config) LogValue() slog.Value {
	var attrs []slog.Attr
	for _, s := range c.Settings() {
		attrs = append(attrs, slog.String(s.Key, s.Value))
	}
	return slog.GroupValue(attrs...)
}
