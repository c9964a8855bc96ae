#!/usr/bin/env bash
# lint.sh: all linters on all files, and the state of the translations. No database needed.
source "$(dirname "$0")/env.sh"
"$REPO/scripts/setup.sh" lint
cd "$REPO"
"$ODOO_HOME/tools/bin/python" -m pytest tests/lint/test_linters.py tests/lint/test_translations.py
