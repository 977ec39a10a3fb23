# Each line can be pasted into a shell without make.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test coverage check fix lint bench clean

demo: .venv/ready  ## register three meetings, scan two small sites on this machine, read the alerts
	$(BIN)/lychgate demo

test: .venv/ready  ## the whole test suite
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

coverage: .venv/ready  ## the same with branch coverage, half as fast
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --cov --cov-report=term:skip-covered

lint: .venv/ready  ## format, lint, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test  ## everything a change must pass

fix: .venv/ready  ## put format and simple lint faults right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/ready  ## measure detection quality on the labelled examples
	$(BIN)/python benchmarks/quality.py

clean:
	rm -rf .venv

.venv/ready: requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Lychgate needs Python 3.11 or newer; name one with: make PYTHON=python3.12"; exit 2; }
	@$(PYTHON) -m venv .venv || { echo "Python cannot make a virtual environment here; on Debian: apt-get install python3-venv"; exit 2; }
	@echo "Installing the pinned dependencies into .venv ..."
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
