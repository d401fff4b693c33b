package builtins

import (
	"embed"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// The doc comments of this package are the reference of the scripts' names:
// there is no second text that could differ. The block in the comment of a
// module or value has its members, each with what it does below it, indented
// further, or beside it after two spaces.
//
//go:embed *.go
var sources embed.FS

// A Doc is the reference of a module or value.
type Doc struct {
	Name    string // as scripts or their messages say it: kicad, circuit, part
	Text    string // about the whole
	Members []Member
}

// A Member is a function or attribute, or several that go together.
type Member struct {
	Usage string   // such as c.net(name)
	Names []string // such as net; "" for what is indexed or called
	Text  string
}

// readSources gathers the comments of this package.
func readSources() (*docReader, error) {
	entries, err := sources.ReadDir(".")
	if err != nil {
		return nil, err
	}
	r := &docReader{types: map[string]string{}, comments: map[string]string{}, named: map[string]bool{}, rich: map[string]bool{}}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		text, err := sources.ReadFile(e.Name())
		if err != nil {
			return nil, err
		}
		f, err := parser.ParseFile(token.NewFileSet(), e.Name(), text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		r.file(f)
	}
	return r, nil
}

// Docs returns the reference, sorted by name. That of the names which need no
// module is called names.
func Docs() ([]Doc, error) {
	r, err := readSources()
	if err != nil {
		return nil, err
	}
	var docs []Doc
	for name, comment := range r.comments {
		if value, ok := r.types[name]; ok {
			name = value
		} else if !r.named[name] {
			continue
		}
		d, err := parseDoc(name, comment)
		if err != nil {
			return nil, err
		}
		if len(d.Members) > 0 {
			docs = append(docs, d)
		}
	}
	slices.SortFunc(docs, func(a, b Doc) int { return strings.Compare(a.Name, b.Name) })
	return docs, nil
}

// A docReader gathers comments.
type docReader struct {
	types    map[string]string // from a Go type to what its method Type returns
	comments map[string]string // by Go type, or by the name of a module
	named    map[string]bool   // the names of modules
	rich     map[string]bool   // Go types that have attributes or elements
}

func (r *docReader) file(f *ast.File) {
	for _, decl := range f.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			r.function(decl)
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					if !r.named[spec.Name.Name] { // a module of that name has its own
						r.comments[spec.Name.Name] = decl.Doc.Text()
					}
				case *ast.ValueSpec:
					if name := moduleName(spec); name != "" {
						r.module(name, decl.Doc.Text())
					}
				}
			}
		}
	}
}

func (r *docReader) module(name, comment string) {
	r.named[name], r.comments[name] = true, comment
}

func (r *docReader) function(f *ast.FuncDecl) {
	switch {
	case f.Recv != nil && (f.Name.Name == "Attr" || f.Name.Name == "Get"):
		r.rich[receiver(f)] = true
	case f.Name.Name == "Predeclared" && f.Recv == nil:
		r.module("names", strings.Replace(f.Doc.Text(), "Predeclared returns the", "The", 1))
	case f.Name.Name == "Type" && f.Recv != nil && len(f.Body.List) == 1:
		ret, ok := f.Body.List[0].(*ast.ReturnStmt)
		if !ok || len(ret.Results) != 1 {
			return
		}
		lit, ok := ret.Results[0].(*ast.BasicLit)
		if !ok {
			return
		}
		r.types[receiver(f)], _ = strconv.Unquote(lit.Value)
	}
}

// receiver returns the name of the type that a method belongs to.
func receiver(f *ast.FuncDecl) string {
	t := f.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// moduleName returns the name of the module that a variable is, or "".
func moduleName(spec *ast.ValueSpec) string {
	name := ""
	for _, v := range spec.Values {
		ast.Inspect(v, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			sel, ok := lit.Type.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "Module" {
				return true
			}
			for _, e := range lit.Elts {
				kv, ok := e.(*ast.KeyValueExpr)
				if !ok {
					continue
				}
				if key, ok := kv.Key.(*ast.Ident); ok && key.Name == "Name" {
					if s, ok := kv.Value.(*ast.BasicLit); ok {
						name, _ = strconv.Unquote(s.Value)
					}
				}
			}
			return false
		})
	}
	return name
}

// parseDoc reads a comment: paragraphs, and one block.
func parseDoc(name, comment string) (Doc, error) {
	d := Doc{Name: name}
	var text []string
	for line := range strings.Lines(comment) {
		line = strings.TrimRight(line, "\n")
		inBlock := strings.HasPrefix(line, "\t")
		line = strings.TrimPrefix(line, "\t")
		switch last := len(d.Members) - 1; {
		case !inBlock:
			text = append(text, line)
		case strings.TrimSpace(line) == "":
		case last >= 0 && open(d.Members[last].Usage):
			d.Members[last].Usage += " " + strings.TrimSpace(line)
		case strings.HasPrefix(line, " "):
			if last < 0 {
				return d, fmt.Errorf("doc of %s: the block begins with an indented line", name)
			}
			d.Members[last].Text = strings.TrimSpace(d.Members[last].Text + " " + strings.TrimSpace(line))
		default:
			usage, words, _ := strings.Cut(line, "  ")
			d.Members = append(d.Members, Member{Usage: usage, Text: strings.TrimSpace(words)})
		}
	}
	d.Text = strings.TrimSpace(strings.Join(text, "\n"))
	for i := range d.Members {
		d.Members[i].Names = namesIn(d.Members[i].Usage)
	}
	return d, nil
}

// open reports whether a bracket of a usage is still open.
func open(usage string) bool {
	return strings.Count(usage, "(") > strings.Count(usage, ")")
}

// namesIn returns the names in a usage such as "c.title c.rev" or "p[1], p["VDD"]".
func namesIn(usage string) []string {
	var names []string
	depth := 0
	words := strings.FieldsFunc(usage, func(r rune) bool {
		switch r {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		}
		return depth == 0 && (r == ' ' || r == ',')
	})
	for _, w := range words {
		w, _, _ = strings.Cut(w, "(")
		if indexed, _, ok := strings.Cut(w, "["); ok && !strings.Contains(indexed, ".") {
			w = ""
		}
		if _, attr, ok := strings.Cut(w, "."); ok {
			w = attr
		}
		names = append(names, w)
	}
	return names
}
