package project

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// An editor is KiCad's schematic editor on a display of its own, without a
// window manager, and with an empty configuration. It is the only program
// that saves schematics of KiCad 9.
//
// What to press is known from the titles of the windows: the editor's begins
// with the name of the sheet, and with an asterisk while there is something
// to save.
type editor struct{ env []string }

const (
	editorTitle = "Schematic Editor"
	pageTitle   = "Page Settings"
)

// The parts of a configuration without which KiCad begins with questions: the
// tables of libraries, and answers about updates and statistics. The key that
// opens the page settings is ours.
var editorConfig = map[string]string{
	"sym-lib-table":          "(sym_lib_table\n  (version 7)\n)\n",
	"fp-lib-table":           "(fp_lib_table\n  (version 7)\n)\n",
	"design-block-lib-table": "(design_block_lib_table\n  (version 7)\n)\n",
	"kicad_common.json":      `{"do_not_show_again": {"data_collection_prompt": true, "update_check_prompt": true}, "meta": {"version": 3}}`,
	"user.hotkeys":           "common.Control.pageSettings\tF9\t\n",
}

// newEditor starts a display for the editor.
func newEditor(t *testing.T) *editor {
	t.Helper()
	for _, program := range []string{"Xvfb", "xdotool", "eeschema"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatalf("%s is not installed", program)
		}
	}
	home := t.TempDir()
	config := filepath.Join(home, "config")
	for name, text := range editorConfig {
		writeFile(t, filepath.Join(config, "9.0", name), []byte(text))
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	// Without -noreset the display starts anew whenever its last window closes,
	// and is not there for a moment.
	x := exec.Command("Xvfb", "-displayfd", "3", "-noreset", "-screen", "0", "1600x1000x24", "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{w}
	if err := x.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	t.Cleanup(func() {
		x.Process.Signal(os.Interrupt)
		x.Wait()
	})
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb names no display: %v", err)
	}
	return &editor{env: []string{
		"PATH=" + os.Getenv("PATH"), "DISPLAY=:" + strings.TrimSpace(number), "LANG=C.UTF-8",
		"HOME=" + home, "KICAD_CONFIG_HOME=" + config, "GTK_USE_PORTAL=0", "NO_AT_BRIDGE=1",
	}}
}

// xdotool returns what xdotool prints. It fails where no window is found,
// which is no more than an answer.
func (e *editor) xdotool(args ...string) (string, error) {
	cmd := exec.Command("xdotool", args...)
	cmd.Env = e.env
	out, err := cmd.Output()
	return string(out), err
}

// focus has keys go to a window; without a window manager they go nowhere.
func (e *editor) focus(title string) {
	e.xdotool("search", "--onlyvisible", "--name", title+"$", "windowfocus")
}

// titles returns the titles of the windows that are seen.
func (e *editor) titles() []string {
	out, _ := e.xdotool("search", "--onlyvisible", "--name", ".", "getwindowname", "%@")
	return strings.Split(strings.TrimSpace(out), "\n")
}

// title returns the title of the editor, less what all editors have in
// common, and whether the page settings are open.
func (e *editor) title() (sheet string, dialog bool) {
	for _, title := range e.titles() {
		if s, ok := strings.CutSuffix(title, " — "+editorTitle); ok {
			sheet = s
		}
		dialog = dialog || title == pageTitle
	}
	return sheet, dialog
}

// await waits until the windows are as done wants them. It presses the key,
// if there is one, in the window, and again now and then: a key that comes
// while the editor is busy may be lost.
func (e *editor) await(open context.Context, window, key string, done func(sheet string, dialog bool) bool) error {
	const patience, again = time.Minute, 2 * time.Second
	var pressed time.Time
	for start := time.Now(); time.Since(start) < patience; time.Sleep(50 * time.Millisecond) {
		if done(e.title()) {
			return nil
		}
		if open.Err() != nil {
			return context.Cause(open)
		}
		if key != "" && time.Since(pressed) > again {
			e.focus(window)
			e.xdotool("key", key)
			pressed = time.Now()
		}
	}
	return fmt.Errorf("gave up after %v; windows: %q", patience, e.titles())
}

// save opens the project whose root schematic is given, marks each of its
// sheets as changed, saves, and closes the editor. The error says where it
// got stuck, or which schematic was not saved.
func (e *editor) save(root string) error {
	dir := filepath.Dir(root)
	sheets, err := filepath.Glob(filepath.Join(dir, "*.kicad_sch"))
	if err != nil {
		return err
	}
	// The time of a file tells whether it has been written.
	long := time.Unix(1_000_000_000, 0)
	for _, s := range sheets {
		if err := os.Chtimes(s, long, long); err != nil {
			return err
		}
	}
	var said bytes.Buffer
	cmd := exec.Command("eeschema", root)
	cmd.Env, cmd.Stdout, cmd.Stderr = e.env, &said, &said
	if err := cmd.Start(); err != nil {
		return err
	}
	open, end := context.WithCancelCause(context.Background())
	go func() {
		err := cmd.Wait()
		end(fmt.Errorf("the editor ended with %v: %s", err, &said))
	}()
	defer func() {
		e.focus(editorTitle)
		e.xdotool("key", "ctrl+q")
		select {
		case <-open.Done():
		case <-time.After(10 * time.Second):
			cmd.Process.Kill()
			<-open.Done()
		}
	}()
	if err := e.touchAndSave(open, strings.TrimSuffix(filepath.Base(root), ".kicad_sch"), len(sheets)); err != nil {
		return err
	}
	for _, s := range sheets {
		info, err := os.Stat(s)
		if err != nil {
			return err
		}
		if info.ModTime().Equal(long) {
			return fmt.Errorf("%s has not been saved", filepath.Base(s))
		}
	}
	return nil
}

func (e *editor) touchAndSave(open context.Context, name string, sheets int) error {
	loaded := func(sheet string, dialog bool) bool { return strings.HasPrefix(sheet, name) }
	if err := e.await(open, editorTitle, "", loaded); err != nil {
		return fmt.Errorf("opening: %v", err)
	}
	last, _ := e.title()
	for i := range sheets {
		if i > 0 {
			next := func(sheet string, dialog bool) bool { return sheet != "" && sheet != last }
			if err := e.await(open, editorTitle, "Next", next); err != nil {
				return fmt.Errorf("going from %s to the next sheet: %v", last, err)
			}
			last, _ = e.title()
		}
		if err := e.await(open, editorTitle, "F9", func(sheet string, dialog bool) bool { return dialog }); err != nil {
			return fmt.Errorf("%s: opening the page settings: %v", last, err)
		}
		if err := e.await(open, pageTitle, "ctrl+Return", func(sheet string, dialog bool) bool { return !dialog && sheet != "" }); err != nil {
			return fmt.Errorf("%s: closing the page settings: %v", last, err)
		}
		last, _ = e.title()
	}
	if !strings.HasPrefix(last, "*") {
		return fmt.Errorf("%s: the page settings change nothing", last)
	}
	if err := e.await(open, editorTitle, "ctrl+s", func(sheet string, dialog bool) bool { return sheet != "" && sheet[0] != '*' }); err != nil {
		return fmt.Errorf("saving: %v", err)
	}
	return nil
}

// leaving reports whether a file is one that the editor writes beside
// those of the project: what a person looked at last, a lock, a cache.
func leaving(file string) bool {
	return strings.HasSuffix(file, ".kicad_prl") || strings.HasSuffix(file, ".lck") || file == "fp-info-cache"
}

// readTree returns the files below a folder by name, with / between folders.
func readTree(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files[name], err = os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func writeTree(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	for name, b := range files {
		writeFile(t, filepath.Join(dir, filepath.FromSlash(name)), b)
	}
}

func writeFile(t *testing.T, file string, b []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b, 0o666); err != nil {
		t.Fatal(err)
	}
}

func names(files map[string][]byte) []string { return slices.Sorted(maps.Keys(files)) }
