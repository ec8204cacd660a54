# One way to run things. `make` or `make help` lists them; .ci/run and the README call these.

# A log of one's own: `make run LOG=path`, and only so: a LOG that happens to be in the environment
# is somebody else's. As written, whatever it contains.
WS_LOG := $(if $(filter command,$(origin LOG)),$(value LOG))
export WS_LOG

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
DBT := $(BIN)/dbt --no-use-colors
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
# Nothing here works on another target, whatever profiles.yml names as its default.
export DBT_TARGET := local
export DBT_PROFILES_DIR := $(CURDIR)

# Tests have a profile, a warehouse and a target folder of their own and never touch a user's.
TEST_DIR := target/test
TEST_WAREHOUSE := $(TEST_DIR)/ws_shop.duckdb
TEST_ENV := DBT_PROFILES_DIR=$(TEST_DIR) DBT_TARGET_PATH=$(TEST_DIR) \
	WS_DUCKDB_PATH=$(TEST_WAREHOUSE)
TEST_DBT := $(TEST_ENV) $(DBT)
SQL := $(wildcard models macros tests snapshots analyses)
# To find nothing to test is a failure too. (The flag replaces that of dbt_project.yml.)
STRICT := --warn-error-options '{"error": ["Deprecations", "NoNodesForSelectionCriteria"]}'
# Those of .sqlfluff: with the same variables dbt reads again what the command before has parsed.
PARSED := --vars '{part_date: "2024-01-14"}'
SAMPLE_DAYS := part_date: 2024-01-14, part_date_to: 2024-01-16

INSTALLED := $(BIN)/.installed
INSTALLED_SPARK := $(BIN)/.installed-spark
INSTALLED_BENCH := $(BIN)/.installed-bench
INSTALLED_DOCS := $(BIN)/.installed-docs
INSTALLED_METRICS := $(BIN)/.installed-metrics
INSTALLED_REPORT := $(BIN)/.installed-report
INSTALLED_REPORT_TEST := $(BIN)/.installed-report-test
# Airflow wants other versions of what dbt needs.
INSTALLED_JOBS := .venv-jobs/bin/.installed
PACKAGES := dbt_packages/dbt_utils/dbt_project.yml

# What `make metrics` asks for.
ASK := --saved-query sessions_by_day_and_platform --order metric_time

comma := ,

# A pipe fails with its first part.
SHELL := bash
.SHELLFLAGS := -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help setup run test lint lint-yaml lint-python lint-sql unit data-test e2e test-faults \
	mutations docs docs-serve setup-docs test-docs sample clean setup-spark run-spark test-spark \
	test-databricks bench bench-smoke setup-metrics metrics test-metrics setup-jobs test-jobs \
	report setup-report test-report

help: ## List these targets
	@echo "make run && make test is all there is to it; the rest are parts of the two and extras."
	@echo
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name what; do \
		printf '  make %-15s %s\n' "$$name" "$$what"; done

setup: $(INSTALLED) $(PACKAGES) profiles.yml ## Install everything (.venv, dbt packages, profiles.yml); a second time does nothing

run: setup ## Load the sample (or LOG=path: CSV, Parquet, glob), build all tables, test, show them
	@if [ -n "$$WS_LOG" ]; then $(BIN)/python scripts/build.py --log "$$WS_LOG"; \
		else $(BIN)/python scripts/build.py; fi

test: setup ## Everything that must pass on DuckDB: lint, unit, data and end-to-end tests
	@$(BIN)/python scripts/run_parts.py 'lint unit data-test' e2e
	@echo "DuckDB passed. The other engines, which need Java 17: make test-spark, make test-databricks."

lint: lint-yaml lint-python lint-sql ## yamllint, ruff and sqlfluff over the whole project

lint-yaml: setup
	$(BIN)/yamllint --strict .

lint-python: setup
	$(BIN)/ruff check --quiet .

lint-sql: setup $(TEST_WAREHOUSE)
	@# sqlfluff passes over files of macros, so that the little that can be said of them is said here.
	! LC_ALL=C.UTF-8 grep -rnE --include='*.sql' $$'.{101}|\t| $$' $(SQL)
	$(TEST_ENV) $(BIN)/sqlfluff lint --disable-progress-bar $(SQL) 2>&1 \
		| { grep -v 'because it is a macro' || true; }
	$(BIN)/sqlfluff lint --disable-progress-bar --config scripts/report/queries.sqlfluff \
		scripts/report/queries

unit: setup $(TEST_WAREHOUSE) ## dbt unit tests, each rule of the specification; TEST=name: one of them, or of a model
	$(TEST_DBT) $(STRICT) test $(PARSED) --select test_type:unit$(if $(TEST),$(comma)$(TEST))

data-test: setup $(TEST_WAREHOUSE) ## Build the sample's days in one run and check every row of them
	@mkdir -p $(TEST_DIR)/built
	@rm -f $(TEST_DIR)/built/*
	@cp $(TEST_WAREHOUSE) $(TEST_DIR)/built
	$(TEST_ENV) WS_DUCKDB_PATH=$(TEST_DIR)/built/ws_shop.duckdb $(DBT) $(STRICT) build \
		--exclude-resource-type seed unit_test --vars '{$(SAMPLE_DAYS), test_all_dates: true}'

e2e: setup ## End-to-end tests: runs in a row, bad input, random logs against a plain reading
	$(BIN)/python -m pytest -n 2 --dist loadfile --durations 10 tests/e2e

test-faults: setup ## Kill runs, builds, snapshots and loads at 200 moments (WS_FAULT_KILLS: so many)
	WS_FAULT_KILLS=$${WS_FAULT_KILLS:-200} $(BIN)/python -m pytest -n 2 --dist worksteal -rP \
		tests/e2e/test_faults.py

mutations: setup ## Break the SQL on purpose, one rule at a time; the tests must notice each
	$(BIN)/python scripts/mutate.py

docs: setup $(INSTALLED_DOCS) ## Make the documentation site, in Korean and English: target/site/index.html
	$(BIN)/python scripts/make_docs_site.py

docs-serve: docs ## Make it and serve it on this machine alone; PORT=8000
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory target/site $(or $(PORT),8000)

setup-docs: setup $(INSTALLED_DOCS) ## Install MkDocs, and on Debian, as root, the Chromium that test-docs looks with
	@$(BIN)/python scripts/install_chromium.py

test-docs: setup-docs ## Make the site of the sample and look at it in Chromium
	$(BIN)/python -m pytest tests/site

report: setup $(INSTALLED_REPORT) ## A page of charts of what is built: target/report.html; REPORT='--from 2024-01-15': fewer days
	@$(BIN)/python scripts/make_report.py $(REPORT)

setup-report: setup $(INSTALLED_REPORT_TEST) ## Install what the report is drawn and looked at with
	@$(BIN)/python scripts/install_chromium.py

test-report: setup-report ## The report of the sample against SQL by hand, and in Chromium
	$(BIN)/python -m pytest tests/report

setup-metrics: setup $(INSTALLED_METRICS) ## Install MetricFlow beside the rest

metrics: setup-metrics ## Ask for metrics of what is built; ASK='--saved-query payments_by_platform': others
	@$(DBT) --quiet parse
	@$(BIN)/mf query $(ASK)

test-metrics: setup-metrics ## Every metric and saved query against SQL by hand, on the sample
	$(BIN)/python -m pytest tests/metrics

setup-jobs: setup $(INSTALLED_JOBS) ## Install Airflow in .venv-jobs, apart from the rest

test-jobs: setup-jobs ## The Airflow DAG, three days of it for real; the Databricks bundle
	$(BIN)/python -m pytest tests/jobs

setup-spark: setup $(INSTALLED_SPARK) ## Install PySpark beside the rest; Java 17 must be there

run-spark: setup-spark ## What `make run` does, on Spark with Delta Lake in .spark/
	@if [ -n "$$WS_LOG" ]; then $(BIN)/python scripts/build.py --target spark --log "$$WS_LOG"; \
		else $(BIN)/python scripts/build.py --target spark; fi

test-spark: setup-spark ## Spark against DuckDB row by row, its plan, unit and data tests
	$(BIN)/python -m pytest tests/spark

test-databricks: setup-spark ## The real Databricks adapter against a local endpoint
	$(BIN)/python -m pytest tests/databricks

bench: setup $(INSTALLED_BENCH) ## What the mart costs, as ratios; BENCH='--lines 1000000': other sizes
	$(BIN)/python benchmarks/run.py $(BENCH)

bench-smoke: setup $(INSTALLED_BENCH) ## The same on a small log: ratios must keep within their bounds
	$(BIN)/python -m pytest tests/benchmarks
	$(BIN)/python benchmarks/run.py --smoke

sample: setup ## Make the sample data in seeds/ again, byte by byte the same
	$(BIN)/python scripts/make_sample_log.py

clean: ## Remove what builds and tests wrote; .venv, profiles.yml and the warehouse stay
	rm -rf target dbt_packages package-lock.yml logs

# A warehouse that holds the sample's sources and nothing else. dbt looks at the sources when it
# runs unit tests, and so does whoever compiles a model.
$(TEST_WAREHOUSE): $(wildcard seeds/*.yml seeds/*/*.csv) profiles.yml.example dbt_project.yml | setup
	@mkdir -p $(TEST_DIR)
	@rm -rf $@*
	@cp profiles.yml.example $(TEST_DIR)/profiles.yml
	@$(TEST_DBT) --quiet seed $(PARSED)

$(INSTALLED): requirements.txt constraints.txt
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
		{ echo "Python 3.11 is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Installing Python packages into .venv; this takes about a minute, once."
	@"$(PYTHON)" -m venv .venv
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(INSTALLED_SPARK): requirements-spark.txt constraints.txt | $(INSTALLED)
	@echo "Installing PySpark into .venv; this takes about a minute, once."
	@$(PIP_INSTALL) -r requirements-spark.txt
	@touch $@

$(INSTALLED_BENCH): benchmarks/requirements.txt constraints.txt | $(INSTALLED)
	@$(PIP_INSTALL) -r benchmarks/requirements.txt
	@touch $@

$(INSTALLED_DOCS): docs/site/requirements.txt constraints.txt | $(INSTALLED)
	@echo "Installing MkDocs into .venv; this takes half a minute, once."
	@$(PIP_INSTALL) -r docs/site/requirements.txt
	@touch $@

$(INSTALLED_METRICS): tests/metrics/requirements.txt constraints.txt | $(INSTALLED)
	@echo "Installing MetricFlow into .venv; this takes a few seconds, once."
	@$(PIP_INSTALL) -r tests/metrics/requirements.txt
	@touch $@

$(INSTALLED_JOBS): tests/jobs/requirements.txt tests/jobs/constraints.txt \
		deploy/airflow/requirements.txt | $(INSTALLED)
	@echo "Installing Airflow into .venv-jobs; this takes about a minute, once."
	@$(BIN)/python -m venv .venv-jobs
	@.venv-jobs/bin/python -m pip install --quiet --disable-pip-version-check \
		-c tests/jobs/constraints.txt -r tests/jobs/requirements.txt
	@touch $@

$(INSTALLED_REPORT): scripts/report/requirements.txt constraints.txt | $(INSTALLED)
	@echo "Installing Altair and vl-convert into .venv; this takes a few seconds, once."
	@$(PIP_INSTALL) -r scripts/report/requirements.txt
	@touch $@

$(INSTALLED_REPORT_TEST): tests/report/requirements.txt constraints.txt | $(INSTALLED_REPORT)
	@$(PIP_INSTALL) -r tests/report/requirements.txt
	@touch $@

# Any change of packages.yml or of the subset that stands in for a hub that cannot be reached.
SUBSET := $(wildcard scripts/dbt_utils/*.* scripts/dbt_utils/macros/*)
$(PACKAGES): packages.yml scripts/install_dbt_packages.py $(SUBSET) | $(INSTALLED)
	@$(BIN)/python scripts/install_dbt_packages.py
	@touch $@

profiles.yml:
	@cp profiles.yml.example profiles.yml
