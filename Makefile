# Two commands do everything on a machine with Swift: `make demo` and `make test`.

SWIFT ?= swift
SUDO := $(shell [ "$$(id -u)" = 0 ] || command -v sudo)
PROGRAM := .build/debug/rollout-render

.PHONY: all demo test build docs bench clean dependencies

all: demo

## demo: build, then validate, convert and render the examples
demo: dependencies
	$(SWIFT) build --product rollout-render
	@examples/demo.sh $(PROGRAM)

## test: every test
test: dependencies
	$(SWIFT) test

## build: a stripped release binary with the Swift runtime and libyaml in it
build: dependencies .build/static/yaml-0.1.pc
	$(SWIFT) build --configuration release --product rollout-render --static-swift-stdlib \
		--pkg-config-path $(CURDIR)/.build/static -Xlinker -s
	@ls -lh .build/release/rollout-render

# The package asks pkg-config where libyaml is. This answer names a folder that has only the static one.
.build/static/yaml-0.1.pc: | dependencies
	@mkdir -p $(@D)
	@archive=$$(find /usr/lib /usr/local/lib /opt/homebrew/lib -name libyaml.a 2>/dev/null | head -n 1); \
		[ -n "$$archive" ] || { echo "libyaml.a is not installed" >&2; exit 1; }; \
		ln -sf "$$archive" $(@D)/libyaml.a
	@printf 'Name: LibYAML\nDescription: YAML 1.1 parser and emitter\nVersion: 0.2\nCflags:\nLibs: -L%s -lyaml\n' \
		"$(CURDIR)/$(@D)" > $@

## docs: write docs/rules.md from the rules
docs: dependencies
	$(SWIFT) build --product rollout-render
	$(PROGRAM) rules --markdown > docs/rules.md

## bench: measure against libyaml alone
bench: build
	Benchmarks/run.py .build/release/rollout-render

clean:
	rm -rf .build

# libyaml's header, unless the compiler finds it already.
dependencies:
	@if ! printf '#include <yaml.h>\n' | clang -E -x c - > /dev/null 2>&1; then \
		if command -v apt-get > /dev/null; then \
			echo "installing libyaml-dev"; \
			$(SUDO) apt-get update --quiet && $(SUDO) apt-get install --yes --quiet libyaml-dev; \
		elif command -v brew > /dev/null; then \
			brew install libyaml; \
		else \
			echo "install the development files of libyaml, then try again" >&2; exit 1; \
		fi; \
	fi
