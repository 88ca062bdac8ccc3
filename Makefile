# Everything that is done in this checkout. `make` alone says what there is.

PYTHON ?= python3
VENV ?= .venv
# More words for pytest, the mysql shell, the demonstration, the benchmark or Locust.
ARGS ?=

BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SERVER := $(BIN)/python -m tools.server
PEERS := .peers

.DEFAULT_GOAL := help
.PHONY: help venv up down shell migrate test check lint gen demo bench load peers scales clean

help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

venv: $(STAMP) ## make the virtual environment, with everything for development

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo 'celers needs Python 3.11 or newer, as $(PYTHON).' \
	        'Name another one: make PYTHON=python3.13' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo '$(PYTHON) cannot make virtual environments: its ensurepip is missing.' \
	        'On Debian and Ubuntu it is in the package python3-venv.' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

up: $(STAMP) ## start a MySQL server for development, and say its DSN
	@$(SERVER) up

down: $(STAMP) ## stop it; its data stay
	@$(SERVER) down

shell: $(STAMP) ## open the mysql shell in it, or in the server of CELERS_DSN
	@$(SERVER) shell -- $(ARGS)

migrate: $(STAMP) ## bring the schema in it, or in the server of CELERS_DSN, up to date
	@dsn="$${CELERS_DSN:-$$($(SERVER) status)}" && CELERS_DSN="$$dsn" $(BIN)/celers migrate

test: lint ## lint, then run all tests on a real server
	$(SERVER) run -- $(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

check: test ## the one gate: lint, generated files, all tests on a real server

lint: $(STAMP) ## look at the SQL and the Python without running them, and at what is generated
	$(BIN)/python -m tools.lint
	$(BIN)/python -m tools.gen --check

gen: $(STAMP) ## generate the client and the reference pages from the SQL
	$(BIN)/python -m tools.gen

demo: $(STAMP) ## see it work
	$(SERVER) run -- $(BIN)/python -m examples.stdlib_index $(ARGS)

bench: $(STAMP) ## measure it
	$(SERVER) run -- $(BIN)/python -m loadtests.bench $(ARGS)

load: $(STAMP) ## load it with Locust: users of every kind, and a ledger of every task
	$(SERVER) run -- $(BIN)/python -m locust -f loadtests/locustfile.py --headless --only-summary \
	    --csv build/load/run --html build/load/report.html $(ARGS)

scales: $(STAMP) ## measure how its cost grows, one thing at a time
	$(SERVER) run -- $(BIN)/python -m loadtests.scales $(ARGS)

peers: $(PEERS)/.installed ## measure it beside other task queues, in an environment of their own
	$(PEERS)/venv/bin/python -m loadtests.peers $(ARGS)

$(PEERS)/.installed: pyproject.toml $(wildcard loadtests/peers/requirements.txt loadtests/peers/package*.json)
	$(PYTHON) -m loadtests.peers.install
	@touch $@

clean: ## stop the server and remove all that was made here, its data too
	-@$(PYTHON) -m tools.server down
	rm -rf $(VENV) $(PEERS) .mysql build dist .coverage coverage.xml htmlcov lcov.info
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
