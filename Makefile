# 心桥 on a Debian machine with Rust and Node: `make run` to see it, `make test` to trust it.
# Every target sets up what it lacks and says so. 每个目标会自行补齐所缺，并说明。

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help setup packages run test test-rust test-web test-browser check build prompts bench pictures clean

LISTEN ?= 127.0.0.1:8080
DATA   ?= data
WEB    := web-console
DIST   := $(WEB)/dist/.built
# Where the binary takes its default recordings from; the table of what was checked lies beside it.
PROMPTS := target/prompts
SPOKEN := target/prompts.txt
DENY   := target/tools/bin/cargo-deny
# One target directory, also when the caller has moved it.
TARGET := $(or $(CARGO_TARGET_DIR),target)

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/' | expand -t 22

setup: packages $(WEB)/node_modules/.installed ## what the other targets need: Debian packages, Rust components, npm modules

# What is missing is installed, and nothing else: a machine that has it all is not touched, nor asked for root.
packages:
	@missing=
	command -v cc >/dev/null || missing="$$missing build-essential"
	command -v pkg-config >/dev/null || missing="$$missing pkg-config"
	command -v chromium >/dev/null || missing="$$missing chromium"
	compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing="$$missing postgresql"
	fc-list :lang=zh 2>/dev/null | grep -q . || missing="$$missing fonts-noto-cjk fontconfig"
	command -v sipp >/dev/null || missing="$$missing sip-tester"
	command -v baresip >/dev/null || missing="$$missing baresip-core"
	command -v espeak-ng >/dev/null || missing="$$missing espeak-ng"
	command -v sox >/dev/null || missing="$$missing sox"
	if [ -n "$$missing" ]; then
	  command -v apt-get >/dev/null || { echo "make: please install$$missing (this is not Debian, so that is yours to do)"; exit 1; }
	  root=; [ "$$(id -u)" = 0 ] || root=sudo
	  echo "make: installing Debian packages:$$missing"
	  # The tests start their own PostgreSQL: the package shall not also start one of its own.
	  case "$$missing" in *postgresql*)
	    $$root mkdir -p /etc/postgresql-common
	    [ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' | $$root tee /etc/postgresql-common/createcluster.conf >/dev/null;;
	  esac
	  $$root apt-get update -q
	  $$root env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $$missing
	fi
	command -v cargo >/dev/null || { echo "make: Rust is missing: https://rustup.rs"; exit 1; }
	command -v npm >/dev/null || { echo "make: Node (20.19 or newer) with npm is missing: https://nodejs.org"; exit 1; }
	cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 || {
	  echo "make: adding rustfmt and clippy"; rustup component add rustfmt clippy; }

$(WEB)/node_modules/.installed: $(WEB)/package-lock.json
	@echo "make: npm ci in $(WEB)"
	cd $(WEB) && npm ci --no-audit --no-fund
	touch node_modules/.installed

# The console is built again when a source of it is newer than the last build.
$(DIST): $(WEB)/node_modules/.installed $(shell find $(WEB) -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -path '*/pictures/*' -not -path '*/measure/*' -not -path '*/test-results/*' 2>/dev/null)
	@cd $(WEB) && npm run build
	touch dist/.built

# What a telephone says is spoken again when a text has changed. The source that embeds it is touched:
# the compiler does not notice a file that was not there before.
$(SPOKEN): $(wildcard config/prompts/*) | packages
	@echo "make: recording the prompts of the telephone with espeak-ng"
	config/prompts/record.sh $(PROMPTS) $@
	touch src/media/prompts/shelf.rs

prompts: packages $(SPOKEN) ## the default recordings of the telephone, and the table of what was checked
	@cat $(SPOKEN)

run: packages $(DIST) $(SPOKEN) ## the demo on SQLite in ./data, at http://127.0.0.1:8080
	@cargo build --bin xinqiao
	@echo
	echo "  学生 seeker       http://$(LISTEN)/chat/12355"
	echo "  咨询员 counselor   http://$(LISTEN)/desk     demo1 … demo20"
	echo "  督导 supervisor    http://$(LISTEN)/watch    super1"
	echo "  口令 password      xinqiao-demo     （演示数据在 $(DATA)；the demo's data is in $(DATA)；Ctrl-C 停止 stops）"
	echo
	exec $(TARGET)/debug/xinqiao serve --demo --data $(DATA) --listen $(LISTEN)

test: test-rust test-web test-browser ## everything: Rust with both databases, web, a real browser
	@echo "make test: all passed 全部通过"

test-rust: packages $(DIST) $(SPOKEN)
	@cargo test --locked --no-fail-fast
	# The tests above wrote the console's protocol types anew (.cargo/config.toml).
	if git rev-parse -q --git-dir >/dev/null 2>&1; then git diff --exit-code --stat -- $(WEB)/src/protocol; fi

test-web: $(DIST)
	@cd $(WEB) && npm test
	npm run -s size

test-browser: packages $(DIST) $(SPOKEN)
	@cargo build --locked --bin xinqiao
	cd $(WEB) && npm run e2e

check: packages $(DIST) $(SPOKEN) $(DENY) ## format, lints, documentation, licences and origins of what we depend on
	@export PATH="$$PWD/$(dir $(DENY)):$$PATH"
	set -x
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps --document-private-items
	cargo deny --locked check bans licenses sources
	# The list of known holes lives on the network: not reaching it is said, not hidden.
	if cargo deny --locked fetch db; then cargo deny --locked check --disable-fetch advisories
	else : "make: the advisory list cannot be reached from here: known holes were NOT checked"; fi
	npm --prefix $(WEB) run check
	echo "make check: all passed 全部通过"

# A tool of ours alone, beside our own build; a few minutes, once.
$(DENY):
	@mkdir -p $(@D)
	if command -v cargo-deny; then ln -sf "$$(command -v cargo-deny)" $@; else
	  echo "make: installing cargo-deny into target/tools (once, some minutes)"
	  cargo install --locked --quiet --debug cargo-deny --version 0.20.2 --root target/tools
	fi

build: packages $(DIST) $(SPOKEN) ## the release binary with the console inside
	@cargo build --locked --release --bin xinqiao
	ls -lh $(TARGET)/release/xinqiao

bench: build $(WEB)/measure/node_modules/.installed ## every measure, one JSON object a line, also in target/bench.jsonl
	@mkdir -p target
	rm -f target/bench.jsonl
	lines=$$PWD/target/bench.jsonl
	binary=$$PWD/$(TARGET)/release/xinqiao; [ -x "$$binary" ] || binary=$(TARGET)/release/xinqiao
	"$$binary" bench | tee -a "$$lines"
	cd $(WEB)
	MEASURE=$$lines XINQIAO=$$binary npm run -s measure
	XINQIAO=$$binary node measure/lighthouse.mjs | tee -a "$$lines"

# Lighthouse is heavy and only measures: it is not among what every build installs.
$(WEB)/measure/node_modules/.installed: $(WEB)/measure/package-lock.json
	@echo "make: npm ci in $(WEB)/measure"
	cd $(WEB)/measure && npm ci --no-audit --no-fund
	touch node_modules/.installed

pictures: packages $(DIST) $(SPOKEN) ## every screen in both languages and themes on three widths, into web-console/pictures
	@cargo build --locked --bin xinqiao
	cd $(WEB) && npm run pictures

clean: ## removes what was built; the demo's ./data stays
	@cargo clean
	rm -rf $(WEB)/dist $(WEB)/node_modules $(WEB)/test-results
