# Each target first makes what it needs: .venv, with the packages in the versions of constraints.txt.
# The stamps in it say what is installed, so that a second call takes no time.

BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --constraint constraints.txt --editable
SOURCES := pyproject.toml constraints.txt

.PHONY: help install demo demo-reset test suite lint bench

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1 — /p' Makefile

install: .venv/for-use ## the program alone: .venv/bin/throughline

demo: .venv/for-use ## a team's week in a local workspace, in the browser
	@$(BIN)/throughline demo

demo-reset: .venv/for-use ## the demo, from the start again
	@$(BIN)/throughline demo --reset

test: lint suite ## style, types and the whole test suite

suite: .venv/for-work ## the test suite alone, one process more than there are cores, up to four
	$(BIN)/pytest --numprocesses auto --maxprocesses 4

lint: .venv/for-work ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/for-work ## the benchmarks, as ratios
	$(BIN)/python -m tests.benchmarks

.venv/for-use: $(SOURCES) | $(BIN)/python
	@echo "Installing Throughline's packages into .venv; the first time takes a minute."
	@$(INSTALL) .
	@touch $@

.venv/for-work: $(SOURCES) | $(BIN)/python
	@echo "Installing Throughline's packages and its tests' into .venv; the first time takes a minute."
	@$(INSTALL) '.[dev]'
	@touch .venv/for-use $@

# The oldest Python first: the versions of constraints.txt are known to work on it.
$(BIN)/python:
	@for python in python3.11 python3.12 python3.13 python3.14 python3; do \
	    $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	    found=$$python; \
	    $$python -c 'import ensurepip, venv' 2>/dev/null || continue; \
	    echo "Making .venv with $$($$python --version)."; \
	    exec $$python -m venv --clear .venv; \
	done; \
	if [ -n "$$found" ]; then \
	    echo "$$found cannot make virtual environments. On Debian: sudo apt-get install python3-venv" >&2; \
	else \
	    echo "Throughline needs Python 3.11 or newer. On Debian: sudo apt-get install python3 python3-venv" >&2; \
	fi; \
	exit 1
