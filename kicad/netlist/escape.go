package netlist

import "strings"

// The names that KiCad has for characters in its files, each in braces, and
// what they stand for.
var tokens = []struct{ name, text string }{
	{"{slash}", "/"},
	{"{backslash}", `\`},
	{"{brace}", "{"},
	{"{space}", " "},
	{"{lt}", "<"},
	{"{gt}", ">"},
	{"{colon}", ":"},
	{"{dblquote}", `"`},
	{"{quote}", "'"},
	{"{tab}", "\t"},
	{"{return}", "\n"},
	{"{bar}", "|"},
	{"{comma}", ","},
	{"{dollar}", "$"},
}

// token returns the token that s begins with.
func token(s string) (name, text string) {
	for _, t := range tokens {
		if strings.HasPrefix(s, t.name) {
			return t.name, t.text
		}
	}
	return "", ""
}

// isMarkup reports whether a brace after c opens markup or a variable, as in
// ~{RESET}, and not a token.
func isMarkup(c byte) bool { return c == '$' || c == '~' || c == '^' || c == '_' }

// Escape returns the name of a net, or the part of it, that KiCad makes of a
// text. The slash is what separates sheets in a net's name, so one in a text
// becomes {slash}; CR and LF vanish; every other character stays, braces and
// what looks like a token too.
//
// In a netlist these are escaped, each by itself:
//   - the text that a label, a global or hierarchical label, a sheet pin or a
//     power symbol's Value shows, so that a label whose text in the file is s
//     names its net Escape(Unescape(s)) (a power symbol: likewise);
//   - a pin's name within Net-(U1-NAME) and unconnected-(U1-NAME-Pad1), which
//     is not unescaped before: Escape(name).
//
// Not escaped are the names of sheets in a net's path, which are the text
// that is shown (a sheet that the file calls a{slash}b is /a/b/), and a
// node's Function, which is the pin's name in the library, where KiCad puts _
// for each space. Variables such as ${VAR} are expanded before.
func Escape(s string) string {
	if !strings.ContainsAny(s, "/\n\r") {
		return s
	}
	return escaper.Replace(s)
}

var escaper = strings.NewReplacer("/", "{slash}", "\n", "", "\r", "")

// Unescape returns the text that KiCad shows for a text in a schematic file,
// or for the name of a net: {slash} {backslash} {brace} {space} {lt} {gt}
// {colon} {dblquote} {quote} {tab} {return} {bar} {comma} and {dollar} are
// replaced, once, also inside other braces. Not so directly after one of
// $ ~ ^ and _, where the brace opens a variable, an overbar, a superscript or
// a subscript; inside these, they are. Any other word in braces stays.
func Unescape(s string) string {
	if !strings.Contains(s, "{") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		if s[i] == '{' && (i == 0 || !isMarkup(s[i-1])) {
			if name, text := token(s[i:]); name != "" {
				b.WriteString(text)
				i += len(name)
				continue
			}
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String()
}

// LabelText returns what to write into a schematic file so that KiCad shows
// the text s, as a label's text, a power symbol's Value or a sheet's name:
// {slash} for a slash, as KiCad's editor does, {return} for a line end, and
// {brace} for a brace that would otherwise begin a token. Unescape takes it
// back. A slash after one of $ ~ ^ and _ stays, for KiCad would take
// ~{slash} for an overbar; it means the same.
//
// Nothing keeps KiCad from expanding a variable: a text with ${NAME} shows
// the value of NAME where there is one.
func LabelText(s string) string {
	if !strings.ContainsAny(s, "/{\n") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	for i := 0; i < len(s); i++ {
		markup := i > 0 && isMarkup(s[i-1])
		switch {
		case s[i] == '/' && !markup:
			b.WriteString("{slash}")
		case s[i] == '\n' && !markup:
			b.WriteString("{return}")
		case s[i] == '{' && !markup && startsToken(s[i:]):
			b.WriteString("{brace}")
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

func startsToken(s string) bool {
	name, _ := token(s)
	return name != ""
}
