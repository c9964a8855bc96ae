# shellcheck shell=bash
# Sourced by the other scripts: where things are, and the few steps they share.
set -Eeuo pipefail
REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export REPO ODOO_HOME=${ODOO_HOME:-$REPO/.odoo}
STARTED=$SECONDS

say() { printf '[%3ds] %s\n' $((SECONDS - STARTED)) "$*"; }
die() {
    printf 'ERROR: %s\n' "$*" >&2
    exit 1
}

# addons_in FOLDER: its addons, comma-separated
addons_in() { (cd "$1" 2>/dev/null && for m in */__manifest__.py; do [ -f "$m" ] && dirname "$m"; done | paste -sd,) || true; }
ADDONS=${ADDONS:-$(addons_in "$REPO")}

# addons_digest: changes with what an update of the addons would load
addons_digest() {
    # shellcheck disable=SC2086
    (cd "$REPO" && find ${ADDONS//,/ } -type f -not -name '*.pyc' -not -path '*/tests/*' -print0 \
        | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16)
}

# What the cached template database holds: Odoo's own modules that ours build on.
TEMPLATE_MODULES=base,hr,crm,project,account,hr_skills,gamification

# use_odoo demo|test: set up what is missing; then `odoo`, `python`, `psql` are the right ones.
# With ODOO_BIN (and ODOO_RC, if any) it is somebody's own Odoo and their own PostgreSQL.
use_odoo() {
    local theirs
    mkdir -p "$ODOO_HOME"
    if [ -n "${ODOO_BIN:-}" ]; then
        [ -x "$ODOO_BIN" ] || die "ODOO_BIN=$ODOO_BIN is no program: give the full path of odoo-bin"
        [ -z "${ODOO_RC:-}" ] || [ -r "$ODOO_RC" ] || die "ODOO_RC=$ODOO_RC cannot be read"
        ODOO_RC=${ODOO_RC:-$HOME/.odoorc}
        theirs=$(sed -nE 's/^ *addons_path *= *//p' "$ODOO_RC" 2>/dev/null || true)
        install -m 600 /dev/null "$ODOO_HOME/own.conf" # their file may hold passwords
        {
            echo "[options]"
            grep -vE '^ *(\[options\]|addons_path *=)' "$ODOO_RC" 2>/dev/null || true
            echo "addons_path = ${theirs:+$theirs,}$REPO"
        } >"$ODOO_HOME/own.conf"
        export ODOO_RC=$ODOO_HOME/own.conf
        return
    fi
    "$REPO/scripts/setup.sh" "$1"
    eval "$("$REPO/scripts/pg.sh" env)"
    export PATH=$ODOO_HOME/venv/bin:$PATH
    cat >"$ODOO_HOME/odoo.conf.$$" <<CONF
[options]
data_dir = $ODOO_HOME/data
addons_path = $REPO$([ -z "$(addons_in "$REPO/tests/addons")" ] || echo ",$REPO/tests/addons")
http_interface = 127.0.0.1
max_cron_threads = 0
CONF
    mv "$ODOO_HOME/odoo.conf.$$" "$ODOO_HOME/odoo.conf"
    export ODOO_RC=$ODOO_HOME/odoo.conf
}
odoo() { if [ -n "${ODOO_BIN:-}" ]; then "$ODOO_BIN" "$@"; else command odoo "$@"; fi; }

# use_pg: start the private cluster, and stop it at the end unless another command of ours is
# using it (each holds a shared lock) or `pg.sh start keep` said that it shall stay.
use_pg() {
    [ -z "${ODOO_BIN:-}" ] || return 0
    exec 8>"$ODOO_HOME/pg.users"
    flock -s 8
    trap release_pg EXIT
    "$REPO/scripts/pg.sh" start 8>&-
}
release_pg() {
    if [ ! -e "$ODOO_HOME/pg/keep" ] && flock -n -x 8; then "$REPO/scripts/pg.sh" stop 8>&-; fi
}

drop_db() {
    dropdb --if-exists --force "$1" 2>/dev/null
    rm -rf "$ODOO_HOME/data/filestore/${1:?}"
}

# clone_template DB: a fresh database with Odoo's own modules and Chinese, in a second.
# The template is made once for each Odoo package, set of Python packages and list of modules.
clone_template() {
    local fs=$ODOO_HOME/data/filestore key tpl
    key=$(cat "$ODOO_HOME/root/.debs" "$REPO/requirements.lock" <(echo "$TEMPLATE_MODULES loadlang") | sha256sum | cut -c1-12)
    tpl=template_$key
    exec 7>"$ODOO_HOME/template.lock"
    flock 7
    if [ "$(psql -qAt postgres -c "SELECT 1 FROM pg_database WHERE datname='$tpl'")" != 1 ] || [ ! -d "$fs/$tpl" ]; then
        say "making the template database (once, about 45 s): $TEMPLATE_MODULES"
        drop_db "$tpl"
        drop_db "${tpl}_new"
        odoo -d "${tpl}_new" -i "$TEMPLATE_MODULES" --stop-after-init --no-http --log-level=warn 7>&- \
            || die "Odoo's own modules did not install; the lines above say why"
        # afterwards: --load-language above would make it the language of every new user
        odoo i18n loadlang -d "${tpl}_new" -l zh_CN 7>&- || die "Chinese could not be loaded; the lines above say why"
        psql -qAt postgres -c "ALTER DATABASE \"${tpl}_new\" RENAME TO \"$tpl\""
        mv "$fs/${tpl}_new" "$fs/$tpl"
    fi
    exec 7>&-
    drop_db "$1"
    createdb -T "$tpl" "$1"
    cp -al "$fs/$tpl" "$fs/$1" # links do: Odoo never changes a stored file in place
}

# install_addons DB LOG ADDONS: install what is not there and update what is. Odoo exits 0 on
# much that it only logs, so any warning in the log is a failure.
install_addons() {
    local db=$1 log=$2 addons=$3
    [ -n "$addons" ] || die "no addons in $REPO"
    odoo -d "$db" -i "$addons" -u "$addons" --stop-after-init --no-http >"$log" 2>&1 || {
        tail -40 "$log"
        die "the addons do not install; the whole log is $log"
    }
    [ -z "${ODOO_BIN:-}" ] || return 0 # there it may be about somebody else's addons
    if grep -E ' (WARNING|ERROR|CRITICAL) ' "$log"; then die "the install log has warnings (above); the whole log is $log"; fi
}
