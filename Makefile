# Two commands on a fresh machine with Python 3.11 or 3.12: `make run` and `make test`.

PYTHON ?= $(shell for python in python3.12 python3.11 python3; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null \
	&& echo $$python && break; done)
BIN := .venv/bin

.PHONY: run test check audit benchmark

run: .venv/run        ## the page on http://127.0.0.1:7860
	$(BIN)/python app.py

test: .venv/dev browser        ## every test, the browser's included
	$(BIN)/python -m pytest

check: .venv/dev        ## lint, format and types
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/pyright

audit: .venv/dev        ## known vulnerabilities of what is pinned, as far as the package registry tells them
	$(BIN)/pip-audit --vulnerability-service pypi --disable-pip --no-deps -r requirements.txt

benchmark: .venv/dev        ## quality and speed tables of every method
	$(BIN)/python -m benchmarks.quality && $(BIN)/python -m benchmarks.speed

.PHONY: browser
browser: .venv/dev
	tests/install_browser.sh $(BIN)

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or 3.12 is needed: install one, or name it: make PYTHON=/path/to/python"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/run: requirements.txt | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/dev: requirements.txt requirements-dev.txt | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@ .venv/run
