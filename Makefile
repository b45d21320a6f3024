# One word per task. Needs python3 (3.11 to 3.13, with venv) and make; everything else is fetched by `setup`.

PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS := never

.PHONY: help setup demo demo-reset test test-fast browser lint messages format lock bench races soak clean

help: ## Show this list.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'

.boot/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] <= (3, 13) else "Python 3.11, 3.12 or 3.13 is needed; name one with: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv .boot
	@.boot/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.ready: pyproject.toml uv.lock package.json package-lock.json web/assets.py $(wildcard web/translations/*/LC_MESSAGES/*.po) | .boot/bin/uv
	@.boot/bin/uv sync --frozen --quiet --compile-bytecode --python $(PYTHON)
	@$(BIN)/python -m web.assets
	@$(BIN)/python -m web.messages compile
	@touch $@

# The engine's loops are compiled once, and again when their source changed.
.venv/.compiled: .venv/.ready $(wildcard solver/*.py solver/*/*.py)
	@$(BIN)/python -m solver.motor
	@touch $@

# Python compiles what it imports; done here, a first start is no slower than the next, even where nothing may be written.
setup: .venv/.compiled ## Make the environment: .venv/bin/planner works afterwards.
	@$(BIN)/python -m compileall -q planner solver web

demo: setup ## Load the demo company, solve its cycle and serve it.
	@$(BIN)/planner demo

demo-reset: setup ## The same from a fresh database.
	@$(BIN)/planner demo --fresh

test: setup ## All tests.
	@$(BIN)/python -m pytest -q -n auto --dist loadgroup

test-fast: setup ## All tests but the browser's.
	@$(BIN)/python -m pytest -q -n auto --dist loadgroup -m "not browser"

browser: setup ## The tests in a real browser only.
	@$(BIN)/python -m pytest -q -m browser

lint: setup ## Formatting, lint and types.
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@for part in tests/*/; do MYPYPATH=tests/solver:tests/planner:tests/web $(BIN)/mypy $$part || exit 1; done

messages: setup ## Renew the catalogues of texts after words changed.
	@$(BIN)/python -m web.messages update

format: setup ## Put the code in order.
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: .boot/bin/uv ## Renew the lock after pyproject.toml changed.
	@.boot/bin/uv lock

bench: setup ## Figures of the application on this machine: start, pages, what refusing costs, demo solve, memory.
	@$(BIN)/python -m planner.appbench
	@$(BIN)/python -m planner.decisionbench
	@$(BIN)/python -m planner.importbench

races: setup ## Race heads for the same week on both kinds of database; about 20 minutes.
	@$(BIN)/python tests/soak/racing.py

soak: setup ## Random problems against brute force and planted faults against the check; long.
	@$(BIN)/python tests/solver/soak.py --random 1000 --faults 1000

clean: ## Remove everything that setup made.
	@rm -rf .venv .boot node_modules web/static/vendor .mypy_cache .ruff_cache .pytest_cache
