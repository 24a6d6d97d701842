# `make` brings its own tools: a fresh machine needs only python3 (3.11 or newer) and make.
SHELL := /bin/bash
.DEFAULT_GOAL := help
VENV := .venv
PY := $(VENV)/bin/python
export PATH := $(CURDIR)/$(VENV)/bin:$(CURDIR)/node_modules/.bin:$(PATH)
export PORT ?= 8000
export DEMO ?= 1

.PHONY: help setup run demo deploy-local test check bench synth clean lock
help: ## what can be done here
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /  make \1\t/' | expand -t 24

$(VENV)/.python: requirements/*.txt pyproject.toml
	@echo "[setup] Python packages"
	@test -x $(PY) || python3 -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@uv pip install --quiet --python $(PY) --require-hashes -r requirements/dev.txt
	@uv pip install --quiet --python $(PY) --no-deps --no-build-isolation --editable .
	@for tool in ministack linters; do \
	  uv venv --quiet --allow-existing --python $(PY) $(VENV)/$$tool && \
	  uv pip install --quiet --python $(VENV)/$$tool/bin/python --require-hashes -r requirements/$$tool.txt || exit 1; done
	@touch $@

$(VENV)/.node: package-lock.json | $(VENV)/.python
	@echo "[setup] Node packages"
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

setup: $(VENV)/.python $(VENV)/.node ## install everything into .venv and node_modules

lock: $(VENV)/.python ## renew the locks (no registry address enters them)
	@for name in bootstrap ministack linters; do $(LOCK) requirements/$$name.in -o requirements/$$name.txt || exit 1; done
	@$(LOCK) pyproject.toml -o requirements/runtime.txt
	@$(LOCK) pyproject.toml --extra dev -c requirements/runtime.txt -o requirements/dev.txt
	@npm install --package-lock-only --loglevel=error
LOCK := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11
