# make demo   environment, install, footprint of a real-sized hospital and its report
# make test   environment, install with the development tools, tests
# make docs   environment, install with the documentation tools, the site in build/site
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.DEFAULT_GOAL := demo
.PHONY: demo test environment browser lint docs bench catalogue library medicines clean

demo: $(VENV)/installed
	$(BIN)/decarb footprint examples/chu.json
	$(BIN)/decarb report examples/chu.json --out demo-report.html --force
	@echo "open it in a browser: $(CURDIR)/demo-report.html"

test: environment browser
	$(BIN)/python hatch_build.py
	$(BIN)/python -m pytest

environment: $(VENV)/installed-dev

# the report is tested in Chromium; without it those tests are skipped, and fail where CI=true
browser:
	@command -v chromium >/dev/null || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq \
		&& DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium fonts-dejavu-core >/dev/null; } \
		|| echo "no Chromium here: the tests of the report in a browser will be skipped"

lint: environment
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# the site: offline, a warning or a broken link is an error, no page fetches anything
docs: $(VENV)/installed-docs
	$(BIN)/python -m sphinx -q -W --keep-going -E -b html -d build/doctrees docs build/site
	$(BIN)/python docs/decarb_docs/check_site.py build/site

# ten minutes; writes tables of docs/performance.md
bench: environment
	$(INSTALL) --editable '.[dev,bench]'
	$(BIN)/python -m pytest benchmarks --benchmark-only --benchmark-columns=min,median,max,rounds --benchmark-sort=name \
		--benchmark-json=$(VENV)/benchmarks.json
	$(BIN)/python benchmarks/write_performance.py $(VENV)/benchmarks.json

# after a message changed: extract, merge into the French catalogue, compile
catalogue: environment
	$(BIN)/pybabel -q extract -F babel.cfg -k _ -k mark -k translate -k word --no-location --sort-output -o $(VENV)/decarb.pot .
	$(BIN)/pybabel -q update -i $(VENV)/decarb.pot -o src/decarb/locale/fr/LC_MESSAGES/decarb.po -l fr --no-fuzzy-matching --ignore-obsolete --width 110
	$(BIN)/python hatch_build.py

# after a table of emission_factors/ was edited: check every row, write the data package again
library: $(VENV)/installed
	$(BIN)/python -c "import pathlib, decarb.factors.storing as s; s.restamp(pathlib.Path('emission_factors'))"

# after BDPM, a folder with the files of the public medicines database, changed: the tables that ship, then their means
medicines: $(VENV)/installed
	$(BIN)/decarb medicines import bdpm $(BDPM) --out $(VENV)/bdpm.parquet --derive emission_factors/medicines --force
	$(BIN)/python -c "from decarb.medicines import tables; tables.load_medicines().computed_class_means().write(tables.CLASS_MEANS)"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "decarb needs Python 3.11 or later: make demo PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(BIN)/python pyproject.toml constraints.txt
	$(INSTALL) --editable .
	$(BIN)/python -m compileall -q src/decarb
	touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(INSTALL) --editable '.[dev]'
	touch $@

$(VENV)/installed-docs: $(VENV)/installed
	$(INSTALL) --editable '.[docs]'
	touch $@

clean:
	rm -rf $(VENV) demo-report.html dist build docs/generated .mypy_cache .ruff_cache .pytest_cache .hypothesis
