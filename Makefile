# What developers use. Users need ./plimsoll only. `make` alone lists the targets.
PYTHON = .venv/bin/python
BIN = .venv/bin

.DEFAULT_GOAL := help
.PHONY: help prepare format lint types floors test docs bench check

help:  ## list the targets
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' Makefile

prepare:  # the developers' packages, when they are missing or out of date
	@./plimsoll install-dev 2>/dev/null || ./plimsoll install-dev

check: lint types floors  ## everything that must hold before a commit: format, lint, types, floors, quick tests, docs
	@./plimsoll test --quick
	@$(MAKE) --no-print-directory docs

format: prepare  ## bring the code into its one form
	$(BIN)/ruff check --select I --fix --quiet .
	$(BIN)/ruff format --quiet .

lint: prepare  ## format check, lint of code and templates, spelling, dependencies, missing migrations
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/djlint src --lint --quiet
	$(BIN)/codespell
	$(BIN)/deptry . --no-ansi
	PLIMSOLL_DATA_DIR=$${TMPDIR:-/tmp}/plimsoll-lint DJANGO_SETTINGS_MODULE=plimsoll.site.settings $(PYTHON) -m django makemigrations --check --dry-run

types: prepare  ## mypy, strict in the kernel and in every rules.py
	PLIMSOLL_DATA_DIR=$${TMPDIR:-/tmp}/plimsoll-lint $(BIN)/mypy

floors: prepare  ## who may import whom
	$(BIN)/lint-imports --no-logo
	$(PYTHON) -m pytest -q tests/test_floors.py tests/test_wiring.py tests/test_kernel_purity.py

docs: prepare  ## the tests that keep the documentation true
	$(PYTHON) -m pytest -q tests -k "doc or docs"

bench: prepare  ## the figures of README.md, on this machine: make bench ARGS="--size 100000"
	$(PYTHON) -m bench $(ARGS)
