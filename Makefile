# make run — показать бота, make test — проверить всё. Нужны только Python 3.11+ и make.
SHELL := /bin/sh
BIN := .venv/bin
ARGS ?=

.PHONY: run demo test lint faults bench
.DEFAULT_GOAL := run

run demo: .venv/.ready-run
	@$(BIN)/python -m bot demo

lint: .venv/.ready-dev
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo >.venv/.imports 2>&1 || { cat .venv/.imports; exit 1; }

# Browsers and kills want the machine for themselves; the rest runs on two processes.
test: lint
	@$(BIN)/pytest -n 2 -m "not browser and not faults" $(ARGS)
	@$(BIN)/pytest -m "browser or faults" $(ARGS)

faults: .venv/.ready-dev
	@BOT_FAULTS=full $(BIN)/pytest -m faults --timeout=3600 -s tests/faults $(ARGS)

bench: .venv/.ready-dev
	@$(BIN)/python -m bench $(ARGS)

.venv/.ready-run: uv.lock pyproject.toml deploy/prepare.sh
	@sh deploy/prepare.sh --no-dev
	@touch $@

.venv/.ready-dev: uv.lock pyproject.toml deploy/prepare.sh
	@sh deploy/prepare.sh
	@touch $@
