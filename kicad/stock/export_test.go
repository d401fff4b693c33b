package stock

// CompileText compiles the named symbols of a table with a text of bodies.
func CompileText(file, text, bodies string, names ...string) ([]byte, error) {
	return compile(file, text, bodies, names)
}
