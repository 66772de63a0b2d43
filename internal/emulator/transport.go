package emulator

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync"
	"syscall"
)

// Transport answers requests by a handler, without sockets. A handler that
// panics with http.ErrAbortHandler has dropped the connection. The body streams;
// cancelling the request's context ends the request and the handler's context.
// All waiting is on channels, so it blocks durably in a testing/synctest bubble.
func Transport(h http.Handler) http.RoundTripper { return transport{h} }

type transport struct{ handler http.Handler }

// refuser is a handler that can make the connection itself fail, so that the
// client knows for certain that nothing was sent.
type refuser interface {
	// refuse returns the request to go on with, or the error of the connection.
	refuse(r *http.Request) (*http.Request, error)
}

func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		closeBody(req)
		return nil, err
	}
	if req.URL == nil || req.URL.Host == "" {
		closeBody(req)
		return nil, errors.New("emulator: no host in request URL")
	}
	in, cancel := inbound(req)
	if r, ok := t.handler.(refuser); ok {
		next, err := r.refuse(in)
		if err != nil {
			cancel()
			closeBody(req)
			return nil, err
		}
		in = next
	}
	trace(req.Context())

	w := &pipeWriter{header: make(http.Header), ready: make(chan struct{}), request: req, cancel: cancel}
	w.reader, w.writer = io.Pipe()
	go func() {
		defer cancel()
		defer closeBody(req)
		defer func() {
			v := recover()
			if v != nil && v != http.ErrAbortHandler {
				panic(v)
			}
			w.finish(v != nil)
		}()
		t.handler.ServeHTTP(w, in)
	}()

	select {
	case <-w.ready:
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
	if w.aborted {
		return nil, syscall.ECONNRESET
	}
	if c := httptrace.ContextClientTrace(req.Context()); c != nil && c.GotFirstResponseByte != nil {
		c.GotFirstResponseByte()
	}
	return w.response, nil
}

func closeBody(req *http.Request) {
	if req.Body != nil {
		req.Body.Close()
	}
}

// inbound is the request as a server would see it.
func inbound(req *http.Request) (*http.Request, context.CancelFunc) {
	ctx, cancel := context.WithCancel(req.Context())
	in := req.Clone(ctx)
	in.URL = &url.URL{Path: req.URL.Path, RawPath: req.URL.RawPath, RawQuery: req.URL.RawQuery, ForceQuery: req.URL.ForceQuery}
	if in.URL.Path == "" {
		in.URL.Path = "/"
	}
	in.RequestURI = in.URL.RequestURI()
	if in.Host == "" {
		in.Host = req.URL.Host
	}
	if in.Method == "" {
		in.Method = http.MethodGet
	}
	if in.Header == nil {
		in.Header = make(http.Header)
	}
	if _, ok := in.Header["User-Agent"]; !ok {
		in.Header.Set("User-Agent", "Go-http-client/1.1")
	}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	in.RemoteAddr = "127.0.0.1:1"
	in.Proto, in.ProtoMajor, in.ProtoMinor = "HTTP/1.1", 1, 1
	return in, cancel
}

// trace tells a client that watches by httptrace that the request went out.
func trace(ctx context.Context) {
	c := httptrace.ContextClientTrace(ctx)
	if c == nil {
		return
	}
	if c.WroteHeaders != nil {
		c.WroteHeaders()
	}
	if c.WroteRequest != nil {
		c.WroteRequest(httptrace.WroteRequestInfo{})
	}
}

// pipeWriter is the handler's end of a response whose body streams.
type pipeWriter struct {
	header   http.Header
	request  *http.Request
	cancel   context.CancelFunc
	reader   *io.PipeReader
	writer   *io.PipeWriter
	once     sync.Once
	ready    chan struct{} // closed when response or aborted is set
	response *http.Response
	aborted  bool
	declared int64 // Content-Length, -1 if none
	written  int64
}

func (w *pipeWriter) Header() http.Header { return w.header }

// WriteHeader hands the response to the client.
func (w *pipeWriter) WriteHeader(status int) {
	if status >= 100 && status < 200 {
		return
	}
	w.once.Do(func() {
		w.declared = -1
		if n, err := strconv.ParseInt(w.header.Get("Content-Length"), 10, 64); err == nil && n >= 0 {
			w.declared = n
		}
		w.response = &http.Response{
			Status: strconv.Itoa(status) + " " + http.StatusText(status), StatusCode: status,
			Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
			Header: w.header.Clone(), ContentLength: w.declared, Request: w.request,
			Body: newStream(w.request.Context(), w.reader, w.cancel),
		}
		close(w.ready)
	})
}

func (w *pipeWriter) Write(p []byte) (int, error) {
	if w.header.Get("Content-Type") == "" && len(p) > 0 {
		w.header.Set("Content-Type", http.DetectContentType(p))
	}
	w.WriteHeader(http.StatusOK)
	if w.request.Method == http.MethodHead {
		return len(p), nil
	}
	n, err := w.writer.Write(p)
	w.written += int64(n)
	return n, err
}

// Flush hands the header over, for handlers that write slowly.
func (w *pipeWriter) Flush() { w.WriteHeader(http.StatusOK) }

// finish ends the response when the handler is done.
func (w *pipeWriter) finish(aborted bool) {
	if aborted {
		w.once.Do(func() {
			w.aborted = true
			close(w.ready)
		})
		w.writer.CloseWithError(io.ErrUnexpectedEOF)
		return
	}
	w.WriteHeader(http.StatusOK)
	if w.declared > w.written && w.request.Method != http.MethodHead {
		w.writer.CloseWithError(io.ErrUnexpectedEOF)
		return
	}
	w.writer.Close()
}

// stream is a response body that ends with the request's context.
type stream struct {
	*io.PipeReader
	cancel context.CancelFunc
	stop   func() bool
}

func newStream(ctx context.Context, r *io.PipeReader, cancel context.CancelFunc) *stream {
	stop := context.AfterFunc(ctx, func() { r.CloseWithError(context.Cause(ctx)) })
	return &stream{r, cancel, stop}
}

// Close gives up the rest of the body and tells the handler so.
func (s *stream) Close() error {
	s.stop()
	s.cancel()
	return s.PipeReader.Close()
}
