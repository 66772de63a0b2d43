package fetch

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// readBody reads at most limit bytes of the document, counted after
// decompression: a gigabyte of zeros is a one-megabyte gzip.
func readBody(res *http.Response, limit int64) ([]byte, error) {
	u := ""
	if res.Request != nil {
		u = res.Request.URL.String()
	}
	tooLarge := &Error{URL: u, Status: res.StatusCode, Reason: "the page is larger than " + size(limit), Permanent: true}
	// Compressed data may be a little longer than what it stands for, but not
	// endless: deflate knows blocks that stand for nothing.
	raw := io.LimitReader(res.Body, limit+64<<10)
	body := raw
	switch enc := strings.ToLower(strings.TrimSpace(strings.Join(res.Header.Values("Content-Encoding"), ","))); enc {
	case "", "identity":
		if res.ContentLength > limit {
			return nil, tooLarge
		}
	case "gzip", "x-gzip":
		z, err := gzip.NewReader(raw)
		if errors.Is(err, io.EOF) {
			return nil, nil // an empty document is not even a gzip header
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errGzip, err)
		}
		body = z
	default:
		return nil, &Error{URL: u, Status: res.StatusCode, Permanent: true,
			Reason: fmt.Sprintf("the server packs the page as %.40q, though only gzip was offered", enc)}
	}
	data, err := io.ReadAll(io.LimitReader(body, limit+1))
	if int64(len(data)) > limit {
		return nil, tooLarge
	}
	if err != nil && isGzip(err) {
		return nil, fmt.Errorf("%w: %w", errGzip, err)
	}
	return data, err
}

func isGzip(err error) bool {
	return errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum)
}

func size(n int64) string {
	switch {
	case n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}
