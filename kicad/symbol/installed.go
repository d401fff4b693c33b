package symbol

import (
	"os"
	"path/filepath"
	"runtime"
)

// symbolDirVariables name KiCad's symbol folder in the environment, the one
// whose format we write first.
var symbolDirVariables = []string{
	"KICAD9_SYMBOL_DIR", "KICAD10_SYMBOL_DIR", "KICAD8_SYMBOL_DIR", "KICAD7_SYMBOL_DIR", "KICAD6_SYMBOL_DIR",
}

// InstalledDir returns the folder of the symbol libraries of an installed
// KiCad, or "" where there is none. The first of the environment variables
// KICAD9_SYMBOL_DIR, KICAD10_SYMBOL_DIR, KICAD8_SYMBOL_DIR and so on that is set
// decides: if it names no folder, no KiCad is installed. Without them it is the
// first that exists of the places where KiCad's packages put it.
func InstalledDir() string {
	home, _ := os.UserHomeDir()
	return installedDir(os.LookupEnv, standardDirs(runtime.GOOS, home, os.Getenv), isDir)
}

func installedDir(lookup func(string) (string, bool), standard []string, isDir func(string) bool) string {
	for _, name := range symbolDirVariables {
		if dir, ok := lookup(name); ok && dir != "" {
			if !isDir(dir) {
				return ""
			}
			return filepath.Clean(dir)
		}
	}
	for _, dir := range standard {
		if isDir(dir) {
			return dir
		}
	}
	return ""
}

func isDir(dir string) bool {
	info, err := os.Stat(dir)
	return err == nil && info.IsDir()
}

// standardDirs returns where KiCad's packages for a system put its symbols.
func standardDirs(system, home string, env func(string) string) []string {
	switch system {
	case "windows":
		var dirs []string
		for _, root := range []string{env("ProgramFiles"), env("ProgramW6432"), `C:\Program Files`} {
			if root == "" {
				continue
			}
			for _, v := range []string{"9.0", "10.0", "8.0", "7.0", "6.0"} {
				dirs = append(dirs, root+`\KiCad\`+v+`\share\kicad\symbols`)
			}
		}
		return dirs
	case "darwin":
		const app = "/Applications/KiCad/KiCad.app/Contents/SharedSupport/symbols"
		return []string{app, home + app, "/Library/Application Support/kicad/symbols"}
	}
	dirs := []string{
		"/usr/share/kicad/symbols",
		"/usr/local/share/kicad/symbols",
		"/var/lib/flatpak/runtime/org.kicad.KiCad.Library.Symbols/x86_64/stable/active/files/symbols",
		"/var/lib/flatpak/runtime/org.kicad.KiCad.Library.Symbols/aarch64/stable/active/files/symbols",
		"/var/lib/flatpak/app/org.kicad.KiCad/current/active/files/share/kicad/symbols",
		"/snap/kicad/current/usr/share/kicad/symbols",
	}
	if home != "" {
		dirs = append(dirs,
			home+"/.local/share/flatpak/runtime/org.kicad.KiCad.Library.Symbols/x86_64/stable/active/files/symbols",
			home+"/.local/share/flatpak/runtime/org.kicad.KiCad.Library.Symbols/aarch64/stable/active/files/symbols",
			home+"/.local/share/flatpak/app/org.kicad.KiCad/current/active/files/share/kicad/symbols",
		)
	}
	return dirs
}
