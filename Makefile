# make run — показать бота, make preview — писать тексты и видеть их, make test — проверить всё. Нужны только Python 3.11+ и make.
SHELL := /bin/sh
BIN := .venv/bin
ARGS ?=
# every process of pytest imports all files it is given: a quarter of a minute for the whole tree
BROWSER = $(shell grep -rl --include='test_*.py' 'mark\.browser' tests)

.PHONY: run demo preview test lint faults bench
.DEFAULT_GOAL := run

run demo: .venv/.ready-run
	@$(BIN)/python -m bot demo

preview: .venv/.ready-run
	@$(BIN)/python -m bot preview

lint: .venv/.ready-dev
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo >.venv/.imports 2>&1 || { cat .venv/.imports; exit 1; }

# Many tests wait more than they work, so several processes share two cores; half of the kills stand in one file.
test: lint
	@$(BIN)/pytest -n 5 --dist worksteal -m "not browser and not faults" $(ARGS)
	@$(BIN)/pytest -n 3 --dist worksteal -m faults tests/faults $(ARGS)
	@$(BIN)/pytest -n 3 --dist worksteal -m browser $(BROWSER) $(ARGS)

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
