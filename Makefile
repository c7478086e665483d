# Everything a newcomer or CI needs. Needs Python 3.11 and make, nothing else.
PYTHON ?= python3.11
PORT ?= 8000
KITAPHANA_DATA ?= ./var
export PORT KITAPHANA_DATA
export UV_PYTHON_DOWNLOADS = never
K = .venv/bin/kitaphana

.PHONY: setup run demo test test-sqlite test-pg check fmt messages schema browser bench package clean

setup: .venv/.done

.venv/.done: uv.lock pyproject.toml
	@echo "1/4  Python environment and locked dependencies"
	@command -v $(PYTHON) >/dev/null 2>&1 && P=$(PYTHON) || P=python3; test -x .venv/bin/python || $$P -m venv .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check "uv==0.13.9"
	@.venv/bin/uv sync --frozen --quiet $(SYNC)
	@touch $@

build: .venv/.done
	@$(K) prepare

run: setup
	@$(K) prepare --demo
	@$(K) welcome
	@exec $(K) serve --port $(PORT)

demo: setup
	@$(K) prepare --demo

test: setup
	@tools/test.sh

test-sqlite: setup
	@tools/test.sh sqlite

test-pg: setup
	@tools/test.sh postgresql

browser: setup
	@tools/test.sh browser

check: build
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/djlint kitaphana --lint --quiet
	$(K) makemigrations --check --dry-run
	@tools/check_locks.sh

fmt: setup
	.venv/bin/ruff check --fix-only --quiet . ; .venv/bin/ruff format .

messages: setup
	@tools/messages.sh

schema: setup
	@.venv/bin/python tools/openapi.py

bench: build
	.venv/bin/python -m benchmarks $(BENCH)

package: build
	.venv/bin/uv build --wheel --out-dir dist

clean:
	rm -rf .venv build dist
