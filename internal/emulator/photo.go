package emulator

import (
	"bytes"
	"context"
	"image"
	_ "image/gif"  // pictures are judged by their bytes
	_ "image/jpeg" // likewise
	_ "image/png"  // likewise
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// photo reads the photo parameter: a file id, an address or an upload.
func (c *call) photo() (*Photo, *apiError) {
	value := c.text("photo")
	upload, ok := c.files["photo"]
	if name, attached := strings.CutPrefix(value, "attach://"); attached {
		upload, ok = c.files[name]
		c.record.Unknown = slices.DeleteFunc(c.record.Unknown, func(u string) bool { return u == name })
	}
	switch {
	case ok:
		return c.uploaded(upload)
	case value == "":
		return nil, badRequest("there is no photo in the request")
	}
	if p, known := c.photos[value]; known {
		same := *p
		return &same, nil
	}
	if !strings.HasPrefix(asciiLower(value), "http://") && !strings.HasPrefix(asciiLower(value), "https://") {
		return nil, badRequest("wrong file identifier/HTTP URL specified")
	}
	if _, valid := checkLink(value); !valid {
		return nil, badRequest("wrong HTTP URL specified")
	}
	return &Photo{URL: value, Width: 1280, Height: 720}, nil
}

func (c *call) uploaded(f file) (*Photo, *apiError) {
	const most = 10 << 20
	if len(f.data) == 0 {
		return nil, badRequest("file must be non-empty")
	}
	if len(f.data) > most {
		return nil, badRequest("file of size %d bytes is too big for a photo; the maximum size is %d bytes", len(f.data), most)
	}
	p := &Photo{Name: f.name, Data: f.data}
	if refusal := p.measure("IMAGE_PROCESS_FAILED"); refusal != nil {
		return nil, refusal
	}
	return p, nil
}

// measure judges a picture by its bytes.
func (p *Photo) measure(unreadable string) *apiError {
	config, _, err := image.DecodeConfig(bytes.NewReader(p.Data))
	if err != nil {
		return badRequest("%s", unreadable)
	}
	p.Width, p.Height = config.Width, config.Height
	if w, h := p.Width, p.Height; w+h > 10000 || w > 20*h || h > 20*w {
		return badRequest("PHOTO_INVALID_DIMENSIONS")
	}
	return nil
}

// loadPhoto fetches a picture sent by address, and gives every picture an id.
func (c *call) loadPhoto(p *Photo) *apiError {
	if p.FileID != "" {
		return nil
	}
	if p.URL != "" && c.options.Fetch != nil {
		c.mu.Unlock()
		data, refusal := fetchPhoto(c.ctx, c.options.Fetch, p.URL)
		c.mu.Lock()
		if refusal != nil {
			return refusal
		}
		p.Data = data
		if refusal := p.measure("wrong type of the web page content"); refusal != nil {
			return refusal
		}
	}
	c.lastFile++
	p.FileID = "photo" + strconv.Itoa(c.lastFile)
	kept := *p
	c.photos[p.FileID] = &kept
	return nil
}

func fetchPhoto(ctx context.Context, by http.RoundTripper, address string) ([]byte, *apiError) {
	const most = 5 << 20
	failed := badRequest("failed to get HTTP URL content")
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, badRequest("wrong HTTP URL specified")
	}
	response, err := (&http.Client{Transport: by}).Do(r)
	if err != nil {
		return nil, failed
	}
	defer response.Body.Close()
	data, err := io.ReadAll(io.LimitReader(response.Body, most+1))
	switch {
	case err != nil || response.StatusCode != http.StatusOK || len(data) > most:
		return nil, failed
	case !strings.HasPrefix(response.Header.Get("Content-Type"), "image/"):
		return nil, badRequest("wrong type of the web page content")
	}
	return data, nil
}
