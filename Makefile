# Everything a newcomer needs: `make demo`, `make test`. Both set up .venv by themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO_FLAGS ?=
# A file's tests share a running forge, so they stay on one worker, in the order in which they lie.
PYTEST_FLAGS ?= -n 2 --dist loadfile --no-loadscope-reorder
MUTANTS_FLAGS ?= --max-children 2

.PHONY: help demo test lint types imports specs unit bench mutants docs lock clean

help: ## Show what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

$(VENV)/.ready: requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "laik needs Python 3.11 or newer; set PYTHON=/path/to/python3.11 / laik memerlukan Python 3.11+"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "Python's venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }
	@echo "Menyiapkan .venv (sekali saja) / setting up .venv (once only) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(VENV)/.ready ## Play the whole case on the embedded forge; DEMO_FLAGS=--exit ends after the play
	@$(BIN)/laik demo $(DEMO_FLAGS)

test: lint types imports specs unit ## All checks and tests

lint: $(VENV)/.ready ## Style
	@$(BIN)/ruff check . && $(BIN)/ruff format --check --quiet .

types: $(VENV)/.ready ## Types
	@$(BIN)/mypy

imports: $(VENV)/.ready ## Imports run one way
	@$(BIN)/lint-imports --no-cache > .imports.log 2>&1 || { cat .imports.log; rm -f .imports.log; exit 1; }; tail -n 2 .imports.log; rm -f .imports.log

specs: $(VENV)/.ready ## GitHub's specifications for the tests, with npm, once
	@$(BIN)/python -m tests.specgate

unit: $(VENV)/.ready ## Tests alone
	@$(BIN)/pytest $(PYTEST_FLAGS)

bench: $(VENV)/.ready ## Speed, one JSON object a line
	@$(BIN)/python -m tests.bench

mutants: $(VENV)/.ready requirements-mutants.lock ## Whether the tests notice a changed decision; minutes
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-mutants.lock
	@$(BIN)/python -m tests.mutants $(MUTANTS_FLAGS)

docs: $(VENV)/.ready ## Generate checks/README.md from checks/checks.yml
	@$(BIN)/laik check docs --write

lock: $(VENV)/.ready ## Lock the dependencies anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links pyproject.toml --group dev --group bench \
		-c requirements.lock -o requirements-dev.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --group mutants \
		-c requirements-dev.lock -o requirements-mutants.lock

clean: ## Remove what was set up here
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis .laik .specs mutants
