# Portevoix: the two commands are `make demo` and `make test`. Everything is installed into .venv.
PORT ?= 8000
DEMO_HOME ?= .portevoix/demo
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
SOURCES := src tests bench tools hatch_build.py

.PHONY: demo test suite any-day other-days test-fast check bench bench-smoke docs messages servers clean \
	sqlite-core sqlite-servers postgresql-core postgresql-servers types style imports audit

demo: $(STAMP)
	@$(BIN)/portevoix demo --port $(PORT) --home $(DEMO_HOME) $(ARGS)

# What asks the database; pages and signals alike on both are tried on SQLite, and of the networks X alone on both.
POSTGRESQL_TESTS := tests/record tests/exchange tests/settings_pages tests/desk tests/journal tests/public tests/web \
	tests/operate tests/test_injection.py tests/faults tests/barometer/test_own.py
POSTGRESQL_SERVERS := tests/faults $(addprefix tests/exchange/test_,together.py child.py) \
	$(addprefix tests/operate/test_,away.py backup.py health.py mistakes.py upgrade.py) tests/desk/test_live_server.py
# What these try asks no database, and is not even loaded where databases are: tests/conftest.py sees to it that it stays so.
PURE := $(addprefix --ignore tests/,text channels kernel measures)
# Charts and letters of an edition that is there: whatever database it was read from.
DRAWN := --ignore tests/journal/test_render.py
PYTEST := $(BIN)/python -m tools.run_tests -n auto --dist
WAITING := $(BIN)/python -m tools.run_tests -n $(shell expr $$(nproc 2>/dev/null || echo 2) + 3) --dist
CORE := not browser and not servers
STARTING := browser or servers
# Several processes share the cores: threads of NumPy's would only wait for one another.
export OPENBLAS_NUM_THREADS := 1
# Dozens of processes read the same modules: what is compiled is kept, also where the surroundings say not to.
export PYTHONDONTWRITEBYTECODE :=

# Two targets at a time, each of which is shown when it has ended (by makes that can).
TWO := $(MAKE) --no-print-directory --keep-going -j2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

# Five runs, each with its time: what asks no database, by itself, since some of it compares times; then the core of what
# does, and what drives a browser or starts processes of the program or of mail servers, on both databases. These waits
# leave a third of the cores idle, which is another run's. One module by one worker where what it starts, or connections
# of its threads, are shared; else test by test.
# What fails is run once more when all is over, alone: what passes then is named as flaky, what does not is red.
test: check suite

suite: export TESTS_NOT_RUN := .portevoix/not-run.jsonl
suite: export FAILED_TESTS := .portevoix/failed
suite: $(DEV_STAMP)
	@rm -rf $(TESTS_NOT_RUN) $(FAILED_TESTS)
	@echo "== No database"; $(PYTEST) worksteal -m "$(CORE) and not database"
	@echo "Two runs at a time: SQLite and PostgreSQL, core, browser and servers"
	@$(TWO) sqlite-servers sqlite-core postgresql-servers postgresql-core
	@$(BIN)/python -m tools.run_tests --again
	@$(BIN)/python -m tools.not_run $(TESTS_NOT_RUN)

# The suite at moments at which programs break: midnights, changes of hour, the leap day, week 53, a year to come. Before
# a release; AT="monday week-53" chooses, RUN=sqlite-core does a part of it.
RUN ?= suite
any-day: $(DEV_STAMP)
	@$(BIN)/python -m tools.any_day $(addprefix --at ,$(AT)) $(MAKE) --no-print-directory $(RUN)

# In two minutes, for each change: the rooms that know of time, at two of those moments.
TIMELY := $(addprefix tests/,journal measures desk record public settings_pages)
other-days: $(DEV_STAMP)
	@$(BIN)/python -m tools.any_day --at last-of-year --at into-winter $(PYTEST) worksteal -q -m "$(CORE)" $(TIMELY)

sqlite-core:
	@echo "== SQLite, core"; $(PYTEST) worksteal -m "$(CORE) and database" $(PURE)

sqlite-servers:
	@echo "== SQLite, browser and servers"; $(WAITING) loadscope --no-loadscope-reorder -m "$(STARTING)"

postgresql-core:
	@echo "== PostgreSQL, core"; $(BIN)/python tools/with_postgres.py $(PYTEST) loadscope --no-loadscope-reorder \
		-m "$(CORE) and database and not once" $(DRAWN) $(POSTGRESQL_TESTS)

postgresql-servers:
	@echo "== PostgreSQL, browser and servers"; $(BIN)/python tools/with_postgres.py \
		$(WAITING) loadscope --no-loadscope-reorder \
		-m "($(STARTING)) and not once" -k "not mastodon and not facebook" $(POSTGRESQL_SERVERS)

# At each save: style, and the tests of the rooms in which something is changed and not committed.
test-fast: $(DEV_STAMP)
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --quiet --check $(SOURCES)
	@$(PYTEST) worksteal -q -m "$(CORE)" $$($(BIN)/python tools/changed_rooms.py)

check: $(DEV_STAMP)
	@$(TWO) types style imports audit

types:
	$(BIN)/mypy

style:
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/python tools/size.py
	$(BIN)/python tools/names.py

imports:
	$(BIN)/lint-imports

audit:
	$(BIN)/python tools/audit.py

# Each prints its figures beside a limit or a peer of the same run; a goal that is missed does not end the others.
bench: $(DEV_STAMP)
	@for name in footprint barometer intake hosts live; do echo "== $$name, SQLite"; $(BIN)/python bench/$$name.py || true; done
	@for name in intake hosts live inbox peers; do echo "== $$name, PostgreSQL"; \
		$(BIN)/python tools/with_postgres.py --durable $(BIN)/python bench/$$name.py || true; done

# Each at its smallest size: whether it still runs. What it measures so says nothing.
bench-smoke: $(DEV_STAMP)
	@$(BIN)/python bench/smoke.py

docs: $(DEV_STAMP)
	$(BIN)/python -m tools.write_reference

messages: $(DEV_STAMP)
	$(BIN)/python tools/messages.py

# Servers of networks that tests start for themselves, beside those that the system has packages of.
servers:
	@sh tools/servers.sh

# Over whatever network there is. What was broken off is made anew: pip would take a half-written package for a whole one.
export PIP_RETRIES := 10
export PIP_DISABLE_PIP_VERSION_CHECK := 1
INSTALLING := $(VENV)/.installing
PIP := $(BIN)/python -m pip install --quiet

$(STAMP): requirements/base.txt requirements/build.txt pyproject.toml hatch_build.py $(wildcard src/portevoix/locale/*/LC_MESSAGES/*.po)
	@{ [ -e $(STAMP) ] && [ ! -e $(INSTALLING) ]; } || rm -rf $(VENV)
	@mkdir -p $(VENV) && touch $(INSTALLING)
	@python="$$(sh tools/find_python.sh)" && { test -x $(BIN)/python || "$$python" -m venv $(VENV); }
	@echo "Installing into $(VENV)…"
	@$(PIP) --require-hashes -r requirements/base.txt -r requirements/build.txt
	@$(PIP) --no-build-isolation --no-deps --editable .
	@rm $(INSTALLING) && touch $@

$(DEV_STAMP): $(STAMP) requirements/dev.txt requirements/embeddings.txt
	@[ ! -e $(INSTALLING) ] || { rm $(STAMP) && $(MAKE) --no-print-directory $(STAMP); }
	@touch $(INSTALLING)
	@$(PIP) --require-hashes -r requirements/dev.txt
	@$(PIP) --require-hashes --no-deps -r requirements/embeddings.txt
	@rm $(INSTALLING) && touch $@

clean:
	rm -rf $(VENV) .portevoix .mypy_cache .ruff_cache .pytest_cache .hypothesis
