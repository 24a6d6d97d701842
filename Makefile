# `make` brings its own tools: a fresh machine needs only python3 (3.11 or newer) and make.
SHELL := /bin/bash
.DEFAULT_GOAL := help
VENV := .venv
PY := $(VENV)/bin/python
export PATH := $(CURDIR)/$(VENV)/bin:$(CURDIR)/node_modules/.bin:$(PATH)
# Some machines set it: each of the hundreds of processes of a test run would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE
PORT ?= 8000
# Of stages in AWS: availability zones (P09_ZONES=eu-central-1a,eu-central-1b) and first deploys (FOUNDING=prod).
PLACE = $(if $(P09_ZONES),-c zones=$(P09_ZONES)) $(if $(FOUNDING),-c founding=$(FOUNDING))
DEMO ?= 1
# Functions with an archive of dependencies of their own; the others share runtime.txt.
ARCHIVES := collect query
LOCK := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11

.PHONY: help setup run demo observe deploy-local test stories campaign mutants check check-infra check-aws check-workflows bench synth assembly diff unpack deploy verify smoke load plan-change record fetch-change claim-change roll-back audit sbom \
  openapi price record-statements generate clean lock lists format

help: ## what can be done here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /  make \1\t/' | expand -t 22

run: setup ## start the whole system on this machine (PORT=8000, DEMO=0 starts it empty); Ctrl-C stops it
	@exec $(PY) -m local.run --port $(PORT) --demo $(DEMO)

demo: setup ## a finite scenario: a browser and 10,000 events, from sending to the numbers
	@$(PY) -m local.demo --port $(PORT)

observe: setup $(VENV)/bin/promtool $(VENV)/bin/prometheus-alertmanager ## a real Prometheus and Alertmanager beside the running local system; Ctrl-C stops them
	@exec $(PY) -m scripts.observe

deploy-local: setup ## deploy what changed to the running local system
	@$(PY) -m local.deploy

test: setup $(VENV)/bin/promtool $(VENV)/bin/prometheus-alertmanager $(VENV)/.bench ## the tests of every change, in minutes: Python (unit, integration, infrastructure, faults, end to end) and the console's
	@$(PY) -m local.web
	@npm test --silent -w web
	@# The end-to-end tests mostly wait for the system that they deploy: they run beside the others, which give way to them
	@# (nice), and are printed after them.
	@$(PY) -m scripts.beside build/e2e.log "$(PY) -m pytest tests/e2e" \
	  "nice $(PY) -m pytest tests/unit tests/integration tests/infra tests/faults -n 2 --dist worksteal"

stories: setup ## browser walks and long scenarios on a deployed local system
	@$(PY) -m local.web
	@$(PY) -m pytest tests/stories

campaign: setup $(VENV)/bin/promtool ## longer test campaigns: twenty times the examples of every property, a hundred thousand requests
	@$(PY) -m pytest tests/unit tests/integration tests/faults -n 2 --dist worksteal --hypothesis-profile campaign
	@$(MAKE) --no-print-directory mutants

mutants: $(VENV)/.mutants ## change pure modules in a few hundred ways, one at a time; prints the changes that no test noticed
	@$(VENV)/mutants/bin/mutmut run
	@$(VENV)/mutants/bin/mutmut results

check: setup check-infra check-aws check-workflows ## lint, types, import rules, drift of generated files, the infrastructure's linters
	@ruff check .
	@ruff format --check --quiet .
	@mypy
	@lint-imports --no-logo > build/import-rules.txt || { cat build/import-rules.txt; exit 1; }
	@$(PY) -m scripts.migration_rules
	@$(PY) -m scripts.openapi --check
	@$(PY) -m scripts.generate --check
	@npm run check --silent -w web

synth: setup ## write the CDK assembly of all four stages, offline; findings of cdk-nag end it
	@$(PY) -m local.web
	@# Only looked at, never deployed: any region will do.
	@cdk synth --quiet -c copy_region=$(or $(P09_COPY_REGION),eu-west-1) $(PLACE)

check-infra: synth
	@cfn-lint 'cdk.out/assembly-*/*.template.json'
	@$(VENV)/linters/bin/checkov --directory cdk.out --framework cloudformation --quiet --compact --skip-download
	@$(PY) -m scripts.price --check

price: synth ## print what the stages in AWS cost, idle and for a million events, and write docs/price.md
	@$(PY) -m scripts.price

check-aws: synth ## what AWS would refuse or never deliver: order, names, permissions, service principals, ports (see scripts/aws_gate)
	@$(PY) -m scripts.aws_gate cdk.out

check-workflows: setup
	@$(VENV)/linters/bin/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(VENV)/linters/bin/zizmor --offline --quiet .github

assembly: setup ## write build/assembly, what is deployed to AWS, and build/assembly.tar.gz (P09_COPY_REGION= keeps copies of backups)
	@$(PY) -m local.web
	@rm -rf build/assembly
	@cdk synth --quiet -c stages=dev,staging,prod -c copy_region=$(P09_COPY_REGION) $(PLACE) --output build/assembly
	@tar --create --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --directory build assembly | gzip --no-name > build/assembly.tar.gz
	@sha256sum build/assembly.tar.gz
	@$(PY) -m infra.byte_code

diff: setup ## what differs from another checkout's assembly, offline: make diff BASE=../before/build/assembly STAGE=prod
	@scripts/delivery/diff.sh $(or $(STAGE),prod) $(or $(BASE),$(error say BASE=FOLDER)) build/assembly

unpack: setup ## unpack build/assembly.tar.gz, as make assembly wrote it
	@rm -rf build/assembly
	@tar --extract --gzip --file build/assembly.tar.gz --directory build

deploy: setup ## deploy an assembly to a stage in AWS: make deploy STAGE=staging ASSEMBLY=build/assembly
	@P09_REPOSITORY=$(REPOSITORY) scripts/delivery/deploy.sh $(or $(STAGE),$(error say STAGE=dev, staging or prod)) $(or $(ASSEMBLY),build/assembly)

verify: setup ## smoke test and load snapshot of a stage that was deployed: make verify STAGE=staging (smoke, load: one of them)
	@scripts/delivery/verify.sh $(or $(STAGE),$(error say STAGE=dev, staging or prod))

smoke load: setup
	@scripts/delivery/verify.sh $(or $(STAGE),$(error say STAGE=dev, staging or prod)) $@

plan-change: setup ## plan the change that build/assembly.tar.gz is; P09_URL and P09_TOKEN say where and by whom
	@scripts/delivery/plan.sh

record: setup ## do a step of the change in build/change and report it: make record STEP=smoke DO=smoke STAGE=staging
	@scripts/delivery/record.sh $(or $(STEP),$(error say STEP=staged, smoke, load_snapshot or verified)) \
	  $(MAKE) --no-print-directory $(or $(DO),$(error say DO=TARGETS))

fetch-change: setup ## fetch what a change was proved with on staging: make fetch-change CHANGE=CHG-…
	@scripts/delivery/fetch.sh $(or $(CHANGE),$(error say CHANGE=ID))

claim-change: setup ## take the change in build/change to production, once, while it is approved and its gates are open
	@scripts/delivery/claim.sh

roll-back: setup ## deploy again what the last delivery that went well has deployed, and verify it: make roll-back STAGE=prod
	@scripts/delivery/previous.sh build/previous $(or $(STAGE),$(error say STAGE=dev, staging or prod))
	@scripts/delivery/deploy.sh $(or $(STAGE),$(error say STAGE=dev, staging or prod)) build/previous/assembly
	@scripts/delivery/verify.sh $(STAGE)

audit: $(VENV)/.audit ## known vulnerabilities (asks PyPI and npm) and licences of what is shipped
	@$(PY) -m scripts.licences
	@$(VENV)/audit/bin/pip-audit --strict --disable-pip --require-hashes $(foreach name,runtime $(ARCHIVES),-r requirements/$(name).txt)
	@npm audit --omit dev

sbom: $(VENV)/.audit ## write build/sbom-*.json (CycloneDX), one for each archive of dependencies and one for the console, offline
	@for name in runtime $(ARCHIVES); do \
	  $(VENV)/audit/bin/cyclonedx-py requirements --output-reproducible requirements/$$name.txt -o build/sbom-$$name.json || exit 1; done
	@npm sbom --sbom-format cyclonedx --omit dev --workspace web > build/sbom-console.json

bench: $(VENV)/.bench ## measure against the targets; BENCH="drain cold_start --runs 5" for some rows
	@$(PY) -m bench $(BENCH)

openapi: setup ## write shared/http/openapi.json and the console's client from the routes
	@$(PY) -m scripts.openapi
	@npm run generate --silent -w web

record-statements: setup ## write down what the code says to PostgreSQL today, on which later migrations are tried
	@$(PY) -m pytest tests/integration/upgrade/test_recording.py --record

generate: setup ## write rules, dashboards, alarms and docs from shared/runbook.toml
	@$(PY) -m scripts.generate

lists: setup ## take the newest lists of browsers and crawlers into the locks; sources are looked through by hand (shared/enrichment)
	@$(LOCK) pyproject.toml $(foreach name,ua-parser ua-parser-rs ua-parser-builtins crawler-user-agents,--upgrade-package $(name)) -o requirements/runtime.txt
	@$(LOCK) pyproject.toml --extra dev -c requirements/runtime.txt -o requirements/dev.txt
	@$(LOCK) pyproject.toml requirements/bench.in -c requirements/runtime.txt -o requirements/bench.txt

format: setup ## let the formatters have their way
	@ruff check --quiet --fix .
	@ruff format --quiet .

clean: ## remove the local system's state and everything that was built
	@test ! -x $(PY) || $(PY) -m local.clean
	@rm -rf build cdk.out mutants web/dist web/tracker/dist bench/results.json .hypothesis .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

setup: $(VENV)/.python $(VENV)/.node ## install everything into .venv and node_modules

$(VENV)/.python: requirements/*.txt pyproject.toml
	@echo "[setup] Python packages"
	@test -x $(PY) || python3 -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@uv pip install --quiet --python $(PY) --require-hashes -r requirements/dev.txt
	@uv pip install --quiet --python $(PY) --no-deps --no-build-isolation --editable .
	@for tool in ministack linters; do \
	  uv venv --quiet --allow-existing --python $(PY) $(VENV)/$$tool && \
	  uv pip install --quiet --python $(VENV)/$$tool/bin/python --require-hashes -r requirements/$$tool.txt || exit 1; done
	@mkdir -p build
	@touch $@

$(VENV)/.node: package-lock.json | $(VENV)/.python
	@echo "[setup] Node packages"
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# Only tests need promtool: a machine without it still runs the system.
$(VENV)/bin/promtool: | $(VENV)/.python
	@scripts/test/install-prometheus.sh $(VENV)/bin

$(VENV)/bin/prometheus-alertmanager: | $(VENV)/.python
	@scripts/test/install-prometheus.sh $(VENV)/bin prometheus-alertmanager prometheus-alertmanager

$(VENV)/.bench: requirements/bench.txt | setup
	@echo "[setup] packages that the benchmarks compare with"
	@uv venv --quiet --allow-existing --python $(PY) $(VENV)/bench
	@uv pip install --quiet --compile-bytecode --python $(VENV)/bench/bin/python --require-hashes -r requirements/bench.txt
	@touch $@

$(VENV)/.mutants: requirements/mutants.txt | setup
	@uv venv --quiet --allow-existing --python $(PY) $(VENV)/mutants
	@uv pip install --quiet --python $(VENV)/mutants/bin/python --require-hashes -r requirements/mutants.txt
	@touch $@

$(VENV)/.audit: requirements/audit.txt | setup
	@uv venv --quiet --allow-existing --python $(PY) $(VENV)/audit
	@uv pip install --quiet --python $(VENV)/audit/bin/python --require-hashes -r requirements/audit.txt
	@touch $@

lock: $(VENV)/.python ## renew the locks (no registry address enters them)
	@for name in audit bootstrap ministack linters; do $(LOCK) requirements/$$name.in -o requirements/$$name.txt || exit 1; done
	@$(LOCK) pyproject.toml -o requirements/runtime.txt
	@for name in $(ARCHIVES); do $(LOCK) requirements/$$name.in -c requirements/runtime.txt -o requirements/$$name.txt || exit 1; done
	@$(LOCK) pyproject.toml --extra dev -c requirements/runtime.txt -o requirements/dev.txt
	@$(LOCK) pyproject.toml requirements/bench.in -c requirements/runtime.txt -o requirements/bench.txt
	@$(LOCK) pyproject.toml requirements/mutants.in --extra dev -c requirements/dev.txt -o requirements/mutants.txt
	@npm install --package-lock-only --loglevel=error
