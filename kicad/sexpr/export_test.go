package sexpr

// The searches that look at eight bytes at a time.
var (
	WordEnd    = wordEnd
	StringStop = stringStop
	TabsEnd    = tabsEnd
)
