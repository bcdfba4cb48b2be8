# Two commands: `make run` opens the app, `make test` runs every test. `make help` lists the rest.
# Needs Python >= 3.11 and make; everything else goes into .venv.
.DEFAULT_GOAL := help
.PHONY: run test check format bench clean help

PY := .venv/bin/python
# Exit status 0 when no database is configured and the sample registry isn't built yet.
NO_SAMPLE := import sys; from nhr_dash.settings import settings; s = settings(); \
	sys.exit(not (s.is_sample and not (s.data_dir / "sample.db").is_file()))
# How many test processes run side by side; the machine decides, at most four.
WORKERS ?= auto

run: ## open the app on this machine (http://127.0.0.1:8501); the first start builds the sample registry
	@tools/venv.sh requirements.txt
	@if $(PY) -c '$(NO_SAMPLE)'; then $(PY) -m nhr_dash sample; fi
	@$(PY) -m streamlit run app.py

test: ## every test: unit, page, browser (ARGS=tests/statistics for some)
	@tools/venv.sh requirements-dev.txt
	@tools/browser.sh
	@tools/provider.sh
	@tools/nginx.sh
	@$(PY) -m pytest -n $(WORKERS) --maxprocesses 4 $(ARGS)

check: ## lint, format, types, and the contract of which layer may import which
	@tools/venv.sh requirements-dev.txt
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports

format: ## put the code in the house style
	@tools/venv.sh requirements-dev.txt
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

bench: ## the speed bars, beside a bare Streamlit app (ARGS="rerun start" for some)
	@tools/venv.sh requirements-dev.txt
	@$(PY) -m bench $(ARGS)

clean: ## remove .venv, caches and the sample registry (never a configured database)
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis data/sample.db* data/tests
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
