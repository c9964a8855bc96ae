# `make` lists what there is. Everything is set up on first use, under .odoo in this checkout.
.DEFAULT_GOAL := help
.PHONY: help demo test lint bench verify db odoo pot stop clean setup
SHELL := /bin/bash
export NAME SCENARIO PORT FRESH T MODE COV ADDONS ODOO_BIN ODOO_RC ODOO_HOME PYTHON ODOO_DEB_DIR ODOO_LANGS

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## the acceptance case in a running Odoo [PORT=8069] [FRESH=1]
	@scripts/demo.sh

test: ## everything: linters, Odoo's tests, browser tests [T="tests/x.py -k y"] [MODE=odoo]
	@scripts/test.sh

lint: ## all linters, and the state of the translations
	@scripts/lint.sh

bench: ## speed beside core gamification and plain SQL
	@scripts/run.sh bench/run.sh

verify: ## our figures beside plain SQL for each KPI of the acceptance case
	@SCENARIO=1 scripts/db.sh verify
	@scripts/run.sh scripts/odoo_script.py verify scripts/verify.py

db: ## NAME=x [SCENARIO=1]: a fresh database with our addons
	@scripts/db.sh $(NAME)

odoo: ## ARGS="shell -d x": any Odoo command in the prepared environment
	@scripts/run.sh odoo $(ARGS)

pot: ## export the addons' terms, merge them into the Chinese translations
	@scripts/pot.sh

setup: ## fetch Odoo and what it needs (the others do it by themselves)
	@scripts/setup.sh test

stop: ## stop the private PostgreSQL
	@scripts/pg.sh stop

clean: ## remove the private databases and logs; downloads are kept (rm -r .odoo for all)
	@scripts/pg.sh destroy
