# `make demo` and `make test` do all their own set-up: a virtual environment in .venv,
# the locked packages in it, and a browser for the browser tests where it may install one.

.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
export LC_ALL := C.UTF-8
export PYTHONUTF8 := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
unexport PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE

.PHONY: help demo test drill bench screens lock format

help:
	@echo "make demo    a movement of 4,300 ambassadors to look at, in ./var/demo"
	@echo "make test    every check: format, lint, security, types, walls, tests with coverage"
	@echo "make drill   crashes, power loss, 50,000 hostile requests, mutants (hours)"
	@echo "make bench   the benchmarks with --quick (BENCH=--full for the long ones)"
	@echo "make screens draws the pages in docs/screens from a simulated movement"
	@echo "make lock    resolves the packages again and writes requirements*.lock"
	@echo "make format  lays the code out as the checks want it"

demo: .venv/ready
	@$(BIN)/lantoa demo

test: .venv/ready-dev .venv/ready-browser
	@sh .ci/checks

drill: .venv/ready-dev
	@$(BIN)/pytest -m drill tests/drills -s

bench: .venv/ready-dev .venv/ready-browser
	@for bench in decisions growth projection http reads imports pages; do \
		$(BIN)/python -m benchmarks.$$bench $(if $(filter --full,$(BENCH)),,--quick) || exit 1; \
	done

screens: .venv/ready-dev .venv/ready-browser
	@$(BIN)/python -m tests.browser.screens docs/screens

# Names, versions and hashes only, for every platform and every Python from 3.11; no addresses.
LOCK = $(BIN)/uv pip compile pyproject.toml --quiet --no-config --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --upgrade
lock: .venv/ready-dev
	$(LOCK) --group build --output-file requirements.lock
	$(LOCK) --group dev --constraint requirements.lock --output-file requirements-dev.lock

format: .venv/ready-dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

INSTALL = $(BIN)/python -m pip install --quiet --require-hashes --only-binary :all: -r
LINK = $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --no-index \
	--config-settings editable_mode=compat --editable .

.venv/bin/python:
	@sh .ci/venv .venv

.venv/ready: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing the packages (once) ..."
	@$(INSTALL) requirements.lock
	@$(LINK)
	@touch $@

.venv/ready-dev: requirements-dev.lock .venv/ready | .venv/bin/python
	@echo "Installing the packages for the checks (once) ..."
	@$(INSTALL) requirements-dev.lock
	@touch $@

.venv/ready-browser: .ci/chromium .venv/ready-dev
	@sh .ci/chromium
	@touch $@
