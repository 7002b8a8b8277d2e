# Everything runs in .venv and node_modules below this folder; a second run of a target does no work twice.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
FUZZ_SECONDS ?= 30
BIN := $(CURDIR)/.venv/bin
export PATH := $(BIN):$(PATH)
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help install check test demo bench bench-load bench-scale abi clean faults fuzz mutants lock screenshots w3c

help: ## Show this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: .venv/installed node_modules/.installed verifier_web/static/vendor/private.js ## Install everything this project needs, into this folder

.venv/installed: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# Not `npm ci`: it stops where a registry lacks another platform's optional package.
node_modules/.installed: package.json package-lock.json .venv/installed
	$(BIN)/npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

verifier_web/static/vendor/private.js: verifier_web/vendor.mjs node_modules/.installed
	$(BIN)/node $<

check: install ## Format, lint, types, layers, contract lint, and drift of everything generated
	ruff format --check .
	ruff check .
	mypy
	lint-imports
	npx solhint --max-warnings 0 'contracts/**/*.sol'
	npx prettier --check 'contracts/**/*.sol' 'tests/contracts/*.sol' hardhat.config.js verifier_web/vendor.mjs 'verifier_web/static/private/*.js' 'tests/verifier_web/private/*.mjs'
	npx tsc --project verifier_web/static/private
	python contracts/export_artifact.py --check
	slither .
	python docs/check_help.py
	python docs/check_translations.py

test: install ## Run every test: contract, core, store, chain, page
	npx hardhat test
	python -m pytest -n 2 --dist loadgroup --cov --cov-report=
	coverage report --fail-under=100 --include='registry/core/*,registry/checks/*,anchoring/plan.py,anchoring/agreement.py'

screenshots: install ## Take a picture of every page, width and language, into .screenshots/
	rm -rf .screenshots
	CREDANCHOR_SCREENSHOTS=$(CURDIR)/.screenshots python -m pytest -q \
	  tests/e2e/test_every_verdict.py tests/e2e/test_other_pages.py tests/e2e/test_magnified.py tests/e2e/test_private_check.py

demo: install ## Take a roster to verified credentials on a local chain
	credanchor demo

abi: install ## Write the contract's ABI, bytecode and address into the Python package
	python contracts/export_artifact.py

bench: install ## Measure this project side by side with its peers, which it builds below .bench/
	python -m benchmarks.run

bench-load: install ## Put the verifier's API under the load of 50 clients
	python -m benchmarks.load

bench-scale: install ## Issue 10^3 to 10^6 credentials and draw what each costs
	python -m benchmarks.scale

fuzz: install .fuzz/installed ## Look longer: more examples, the parsers by their coverage, both interfaces by their descriptions
	CREDANCHOR_TEST_PROFILE=long python -m pytest -n 2 --dist loadgroup tests/core tests/checks tests/credentials tests/anchoring
	CREDANCHOR_FUZZ=long npx hardhat test
	python tests/fuzz/fuzz.py --seconds $(FUZZ_SECONDS)
	python -m pytest tests/fuzz/api_fuzz.py

# atheris and schemathesis are on no path but that of `make fuzz`; all else that they need is in requirements.lock.
.fuzz/installed: tests/fuzz/requirements.lock .venv/installed
	rm -rf .fuzz/packages
	python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --target .fuzz/packages -r $<
	touch $@

faults: install ## Kill and disturb the anchoring job at every point, and count what was lost or paid twice
	CREDANCHOR_TEST_PROFILE=long python -m pytest -n 2 --dist loadgroup tests/faults

mutants: install ## Break the contract on purpose and see its tests fail
	python tests/contracts/mutate.py

w3c: install ## Run a test suite of the W3C against our VC-API: make w3c SUITE=FOLDER
	python tests/interop/w3c_suites.py $(SUITE)

lock: ## Resolve requirements.lock anew (needs uv)
	printf 'pysha3; sys_platform == "never"\nweb3>=8\n' > .overrides.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --override .overrides.txt --all-extras pyproject.toml -o requirements.lock
	python -c 'import re, pathlib; p = pathlib.Path("requirements.lock"); p.write_text(re.sub(r"(?m)^pysha3.*\n(?: +.*\n)+", "", p.read_text()))'
	rm .overrides.txt

clean: ## Remove everything that was installed or built
	rm -rf .venv .bench .fuzz .screenshots node_modules verifier_web/static/vendor artifacts cache build *.egg-info .mypy_cache .ruff_cache .pytest_cache .coverage .hypothesis
