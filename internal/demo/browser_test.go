package demo

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// screenshots is where the browser test leaves pictures, for the README and for
// people who want to see what it saw; nowhere if empty.
var screenshots = flag.String("screenshots", "", "folder for the browser test's pictures")

// browserEnv makes a missing browser a failure: the checks set it.
const browserEnv = "TAGWIRE_BROWSER"

// TestBrowser_visitsTheDemo drives the page in a real browser, as a newcomer
// does, on a wide and on a phone-wide window.
func TestBrowser_visitsTheDemo(t *testing.T) {
	binary := findBrowser(t)
	for _, window := range []struct {
		name          string
		width, height int64
		scheme        string
	}{{"wide", 1360, 840, "light"}, {"phone", 390, 844, "dark"}} {
		t.Run(window.name, func(t *testing.T) {
			t.Parallel()
			b := openBrowser(t, binary, startDemo(t))
			b.window(window.width, window.height, window.scheme)
			b.newcomer(window.name)
			b.hostileText()
			b.otherPeople()
			b.quiet()
		})
	}
}

// newcomer follows the path: subscribe, publish, see the post, jump to
// morning, see the digest, press a button.
func (b *browser) newcomer(name string) {
	b.t.Helper()
	phone := name == "phone"
	if phone {
		b.see("the list of chats", `document.body.dataset.view === 'list' && document.querySelectorAll('.chat').length === 4`)
		b.picture(name + "-list")
		b.click(`.chat[data-key="` + itoa(forumID) + `"]`)
	}
	b.see("the greeting with buttons", `document.querySelector('#log .keys button') !== null`)
	b.picture(name + "-greeting")

	b.click(`#tabs [role=tab]:nth-child(2)`)
	b.see("the topic", `document.querySelector('#tabs [aria-selected=true]').textContent.startsWith('Rare earths')`)
	b.write("/subscribe rare-earths")
	b.see("what is subscribed", said("Subscribed in this topic: Rare earths"))

	b.click("#publish")
	b.see("the post", said("Beiliang sets out")+` && document.querySelector('#log a[href^="/web/harbour-metals.example/"]') !== null`)
	b.see("its hashtag", said("#rare_earths"))
	b.picture(name + "-post")
	b.fits()

	b.click("#publish")
	b.see("the second post", said("氧化镨钕"))
	b.click("#morning")
	b.see("the digest", said("News digest"))
	b.see("its time", `[...document.querySelectorAll('#log .msg')].at(-1).querySelector('.stamp').textContent.includes('08:30')`)
	eval[chromedp.Void](b, `Promise.all(document.getAnimations().filter((a) => a.effect.getTiming().iterations === 1).map((a) => a.finished))`, chromedp.EvalAwaitPromise)
	b.picture(name + "-digest")

	b.click("#log .keys button")
	b.see("the tags to choose from", said("Choose tags for this topic"))
	b.picture(name + "-keyboard")
	b.fits()
}

// hostileText is shown as it was written, and nothing in it comes alive.
func (b *browser) hostileText() {
	b.t.Helper()
	b.write(`<img src=x onerror="window.owned=1"><script>window.owned=1</script><b>bold?</b>`)
	b.see("the text as written", said(`<img src=x onerror="window.owned=1">`))
	if owned := eval[bool](b, `window.owned === 1 || document.querySelector('#log .text img, #log .text script, #log .text b b') !== null`); owned {
		b.t.Error("a message's text came alive")
	}
}

// otherPeople are refused what they may not do, and greeted in their language.
func (b *browser) otherPeople() {
	b.t.Helper()
	b.click("#talk-as")
	b.see("Ben", `document.querySelector('#talk-sub').textContent === '3 members'`)
	b.click("#log .keys button")
	b.see("a refusal for Ben alone", `document.querySelector('#alert').open || [...document.querySelectorAll('.toast')].some((x) => x.textContent.includes('admins'))`)
	eval[chromedp.Void](b, `document.querySelector('#alert').close()`)
	b.click("#talk-as")
	b.see("the stranger before the door", `!document.querySelector('#instead').hidden`)
	eval[chromedp.Void](b, `location.hash = '#bot'`)
	b.see("the button Start", `document.querySelector('#instead-button').textContent === 'Start'`)
	b.click("#instead-button")
	b.see("a hello in Chinese", said("你好"))
}

// said is a JavaScript condition: the log shows the text.
func said(text string) string {
	return fmt.Sprintf(`document.querySelector('#log').textContent.includes(%q)`, text)
}

type browser struct {
	t   *testing.T
	ctx context.Context

	mu    sync.Mutex
	noise []string // errors on the console
}

// see waits for a condition.
func (b *browser) see(what, condition string) {
	b.t.Helper()
	_, err := chromedp.Run(b.ctx, chromedp.Poll[bool](condition, chromedp.WithPollingTimeout(30*time.Second), chromedp.WithPollingInterval(50*time.Millisecond)))
	if err != nil {
		b.picture("failed")
		b.t.Fatalf("waiting for %s: %v\nthe page: %s", what, err, eval[string](b, `document.body.innerText`))
	}
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

func (b *browser) click(selector string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible)); err != nil {
		b.t.Fatalf("click %s: %v", selector, err)
	}
}

// write types a message and sends it with Enter.
func (b *browser) write(text string) {
	b.t.Helper()
	b.do(chromedp.SendKeys(chromedp.CSS("#text"), text+"\r", chromedp.NodeVisible))
}

func eval[T any](b *browser, js string, options ...chromedp.EvaluateOption) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](js, options...))
	if err != nil {
		b.t.Fatalf("%s: %v", js, err)
	}
	return v
}

func (b *browser) window(width, height int64, scheme string) {
	b.t.Helper()
	size := emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1.5, Mobile: width < 720}
	if _, err := chromedp.Call(b.ctx, emulation.SetDeviceMetricsOverride, size); err != nil {
		b.t.Fatal(err)
	}
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, media); err != nil {
		b.t.Fatal(err)
	}
	b.do(chromedp.Reload())
}

// fits checks that nothing sticks out of the window.
func (b *browser) fits() {
	b.t.Helper()
	out := eval[[]string](b, `[...document.querySelectorAll('body *')].filter((n) => n.checkVisibility() && n.getBoundingClientRect().right > innerWidth + 1).map((n) => n.tagName + '#' + n.id + '.' + n.className)`)
	if len(out) > 0 {
		b.t.Errorf("wider than the window: %v", out)
	}
}

// quiet checks that nobody complained on the console.
func (b *browser) quiet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.noise) > 0 {
		b.t.Errorf("on the console:\n%s", strings.Join(b.noise, "\n"))
	}
}

func (b *browser) picture(name string) {
	b.t.Helper()
	if *screenshots == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(*screenshots, name+".png"), png, 0o644)
	}
	if err != nil {
		b.t.Errorf("picture %s: %v", name, err)
	}
}

// startDemo runs the demo as the command does, and returns its address.
func startDemo(t *testing.T) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ready := make(chan string, 1)
	ended := make(chan error, 1)
	go func() {
		ended <- Run(ctx, Options{Addr: "127.0.0.1:0", Out: &strings.Builder{}, Log: slog.New(slog.DiscardHandler), Ready: func(url string) { ready <- url }})
	}()
	select {
	case url := <-ready:
		t.Cleanup(func() {
			cancel()
			if err := <-ended; err != nil {
				t.Errorf("the demo ended with %v", err)
			}
		})
		return url
	case err := <-ended:
		cancel()
		t.Fatalf("the demo did not start: %v", err)
		return ""
	}
}

func findBrowser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "headless-shell"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const missing = "no Chromium in PATH: the demo page was not tried in a browser (Debian: apt-get install chromium)"
	if os.Getenv(browserEnv) == "required" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}

// openBrowser starts a browser with a profile of its own on the address.
func openBrowser(t *testing.T, binary, url string) *browser {
	t.Helper()
	profile, err := os.MkdirTemp("", "tagwire-browser-")
	if err != nil {
		t.Fatal(err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(binary), chromedp.UserDataDir(profile), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
	)
	allocation, end := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), options...)
	ctx, closeTab := chromedp.NewContext(allocation)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Logf("closing the browser: %v", err)
		}
		closeTab()
		end()
		// A child of the browser may still write for a moment: its profile is in
		// the folder of temporary files, which is what that is for.
		os.RemoveAll(profile)
	})
	b := &browser{t: t, ctx: ctx}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", binary, err)
	}
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.IsException() || m.Type == "error" || m.Type == "warning" {
				b.mu.Lock()
				b.noise = append(b.noise, fmt.Sprintf("%s %s (%s)", m.Type, m.Text, m.URL))
				b.mu.Unlock()
			}
		}
	}()
	b.do(chromedp.Navigate(url))
	return b
}
