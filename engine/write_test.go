package engine

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tree returns the files below a folder and their contents.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			files[rel+"/"] = ""
			return nil
		}
		text, err := os.ReadFile(path)
		files[rel] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTransaction(t *testing.T) {
	for _, tt := range []struct {
		name    string
		before  map[string]string
		files   [][2]string // to stage
		want    map[string]string
		changed []string
		wantErr string // of stage; then all is as before
	}{
		{
			name:  "new files in new folders",
			files: [][2]string{{"a/b/c", "1"}, {"a/d", "2"}},
			want:  map[string]string{"./": "", "a/": "", "a/b/": "", "a/b/c": "1", "a/d": "2"}, changed: []string{"a/b/c", "a/d"},
		},
		{
			name:   "what is the same is not written",
			before: map[string]string{"a": "1", "b": "2"},
			files:  [][2]string{{"a", "1"}, {"b", "3"}},
			want:   map[string]string{"./": "", "a": "1", "b": "3"}, changed: []string{"b"},
		},
		{
			name:   "what an interrupted run left is replaced",
			before: map[string]string{".a.new": "half", "a": "1"},
			files:  [][2]string{{"a", "2"}},
			want:   map[string]string{"./": "", "a": "2"}, changed: []string{"a"},
		},
		{
			name:   "a folder is in the way",
			before: map[string]string{"a": "1", "x/y": "2"},
			files:  [][2]string{{"a", "2"}, {"new/b", "3"}, {"x", "4"}}, wantErr: "a file is to be written here, and there is a folder or device of that name",
		},
		{
			name:   "a file is where a folder should be",
			before: map[string]string{"a": "1", "x": "2"},
			files:  [][2]string{{"a", "2"}, {"new/b", "3"}, {"x/y/z", "4"}}, wantErr: "not a directory",
		},
		{
			name:   "a name that is too long",
			before: map[string]string{"a": "1"},
			files:  [][2]string{{"a", "2"}, {strings.Repeat("n", 300), "3"}}, wantErr: "file name too long",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, tt.before)
			before := tree(t, dir)
			var tr transaction
			var err error
			for _, f := range tt.files {
				if err = tr.stage(filepath.Join(dir, f[0]), []byte(f[1])); err != nil {
					break
				}
			}
			if tt.wantErr != "" {
				var file *FileError
				if !errors.As(err, &file) || file.Err.Error() != tt.wantErr {
					t.Errorf("stage: got %v, want %s", err, tt.wantErr)
				}
				tr.rollback()
				if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
					t.Errorf("after rollback (-before +after):\n%s", diff)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			changed, err := tr.commit()
			if err != nil {
				t.Fatal(err)
			}
			tr.rollback() // does nothing any more
			for i := range changed {
				changed[i], _ = filepath.Rel(dir, changed[i])
			}
			if !slices.Equal(changed, tt.changed) {
				t.Errorf("changed %q, want %q", changed, tt.changed)
			}
			if diff := cmp.Diff(tt.want, tree(t, dir)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}
