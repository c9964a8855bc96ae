# `make` lists what there is. Everything is set up on first use, under .odoo in this checkout.
.DEFAULT_GOAL := help
.PHONY: help demo test lint bench verify db odoo pot stop clean setup
SHELL := /bin/bash
export NAME SCENARIO PORT FRESH MODE ADDONS ODOO_BIN ODOO_RC ODOO_HOME PYTHON ODOO_DEB_DIR ODOO_LANGS

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-28s %s\n", $$1 substr($$0, length($$0) + 1), $$2}' $(MAKEFILE_LIST)

setup: ## fetch Odoo and what it needs (the others do it by themselves)
	@scripts/setup.sh test

db: ## NAME=x [SCENARIO=1]: a fresh database with our addons
	@scripts/db.sh $(NAME)

odoo: ## ARGS="shell -d x": any Odoo command in the prepared environment
	@scripts/odoo.sh $(ARGS)

stop: ## stop the private PostgreSQL
	@scripts/pg.sh stop
