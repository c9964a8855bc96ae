#!/usr/bin/env bash
# db.sh NAME: a fresh database with our addons; SCENARIO=1 loads the acceptance case.
source "$(dirname "$0")/env.sh"
NAME=${1:-}
[[ $NAME =~ ^[a-z][a-z0-9_]*$ ]] || die "a name for the database is needed (small letters, digits, _): make db NAME=x"
[ "$NAME" != demo ] || die "database demo belongs to the demo: make demo FRESH=1 makes it anew"
use_odoo demo
use_pg
if [ -n "${ODOO_BIN:-}" ]; then
    odoo db init "$NAME" 2>"$ODOO_HOME/db-$NAME.log" || die "database $NAME was not made; if it exists, drop it first: $ODOO_BIN db drop $NAME"
else
    clone_template "$NAME"
fi
say "installing $ADDONS"
install_addons "$NAME" "$ODOO_HOME/db-$NAME.log" "$ADDONS"
if [ -n "${SCENARIO:-}" ]; then
    say "loading the acceptance case"
    "$REPO/scripts/odoo_script.py" "$NAME" "$REPO/scripts/scenario.py"
fi
say "database $NAME is ready: make odoo ARGS=\"shell -d $NAME\""
