package connect

import "strings"

// escapeName returns a text as it stands in a net name: a slash separates
// sheets there, and ends of lines have no place.
func escapeName(s string) string {
	if !strings.ContainsAny(s, "/\n\r") {
		return s
	}
	return nameEscaper.Replace(s)
}

var nameEscaper = strings.NewReplacer("/", "{slash}", "\n", "", "\r", "")

// escapes are KiCad's spellings of what its names cannot hold.
var escapes = map[string]string{
	"dblquote": `"`, "quote": "'", "lt": "<", "gt": ">", "backslash": `\`, "slash": "/", "bar": "|",
	"comma": ",", "colon": ":", "space": " ", "dollar": "$", "tab": "\t", "return": "\n", "brace": "{",
}

// unescapeName resolves KiCad's escapes, such as {slash}.
func unescapeName(s string) string {
	if !strings.Contains(s, "{") {
		return s
	}
	var out []byte
	for i := 0; i < len(s); i++ {
		if s[i] == '{' {
			if end := strings.IndexByte(s[i:min(len(s), i+12)], '}'); end > 0 {
				if v, ok := escapes[s[i+1:i+end]]; ok {
					out = append(out, v...)
					i += end
					continue
				}
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}
