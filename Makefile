# Every target sets up what it needs by itself. `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
# What production asks for, so that the checks judge production settings. Nothing is connected to.
PRODUCTION := env -u DEBUG ENVIRONMENT=production SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))') \
	ALLOWED_HOSTS=workmate.example SITE_URL=https://workmate.example EMAIL_HOST=mail.example \
	DATABASE_URL=postgres://nobody@127.0.0.1:1/none REDIS_URL=redis://127.0.0.1:1/0

.DEFAULT_GOAL := help
.PHONY: help setup run test lint format messages fuzz bench lighthouse screenshots stop
MAKEFLAGS += --no-print-directory

help: ## List the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

setup: ## Install everything that run and test need
	@$(PYTHON) workmate/bootstrap.py setup

run: ## Start the product with demo data at http://127.0.0.1:8000 (PORT=... for another port)
	@$(PYTHON) workmate/bootstrap.py run

test: ## Run all tests on real engines (ARGS="crm -k name" for some of them)
	@$(PYTHON) workmate/bootstrap.py test $(ARGS)

lint: setup ## Check style, types, templates, migrations, production settings and the API schema
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@find templates -name '*.html' -print0 | xargs -0 -r $(BIN)/djade --check --target-version 5.2
	@$(BIN)/mypy --no-error-summary
	@$(PRODUCTION) $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run --verbosity 0
	@$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING >/dev/null
	@$(PRODUCTION) $(BIN)/python manage.py spectacular --validate --fail-on-warn --file /dev/null
	@echo "Everything is clean."

format: setup ## Put code and templates into their format
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .
	@find templates -name '*.html' -print0 | xargs -0 -r $(BIN)/djade --target-version 5.2

messages: setup ## Collect texts into locale/de and compile them
	@$(BIN)/python manage.py messages
	@$(PYTHON) workmate/bootstrap.py setup

fuzz: setup ## Fuzz the API with 50 examples an operation
	@FUZZ_EXAMPLES=50 $(BIN)/python -m pytest workmate/tests/test_fuzz.py $(ARGS)

bench: setup ## Measure the API against a floor and every page, on a load set
	@$(BIN)/python -m benchmarks.run $(ARGS)

lighthouse: setup ## Let Lighthouse judge the main pages under production settings
	@$(PYTHON) workmate/bootstrap.py lighthouse

screenshots: setup ## Take the pictures of the guide and the README anew (ARGS="week" for some)
	@$(BIN)/python -m docs.guide.screenshots $(ARGS)

stop: ## Stop embedded engines that a killed run left behind
	@$(BIN)/python -m workmate.engines stop
