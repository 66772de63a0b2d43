package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tagwire/internal/config"
)

const token = "123456789:AAE-secretsecretsecretsecretsecret0"

// dotenv writes a .env file and gives its path.
func dotenv(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), ".env")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoad_defaults(t *testing.T) {
	t.Parallel()
	got, err := config.Load(nil, filepath.Join(t.TempDir(), "missing"))
	if err != nil {
		t.Fatal(err)
	}
	want := config.Config{
		APIURL: "https://api.telegram.org", DatabasePath: "tagwire.db", HTTPAddr: "127.0.0.1:8090",
		SendRate: 25, LogLevel: slog.LevelInfo, LogFormat: "text",
	}
	if diff := cmp.Diff(want.Settings(), got.Settings()); diff != "" {
		t.Error(diff)
	}
	if err := got.Validate(); err == nil || !strings.Contains(err.Error(), "TELEGRAM_BOT_TOKEN: not set; ask @BotFather") {
		t.Errorf("a missing token gives %v", err)
	}
}

func TestLoad_environmentGoesBeforeTheFile(t *testing.T) {
	t.Parallel()
	file := "\ufeffTELEGRAM_BOT_TOKEN=\"" + token + "\"\r\n# a comment\r\nSEND_RATE=10\r\nDATABASE_PATH = file.db\r\nLOG_LEVEL=debug\r\n"
	got, err := config.Load([]string{
		"SEND_RATE= 20 ", "OPERATOR_IDS=11, 22，33", "HTTP_ADDR=Off", "ALLOW_PRIVATE_NETWORKS=yes",
		"TELEGRAM_API_URL=http://localhost:8081/", "PATH=/bin", "LOG_LEVEL=", "rubbish",
	}, dotenv(t, file))
	if err != nil {
		t.Fatal(err)
	}
	if got.Token != token || got.SendRate != 20 || got.DatabasePath != "file.db" || !got.AllowPrivate ||
		got.HTTPAddr != "" || got.APIURL != "http://localhost:8081" ||
		!cmp.Equal(got.Operators, []int64{11, 22, 33}) {
		t.Errorf("got %s", got)
	}
	if got.LogLevel != slog.LevelInfo {
		t.Errorf("an empty value in the environment gives %s, want the default", got.LogLevel)
	}
	if err := got.Validate(); err != nil {
		t.Error(err)
	}
}

func TestLoad_oneLineForEachBadValue(t *testing.T) {
	t.Parallel()
	for setting, want := range map[string]string{
		"TELEGRAM_BOT_TOKEN=secret":                "TELEGRAM_BOT_TOKEN: not a token; copy it from @BotFather, in the form 123456:letters-and-digits, without quotes or blanks",
		"TELEGRAM_API_URL=api.telegram.org":        "TELEGRAM_API_URL: not an http or https address; leave it out, or write the server's address, such as https://api.telegram.org",
		"TELEGRAM_API_URL=https://u:p@example.com": "TELEGRAM_API_URL: not an http or https address; leave it out, or write the server's address, such as https://api.telegram.org",
		"OPERATOR_IDS=11,bob":                      `OPERATOR_IDS: "bob" is not a number; write user ids separated by commas, such as 123456,789012`,
		"OPERATOR_IDS=-100123":                     "OPERATOR_IDS: -100123 is not a user's id; operators are people: their ids are above 0",
		"HTTP_ADDR=8090":                           `HTTP_ADDR: "8090" is not host:port; write an address such as 127.0.0.1:8090, or off`,
		"HTTP_ADDR=localhost:99999":                `HTTP_ADDR: "localhost:99999" is not host:port; write an address such as 127.0.0.1:8090, or off`,
		"HTTP_ADDR=http://localhost:80":            `HTTP_ADDR: "http://localhost:80" is not host:port; write an address such as 127.0.0.1:8090, or off`,
		"SEND_RATE=fast":                           `SEND_RATE: "fast" is not a number; write a number such as 25`,
		"SEND_RATE=0":                              "SEND_RATE: 0 is not above 0 and at most 1000; 25 keeps clear of Telegram's limit",
		"SEND_RATE=NaN":                            "SEND_RATE: NaN is not above 0 and at most 1000; 25 keeps clear of Telegram's limit",
		"SEND_RATE=1001":                           "SEND_RATE: 1001 is not above 0 and at most 1000; 25 keeps clear of Telegram's limit",
		"ALLOW_PRIVATE_NETWORKS=maybe":             `ALLOW_PRIVATE_NETWORKS: "maybe" is neither true nor false; write true or false`,
		"LOG_LEVEL=loud":                           `LOG_LEVEL: "loud" is no level; write debug, info, warn or error`,
		"LOG_FORMAT=xml":                           `LOG_FORMAT: "xml" is no format; write text or json`,
	} {
		t.Run(setting, func(t *testing.T) {
			t.Parallel()
			_, err := config.Load([]string{setting}, "")
			if err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
	_, err := config.Load([]string{"SEND_RATE=x", "LOG_FORMAT=x", "OPERATOR_IDS=x"}, "")
	if err == nil || len(strings.Split(err.Error(), "\n")) != 3 {
		t.Errorf("three bad values give %v", err)
	}
}

func TestLoad_badFiles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"a line that sets nothing": {"LOG_LEVEL=info\n\nTELEGRAM_BOT_TOKEN " + token + "\n", ": line 3: cannot be understood; write one KEY=value on each line"},
		"an open quote":            {"TELEGRAM_BOT_TOKEN=\"" + token + "\n", ": cannot be understood; write one KEY=value on each line"},
		"a slip of the finger":     {"SEND_RATES=10\n", "SEND_RATES: no such setting in "},
		"lower case":               {"log_level=debug\n", "did you mean LOG_LEVEL?"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := config.Load(nil, dotenv(t, c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the error holds the token: %v", err)
			}
		})
	}
	if _, err := config.Load(nil, t.TempDir()); err == nil {
		t.Error("a folder passes for a file")
	}
	if _, err := config.Load(nil, dotenv(t, "COMPOSE_PROJECT_NAME=x\nTZ=UTC\n")); err != nil {
		t.Errorf("other programs' settings: %v", err)
	}
}

func TestConfig_neverPrintsTheToken(t *testing.T) {
	t.Parallel()
	c, err := config.Load([]string{"TELEGRAM_BOT_TOKEN=" + token}, "")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "%v %+v %#v %s %v", c, c, c, c, &c)
	fmt.Fprint(&out, c.Settings())
	slog.New(slog.NewTextHandler(&out, nil)).Info("settings", "config", c)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("settings", "config", c, "pointer", &c)
	if err := json.NewEncoder(&out).Encode(c); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "secret") {
		t.Errorf("the token was printed: %s", out.String())
	}
	if !strings.Contains(out.String(), "TELEGRAM_BOT_TOKEN=(set)") {
		t.Errorf("that there is a token was not: %s", out.String())
	}
}

// The example is what newcomers copy: each key once, in order, with the meaning
// and the default declared in Config.
func TestExampleAgreesWithConfig(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", ".env.example")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(data), "\n\n")
	if !ok {
		t.Fatal("no blank line after the head")
	}
	c, err := config.Load(nil, path)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, s := range c.Settings() {
		mark := "#"
		if s.Key == "TELEGRAM_BOT_TOKEN" {
			mark = ""
		}
		want = append(want, fmt.Sprintf("# %s\n%s%s=%s\n", s.Doc, mark, s.Key, s.Default))
	}
	if diff := cmp.Diff(strings.Join(want, "\n"), rest); diff != "" {
		t.Error(diff)
	}
}
