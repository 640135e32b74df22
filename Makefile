# make demo | test | lint | check: each makes the environment .venv first, if it is not there yet.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
# Of the tests; each takes up to 2 GB.
PROCESSES ?= 2
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test lint check env clean

demo: .venv/.run
	$(BIN)/tuwen demo

test: .venv/.dev
	$(BIN)/python -m pytest -n $(PROCESSES) --dist loadfile --no-loadscope-reorder

lint: .venv/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test

env: .venv/.dev

.venv/.run: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable .
	$(BIN)/python -m pip install --quiet --force-reinstall --no-deps $(HEADLESS)
	touch $@

.venv/.dev: .venv/.run
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	$(BIN)/python -m pip install --quiet --force-reinstall --no-deps $(HEADLESS)
	touch $@

# The flavours of OpenCV share one folder. Installed last, the headless one wins, which needs no libGL.
HEADLESS := opencv-python-headless==4.10.0.84

clean:
	rm -rf .venv build dist *.egg-info demo
