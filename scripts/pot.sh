#!/usr/bin/env bash
# pot.sh: export the addons' terms again and merge them into the Chinese translations.
source "$(dirname "$0")/env.sh"
use_odoo demo
use_pg
DB=pot_$$
trap 'drop_db $DB; release_pg' EXIT
clone_template $DB
say "installing $ADDONS"
install_addons $DB "$ODOO_HOME/pot.log" "$ADDONS"
say "exporting"
IFS=, read -ra names <<<"$ADDONS"
cd "$REPO"
scripts/odoo_script.py $DB scripts/export_terms.py "${names[@]}"
