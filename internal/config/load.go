package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/caarlos0/env/v11"
	"github.com/joho/godotenv"
)

// maxSendRate is what Telegram allows a bot that pays for broadcasts; for free it
// is 30.
const maxSendRate = 1000

var (
	validToken = regexp.MustCompile(`^\d+:[A-Za-z0-9_-]+$`)
	validKey   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)
	validLine  = regexp.MustCompile(`^(export\s+)?[A-Za-z_][A-Za-z0-9_.]*\s*[=:]`)
)

// Load reads the settings from an environment ("KEY=value" each) and, for keys
// it lacks, from a dotenv file, which may be missing. Each bad value is one line
// of the error: the key, what is wrong, the remedy. The Config holds whatever
// was good, so that Validate can add to the complaints.
func Load(environ []string, dotenv string) (Config, error) {
	values, problems := fileValues(dotenv)
	for _, kv := range environ {
		if k, v, ok := strings.Cut(kv, "="); ok {
			values[k] = v
		}
	}
	for k, v := range values {
		values[k] = strings.TrimSpace(v)
	}

	var c Config
	err := env.ParseWithOptions(&c, env.Options{
		Environment: values,
		FuncMap: map[reflect.Type]env.ParserFunc{
			reflect.TypeFor[[]int64](): parseIDs,
			reflect.TypeFor[bool]():    parseBool,
		},
	})
	unread := map[string]bool{}
	var all env.AggregateError
	if errors.As(err, &all) {
		for _, err := range all.Errors {
			key, err := complaint(err)
			unread[key] = true
			problems = append(problems, err)
		}
	} else if err != nil {
		problems = append(problems, err)
	}
	problems = append(problems, c.check(unread)...)
	if strings.EqualFold(c.HTTPAddr, Off) {
		c.HTTPAddr = ""
	}
	c.APIURL = strings.TrimRight(c.APIURL, "/")
	return c, errors.Join(problems...)
}

// fileValues reads the dotenv file. Keys that all but match one of ours are
// slips of the finger, which would pass unseen otherwise.
func fileValues(path string) (values map[string]string, problems []error) {
	if path == "" {
		return map[string]string{}, nil
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]string{}, nil
	}
	if err != nil {
		return map[string]string{}, []error{fmt.Errorf("%s: cannot be read: %w; check the file's owner and mode", path, err)}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	values, err = godotenv.UnmarshalBytes(data)
	for key := range values {
		// "KEY 123:abc" passes for a key with a blank in it.
		if !validKey.MatchString(key) {
			err = errors.New("bad key")
		}
	}
	if err != nil {
		// The library's error quotes the file, and with it the token.
		where := path
		if n := badLine(data); n > 0 {
			where = fmt.Sprintf("%s: line %d", path, n)
		}
		return map[string]string{}, []error{fmt.Errorf("%s: cannot be understood; write one KEY=value on each line", where)}
	}
	for _, key := range keys() {
		for typed := range values {
			if typed != key && near(typed, key) && !declared(typed) {
				problems = append(problems, fmt.Errorf("%s: no such setting in %s; did you mean %s?", typed, path, key))
			}
		}
	}
	return values, problems
}

// badLine is the number of the first line that sets nothing, 0 if none stands out.
func badLine(data []byte) int {
	for i, line := range strings.Split(string(data), "\n") {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") && !validLine.MatchString(line) {
			return i + 1
		}
	}
	return 0
}

// complaint is an error of the library in our form, with its key.
func complaint(err error) (string, error) {
	var p env.ParseError
	if !errors.As(err, &p) {
		return "", err
	}
	f, _ := reflect.TypeFor[Config]().FieldByName(p.Name)
	remedy := map[string]string{
		"OPERATOR_IDS":           "write user ids separated by commas, such as 123456,789012",
		"SEND_RATE":              "write a number such as 25",
		"ALLOW_PRIVATE_NETWORKS": "write true or false",
		"LOG_LEVEL":              "write debug, info, warn or error",
	}
	key := f.Tag.Get("env")
	wrong := "not understood"
	var num *strconv.NumError
	switch {
	case errors.As(p.Err, &num):
		wrong = strconv.Quote(num.Num) + " is not a number"
	case p.Err != nil:
		// Of a log level, the library of logs says: slog: level string "loud": unknown name.
		wrong = strings.NewReplacer("slog: level string ", "", ": unknown name", " is no level").Replace(p.Err.Error())
	}
	return key, fmt.Errorf("%s: %s; %s", key, wrong, remedy[key])
}

// check finds values that could be read and yet cannot be right.
func (c Config) check(unread map[string]bool) []error {
	var problems []error
	bad := func(key, wrong, remedy string) {
		if !unread[key] {
			problems = append(problems, fmt.Errorf("%s: %s; %s", key, wrong, remedy))
		}
	}
	if c.Token != "" && !validToken.MatchString(c.Token) {
		bad("TELEGRAM_BOT_TOKEN", "not a token", "copy it from @BotFather, in the form 123456:letters-and-digits, without quotes or blanks")
	}
	if u, err := url.Parse(c.APIURL); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" ||
		u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		bad("TELEGRAM_API_URL", "not an http or https address", "leave it out, or write the server's address, such as https://api.telegram.org")
	}
	for _, id := range c.Operators {
		if id <= 0 {
			bad("OPERATOR_IDS", fmt.Sprintf("%d is not a user's id", id), "operators are people: their ids are above 0")
		}
	}
	if !strings.EqualFold(c.HTTPAddr, Off) {
		host, port, err := net.SplitHostPort(c.HTTPAddr)
		if _, numErr := strconv.ParseUint(port, 10, 16); err != nil || numErr != nil || strings.ContainsAny(host, "/ ") {
			bad("HTTP_ADDR", strconv.Quote(c.HTTPAddr)+" is not host:port", "write an address such as 127.0.0.1:8090, or off")
		}
	}
	if !(c.SendRate > 0 && c.SendRate <= maxSendRate) { // in this form it catches NaN, too
		bad("SEND_RATE", fmt.Sprintf("%v is not above 0 and at most %d", c.SendRate, maxSendRate), "25 keeps clear of Telegram's limit")
	}
	if c.LogFormat != "text" && c.LogFormat != "json" {
		bad("LOG_FORMAT", strconv.Quote(c.LogFormat)+" is no format", "write text or json")
	}
	return problems
}

func parseIDs(s string) (any, error) {
	var ids []int64
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",;，、 \t", r) }) {
		id, err := strconv.ParseInt(word, 10, 64)
		if err != nil {
			return nil, &strconv.NumError{Func: "ParseInt", Num: word, Err: strconv.ErrSyntax}
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func parseBool(s string) (any, error) {
	switch strings.ToLower(s) {
	case "true", "1", "yes", "on":
		return true, nil
	case "false", "0", "no", "off":
		return false, nil
	}
	return nil, fmt.Errorf("%q is neither true nor false", s)
}

// keys are all keys in the order declared.
func keys() []string {
	t := reflect.TypeFor[Config]()
	var out []string
	for i := range t.NumField() {
		out = append(out, t.Field(i).Tag.Get("env"))
	}
	return out
}

func declared(key string) bool {
	for _, k := range keys() {
		if k == key {
			return true
		}
	}
	return false
}

// near reports whether a key is ours but for a slip: another case, or two
// characters too many, too few or wrong.
func near(typed, key string) bool {
	typed = strings.ToUpper(typed)
	if len(typed)-len(key) > 2 || len(key)-len(typed) > 2 {
		return false
	}
	row := make([]int, len(key)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(typed) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(key) {
			cost := diagonal
			if typed[i] != key[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(key)] <= 2
}
