package fetch_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tagwire/internal/fetch"
)

// answer is a transport that lets a handler answer without sockets.
type answer http.HandlerFunc

func (f answer) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	f(w, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	res := w.Result()
	res.Request = r
	return res, nil
}

func client(h http.HandlerFunc) *fetch.Client {
	return fetch.New(fetch.Options{Transport: answer(h), AllowPrivate: true})
}

func get(t *testing.T, c *fetch.Client, r fetch.Request) (fetch.Response, *fetch.Error) {
	t.Helper()
	res, err := c.Get(t.Context(), r)
	var e *fetch.Error
	if err != nil && !errors.As(err, &e) {
		t.Fatalf("Get(%q): %T is not a *fetch.Error: %v", r.URL, err, err)
	}
	return res, e
}

func packed(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(b)
	z.Close()
	return out.Bytes()
}

func TestGet_carriesValidators(t *testing.T) {
	t.Parallel()
	c := client(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == `"v1"` && r.Header.Get("If-Modified-Since") == "Tue, 28 Jul 2020 00:19:00 GMT" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Last-Modified", "Tue, 28 Jul 2020 00:19:00 GMT")
		w.Header().Set("Content-Type", "application/rss+xml")
		io.WriteString(w, "news from "+r.Header.Get("User-Agent")+" "+r.Header.Get("Accept"))
	})
	first, e := get(t, c, fetch.Request{URL: "http://news.example/feed#top", Accept: "application/rss+xml"})
	if e != nil {
		t.Fatal(e)
	}
	if got := string(first.Body); !strings.HasPrefix(got, "news from tagwire/") || !strings.HasSuffix(got, "application/rss+xml") {
		t.Errorf("body = %q", got)
	}
	if first.ContentType != "application/rss+xml" || first.URL != "http://news.example/feed" || first.Status != 200 {
		t.Errorf("response = %+v", first)
	}
	again, e := get(t, c, fetch.Request{URL: "http://news.example/feed", ETag: first.ETag, LastModified: first.LastModified})
	if e != nil || !again.NotModified || again.ETag != first.ETag || again.LastModified != first.LastModified {
		t.Errorf("second answer = %+v, %v; want not modified with the same validators", again, e)
	}
}

func TestGet_saysWhatWentWrong(t *testing.T) {
	t.Parallel()
	now := time.Date(2020, 7, 28, 0, 0, 0, 0, time.UTC)
	big := bytes.Repeat([]byte("x"), 5<<20+1)
	bomb := packed(make([]byte, 64<<20))
	tests := []struct {
		name, url  string
		answer     http.HandlerFunc
		want       string
		retryAfter time.Duration
		permanent  bool
	}{
		{"not found", "http://a.example/", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) },
			"the server answered 404 (not found)", 0, true},
		{"seconds to wait", "http://a.example/", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "120")
			w.WriteHeader(429)
		}, "the server answered 429 (too many requests)", 2 * time.Minute, false},
		{"date to wait for", "http://a.example/", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "Tue, 28 Jul 2020 01:00:00 GMT")
			w.WriteHeader(503)
		}, "the server answered 503 (service unavailable)", time.Hour, false},
		{"absurd wait", "http://a.example/", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "99999999999999")
			w.WriteHeader(503)
		}, "the server answered 503 (service unavailable)", 24 * time.Hour, false},
		{"wait in the past", "http://a.example/", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "Mon, 27 Jul 2020 01:00:00 GMT")
			w.WriteHeader(503)
		}, "the server answered 503 (service unavailable)", 0, false},
		{"odd status", "http://a.example/", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(999) },
			"the server answered 999", 0, false},
		{"nothing to read", "http://a.example/", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) },
			"the server answered 204 (no content)", 0, true},
		{"unasked 304", "http://a.example/", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(304) },
			"the server answered 304 (not modified)", 0, true},
		{"too large", "http://a.example/", func(w http.ResponseWriter, _ *http.Request) { w.Write(big) },
			"the page is larger than 5 MiB", 0, true},
		{"gzip bomb", "http://a.example/", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(bomb)
		}, "the page is larger than 5 MiB", 0, true},
		{"stacked packing", "http://a.example/", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip, gzip")
			w.Write(packed(packed([]byte("x"))))
		}, `the server packs the page as "gzip, gzip", though only gzip was offered`, 0, true},
		{"stacked packing in two headers", "http://a.example/", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Add("Content-Encoding", "gzip")
			w.Header().Add("Content-Encoding", "gzip")
		}, `the server packs the page as "gzip,gzip", though only gzip was offered`, 0, true},
		{"unasked packing", "http://a.example/", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "br")
		}, `the server packs the page as "br", though only gzip was offered`, 0, true},
		{"broken gzip", "http://a.example/", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			io.WriteString(w, "not a gzip at all")
		}, "the page is damaged: its gzip packing cannot be undone", 0, false},
		{"gzip cut short", "http://a.example/", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			b := packed([]byte(strings.Repeat("copper ", 999)))
			w.Write(b[:len(b)-12])
		}, "the server's answer broke off", 0, false},
		{"redirects in a circle", "http://a.example/", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
		}, "the server redirects more than 5 times", 0, true},
		{"redirect to a file", "http://a.example/", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(302)
		}, "the server redirects to where we do not go: the address must begin with http:// or https://", 0, true},
		{"redirect to plain http", "https://a.example/", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://a.example/")
			w.WriteHeader(301)
		}, "the server redirects from https to http, which anyone on the way could change", 0, true},
		{"redirect without address", "http://a.example/", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(301) },
			"the server redirects without saying where", 0, true},
		{"other scheme", "ftp://a.example/", nil, "the address must begin with http:// or https://", 0, true},
		{"script", "javascript:alert(1)", nil, "the address must begin with http:// or https://", 0, true},
		{"password", "http://me:secret@a.example/", nil, "the address must not hold a user name or password", 0, true},
		{"no host", "http:///path", nil, "the address names no host", 0, true},
		{"rubbish", "http://[::1", nil, "the address cannot be read: write it as https://host/path", 0, true},
		{"endless", "http://a.example/" + strings.Repeat("x", 3000), nil, "the address is longer than 2,048 bytes", 0, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := fetch.New(fetch.Options{Transport: answer(tt.answer), AllowPrivate: true, Now: func() time.Time { return now }})
			_, e := get(t, c, fetch.Request{URL: tt.url})
			if e == nil {
				t.Fatal("no error")
			}
			if e.Error() != tt.want {
				t.Errorf("error = %q\n want %q", e, tt.want)
			}
			if e.RetryAfter != tt.retryAfter || e.Permanent != tt.permanent {
				t.Errorf("retry after %v, permanent %v; want %v, %v", e.RetryAfter, e.Permanent, tt.retryAfter, tt.permanent)
			}
		})
	}
}

func TestGet_unpacksGzip(t *testing.T) {
	t.Parallel()
	c := client(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") == "gzip" {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(packed([]byte("rare earths")))
		}
	})
	res, e := get(t, c, fetch.Request{URL: "http://a.example/"})
	if e != nil || string(res.Body) != "rare earths" {
		t.Errorf("got %q, %v", res.Body, e)
	}
}

// counted is a body that knows how much of it was read.
type counted struct {
	io.Reader
	n *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}

func (counted) Close() error { return nil }

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestGet_stopsReadingAtTheLimit(t *testing.T) {
	t.Parallel()
	bomb := packed(make([]byte, 64<<20))
	var read atomic.Int64
	c := fetch.New(fetch.Options{AllowPrivate: true, Transport: transport(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{"Content-Encoding": {"gzip"}}, Body: counted{bytes.NewReader(bomb), &read}, ContentLength: -1, Request: r}, nil
	})})
	if _, e := get(t, c, fetch.Request{URL: "http://a.example/"}); e == nil {
		t.Error("no error")
	}
	if n := read.Load(); n > int64(len(bomb))/4 {
		t.Errorf("%d of %d bytes of a bomb were read", n, len(bomb))
	}
}

func TestGet_respectsASmallerLimit(t *testing.T) {
	t.Parallel()
	c := client(func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, 2<<10)) })
	if _, e := get(t, c, fetch.Request{URL: "http://a.example/", MaxBytes: 1 << 10}); e == nil || e.Error() != "the page is larger than 1 KiB" {
		t.Errorf("error = %v", e)
	}
	if _, e := get(t, c, fetch.Request{URL: "http://a.example/", MaxBytes: 2 << 10}); e != nil {
		t.Errorf("a page of just the limit: %v", e)
	}
}

func TestGet_followsRedirectsAndKeepsNoCookies(t *testing.T) {
	t.Parallel()
	c := client(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("Cookie") != "":
			t.Errorf("cookie sent: %s", r.Header.Get("Cookie"))
		case r.Host == "old.example":
			http.SetCookie(w, &http.Cookie{Name: "id", Value: "1"})
			http.Redirect(w, r, "//new.example/feed", http.StatusMovedPermanently)
		case r.URL.Path == "/feed":
			http.Redirect(w, r, "feed.xml", http.StatusTemporaryRedirect)
		default:
			io.WriteString(w, "here")
		}
	})
	res, e := get(t, c, fetch.Request{URL: "http://old.example/"})
	if e != nil || string(res.Body) != "here" || res.URL != "http://new.example/feed.xml" {
		t.Errorf("got %q from %s, %v", res.Body, res.URL, e)
	}
}

func TestGet_givesUpAfterTwentySeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := client(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		start := time.Now()
		_, e := get(t, c, fetch.Request{URL: "http://slow.example/"})
		if e == nil || e.Error() != "no complete answer within 20s" || e.Permanent {
			t.Errorf("error = %v", e)
		}
		if d := time.Since(start); d != 20*time.Second {
			t.Errorf("gave up after %v", d)
		}
	})
}

func TestGet_returnsTheCallersOwnCancellation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := client(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := c.Get(ctx, fetch.Request{URL: "http://slow.example/"})
		var e *fetch.Error
		if !errors.Is(err, context.DeadlineExceeded) || errors.As(err, &e) {
			t.Errorf("error = %T %v, want the context's", err, err)
		}
		// The host's turn must be free again.
		again, cancel2 := context.WithTimeout(t.Context(), time.Second)
		defer cancel2()
		if _, err := c.Get(again, fetch.Request{URL: "http://slow.example/"}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("second try: %v", err)
		}
	})
}

func TestGet_isPoliteToEachHost(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name         string
		host         string
		allowPrivate bool
		want         time.Duration // for three requests of 2 s each
	}{
		{"public", "news.site.org", false, 3*2*time.Second + 2*time.Second},
		{"public, private allowed", "news.site.org", true, 3*2*time.Second + 2*time.Second},
		{"own", "127.0.0.1:8080", true, 3 * 2 * time.Second},
		{"own by name", "news.localhost", true, 3 * 2 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var busy, most atomic.Int32
				c := fetch.New(fetch.Options{AllowPrivate: tt.allowPrivate, Transport: answer(func(http.ResponseWriter, *http.Request) {
					if n := busy.Add(1); n > most.Load() {
						most.Store(n)
					}
					time.Sleep(2 * time.Second)
					busy.Add(-1)
				})})
				start := time.Now()
				var wg sync.WaitGroup
				for range 3 {
					wg.Go(func() {
						if _, err := c.Get(t.Context(), fetch.Request{URL: "http://" + tt.host + "/"}); err != nil {
							t.Error(err)
						}
					})
				}
				wg.Wait()
				if d := time.Since(start); d != tt.want {
					t.Errorf("took %v, want %v", d, tt.want)
				}
				if most.Load() != 1 {
					t.Errorf("%d requests to one host at once", most.Load())
				}
			})
		})
	}
}

func TestGet_boundsRequestsInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var busy, most atomic.Int32
		c := client(func(http.ResponseWriter, *http.Request) {
			if n := busy.Add(1); n > most.Load() {
				most.Store(n)
			}
			time.Sleep(time.Second)
			busy.Add(-1)
		})
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				if _, err := c.Get(t.Context(), fetch.Request{URL: fmt.Sprintf("http://h%d.example/", i)}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if most.Load() != 16 {
			t.Errorf("%d requests at once, want 16", most.Load())
		}
	})
}

func TestGet_refusesAddressesOfTheInside(t *testing.T) {
	t.Parallel()
	c := fetch.New(fetch.Options{})
	for _, u := range []string{
		"http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://10.1.2.3/",
		"http://169.254.169.254/latest/meta-data/", "http://192.168.1.1/", "http://172.16.0.1/", "http://100.64.0.1/",
		"http://0.0.0.0/", "http://[fd00::1]/", "http://[fe80::1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/",
		"http://224.0.0.1/", "http://198.18.0.1/",
	} {
		_, e := get(t, c, fetch.Request{URL: u})
		if e == nil || !strings.Contains(e.Error(), "private address") || !e.Permanent {
			t.Errorf("%s: %v", u, e)
		}
	}
	if _, e := get(t, c, fetch.Request{URL: "http://8.8.8.8:22/"}); e == nil || e.Error() != "port 22 is not one of the web's, 80 and 443" {
		t.Errorf("odd port: %v", e)
	}
}

func TestGet_overRealConnections(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") })
	mux.HandleFunc("/cut", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		io.WriteString(w, "only this")
	})
	mux.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "99999999") })
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	secure := httptest.NewTLSServer(mux)
	t.Cleanup(secure.Close)
	gone := httptest.NewServer(mux)
	gone.Close()

	c := fetch.New(fetch.Options{AllowPrivate: true})
	if res, e := get(t, c, fetch.Request{URL: s.URL}); e != nil || string(res.Body) != "ok" {
		t.Errorf("got %q, %v", res.Body, e)
	}
	for _, tt := range []struct{ url, want string }{
		{s.URL + "/cut", "the server's answer broke off"},
		{s.URL + "/large", "the page is larger than 5 MiB"},
		{secure.URL, "the certificate of 127.0.0.1 is not valid"},
		{strings.Replace(s.URL, "http:", "https:", 1), strings.TrimPrefix(s.URL, "http://") + " does not speak https"},
		{gone.URL, strings.TrimPrefix(gone.URL, "http://") + " refused the connection"},
	} {
		if _, e := get(t, c, fetch.Request{URL: tt.url}); e == nil || e.Error() != tt.want {
			t.Errorf("%s: error = %v, want %q", tt.url, e, tt.want)
		}
	}
}

func TestGet_namesFaultsOfTheNetwork(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"no such host", &net.OpError{Op: "dial", Err: &net.DNSError{IsNotFound: true}}, "no such host: a.example"},
		{"resolver down", &net.OpError{Op: "dial", Err: &net.DNSError{IsTimeout: true}}, "the name a.example could not be looked up"},
		{"no connection", &net.OpError{Op: "dial", Err: timeout{}}, "a.example cannot be reached: no connection within 5s"},
		{"no headers", timeout{}, "no answer from a.example within 10s"},
		{"closed at once", io.EOF, "the server's answer broke off"},
		{"unknown", errors.New("malformed HTTP response"), "the page could not be fetched: malformed HTTP response"},
	} {
		c := fetch.New(fetch.Options{AllowPrivate: true, Transport: failing{tt.err}})
		if _, e := get(t, c, fetch.Request{URL: "http://a.example/"}); e == nil || e.Error() != tt.want {
			t.Errorf("%s: error = %v, want %q", tt.name, e, tt.want)
		}
	}
}

type failing struct{ err error }

func (f failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, f.err }

type timeout struct{}

func (timeout) Error() string   { return "timeout" }
func (timeout) Timeout() bool   { return true }
func (timeout) Temporary() bool { return true }

func TestPrivateHost(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"localhost": true, "news.localhost.": true, "10.0.0.1": true, "::1": true, "metals.example": true, "a.test": true,
		"example.com": false, "notlocalhost": false, "8.8.8.8": false, "": false,
	} {
		if got := fetch.PrivateHost(host); got != want {
			t.Errorf("PrivateHost(%q) = %v", host, got)
		}
	}
}

func FuzzGet_redirects(f *testing.F) {
	for _, s := range []string{"/x", "//b.example", "http://a@b/", "https://[::1]:99999/", "\x00", "?", "http:b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, location string) {
		c := client(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.User != nil || r.URL.Scheme != "http" && r.URL.Scheme != "https" {
				t.Errorf("request to %s", r.URL)
			}
			w.Header()["Location"] = []string{location}
			w.WriteHeader(302)
		})
		_, err := c.Get(t.Context(), fetch.Request{URL: "https://a.example/"})
		if err == nil {
			t.Error("an endless redirect succeeded")
		}
		if _, perr := url.Parse(location); perr != nil && err == nil {
			t.Error("followed what cannot be parsed")
		}
	})
}
