# Two commands on a fresh machine: `make preview` and `make test`. `make help` lists the rest.

STACK ?= dev
export PYTHON ?= python3
# A judged program's folder never comes before the installed packages.
export PYTHONSAFEPATH := 1

MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

.PHONY: help preview test smoke load lint docs mutation fmt bench generated setup-checkov clean

help: ## List the targets
	@echo 'Usage: make TARGET [STACK=dev|staging|production] [ARGS="..."]'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' Makefile

preview: .venv/ready-run ## Judge one stack offline: no cloud account, no Pulumi CLI
	@.venv/bin/apex preview --stack '$(subst ','\'',$(STACK))' $(ARGS)

test: .venv/ready-dev .venv-checkov/ready-checkov .venv-load/ready-load ## Run every test, with coverage; or what ARGS tells pytest to run
	@scripts/test $(ARGS)

smoke: .venv/ready-run ## Ask a deployed API for its four critical paths: URL=https://..., the token in APEX_API_TOKEN
	@.venv/bin/python -m pytest tests/smoke --base-url='$(subst ','\'',$(URL))' --junitxml=build/smoke/junit.xml $(ARGS)

load: .venv/ready-run .venv-load/ready-load ## Put a deployed API under load: URL=https://..., the token in APEX_API_TOKEN
	@.venv/bin/python -m tests.load --base-url='$(subst ','\'',$(URL))' $(ARGS)

lint: .venv/ready-dev ## Run every static check
	@scripts/lint

docs: .venv/ready-dev ## Build the documentation as a site, build/site; a broken link fails
	@NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs build --strict --quiet

mutation: .venv/ready-dev ## Change each detail of the rules: one of their cases must fail
	@.venv/bin/python -m scripts.mutation $(ARGS)

fmt: .venv/ready-dev ## Format the Python code, and mend what Ruff can
	@.venv/bin/ruff format
	@.venv/bin/ruff check --fix

bench: .venv/ready-dev .venv-checkov/ready-checkov ## Measure speed and memory, as docs/benchmarks.md records them
	@.venv/bin/python -m scripts.bench $(ARGS)

generated: .venv/ready-dev .venv-checkov/ready-checkov ## Write what is made from the rules and the config keys: pages, schemas, Pulumi.yaml's keys, what bad examples get
	@rm -rf build/rules
	@.venv/bin/apex policies pages --output build/rules
	@rm -rf docs/rules && mv build/rules docs/rules
	@.venv/bin/apex policies schema > policies/apex_guardrails/settings/policy-pack.schema.json.new
	@mv policies/apex_guardrails/settings/policy-pack.schema.json.new policies/apex_guardrails/settings/policy-pack.schema.json
	@.venv/bin/apex baseline schema > policies/apex_guardrails/settings/policy-baseline.schema.json.new
	@mv policies/apex_guardrails/settings/policy-baseline.schema.json.new policies/apex_guardrails/settings/policy-baseline.schema.json
	@.venv/bin/python -m scripts.settings_reference > docs/settings-reference.md.new
	@mv docs/settings-reference.md.new docs/settings-reference.md
	@.venv/bin/python -m scripts.cost_types > docs/cost-types.md.new
	@mv docs/cost-types.md.new docs/cost-types.md
	@.venv/bin/apex report --schema > policies/apex_guardrails/judgement/judgement-2.schema.json.new
	@mv policies/apex_guardrails/judgement/judgement-2.schema.json.new policies/apex_guardrails/judgement/judgement-2.schema.json
	@.venv/bin/python -m scripts.terminal_picture > docs/pictures/preview.svg.new
	@mv docs/pictures/preview.svg.new docs/pictures/preview.svg
	@.venv/bin/python -m scripts.pack_requirements
	@.venv/bin/python -m scripts.peers
	@.venv/bin/python -m scripts.fleet_views
	@.venv/bin/python -m scripts.config_keys
	@.venv/bin/python -m scripts.fleet_columns
	@.venv/bin/python -m tests.examples.expected
	@.venv/bin/python -m tests.policies.checkov.table

setup-checkov: .venv-checkov/ready-checkov ## Install Checkov, for `apex preview --checkov`

clean: ## Remove the environment, caches and reports; .tools/ stays
	@rm -rf .venv .venv-checkov .venv-load .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist
	@rm -f .coverage .coverage.* junit.xml
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

MADE_FROM := uv.lock pyproject.toml policies/PulumiPolicy.yaml scripts/setup .venv/bin/python

# The environment. A stamp is newer than all it was made from, so a second run starts nothing.
.venv/ready-run .venv/ready-dev: .venv/ready-%: $(MADE_FROM)
	@scripts/setup $*

# Environments of their own: Checkov cannot live with Pulumi, nor Locust's gevent with the tests.
.venv-checkov/ready-checkov: uv.lock pyproject.toml scripts/setup .venv-checkov/bin/python
	@scripts/setup checkov

.venv-load/ready-load: uv.lock pyproject.toml scripts/setup .venv-load/bin/python
	@scripts/setup load

# No recipe: where it is missing or dangles (its Python was removed), the set-up runs.
.venv/bin/python .venv-checkov/bin/python .venv-load/bin/python:

# Written by scripts/setup: where the environment was made. Its scripts hold that path, so in a
# checkout that has moved the set-up runs.
-include .venv/setup.mk
ifneq ($(VENV_ROOT),$(CURDIR))
.PHONY: .venv/ready-run .venv/ready-dev .venv-checkov/ready-checkov .venv-load/ready-load
endif
