#!/usr/bin/env bash
# run.sh COMMAND...: any program (odoo, psql, python, a script) in the prepared environment.
source "$(dirname "$0")/env.sh"
use_odoo demo
use_pg
"$@"
