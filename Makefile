# Everything a developer does. `make` lists the targets; each may be repeated.
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv pip
WEB := PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix web

# The newest Python from 3.11 on that is called by one of these names.
PYTHON ?= $(shell for name in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)

.PHONY: help demo up web install check fix test test-web prove bench screenshots lock clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

demo: $(VENV)/run web ## Run the demo shop at http://localhost:8000 (PORT=, PERCORSO_DATABASE_URL=)
	@exec $(BIN)/percorso demo

up: $(VENV)/run web ## Run Percorso, empty, at http://localhost:8000
	@exec $(BIN)/percorso up

web: $(VENV)/run ## Build the web application, if its sources have changed
	@$(BIN)/python tools/build_web.py

install: $(VENV)/dev ## Install everything that the other targets need, into .venv

check: $(VENV)/dev ## Format, lint, types, contracts, dead code, sizes (≤ 2 min)
	@$(BIN)/python tools/check.py

fix: $(VENV)/dev ## Format the code and mend what the linters can
	$(BIN)/ruff check --fix-only --quiet . && $(BIN)/ruff format --quiet .
	$(WEB) run --silent format

test: $(VENV)/dev web ## All tests: Python, web, browser (≤ 15 min)
	@$(BIN)/python tools/test.py

prove: $(VENV)/dev web ## Kill storms, failpoints, seeds, benches, PostgreSQL 15 (≤ 60 min; SLICE=name for one)
	@$(BIN)/python tools/prove.py $(SLICE)

bench: $(VENV)/dev ## Measure this machine against the promised figures, quickly
	@for bench in ingest ingest-single engine latency entry timers idle segments membership import export; do $(BIN)/percorso bench $$bench --quick --json || exit 1; done

screenshots: $(VENV)/dev web ## Render every page and dialog into build/screens/
	@$(BIN)/python tools/chromium.py > /dev/null
	@$(BIN)/python -m tools.screenshots

lock: $(VENV)/dev ## Write the lock files anew from pyproject.toml and web/package.json
	@$(BIN)/python tools/lock.py

clean: ## Remove what was built and installed; data/ stays
	rm -rf $(VENV) build dist web/node_modules src/percorso/api/static

$(VENV)/bin/uv: requirements/uv.txt
	@test -n "$(PYTHON)" || { echo "Percorso needs Python 3.11 or newer; none was found. Install it, or name it: make PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "$(PYTHON) cannot make a virtual environment (on Debian: apt install python3-venv)." >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(VENV)/run: $(BIN)/uv requirements/run.txt pyproject.toml
	@$(UV) install --quiet --require-hashes -r requirements/run.txt
	@$(UV) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev: $(VENV)/run requirements/dev.txt
	@$(UV) install --quiet --require-hashes -r requirements/dev.txt
	@touch $@
