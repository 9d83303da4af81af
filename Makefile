# Portevoix: the two commands are `make demo` and `make test`. Everything is installed into .venv.
PORT ?= 8000
DEMO_HOME ?= .portevoix/demo
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
SOURCES := src tests bench tools hatch_build.py

.PHONY: demo test check bench docs messages python clean

demo: $(STAMP)
	@$(BIN)/portevoix demo --port $(PORT) --home $(DEMO_HOME) $(ARGS)

test: check
	@$(BIN)/python -m pytest -n auto --dist loadscope
	@$(BIN)/python tools/with_postgres.py $(BIN)/python -m pytest -n auto --dist loadscope tests/record tests/exchange \
		tests/web tests/settings_pages tests/public tests/desk tests/journal tests/operate tests/test_urls.py \
		tests/test_injection.py tests/faults

check: $(DEV_STAMP)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/size.py

bench: $(DEV_STAMP)
	@for file in bench/*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

docs: $(DEV_STAMP)
	$(BIN)/python tools/write_reference.py

messages: $(DEV_STAMP)
	$(BIN)/python tools/messages.py

$(STAMP): requirements/base.txt requirements/build.txt pyproject.toml hatch_build.py $(wildcard src/portevoix/locale/*/LC_MESSAGES/*.po)
	@python="$$(sh tools/find_python.sh)" && { test -x $(BIN)/python || "$$python" -m venv $(VENV); }
	@echo "Installing into $(VENV)…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt -r requirements/build.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

$(DEV_STAMP): $(STAMP) requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

clean:
	rm -rf $(VENV) .portevoix .mypy_cache .ruff_cache .pytest_cache .hypothesis
