module starboard

go 1.26.0

// The interpreter of the scripts.
require go.starlark.net v0.0.0-20260908191801-89a6a09411d5

// starboard fmt lays scripts out as buildifier does.
require github.com/bazelbuild/buildtools v0.0.0-20260904073137-eaa4d125b423

// The command line, its flags, and the line editor of starboard repl.
require (
	github.com/chzyer/readline v1.5.1
	github.com/spf13/cobra v1.10.2
	github.com/spf13/pflag v1.0.9
)

// starboard preview notices that a file has changed.
require github.com/fsnotify/fsnotify v1.10.1

// UUIDs of version 5.
require github.com/google/uuid v1.6.0

// Differences of values and of texts; sizes and counts in reports.
require (
	github.com/dustin/go-humanize v1.1.0
	github.com/google/go-cmp v0.7.0
	github.com/rogpeppe/go-internal v1.16.0
)

// The orders in which locales sort, where files differ in the order of a list.
require golang.org/x/text v0.43.0

// Sheets drawn as PNG.
require golang.org/x/image v0.47.0

// The U test and order statistics, for measurements.
require github.com/aclements/go-moremath v0.0.0-20210112150236-f10218a38794

// Tests: properties of our own code, validation against JSON Schemas.
require (
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.3
	pgregory.net/rapid v1.3.0
)

require (
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/tools v0.51.0 // indirect
)
