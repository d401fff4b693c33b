package repro

import (
	"context"
	"io/fs"
	"os"
	"os/user"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// A bench is where the runs of a check take place, one after another.
type bench struct {
	ctx        context.Context
	o          Options
	conditions []condition // that can be applied
	info       []Applied
	root       string // the private folder
	dir        string // of the generator, absolute
	input      *folder
	env        map[string]string
	realHome   string
	user, host string
	cores      int
	firstCore  int // the number of one that may be used
	versions   []string
	runs       []Run
	notes      []string

	// What conditions have found out.
	zones    [2]string
	locale   string
	faketime string
	other    string   // user
	asOther  []string // runs a command as that user
	ownHost  []string // runs a command that may name its host
	pinned   []string // runs a command on one core
}

// Applied tells whether a condition could be applied, and how.
type Applied struct {
	ConditionInfo
	Applied bool   `json:"applied"`
	How     string `json:"how"` // where Applied is false, why not
}

func newBench(ctx context.Context, o Options, chosen []condition) (*bench, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	home, _ := os.UserHomeDir() // without one, runs have an empty one
	host, _ := os.Hostname()    // an unknown name explains nothing
	b := &bench{
		ctx: ctx, o: o, dir: dir, env: ambient(home), realHome: home, host: host,
		cores: runtime.NumCPU(), firstCore: firstCore(), zones: farZones(), faketime: fakeLibrary(),
	}
	if u, err := user.Current(); err == nil {
		b.user = u.Username
	}
	b.versions = toolVersions(ctx, &b.o)
	if b.input, err = readFolder(dir, b.skipped); err != nil {
		return nil, err
	}
	b.completeEnv(chosen)
	if b.root, err = privateFolder(b.input.bytes); err != nil {
		return nil, err
	}
	for _, c := range chosen {
		how, err := "", error(nil)
		if c.prepare != nil {
			how, err = c.prepare(b)
		}
		if err != nil {
			b.info = append(b.info, Applied{ConditionInfo{c.name, c.about}, false, err.Error()})
			continue
		}
		b.info = append(b.info, Applied{ConditionInfo{c.name, c.about}, true, how})
		b.conditions = append(b.conditions, c)
	}
	return b, nil
}

// skipped reports what is not copied for the runs: the output of earlier ones,
// version control, and what the user excludes.
func (b *bench) skipped(name string, d fs.DirEntry) bool {
	if name == filepath.ToSlash(b.o.Out) && b.o.Out != "." && d.IsDir() {
		return true
	}
	if d.IsDir() && slices.Contains(notCopied, d.Name()) {
		return true
	}
	if b.o.Script != "" && d.IsDir() && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules") {
		return true
	}
	for _, pattern := range b.o.Exclude {
		for _, n := range []string{name, d.Name()} {
			if ok, err := path.Match(pattern, n); err == nil && ok {
				return true
			}
		}
	}
	return false
}

// privateFolder makes the folder of a check: where there is one, on a file
// system that lists entries in the order of their creation, for then that
// order can be changed, and in memory, where nothing waits for a disk.
func privateFolder(bytes int64) (string, error) {
	const pattern = "starboard-repro-"
	for _, dir := range []string{os.TempDir(), "/dev/shm"} {
		if room(dir) < 8*uint64(bytes)+256<<20 {
			continue
		}
		root, err := os.MkdirTemp(dir, pattern)
		if err != nil {
			continue
		}
		if listsByCreation(root) {
			return root, nil
		}
		if err := os.Remove(root); err != nil {
			return "", err
		}
	}
	return os.MkdirTemp("", pattern)
}

// listsByCreation reports whether the order of creation decides the order in
// which the file system lists the entries of a folder.
func listsByCreation(root string) bool {
	dir := filepath.Join(root, "order")
	defer remove(dir) // what stays is removed with root
	var first []string
	for i := range 2 {
		if os.Mkdir(dir, 0o755) != nil {
			return false
		}
		for n := range 8 {
			if i == 1 {
				n = 7 - n
			}
			if os.WriteFile(filepath.Join(dir, string(rune('a'+n))), nil, 0o600) != nil {
				return false
			}
		}
		list, err := listing(dir)
		if err != nil || remove(dir) != nil {
			return false
		}
		if i == 0 {
			first = list
		} else if slices.Equal(first, list) {
			return false
		}
	}
	return true
}

func (b *bench) close() error { return remove(b.root) }

// names returns the conditions that can be applied.
func (b *bench) names() []string {
	list := make([]string, len(b.conditions))
	for i, c := range b.conditions {
		list[i] = c.name
	}
	return list
}

// note adds a remark for the reader, once.
func (b *bench) note(text string) {
	if !slices.Contains(b.notes, text) {
		b.notes = append(b.notes, text)
	}
}

func (b *bench) applied() []Applied { return b.info }
