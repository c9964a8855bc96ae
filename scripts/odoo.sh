#!/usr/bin/env bash
# odoo.sh ARGS...: any Odoo command in the prepared environment.
source "$(dirname "$0")/env.sh"
use_odoo
use_pg
odoo "$@"
