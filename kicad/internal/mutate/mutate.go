// Package mutate makes odd s-expressions out of good ones, for fuzzing: files
// that parse, and say what no program would write.
//
// A fuzzer that changes bytes makes mostly texts that are no s-expressions.
// [Edit] lets it change lists and atoms instead: what it changes are the
// instructions.
package mutate

import "strings"

// size is the length of an instruction: what to do, to which node (two
// bytes), and with what (two bytes).
const size = 5

// most bounds the instructions of a program, and longest the text that they
// may make.
const (
	most    = 40
	longest = 1 << 16
)

// words are what atoms become: values at the edge of what readers expect.
var words = []string{
	`""`, `"A"`, `"~"`, `"A[0..3]"`, `"{A[0..1] B}"`, `"A{B C}"`, `"${A}"`, `"${#}"`, `"/"`, `"#PWR01"`, `"R?"`, `"U1"`, `"Lib:R"`,
	"0", "-0", "1", "-1", "2", "1.27", "0.00005", "1e3", "1e9", "99999999999999999999", "NaN", "45", "90", "180", "270", "-90",
	"yes", "no", "hide", "power", "power_in", "power_out", "no_connect", "output", "input", "passive", "bidirectional", "unspecified",
	"label", "global_label", "hierarchical_label", "netclass_flag", "wire", "bus", "bus_entry", "junction", "symbol", "sheet", "pin", "property",
	`"Reference"`, `"Value"`, `"Footprint"`, `"Netclass"`, `"Sheetname"`, `"Sheetfile"`, `"c.kicad_sch"`, `"r.kicad_sch"`, "mirror", "x", "y",
	"extends", "alternate", "convert", "unit", "instances", "project", "path", "uuid", "at", "pts", "lib_id", "lib_name", "mid", "polyline", "arc",
}

// Edit returns text after the instructions of program. They remove, double,
// move, copy and rename nodes of the text, whatever the bytes say.
func Edit(text string, program []byte) string {
	for range most {
		if len(program) < size || len(text) > longest {
			break
		}
		nodes := spans(text)
		if len(nodes) < 2 {
			break
		}
		pick := func(hi, lo byte) span { return nodes[1+(int(hi)<<8|int(lo))%(len(nodes)-1)] } // not the root
		n := pick(program[1], program[2])
		node := text[n.start:n.end]
		other := pick(program[3], program[4])
		word := words[int(program[4])%len(words)]
		switch program[0] % 6 {
		case 0:
			text = text[:n.start] + text[n.end:]
		case 1:
			text = text[:n.end] + " " + node + text[n.end:]
		case 2:
			text = text[:n.start] + text[other.start:other.end] + text[n.end:]
		case 3:
			text = text[:n.end] + " " + text[other.start:other.end] + text[n.end:]
		case 4:
			if node[0] == '(' {
				text = text[:n.start] + "(" + word + " " + node[1:] + text[n.end:]
			} else {
				text = text[:n.start] + word + text[n.end:]
			}
		case 5:
			text = text[:n.start] + "(" + word + " " + node + ")" + text[n.end:]
		}
		program = program[size:]
	}
	return text
}

// A span is where a list or an atom stands in a text.
type span struct{ start, end int }

// spans returns the nodes of a text, each list before what it contains.
func spans(text string) []span {
	var nodes []span
	var open []int
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case strings.IndexByte(" \t\r\n", c) >= 0:
			i++
		case c == '(':
			open = append(open, len(nodes))
			nodes = append(nodes, span{i, len(text)})
			i++
		case c == ')':
			i++
			if len(open) > 0 {
				nodes[open[len(open)-1]].end = i
				open = open[:len(open)-1]
			}
		default:
			end := i + 1
			if c == '"' {
				for end < len(text) && text[end] != '"' {
					if text[end] == '\\' {
						end++
					}
					end++
				}
				end = min(end+1, len(text))
			} else {
				for end < len(text) && strings.IndexByte(" \t\r\n()\"", text[end]) < 0 {
					end++
				}
			}
			nodes = append(nodes, span{i, end})
			i = end
		}
	}
	return nodes
}
