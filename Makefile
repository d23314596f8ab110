# Two commands do everything: `make report` builds the real edition, `make test` proves it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BENCH := .venv-bench
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links
EDITION := 2021-Q1

.DEFAULT_GOAL := help
.PHONY: help report test torture check lint types documents golden lock bench clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

report: $(VENV)/run.done ## build the real edition into output/2021-Q1
	$(BIN)/report-builder build $(EDITION)

test: $(VENV)/dev.done ## run the tests
	$(BIN)/python -m pytest -n 2

torture: $(VENV)/dev.done ## the long runs that break the work on purpose
	$(BIN)/python -m pytest -m torture

check: lint types test documents ## everything CI does

lint: $(VENV)/dev.done ## style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.done ## the strict type checker
	$(BIN)/mypy

golden: $(VENV)/dev.done ## renew the golden outlines after an intended change
	$(BIN)/python -m pytest -q -n 2 --renew-golden

documents: $(VENV)/dev.done ## build, and let Microsoft's SDK validate each document
	$(BIN)/python tests/validate_documents.py

bench: $(BENCH)/done ## measure this project and its peers, and write docs/performance.md
	$(BENCH)/bin/python -m compileall -q src  # as an installation from a wheel does
	$(BENCH)/bin/python -m benchmarks

lock: $(VENV)/dev.done ## renew the locked dependencies after a change in pyproject.toml
	$(PIP_INSTALL) uv
	$(LOCK) --group build --output-file requirements/run.txt
	$(LOCK) --group dev --output-file requirements/dev.txt
	$(LOCK) --group bench --output-file requirements/bench.txt

clean: ## remove what was built and installed
	rm -rf $(VENV) $(BENCH) output/[0-9]* .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/pip.done:
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/run.done: $(VENV)/pip.done requirements/run.txt pyproject.toml
	$(PIP_INSTALL) --require-hashes -r requirements/run.txt
	$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.done: $(VENV)/pip.done requirements/dev.txt pyproject.toml
	$(PIP_INSTALL) --require-hashes -r requirements/dev.txt
	$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/run.done

$(BENCH)/done: requirements/bench.txt pyproject.toml
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
