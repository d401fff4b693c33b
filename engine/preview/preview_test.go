package preview_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"starboard/engine/preview"
)

const script = `def main():
    c = circuit("divider", title = "Divider")
    vin, vout = c.nets("VIN VOUT")
    gnd = c.power("GND")
    c.part("Device:R", value = "10k", pins = {1: vin, 2: vout})
    c.part("Device:R", value = "10k", pins = {1: vout, 2: gnd})
    return c
`

// start serves a script and returns its file and the server.
func start(t *testing.T) (string, *preview.Server, *httptest.Server) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "divider.star")
	write(t, file, script)
	s := &preview.Server{Script: file}
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	return file, s, h
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(body)
}

func state(t *testing.T, url string) preview.State {
	t.Helper()
	_, body := get(t, url+"/state")
	var s preview.State
	if err := json.Unmarshal([]byte(body), &s); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return s
}

func TestPictureStaysWhereARunFails(t *testing.T) {
	file, s, h := start(t)
	if err := s.Update(t.Context()); err != nil {
		t.Fatal(err)
	}
	good := state(t, h.URL)
	if good.Error != "" || len(good.Sheets) != 1 || good.Sheets[0].Total < 500 || len(good.Sheets[0].Terms) == 0 {
		t.Fatalf("state = %+v, want one sheet with its score", good)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(file), "divider.lock")); err == nil {
		t.Error("a preview wrote the lock")
	}
	write(t, file, strings.Replace(script, "2: vout", "9: vout", 1))
	if err := s.Update(t.Context()); err == nil {
		t.Fatal("a script with a mistake has no error")
	}
	bad := state(t, h.URL)
	if want := "divider.star:5:11: c.part: Device:R has no pin 9"; !strings.Contains(bad.Error, want) {
		t.Errorf("error = %q, want %q in it", bad.Error, want)
	}
	if bad.Generation != 2 || bad.Pictures != 1 || len(bad.Sheets) != 1 {
		t.Errorf("state = %+v, want the sheets of generation 1", bad)
	}
	if status, body := get(t, h.URL+"/sheet?n=0&dark"); status != http.StatusOK || !strings.HasPrefix(body, "<svg") && !strings.HasPrefix(body, "<?xml") {
		t.Errorf("picture: got %d, %.60q", status, body)
	}
}

func TestFindingsHaveTheirLine(t *testing.T) {
	file, s, h := start(t)
	write(t, file, strings.Replace(script, ", 2: gnd", "", 1))
	if err := s.Update(t.Context()); err != nil {
		t.Fatal(err)
	}
	list := state(t, h.URL).Sheets[0].Findings
	if len(list) == 0 || list[0].Kind != "pin_not_connected" || !strings.Contains(list[0].Pos, "divider.star:6:") {
		t.Errorf("findings = %+v, want pin_not_connected at line 6", list)
	}
}

func TestPagesAreServed(t *testing.T) {
	_, _, h := start(t)
	for _, path := range []string{"/", "/page.css", "/page.js"} {
		status, body := get(t, h.URL+path)
		if status != http.StatusOK || body == "" {
			t.Errorf("%s: got %d", path, status)
		}
		for _, elsewhere := range []string{"http://", "https://", "//cdn"} {
			if strings.Contains(body, elsewhere) {
				t.Errorf("%s loads from elsewhere: %s", path, elsewhere)
			}
		}
	}
	for _, path := range []string{"/sheet", "/sheet?n=-1", "/sheet?n=7", "/nothing", "/../go.mod"} {
		if status, _ := get(t, h.URL+path); status != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", path, status)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "example.org"
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != http.StatusForbidden {
		t.Errorf("a page from elsewhere got %d, want 403", r.StatusCode)
	}
}

// TestNewsOfAChange saves the script and waits until the page hears of it.
func TestNewsOfAChange(t *testing.T) {
	file, s, h := start(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.Watch(ctx, func(error) {}) }()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.URL+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	news := make(chan string)
	go func() {
		defer close(news)
		lines := bufio.NewScanner(r.Body)
		for lines.Scan() {
			if n, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				news <- n
			}
		}
	}()
	if n := <-news; n != "0" {
		t.Fatalf("first news are %s, want 0", n)
	}
	// The watcher may not have begun yet: save until it notices.
	again := time.NewTicker(200 * time.Millisecond)
	defer again.Stop()
	for heard := false; !heard; {
		select {
		case _, heard = <-news:
		case <-again.C:
			write(t, file, script+"# saved\n")
		}
	}
	if got := state(t, h.URL); got.Generation < 1 || len(got.Sheets) != 1 {
		t.Errorf("state = %+v, want what was saved", got)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Watch = %v", err)
	}
}
