package builtins

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starboard/kicad/project"
)

// Built records the checksum of a project, and the project itself among the
// last few.
func (s *Scenario) Built(name string, t *project.Tree) {
	const few = 2
	s.Trees = append(s.Trees[max(0, len(s.Trees)-few+1):], t)
	// The list of checksums is in the tree already.
	if sums, ok := t.File(project.Sums); ok {
		s.Sum(name, hexSum(sums))
	}
}

func hexSum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// deep is how far down values are compared; the default of the interpreter is
// 10.
const deep = 200

func scenarioEq(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	t := b.Receiver().(*T)
	var got, want starlark.Value
	var own string
	if err := unpackArgs(b, args, kwargs, "got", &got, "want", &want, "msg?", &own); err != nil {
		return nil, err
	}
	equal, err := starlark.EqualDepth(got, want, deep)
	if err != nil {
		return nil, fmt.Errorf("%s: %v", b.Name(), err)
	}
	if equal {
		return t.held()
	}
	msg, detail := difference(got, want)
	return t.failed(thread, b, own, msg, detail)
}

func scenarioNe(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	t := b.Receiver().(*T)
	var got, other starlark.Value
	var own string
	if err := unpackArgs(b, args, kwargs, "got", &got, "other", &other, "msg?", &own); err != nil {
		return nil, err
	}
	equal, err := starlark.EqualDepth(got, other, deep)
	if err != nil {
		return nil, fmt.Errorf("%s: %v", b.Name(), err)
	}
	if !equal {
		return t.held()
	}
	return t.failed(thread, b, own, fmt.Sprintf("both are %s, want two that differ", shown(got)), "")
}

func scenarioTrue(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	t := b.Receiver().(*T)
	var x starlark.Value
	var own string
	if err := unpackArgs(b, args, kwargs, "x", &x, "msg?", &own); err != nil {
		return nil, err
	}
	if x.Truth() {
		return t.held()
	}
	return t.failed(thread, b, own, fmt.Sprintf("got %s, want what is true", shown(x)), "")
}

func scenarioContains(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	t := b.Receiver().(*T)
	var x, y starlark.Value
	var own string
	if err := unpackArgs(b, args, kwargs, "x", &x, "y", &y, "msg?", &own); err != nil {
		return nil, err
	}
	in, err := starlark.Binary(syntax.IN, y, x)
	if err != nil {
		return nil, fmt.Errorf("%s: %v", b.Name(), err)
	}
	if in.Truth() {
		return t.held()
	}
	var detail string
	if text, ok := starlark.AsString(x); ok && len(text) > shownLen {
		detail = fmt.Sprintf("the text has %d lines, and begins\n%s", strings.Count(text, "\n")+1, firstLines(text, 5))
	}
	return t.failed(thread, b, own, fmt.Sprintf("%s is not in %s", shown(y), shown(x)), detail)
}

func scenarioFails(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	t := b.Receiver().(*T)
	var fn starlark.Callable
	var pattern, own string
	if err := unpackArgs(b, args, kwargs, "fn", &fn, "pattern?", &pattern, "msg?", &own); err != nil {
		return nil, err
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("%s: for parameter pattern: %v", b.Name(), err)
	}
	v, err := starlark.Call(thread, fn, nil, nil)
	if err == nil {
		return t.failed(thread, b, own, fmt.Sprintf("%s did not fail, it returned %s", fn.Name(), shown(v)), "")
	}
	if t.s.ends(err) {
		return nil, err
	}
	msg := errText(err)
	if re.MatchString(msg) {
		return t.held()
	}
	return t.failed(thread, b, own, fmt.Sprintf("the message does not match %q", pattern), "the message is\n"+indent(msg))
}

// errText returns the message of the innermost error, without the calls.
func errText(err error) string {
	msg := err.Error()
	var eval *starlark.EvalError
	for next := err; errors.As(next, &eval); next = eval.Unwrap() {
		msg = eval.Msg
	}
	return msg
}

func scenarioChecksum(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	t := b.Receiver().(*T)
	var v starlark.Value
	var want, own string
	if err := unpackArgs(b, args, kwargs, "value", &v, "want", &want, "msg?", &own); err != nil {
		return nil, err
	}
	got, err := sumOf(thread, b, v)
	if err != nil {
		return nil, err
	}
	t.s.Sum(v.Type(), got)
	if got == want {
		return t.held()
	}
	return t.failed(thread, b, own, fmt.Sprintf("got %s, want %s", got, shown(starlark.String(want))), "")
}

// sumOf returns the checksum of a text, of bytes, of a tree, or of the project
// of a circuit.
func sumOf(thread *starlark.Thread, b *starlark.Builtin, v starlark.Value) (string, error) {
	switch x := v.(type) {
	case starlark.String:
		return hexSum([]byte(x)), nil
	case starlark.Bytes:
		return hexSum([]byte(x)), nil
	case *Tree, *starlark.Dict:
		sum, err := checksumTree(thread, b, starlark.Tuple{x}, nil)
		if err != nil {
			return "", err
		}
		return string(sum.(starlark.String)), nil
	case *Circuit:
		tree, err := projectOf(thread, b, x)
		if err != nil {
			return "", err
		}
		return tree.Checksum(), nil
	}
	return "", fmt.Errorf("%s: got %s, want string, bytes, tree or circuit", b.Name(), v.Type())
}

func projectOf(thread *starlark.Thread, b *starlark.Builtin, c *Circuit) (*project.Tree, error) {
	tree, err := kicadProject(thread, b, starlark.Tuple{c}, nil)
	if err != nil {
		return nil, err
	}
	return tree.(*Tree).tree, nil
}

func scenarioGolden(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	t := b.Receiver().(*T)
	var name, own string
	var v starlark.Value
	if err := unpackArgs(b, args, kwargs, "name", &name, "value", &v, "msg?", &own); err != nil {
		return nil, err
	}
	files, err := filesOf(thread, b, v)
	if err != nil {
		return nil, err
	}
	if t.s.example {
		return nil, fmt.Errorf("%s: an example has no golden master", b.Name())
	}
	msg, detail, err := t.s.host.Golden(t.s, name, files)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	if msg == "" {
		return t.held()
	}
	return t.failed(thread, b, own, msg, detail)
}

// texts returns the files by their names.
func (t *Tree) texts() map[string]string {
	files := make(map[string]string, t.Len())
	for _, name := range t.tree.Names() {
		text, _ := t.tree.File(name)
		files[name] = string(text)
	}
	return files
}

// filesOf returns the files of a tree, of a dict of names and texts, or of the
// project of a circuit, and a text under the name "".
func filesOf(thread *starlark.Thread, b *starlark.Builtin, v starlark.Value) (map[string]string, error) {
	files := map[string]string{}
	switch x := v.(type) {
	case starlark.String:
		files[""] = string(x)
	case starlark.Bytes:
		files[""] = string(x)
	case *Tree:
		files = x.texts()
	case *Circuit:
		tree, err := projectOf(thread, b, x)
		if err != nil {
			return nil, err
		}
		files = (&Tree{tree}).texts()
	case *starlark.Dict:
		for _, item := range x.Items() {
			name, ok := starlark.AsString(item[0])
			text, ok2 := starlark.AsString(item[1])
			if !ok || !ok2 || name == "" {
				return nil, fmt.Errorf("%s: got a dict with %s and %s, want file names and texts", b.Name(), item[0].Type(), item[1].Type())
			}
			files[name] = text
		}
	default:
		return nil, fmt.Errorf("%s: for parameter value: got %s, want string, bytes, tree, circuit, or dict of texts", b.Name(), v.Type())
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: for parameter value: got a %s without files", b.Name(), v.Type())
	}
	return files, nil
}
