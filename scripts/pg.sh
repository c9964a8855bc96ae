#!/usr/bin/env bash
# The private PostgreSQL cluster under .odoo: its own socket, nothing on TCP.
#   pg.sh start         the other scripts do that, and stop it when the last of them ends
#   pg.sh start keep    stays until `pg.sh stop`; then: eval "$(scripts/pg.sh env)"; psql DATABASE
#   pg.sh stop|status|env|destroy
# One cluster for demo and tests: fsync stays on, so a crash never damages it; only the wait for
# each commit is off (synchronous_commit), which the demo database turns on again for itself.
set -Eeuo pipefail
ODOO_HOME=${ODOO_HOME:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/.odoo}
PORT=5499 # only names the socket
DATA=$ODOO_HOME/pg/data
# a socket's path may be 107 bytes long at most, and the checkout may be deep
SOCK=/tmp/odoo-pg-$(id -u)-$(printf %s "$ODOO_HOME" | cksum | cut -d' ' -f1)
die() {
    echo "ERROR: $*" >&2
    exit 1
}
BIN=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -1 || true)
[ -x "$BIN/initdb" ] || die "no PostgreSQL programs on this machine: as root, apt-get install --no-install-recommends postgresql"

if [ "$(id -u)" = 0 ]; then # the server refuses to run as root
    id postgres >/dev/null 2>&1 || die "no system user postgres (it comes with the postgresql package)"
    reach=()
    as() { setpriv --reuid postgres --regid "$(id -g postgres)" --init-groups "${reach[@]}" env -C / HOME=/tmp "$@"; }
    mkdir -p "$ODOO_HOME/pg"
    chown postgres "$ODOO_HOME/pg"
    # a checkout under /root is closed to user postgres; its server is let in, and nobody to its socket
    enters() { as env -C "$ODOO_HOME/pg" true 2>/dev/null; }
    enters || reach=(--inh-caps +dac_override --ambient-caps +dac_override)
    enters || die "user postgres cannot enter $ODOO_HOME/pg: open the parent folders (chmod o+x), or set ODOO_HOME to a folder elsewhere"
else
    as() { env -C / "$@"; }
fi
running() { [ -d "$DATA" ] && as "$BIN/pg_ctl" -D "$DATA" status >/dev/null 2>&1; }

case ${1:-start} in
start)
    mkdir -p "$ODOO_HOME/pg" "$SOCK"
    [ "${2:-}" != keep ] || touch "$ODOO_HOME/pg/keep"
    running && exit 0
    chmod 700 "$SOCK"
    [ "$(id -u)" != 0 ] || chown postgres "$SOCK"
    if [ ! -f "$DATA/PG_VERSION" ]; then
        as "$BIN/initdb" -D "$DATA" -U pgadmin -A trust -E UTF8 --locale=C.UTF-8 --no-instructions >"$ODOO_HOME/pg-init.log" 2>&1 \
            || die "PostgreSQL could not make its files: $(tail -1 "$ODOO_HOME/pg-init.log")"
    fi
    as tee "$DATA/postgresql.conf" >/dev/null <<CONF
listen_addresses = ''
unix_socket_directories = '$SOCK'
unix_socket_permissions = 0700
port = $PORT
synchronous_commit = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 4GB
checkpoint_timeout = 30min
shared_buffers = 512MB
work_mem = 32MB
maintenance_work_mem = 256MB
jit = off
max_connections = 120
log_min_messages = warning
CONF
    as "$BIN/pg_ctl" -D "$DATA" -w -t 60 -l "$ODOO_HOME/pg/log" start >/dev/null \
        || die "PostgreSQL did not start: $(tail -1 "$ODOO_HOME/pg/log")"
    "$BIN/psql" -qAt -h "$SOCK" -p "$PORT" -U pgadmin postgres >/dev/null <<'SQL'
SELECT 'CREATE ROLE odoo LOGIN CREATEDB' WHERE NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'odoo') \gexec
SQL
    ;;
stop)
    if running; then as "$BIN/pg_ctl" -D "$DATA" -m fast stop >/dev/null; fi
    rm -f "$ODOO_HOME/pg/keep"
    ;;
status) if running; then echo "PostgreSQL: running"; else echo "PostgreSQL: stopped"; fi ;;
env) echo "export PGHOST=$SOCK PGPORT=$PORT PGUSER=odoo PATH=$BIN:\$PATH" ;;
destroy)
    "$0" stop
    rm -rf "$ODOO_HOME/pg" "$ODOO_HOME/data" "$SOCK"
    ;;
*) die "pg.sh start [keep]|stop|status|env|destroy" ;;
esac
