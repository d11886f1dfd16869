# Two commands do everything on a machine with Swift: `make demo` and `make test`.

SWIFT ?= swift
SUDO := $(shell [ "$$(id -u)" = 0 ] || command -v sudo)
PROGRAM := .build/debug/rollout-render

.PHONY: all demo test build docs charts conformance bench clean dependencies

all: demo

## demo: build, then validate, convert and render the examples
demo: dependencies
	$(SWIFT) build --product rollout-render
	@examples/demo.sh $(PROGRAM)

# Tests that only compute hold every core; those that wait for clocks, processes or the network go by themselves.
COMPUTING := ^ManifestKitTests|Conformance|Simulator|Explor|Invariant|WriteCount

# Fewer tests at once, where this Swift can: hundreds that take turns on two cores make each other wait for longer than
# what they test may take.
TURNS = $(shell $(SWIFT) test --help-hidden | grep -q maximum-parallelization-width && \
	echo --experimental-maximum-parallelization-width 8)

## test: every test
test: dependencies
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build $(TURNS) --filter '$(COMPUTING)' --skip CommandTests
	$(SWIFT) test --skip-build $(TURNS) --filter ^RuntimeTests --skip '$(COMPUTING)'
	$(SWIFT) test --skip-build $(TURNS) --filter ^CommandTests --skip EndToEnd
	$(SWIFT) test --skip-build $(TURNS) --filter EndToEndConformance
	$(SWIFT) test --skip-build $(TURNS) --filter EndToEndTraffic
	$(SWIFT) test --skip-build $(TURNS) --filter EndToEnd --skip 'EndToEndConformance|EndToEndTraffic'

## build: a stripped release binary with the Swift runtime, libyaml and zlib in it
build: dependencies .build/static/yaml-0.1.pc
	$(SWIFT) build --configuration release --product rollout-render --static-swift-stdlib \
		--pkg-config-path $(CURDIR)/.build/static -Xlinker -L$(CURDIR)/.build/static -Xlinker -s
	@ls -lh .build/release/rollout-render

# The package asks pkg-config where libyaml is. This answer names a folder that has only static libraries, and the
# linker looks there first.
.build/static/yaml-0.1.pc: | dependencies
	@mkdir -p $(@D)
	@for name in libyaml.a libz.a; do \
		archive=$$(find /usr/lib /usr/local/lib /opt/homebrew/lib -name $$name 2>/dev/null | head -n 1); \
		[ -n "$$archive" ] || { echo "$$name is not installed" >&2; exit 1; }; \
		ln -sf "$$archive" $(@D)/$$name; \
	done
	@printf 'Name: LibYAML\nDescription: YAML 1.1 parser and emitter\nVersion: 0.2\nCflags:\nLibs: -L%s -lyaml\n' \
		"$(CURDIR)/$(@D)" > $@

## docs: write docs/rules.md, docs/routers.md and the table in README.md from the rules and routers
docs: dependencies
	$(SWIFT) build --product rollout-render
	$(PROGRAM) rules --markdown > docs/rules.md
	$(PROGRAM) rules --routers --markdown > docs/routers.md
	$(PROGRAM) rules --markdown-table > .build/rules.table
	@sed -e '/<!-- rules -->/,/<!-- end of rules -->/{//!d;}' -e '/<!-- rules -->/r .build/rules.table' README.md \
		> .build/README.md && mv .build/README.md README.md

## charts: write the generated files of the charts
charts: dependencies
	$(SWIFT) build --product rollout-render
	$(PROGRAM) runtime install --crds-only > charts/shturval-rollouts-crds/files/crds.yaml
	{ echo '# Made by `make charts`.'; $(PROGRAM) runtime install --rights; } > charts/shturval-rollouts/files/rights.yaml

## conformance: play the recorded scenarios, or those in SCENARIOS, against the cluster that KUBECONFIG names, in which a
## controller runs; RECORDINGS is the folder that they are in
conformance:
	@Tests/EndToEnd/conformance.py $(if $(RECORDINGS),--folder $(RECORDINGS)) $(SCENARIOS)

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
