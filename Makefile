# 稽网 Jiwang. Everything a user or an engineer does from a checkout; `make` alone lists it.
# The environment lands in .venv/, so `.venv/bin/jiwang` works after any of these.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
BENCH_STAMP := $(VENV)/.installed-bench
DOCS_STAMP := $(VENV)/.installed-docs

# Where `make app` looks; `make app WORKSPACE=/data/region`.
WORKSPACE ?= workspace
# More for pytest: `make test PYTEST_ARGS="-k ingest -n 0"`.
PYTEST_ARGS ?=

.PHONY: help install demo test test-all bench lint docs app neo4j neo4j-stop

help: ## list the verbs
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(STAMP) ## build the environment in .venv/ (only when pyproject.toml or constraints.txt changed)

demo: $(STAMP) ## simulate a region, run every stage over it, and serve the result in a browser
	@echo "demo: simulating a region, running every stage, then serving the app"
	@$(BIN)/jiwang demo

test: $(STAMP) ## lint, then every test that takes seconds
	@scripts/system-packages.sh
	@scripts/check.sh "not slow and not gpu" $(PYTEST_ARGS)

test-all: $(STAMP) ## lint, then every test, the slow ones too
	@scripts/system-packages.sh
	@scripts/check.sh "" $(PYTEST_ARGS)

bench: $(BENCH_STAMP) ## measure against peers, side by side (ratios in one run)
	@$(BIN)/jiwang bench

lint: $(STAMP) ## format, rules, types, direction of imports, no ids or private paths in the tree
	@scripts/lint.sh

docs: $(DOCS_STAMP) ## generate the reference from the code and build the pages into site/
	@echo "docs: generating docs/reference from the code"
	@$(BIN)/python scripts/gen_docs.py
	@echo "docs: building site/"
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet --strict
	@echo "docs: open site/index.html"

app: $(STAMP) ## serve the investigator's app over WORKSPACE
	@$(BIN)/jiwang app --workspace "$(WORKSPACE)"

neo4j: $(STAMP) ## start a Neo4j Community server on this machine; returns when Bolt answers
	@scripts/system-packages.sh neo4j
	@$(BIN)/jiwang neo4j up

neo4j-stop: $(STAMP) ## stop it
	@$(BIN)/jiwang neo4j down

$(STAMP): pyproject.toml constraints.txt scripts/install.sh
	@scripts/install.sh $(VENV) dev,jdk
	@touch $@

$(BENCH_STAMP): $(STAMP)
	@scripts/install.sh $(VENV) dev,jdk,bench
	@touch $@

$(DOCS_STAMP): $(STAMP)
	@scripts/install.sh $(VENV) dev,jdk,docs
	@touch $@
