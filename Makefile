# Short names for the commands that make the environment and run the project in it (setup_env.py does the work).
# A Python of your choice: make compare PYTHON=python3.12. Otherwise python3, or where that does not do, one that does.
PYTHON ?= $$(for python in python3 python3.13 python3.12 python3.11; do \
	$$python -SE -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && break; \
	python=python3; done; echo $$python)
SETUP = $(PYTHON) setup_env.py
ARGS =
BENCH_ENV ?= .venv-bench
BENCH_PYTHON = $(BENCH_ENV)/bin/python

help:
	@echo 'make compare   compare both networks, digit by digit, and write the report: analogy compare --report'
	@echo 'make live      a page to draw digits on, with both networks and Brian2 behind it: analogy live'
	@echo 'make test      run the tests'
	@echo 'make fuzz      read damaged files, odd options and bad requests, 100,000 a reader (20 minutes)'
	@echo 'make faults    kill, interrupt and starve the commands, and see what is left of their work (an hour)'
	@echo 'make installs  install from wheel and sdist, oldest and newest versions, each Python, and run the tests (hours)'
	@echo 'make lint      check style and types'
	@echo 'make audit     look the installed packages up among known security problems (needs the network)'
	@echo 'make bench     measure it beside other simulators and trainers, in an environment of its own (.venv-bench)'
	@echo 'make oracles   hold spikes and gradients against NEST and PyTorch, in the same environment'
	@echo 'make docs      build the documentation site in site/html, its gallery made by the code (minutes, once)'
	@echo 'make clean     remove the environment, caches, built packages and site; results in out/ stay'
	@echo 'make help      show these lines'
	@echo
	@echo 'The first time, compare, live, test, fuzz, faults, installs, lint, audit and docs make an environment in .venv (about a minute).'
	@echo 'ARGS passes options on: make compare ARGS="--digits 1000", make test ARGS="-x tests/test_setup.py"'

compare:
	@$(SETUP) run analogy compare --report $(ARGS)

live:
	@$(SETUP) run analogy live $(ARGS)

test:
	@$(SETUP) --dev run pytest $(ARGS)

fuzz:
	@$(SETUP) --dev run python tests/try_fuzz.py $(ARGS)

faults:
	@$(SETUP) --dev run python tests/try_faults.py $(ARGS)

installs:
	@$(SETUP) --extra installs run python tests/try_installs.py $(ARGS)

lint:
	@$(SETUP) --dev run ruff check .
	@$(SETUP) --dev run ruff format --check .
	@$(SETUP) --dev run mypy

audit:
	@$(SETUP) --extra audit run pip-audit --skip-editable $(ARGS)

bench:
	@$(PYTHON) benchmarks/install.py $(BENCH_ENV)
	@$(BENCH_PYTHON) benchmarks/floor.py
	@$(BENCH_PYTHON) benchmarks/peers.py $(ARGS)
	@$(BENCH_PYTHON) benchmarks/training.py

oracles:
	@$(PYTHON) benchmarks/install.py $(BENCH_ENV)
	@$(BENCH_PYTHON) benchmarks/oracles.py $(ARGS)

docs:
	@$(SETUP) --extra docs run python docs/build.py $(ARGS)

clean:
	rm -rf .venv .venv-bench dist build site .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help compare live test fuzz faults installs lint audit bench oracles docs clean
