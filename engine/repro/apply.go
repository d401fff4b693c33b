package repro

import (
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// works reports whether a command ends well, which tells what is permitted.
func (b *bench) works(argv ...string) bool {
	if _, err := exec.LookPath(argv[0]); err != nil {
		return false
	}
	cmd := exec.CommandContext(b.ctx, argv[0], argv[1:]...)
	cmd.WaitDelay = time.Second
	return cmd.Run() == nil
}

// others are users that exist on most systems.
var others = []string{"daemon", "nobody", "bin", "games"}

func prepareUser(b *bench) (string, error) {
	for _, name := range others {
		u, err := user.Lookup(name)
		if err != nil || u.Username == b.user {
			continue
		}
		b.other = u.Username
		as := []string{"unshare", "--user", "--map-user=" + u.Uid, "--map-group=" + u.Gid}
		if b.works(append(slices.Clone(as), "true")...) {
			b.asOther = as
			return "name and number, those of " + u.Username, nil
		}
		break
	}
	if b.other == "" {
		b.other = "somebody"
	}
	return "variables only (USER, LOGNAME): another user number is not permitted here", nil
}

func applyUser(b *bench, s *setup, _ int) {
	for _, name := range []string{"USER", "LOGNAME", "USERNAME"} {
		s.env[name] = b.other
	}
	if b.asOther != nil {
		s.inner = append(s.inner, b.asOther)
	}
	s.facts.User = b.other
}

// otherHost is a name that no machine has.
const otherHost = "elsewhere-17"

func prepareHost(b *bench) (string, error) {
	for _, way := range [][]string{
		{"unshare", "--uts"},
		{"unshare", "--user", "--map-current-user", "--keep-caps", "--uts"},
	} {
		if b.works(append(slices.Clone(way), "hostname", otherHost)...) {
			b.ownHost = way
			return "", nil
		}
	}
	return "variable only (HOSTNAME): another host name is not permitted here", nil
}

func applyHost(b *bench, s *setup, _ int) {
	s.env["HOSTNAME"] = otherHost
	if b.ownHost != nil {
		s.outer = append(s.outer, b.ownHost)
		s.shell = append(s.shell, "hostname "+otherHost)
	}
	s.facts.Host = otherHost
}

// fakeLibrary returns the file of libfaketime, "" if it is not installed.
func fakeLibrary() string {
	for _, pattern := range []string{"/usr/lib/*/faketime/libfaketime.so.1", "/usr/lib/faketime/libfaketime.so.1", "/usr/lib64/faketime/libfaketime.so.1", "/usr/local/lib/faketime/libfaketime.so.1"} {
		if found, err := filepath.Glob(pattern); err == nil && len(found) > 0 {
			return found[0]
		}
	}
	return ""
}

func prepareClock(b *bench) (string, error) {
	if b.o.Script != "" {
		return "the clock that the engine has; scripts see none", nil
	}
	if b.faketime == "" {
		return "", errors.New("libfaketime is not installed (package faketime or libfaketime)")
	}
	if why := beyondFaketime(b.o.program()); why != "" {
		return "", errors.New(why)
	}
	return "libfaketime", nil
}

// beyondFaketime says why a program does not ask the C library for the time;
// "" if it may do so.
func beyondFaketime(program string) string {
	f, err := elf.Open(program)
	if err != nil {
		return "" // a script: what interprets it is seen to be linked as it is
	}
	defer f.Close()
	if f.Section(".go.buildinfo") != nil {
		return "a Go program asks the kernel for the time, where libfaketime cannot answer"
	}
	if libs, err := f.ImportedLibraries(); err == nil && len(libs) == 0 && f.Type == elf.ET_EXEC {
		return "the program is linked statically, so that libfaketime cannot answer for the clock"
	}
	return ""
}

func applyClock(b *bench, s *setup, variant int) {
	d := later(variant)
	if b.o.Script != "" {
		s.env[ClockVariable] = d.String()
	} else {
		b.fake(s, fmt.Sprintf("+%ds", int(d.Seconds())))
	}
	s.shift = d
}

// fake gives a setup libfaketime, with what FAKETIME is to say.
func (b *bench) fake(s *setup, when string) {
	s.env["LD_PRELOAD"] = strings.TrimPrefix(b.env["LD_PRELOAD"]+":"+b.faketime, ":")
	s.env["FAKETIME"] = when
	s.env["FAKETIME_DONT_FAKE_MONOTONIC"], s.env["DONT_FAKE_MONOTONIC"], s.env["FAKETIME_NO_CACHE"] = "1", "1", "1"
}

// oddLocales sort other than bytes do, the oddest first: in Estonian, z comes
// before t; in Lithuanian, y beside i; in Danish, aa after z.
var oddLocales = []string{"et_EE", "lt_LT", "da_DK", "sv_SE", "cs_CZ", "tr_TR", "hu_HU", "de_DE", "en_GB", "en_US"}

func prepareLocale(b *bench) (string, error) {
	out, err := exec.CommandContext(b.ctx, "locale", "-a").Output()
	if err != nil {
		return "", errors.New("locale -a does not tell which locales are installed")
	}
	installed := strings.Fields(string(out))
	now := firstOf(b.env["LC_ALL"], b.env["LANG"])
	for _, lang := range oddLocales {
		for _, name := range installed {
			if l, charset, _ := strings.Cut(name, "."); l == lang && strings.EqualFold(strings.ReplaceAll(charset, "-", ""), "utf8") && !strings.HasPrefix(now, lang) {
				b.locale = lang + ".UTF-8"
				return b.locale, nil
			}
		}
	}
	if now != "" && !strings.HasPrefix(now, "C") && now != "POSIX" {
		b.locale = "C"
		return "C", nil
	}
	return "", errors.New("no locale with another order than that of bytes is installed (localedef -i et_EE -f UTF-8 et_EE.UTF-8 makes one)")
}

// incidental variables tell of the terminal, the session and the CI job. No
// program needs them.
var incidental = []string{
	"TERM", "COLORTERM", "COLUMNS", "LINES", "NO_COLOR", "CLICOLOR", "SHELL", "SHLVL", "EDITOR", "VISUAL", "PAGER", "LS_COLORS", "LESS", "MAIL",
	"DISPLAY", "WAYLAND_DISPLAY", "WINDOWID", "DESKTOP_SESSION", "DBUS_SESSION_BUS_ADDRESS", "SSH_TTY", "SSH_CLIENT", "SSH_CONNECTION", "TMUX", "STY",
}

func applyEnv(b *bench, s *setup, variant int) {
	for _, name := range incidental {
		delete(s.env, name)
	}
	for name := range s.env {
		if strings.HasPrefix(name, "GITHUB_") || strings.HasPrefix(name, "XDG_SESSION") {
			delete(s.env, name)
		}
	}
	for name, value := range map[string]string{
		"CI": "true", "BUILD_NUMBER": "4711", "BUILD_ID": "4711", "BUILD_TAG": "other-4711", "BUILD_URL": "https://example.org/4711",
		"GITHUB_RUN_ID": "4711", "GITHUB_SHA": strings.Repeat("4711", 10), "GIT_COMMIT": strings.Repeat("4711", 10), "JOB_NAME": "other",
		"DEBUG": "1", "VERBOSE": "1", "EDITOR": "other", "COLUMNS": "43", "LINES": "7", "TERM": "dumb",
	} {
		s.env[name] = value
	}
	for i := range 40 + 20*variant {
		s.env[fmt.Sprintf("A_VARIABLE_THAT_NOBODY_KNOWS_%d", i)] = strings.Repeat("x", 20*i)
	}
}

func prepareCores(b *bench) (string, error) {
	if b.cores < 2 {
		return "", errors.New("this machine has a single core")
	}
	if !b.works("taskset", "-c", strconv.Itoa(b.firstCore), "true") {
		return "GOMAXPROCS only: taskset is not installed or not permitted", nil
	}
	b.pinned = []string{"taskset", "-c", strconv.Itoa(b.firstCore)}
	return "taskset and GOMAXPROCS", nil
}

func applyCores(b *bench, s *setup, _ int) {
	s.env["GOMAXPROCS"] = "1"
	if b.pinned != nil {
		s.inner = append(s.inner, b.pinned)
	}
	s.facts.Cores = 1
}

// localZone returns the name of the zone that programs are in without TZ.
func localZone() string {
	if file, err := os.Readlink("/etc/localtime"); err == nil {
		if _, name, ok := strings.Cut(file, "zoneinfo/"); ok && zoneExists(name) {
			return name
		}
	}
	return ":/etc/localtime"
}

func zoneExists(name string) bool {
	_, err := os.Stat(filepath.Join("/usr/share/zoneinfo", name))
	return err == nil
}

// farZones returns zones at both ends, by name where programs find them.
func farZones() [2]string {
	if zoneExists("Pacific/Kiritimati") && zoneExists("Etc/GMT+12") {
		return [2]string{"Pacific/Kiritimati", "Etc/GMT+12"}
	}
	return [2]string{"<+14>-14", "<-12>12"}
}

// prepareOrder tries whether reversed input is listed in another order.
func prepareOrder(b *bench) (string, error) {
	var lists [2][]string
	for i := range lists {
		dir := filepath.Join(b.root, "order")
		err := b.input.layOut(dir, i == 1)
		if err == nil {
			lists[i], err = listing(dir)
		}
		if err = errors.Join(err, remove(dir)); err != nil {
			return "", err
		}
	}
	switch {
	case !slices.Equal(lists[0], lists[1]):
		return "", nil
	case len(b.input.entries) < 2:
		return "", errors.New("the folder has fewer than two entries")
	}
	return "", errors.New("the file system lists entries in an order of its own; with a tmpfs for TMPDIR, it would not")
}
