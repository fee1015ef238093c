# privatelink-autopilot. `make help` lists what there is.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CHECKS := $(VENV)/checks
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONPATH := $(CURDIR)/functions:$(CURDIR)
export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := $(CURDIR)/$(VENV)
export SAM_CLI_TELEMETRY := 0

# The architecture that is deployed has to be the one that is built for.
OVERRIDES := $(if $(PARAMETERS),--parameter-overrides $(PARAMETERS))

# The last thing that `check` prints is the tests' summary, and two builds never share a folder.
.NOTPARALLEL:

# An environment whose interpreter is gone, after an upgrade say, is made anew.
ifneq ($(shell [ -L $(BIN)/python ] && ! $(BIN)/python -c '' 2>/dev/null && echo gone),)
  $(shell rm -rf $(VENV))
endif

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  \033[1m%-22s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The first interpreter that really is a Python 3.13: PYTHON=... wins, then PATH, then pyenv.
$(BIN)/uv:
	@for python in "$${PYTHON:-}" python3.13 python3 python "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/3.13*/bin/python; do \
	  if [ -n "$$python" ] && "$$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null; then found="$$python"; break; fi; \
	done; \
	if [ -z "$${found:-}" ]; then \
	  echo "Python 3.13 was not found: install it (https://www.python.org/downloads/, 'pyenv install 3.13', 'brew install python@3.13') or name it, as in: make $(MAKECMDGOALS) PYTHON=/path/to/python3.13" >&2; exit 1; \
	fi; \
	"$$found" -m venv $(VENV) && $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: --requirement security/uv.txt

$(READY): pyproject.toml uv.lock | $(BIN)/uv
	@$(BIN)/uv sync --frozen --quiet
	@touch $@

# checkov and CloudFormation Guard, which agree with nothing else about packages.
$(CHECKS)/.ready: security/checks/pyproject.toml security/checks/uv.lock security/guard.py | $(READY)
	@UV_PROJECT_ENVIRONMENT="$(CURDIR)/$(CHECKS)" $(BIN)/uv sync --frozen --no-build --quiet --project security/checks --python $(BIN)/python \
	  || { echo "What checks the templates could not be installed: the package index has to be reached, and a wheel be there for this machine" >&2; exit 1; }
	@$(BIN)/python -m security.guard --version >/dev/null
	@touch $@

.PHONY: install
install: $(READY) ## Install the tools of this project into .venv (every other target does it too)

.PHONY: demo
demo: $(READY) ## Watch the main job done on the embedded AWS: no account, no Docker
	@$(BIN)/python -m sandbox.demo

.PHONY: lab
lab: $(READY) ## The same with packets, in Linux network namespaces: root, on Linux
	@$(BIN)/python -m sandbox.lab

# Much of what these tests do is waiting: for queues, deployments, and each other's sandboxes.
PROCESSORS := $(shell getconf _NPROCESSORS_ONLN)
WORKERS = $(shell expr $(PROCESSORS) + $(1))

# Tests talk to loopback only.
.PHONY: packages
packages: $(READY) # fetches what the artifact needs, once for all tests
	@$(BIN)/python -m sandbox.deployment

.PHONY: test
test: packages ## Run all tests but the slow ones, the random lives, the console's, the browser's, the lab's and security's
	@$(BIN)/pytest -n $(call WORKERS,1) --dist loadgroup -m "not slow" --ignore tests/lifecycle --ignore tests/console --ignore tests/security --ignore tests/browser --ignore tests/lab

.PHONY: test-slow
test-slow: $(READY) ## Test what goes on at the same time, and lists of many pages
	@$(BIN)/pytest -n auto -m slow tests/integration/functions

.PHONY: test-console
test-console: packages ## Test the console against the sandbox; UPDATE=1 writes its golden outputs anew
	@$(if $(UPDATE),UPDATE_GOLDEN=1) $(BIN)/pytest -n $(call WORKERS,2) --dist loadfile tests/console

# Installs Debian's packages $(2) for the program $(1) where CI may; elsewhere the tests say what is missing, and skip.
define from-debian
	@if [ -n "$${CI:-}" ] && [ "$$(id -u)" = 0 ] && ! command -v $(1) >/dev/null && command -v apt-get >/dev/null; then \
	  { apt-get update && apt-get install --yes --no-install-recommends $(2); } >/dev/null \
	    || echo "$(1) could not be installed: apt-get says why" >&2; \
	fi
endef
FOR_BROWSER = $(call from-debian,chromium,chromium fonts-dejavu-core)
FOR_LAB = $(call from-debian,nft,curl iproute2 nftables procps)

.PHONY: test-browser test-lab test-deployed
test-browser: $(READY) ## Test the report in Chromium; skips where there is none
	$(FOR_BROWSER)
	@$(BIN)/pytest -n $(PROCESSORS) tests/browser

test-lab: packages ## Test what packets do while the stack does its work; skips without root on Linux
	$(FOR_LAB)
	@$(BIN)/pytest tests/lab

# What takes longest comes first.
test-deployed: packages # the lab, the console and the report at once, since much of it is waiting
	$(FOR_BROWSER)
	$(FOR_LAB)
	@$(BIN)/pytest -n $(call WORKERS,3) --dist loadfile --no-loadscope-reorder tests/lab tests/console tests/browser

# The same order of everything each time, so that a seed brings back what failed.
LIFECYCLE := PYTHONHASHSEED=0 $(BIN)/pytest -n auto tests/lifecycle
.PHONY: test-lifecycle test-lifecycle-nightly
test-lifecycle: $(READY) ## Test random lives of connections, with faults; SEED=... for other lives than always
	@$(LIFECYCLE) $(if $(SEED),--hypothesis-seed=$(SEED))

test-lifecycle-nightly: $(READY) ## The same, twenty times as long; SEED=... brings back those of another night
	@seed=$(or $(SEED),$$(date +%Y%m%d)); echo "SEED=$$seed"; \
	  LIFECYCLE_PROFILE=nightly $(LIFECYCLE) --hypothesis-seed=$$seed

.PHONY: test-security
test-security: packages $(CHECKS)/.ready ## Prove that permissions are needed and no wider, attack the stack, and print the figures
	@$(BIN)/pytest -n $(call WORKERS,1) --dist loadgroup tests/security

.PHONY: fuzz
fuzz: $(READY) ## Fuzz each parser, guided by what it covers, for SECONDS=60; goes on from what it has found before
	@$(BIN)/python -m tests.security.fuzz.running $(or $(SECONDS),60) $(TARGET)

.PHONY: bench bench-smoke
bench: $(READY) ## Measure everything in one run: benchmarks/results.json, docs/performance.md and its pictures
	@$(BIN)/python -m benchmarks

bench-smoke: $(READY) ## Compare the calls of a small storm and sweep with those on record; UPDATE=1 records them anew
	@$(BIN)/python -m benchmarks.smoke $(if $(UPDATE),--update)

.PHONY: screens
screens: $(READY) ## Draw the pictures of docs/ anew from the console's golden documents and the figures on record
	@$(BIN)/python -m tests.console.draw
	@$(BIN)/python -m tests.browser.draw
	@$(BIN)/python -m benchmarks.documentation.page
	@$(BIN)/python -m benchmarks.documentation.dashboard

.PHONY: docs
docs: $(READY) ## Build the documentation site, strictly, into dist/site
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

.PHONY: check
check: lint types contracts templates requirements-fresh docs bench-smoke test-lifecycle test-slow test-deployed test-security test ## Everything that CI checks

.PHONY: lint
lint: $(READY) ## Lint and check the formatting
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

.PHONY: format
format: $(READY) ## Format the code and mend what the linter can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

.PHONY: types
types: $(READY) ## Check the types
	@$(BIN)/mypy

.PHONY: contracts
contracts: $(READY) ## Check that imports run along the architecture's arrow
	@cd functions && "$(CURDIR)/$(BIN)/lint-imports" --config ../pyproject.toml --cache-dir ../.import_linter_cache

TEMPLATES := template.yaml consumer/template.yaml examples/overlapping-cidr/consumer.yaml examples/overlapping-cidr/provider.yaml examples/look-up/cloudformation.yaml
GUARD := $(BIN)/python -m security.guard
.PHONY: templates
templates: $(READY) $(CHECKS)/.ready ## Check the templates: SAM, cfn-lint, checkov, and rules of our own
	@$(BIN)/sam validate --lint --template template.yaml --region us-east-1
	@$(BIN)/cfn-lint --include-checks I --include-experimental -- $(TEMPLATES)
	@LOG_LEVEL=ERROR $(CHECKS)/bin/checkov --framework cloudformation --skip-download --compact --quiet --file $(TEMPLATES)
	@told=$$($(GUARD) test --dir security/rules) || { echo "$$told" >&2; exit 1; }
	@$(GUARD) validate --rules security/rules/policies.guard --data $(TEMPLATES)
	@$(GUARD) validate --rules security/rules/provider.guard --data template.yaml
	@$(GUARD) validate --rules security/rules/consumer.guard --data consumer/template.yaml

# The artifact carries the dependency group `functions` alone: the console's packages stay at home.
.PHONY: requirements
requirements: $(READY) ## Export functions/requirements.txt and security/uv.txt from uv.lock
	@$(BIN)/uv export --frozen --quiet --only-group functions --no-header --output-file functions/requirements.txt
	@$(BIN)/uv export --frozen --quiet --only-group uv --no-header --output-file security/uv.txt

.PHONY: requirements-fresh
requirements-fresh: $(READY)
	@$(BIN)/uv lock --check --quiet
	@$(BIN)/uv lock --check --quiet --project security/checks --python $(BIN)/python
	@$(BIN)/uv export --frozen --quiet --only-group uv --no-header | diff - security/uv.txt \
	  || { echo "security/uv.txt is stale: run 'make requirements'" >&2; exit 1; }
	@$(BIN)/uv export --frozen --quiet --only-group functions --no-header | diff - functions/requirements.txt \
	  || { echo "functions/requirements.txt is stale: run 'make requirements'" >&2; exit 1; }

.PHONY: schemas
schemas: $(READY) ## Write the JSON Schemas and the reference pages in docs/ anew
	@$(BIN)/python -m console.schemas
	@$(BIN)/python -m documentation.reference

# pip checks the hashes of all that it downloads, also of what is for another processor: artifact/packing.py.
HASHED := PIP_CONSTRAINT=functions/requirements.txt PIP_REQUIRE_HASHES=1 PIP_ONLY_BINARY=:all:
BUILT := .aws-sam/build/template.yaml
.PHONY: build
build: $(READY) ## Build the Lambda artifact with SAM; takes the PARAMETERS of deploy
	@$(HASHED) $(BIN)/sam build $(OVERRIDES)
	@$(BIN)/python -m artifact.packing $(BUILT)

.PHONY: sbom
sbom: build ## Write the artifact's bill of materials (CycloneDX) to dist/
	@$(BIN)/python -m security.bill_of_materials $(BUILT) dist

.PHONY: audit
audit: $(READY) ## Look for known vulnerabilities in what is deployed and in the tools
	@$(BIN)/python -m security.advisories

.PHONY: deploy
deploy: build ## Deploy the provider's stack: make deploy PARAMETERS="ConsumerExternalId=..."
	@$(BIN)/sam deploy $(OVERRIDES)

.PHONY: sandbox
sandbox: $(READY) ## Start the embedded AWS with the stack deployed, and leave it running until Ctrl-C
	@$(BIN)/python -m sandbox

.PHONY: invoke
invoke: $(READY) ## Run one function on one event in the sandbox: make invoke FN=accept_endpoint_connections EVENT=events/...
	@$(BIN)/python -m sandbox.invoke "$(FN)" "$(EVENT)"

.PHONY: clean
clean: ## Remove everything that make created
	@rm -rf $(VENV) .aws-sam dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .sandbox .fuzz
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
