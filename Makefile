# All commands of the project. `make help` lists the targets; .ci/run and the README use them.

# The user's own log, given as `make run LOG=path`. A variable LOG of the environment is ignored,
# because it belongs to another program. The value is taken literally and not expanded by make.
WS_LOG := $(if $(filter command,$(origin LOG)),$(value LOG))
export WS_LOG

# The newest Python that the project supports and that can make a virtual environment.
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3; do \
	$$name -c 'import ensurepip' 2>/dev/null && echo $$name && break; done)
BIN := .venv/bin
DBT := $(BIN)/dbt --no-use-colors
# $(call install,VENV,ARGUMENTS): install packages, groups of pyproject.toml for instance, by uv, which
# takes seconds where pip takes a minute. uv does not read the settings of pip. Where it fails, pip
# installs. PySpark comes as source only: the wheel made from it is unpacked at once, so it is not
# compressed.
PIP_INSTALL := install --quiet --disable-pip-version-check
BUILD := --config-settings=--build-option=--compression=stored
install = .venv/bin/uv pip install --quiet --python $(1)/bin/python $(BUILD) $(2) \
	|| { echo "uv failed, so pip installs the packages."; \
		.venv/bin/python -m pip --python $(1)/bin/python $(PIP_INSTALL) $(BUILD) $(2); }
# Every command here uses the target `local`, whatever default profiles.yml has.
export DBT_TARGET := local
export DBT_PROFILES_DIR := $(CURDIR)
# Containers often tell Python not to keep what it compiles. Each dbt process would then compile all
# its modules again, which takes as long as the rest of its start.
unexport PYTHONDONTWRITEBYTECODE

# Tests use their own profile, warehouse and target folder, and never touch those of the user.
TEST_DIR := target/test
TEST_WAREHOUSE := $(TEST_DIR)/ws_shop.duckdb
TEST_ENV := DBT_PROFILES_DIR=$(TEST_DIR) DBT_TARGET_PATH=$(TEST_DIR) \
	WS_DUCKDB_PATH=$(TEST_WAREHOUSE)
TEST_DBT := $(TEST_ENV) $(DBT)
SQL := $(wildcard models macros tests snapshots analyses)
# If nothing is selected, the test fails. (This flag replaces the setting in dbt_project.yml.)
STRICT := --warn-error-options '{"error": ["Deprecations", "NoNodesForSelectionCriteria"]}'
# The variables of .sqlfluff. With the same variables, dbt reuses the parsed project of the previous
# command.
PARSED := --vars '{part_date: "2024-01-14"}'
SAMPLE_DAYS := part_date: 2024-01-14, part_date_to: 2024-01-16

# One stamp for .venv with the group `dev`, and one for each group that is added when it is needed.
INSTALLED := $(BIN)/.installed
GROUPS := spark bench docs metrics report browser
# Airflow and dbt need different versions of the same packages.
INSTALLED_JOBS := .venv-jobs/bin/.installed
JOBS := -c tests/jobs/constraints.txt -r deploy/airflow/requirements.txt --group jobs
PACKAGES := dbt_packages/dbt_utils/dbt_project.yml

# The query of `make metrics`.
ASK := --saved-query sessions_by_day_and_platform --order metric_time

comma := ,

# With pipefail, a pipe fails if any of its commands fails.
SHELL := bash
.SHELLFLAGS := -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help setup run test lint lint-yaml lint-python lint-sql lint-dbt lint-pins unit data-test e2e \
	test-faults mutations docs docs-serve setup-docs test-docs sample walkthrough clean setup-spark run-spark test-spark \
	test-databricks test-engines setup-bench bench bench-smoke setup-metrics metrics test-metrics \
	setup-jobs test-jobs report setup-report test-report pictures

help: ## List these targets
	@echo "make run and make test are the main commands. The others are parts of them, or extras."
	@echo
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name what; do \
		printf '  make %-15s %s\n' "$$name" "$$what"; done

setup: $(INSTALLED) $(PACKAGES) profiles.yml ## Install everything that is missing: .venv, dbt packages, profiles.yml

run: setup ## Load the sample or LOG=path (CSV, Parquet, glob), build and test all tables, print results
	@if [ -n "$$WS_LOG" ]; then $(BIN)/python -m scripts.build --log "$$WS_LOG"; \
		else $(BIN)/python -m scripts.build; fi

test: setup ## Run all DuckDB checks: lint, unit, data and end-to-end tests
	@$(BIN)/python -m scripts.run_parts 'lint unit data-test' e2e
	@echo "All DuckDB checks passed. With Java 17, also run: make test-spark, make test-databricks."

lint: lint-yaml lint-python lint-sql lint-dbt ## Run yamllint, ruff, sqlfluff and dbt-bouncer on the whole project

lint-yaml: setup
	$(BIN)/yamllint --strict .

lint-python: setup
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .

lint-sql: setup $(TEST_WAREHOUSE)
	@# sqlfluff skips macro files, so this checks their line length, tabs and trailing spaces.
	! LC_ALL=C.UTF-8 grep -rnE --include='*.sql' $$'.{101}|\t| $$' $(SQL)
	$(TEST_ENV) $(BIN)/sqlfluff lint --disable-progress-bar $(SQL) 2>&1 \
		| { grep -v 'because it is a macro' || true; }

lint-dbt: setup $(TEST_WAREHOUSE)
	@# dbt_project.yml makes an error of what dbt deprecates.
	$(TEST_DBT) --quiet parse $(PARSED)
	@# Without a terminal, the table of failures is 80 columns wide and has no room for the messages.
	@# With its cache, the rule on materializations of dbt-bouncer 4.0.0 only warns (AttributeError).
	COLUMNS=200 DBT_BOUNCER_DISABLE_CONF_CACHE=1 \
		$(BIN)/dbt-bouncer run --config-file pyproject.toml --show-all-failures

# Packages that come as source only.
SOURCE_ONLY := pyspark halo
RESOLVE := $(BIN)/uv pip compile --quiet --only-binary :all: $(SOURCE_ONLY:%=--no-binary %)
lint-pins: setup ## Check that wheels of all pinned packages exist for Python 3.11 to 3.13; needs the network
	@# The documentation site needs a package that begins with Python 3.11.5. All versions at once,
	@# because most of the time is spent waiting for the network.
	@printf '%s\n' 3.11.5 3.12 3.13 | xargs -n 1 -P 3 sh -ec \
		'$(RESOLVE) --python-version $$0 -c constraints.txt $(addprefix --group ,dev $(GROUPS)) \
			>/dev/null; \
		$(RESOLVE) --python-version $$0 $(filter-out -r,$(JOBS)) >/dev/null'

unit: setup $(TEST_WAREHOUSE) ## Run the dbt unit tests; TEST=name: one test, or the tests of one model
	$(TEST_DBT) $(STRICT) test $(PARSED) --select test_type:unit$(if $(TEST),$(comma)$(TEST))

data-test: setup $(TEST_WAREHOUSE) ## Build the days of the sample in one run and run all data tests on them
	@mkdir -p $(TEST_DIR)/built
	@rm -f $(TEST_DIR)/built/*
	@cp $(TEST_WAREHOUSE) $(TEST_DIR)/built
	$(TEST_ENV) WS_DUCKDB_PATH=$(TEST_DIR)/built/ws_shop.duckdb $(DBT) $(STRICT) build \
		--exclude-resource-type seed unit_test --vars '{$(SAMPLE_DAYS), test_all_dates: true}'

e2e: setup ## Run the end-to-end tests: consecutive runs, bad input, random logs, and more
	$(BIN)/python -m pytest -n 2 --dist loadfile --durations 10 tests/e2e

test-faults: setup ## Kill runs, builds, snapshots and loads at 200 moments; WS_FAULT_KILLS=50: fewer
	@# Three processes on two cores, because each waits for the moments of its kills.
	WS_FAULT_KILLS=$${WS_FAULT_KILLS:-200} $(BIN)/python -m pytest -n 3 --dist worksteal -rP \
		tests/e2e/test_faults.py

mutations: setup ## Break the SQL on purpose, one rule at a time; a test must fail each time; 50 minutes
	$(BIN)/python -m scripts.mutate

docs: setup $(BIN)/.installed-docs ## Build the documentation site in Korean and English: target/site/index.html
	$(BIN)/python -m scripts.make_docs_site

docs-serve: docs ## Build the site and serve it on this machine only; PORT=8000
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory target/site $(or $(PORT),8000)

setup-docs: setup $(BIN)/.installed-docs $(BIN)/.installed-browser ## Install MkDocs, and on Debian as root also Chromium for test-docs
	@$(BIN)/python -m scripts.install_chromium

test-docs: setup-docs ## Build the site of the sample and test it in Chromium
	$(BIN)/python -m pytest --durations 10 tests/site

report: setup $(BIN)/.installed-report ## Write a page of charts: target/report.html; TARGET=prod: of Databricks; REPORT='--from 2024-01-01': more days
	@$(BIN)/python -m scripts.make_report --target $(if $(filter command,$(origin TARGET)),$(TARGET),local) $(REPORT)

setup-report: setup $(BIN)/.installed-report $(BIN)/.installed-browser ## Install the packages for the report and its tests, and Chromium
	@$(BIN)/python -m scripts.install_chromium

test-report: setup-report ## Compare the report of the sample with hand-written SQL, and test it in Chromium
	$(BIN)/python -m pytest --durations 10 tests/report

pictures: report docs setup-docs ## Take the pictures of README from the report and the site of a `make run`
	$(BIN)/python -m tests.support.browser

setup-metrics: setup $(BIN)/.installed-metrics ## Install MetricFlow into .venv

metrics: setup-metrics ## Query metrics of the built tables; ASK='--saved-query payments_by_platform': others
	@$(DBT) --quiet parse
	@$(BIN)/mf query $(ASK)

test-metrics: setup-metrics ## Compare every metric and saved query with hand-written SQL on the sample
	$(BIN)/python -m pytest --durations 10 tests/metrics

setup-jobs: setup $(INSTALLED_JOBS) ## Install Airflow into .venv-jobs, separate from .venv

test-jobs: setup-jobs ## Run the Airflow DAG for a day of the sample, and check the Databricks bundle
	$(BIN)/python -m pytest --durations 10 tests/jobs

setup-spark: setup $(BIN)/.installed-spark ## Install PySpark into .venv; needs Java 17 or 21

run-spark: setup-spark ## Like `make run`, on Spark with Delta Lake in .spark/
	@if [ -n "$$WS_LOG" ]; then $(BIN)/python -m scripts.build --target spark --log "$$WS_LOG"; \
		else $(BIN)/python -m scripts.build --target spark; fi

test-spark: setup-spark $(BIN)/.installed-report ## Compare Spark with DuckDB row by row; check its plan, unit and data tests
	$(BIN)/python -m pytest --durations 10 tests/spark

test-databricks: setup-spark $(BIN)/.installed-report ## Test the unmodified Databricks adapter against a local endpoint
	$(BIN)/python -m pytest --durations 10 tests/databricks

test-engines: setup-spark $(BIN)/.installed-report ## Run test-spark and test-databricks in one process, which starts one JVM for both
	$(BIN)/python -m pytest --durations 10 tests/spark tests/databricks

setup-bench: setup $(BIN)/.installed-bench ## Install the packages of the benchmarks into .venv

bench: setup-bench ## Measure the cost of the mart as ratios; BENCH='--lines 1000000': other sizes
	$(BIN)/python -m benchmarks.run $(BENCH)

bench-smoke: setup-bench ## Check on a small log that the cost ratios stay within their bounds
	$(BIN)/python -m pytest tests/benchmarks
	$(BIN)/python -m benchmarks.run --smoke

sample: setup ## Regenerate the sample data in seeds/; the files stay identical
	$(BIN)/python -m scripts.make_sample_log

walkthrough: setup ## Regenerate docs/walkthrough.md from the sample, after a change of the models
	$(BIN)/python -m scripts.make_walkthrough

clean: ## Remove the files of builds and tests; .venv, profiles.yml and the warehouse stay
	rm -rf target dbt_packages package-lock.yml logs

# A warehouse that holds only the sources of the sample. dbt reads the sources when it runs unit tests
# and when it compiles a model.
$(TEST_WAREHOUSE): $(wildcard seeds/*.yml seeds/*/*.csv) profiles.yml.example dbt_project.yml | setup
	@mkdir -p $(TEST_DIR)
	@rm -rf $@*
	@cp profiles.yml.example $(TEST_DIR)/profiles.yml
	@$(TEST_DBT) --quiet seed $(PARSED)

$(INSTALLED): pyproject.toml constraints.txt
	@"$(PYTHON)" -c 'import ensurepip, sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
		{ echo "Python 3.11, 3.12 or 3.13 with its module venv is needed:" \
			"make PYTHON=/path/to/python3.13"; exit 1; }
	@echo "Installing Python packages into .venv, once."
	@"$(PYTHON)" -m venv .venv
	@# The pip of Python 3.11 does not know dependency groups.
	@$(BIN)/python -m pip $(PIP_INSTALL) -c constraints.txt pip uv
	@$(call install,.venv,-c constraints.txt --group dev)
	@touch $@

$(GROUPS:%=$(BIN)/.installed-%): $(BIN)/.installed-%: pyproject.toml constraints.txt | $(INSTALLED)
	@echo "Installing the group $* of pyproject.toml into .venv, once."
	@$(call install,.venv,-c constraints.txt --group $*)
	@touch $@

$(INSTALLED_JOBS): pyproject.toml tests/jobs/constraints.txt deploy/airflow/requirements.txt \
		| $(INSTALLED)
	@echo "Installing Airflow into .venv-jobs, once."
	@$(BIN)/python -m venv .venv-jobs
	@$(call install,.venv-jobs,$(JOBS))
	@touch $@

# Reinstall after a change of packages.yml or of the dbt_utils subset, which is used if the package
# hub cannot be reached.
SUBSET := $(wildcard scripts/dbt_utils/*.* scripts/dbt_utils/macros/*)
$(PACKAGES): packages.yml scripts/install_dbt_packages.py $(SUBSET) | $(INSTALLED)
	@$(BIN)/python -m scripts.install_dbt_packages
	@touch $@

profiles.yml:
	@cp profiles.yml.example profiles.yml
