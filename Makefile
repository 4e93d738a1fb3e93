# The two commands of the README: `make demo` and `make test`. Everything else is a part of them.
# On a fresh Debian machine only python3.11 and make are needed; the rest is installed here.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

# One thread per process: OpenMP under contention is up to 100 times slower.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1

RUN_PACKAGES := python3-venv libgl1 libglib2.0-0
TEST_PACKAGES := chromium poppler-utils fonts-dejavu-core

.PHONY: demo test check format fast system-run system-test clean accuracy speed

demo: $(VENV)/.run
	$(BIN)/tracker demo

test: $(VENV)/.test check
	$(BIN)/python -m pytest -n 2 --dist loadfile

fast: $(VENV)/.test  ## the quick tests only
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow and not browser"

check: $(VENV)/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

accuracy: $(VENV)/.test
	$(BIN)/python benchmarks/accuracy.py

speed: $(VENV)/.test
	$(BIN)/python benchmarks/speed.py

system-run:
	@dpkg -s $(RUN_PACKAGES) >/dev/null 2>&1 || { $(SUDO) apt-get update -q && $(SUDO) apt-get install -y -q --no-install-recommends $(RUN_PACKAGES); }

system-test: system-run
	@dpkg -s $(TEST_PACKAGES) >/dev/null 2>&1 || { $(SUDO) apt-get update -q && $(SUDO) apt-get install -y -q --no-install-recommends $(TEST_PACKAGES); }

$(BIN)/python: | system-run
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml constraints.txt | system-run $(BIN)/python
	$(BIN)/python -m pip install -q -c constraints.txt -e ".[heic,networks]"
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt | system-test $(BIN)/python
	$(BIN)/python -m pip install -q -c constraints.txt -e ".[heic,networks,dev]"
	@touch $@ $(VENV)/.run

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
