#!/usr/bin/env bash
# demo.sh: the acceptance case in a running Odoo, until Ctrl-C.
#   PORT=8069   FRESH=1 makes the database anew   LANG, LC_ALL: zh_* for Chinese
source "$(dirname "$0")/env.sh"
PORT=${PORT:-8069}
READY=$ODOO_HOME/demo.ready # the addons' digest when the database was finished
LOG_INS=$ODOO_HOME/demo.log-ins
LOG=$ODOO_HOME/demo.log
SERVER=

[[ $PORT =~ ^[0-9]+$ ]] && [ "$PORT" -le 65535 ] || die "PORT=$PORT is no port: make demo PORT=8070"
answers() { (exec 3<>"/dev/tcp/127.0.0.1/$PORT" && printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$1" >&3 && grep -q '200 OK' <&3) 2>/dev/null; }
if (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; then
    die "port $PORT is in use: stop the program there, or take another: make demo PORT=$((PORT + 1))"
fi
[ -z "${ODOO_BIN:-}" ] || die "make demo brings its own Odoo; with ODOO_BIN, make db NAME=x SCENARIO=1 puts the same case into your own"

end() {
    trap '' INT TERM HUP
    if [ -n "$SERVER" ] && kill "$SERVER" 2>/dev/null; then
        wait "$SERVER" || true
    fi
    release_pg
    echo "Stopped; make demo starts it again." >&4
}
exec 4>&1 # the signal may come while the output goes to a log

say "Odoo and what it needs"
use_odoo demo
say "PostgreSQL"
use_pg
trap end EXIT
trap 'exit 0' INT
trap 'exit 143' TERM HUP

if [ -n "${FRESH:-}" ] || [ ! -f "$READY" ] || [ -z "$(psql -qAt postgres -c "SELECT 1 FROM pg_database WHERE datname = 'demo'")" ]; then
    case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
    zh*) lang=zh_CN ;;
    *) lang=en_US ;;
    esac
    rm -f "$READY"
    clone_template demo
    psql -q demo -c "ALTER DATABASE demo SET synchronous_commit = on"
    say "installing the addons"
    install_addons demo "$ODOO_HOME/demo-install.log" "$ADDONS"
    say "loading the acceptance case ($lang, about a minute)"
    "$REPO/scripts/odoo_script.py" demo "$REPO/scripts/scenario.py" "$lang" >"$LOG_INS.new" \
        || die "the acceptance case did not load; the lines above say why"
    {
        echo "language  $lang"
        echo
        cat "$LOG_INS.new"
    } >"$LOG_INS"
    addons_digest >"$READY"
elif [ "$(addons_digest)" != "$(<"$READY")" ]; then
    say "updating the addons, they have changed"
    install_addons demo "$ODOO_HOME/demo-install.log" "$ADDONS"
    addons_digest >"$READY"
fi

say "starting Odoo"
"$ODOO_HOME/venv/bin/odoo" -d demo --http-port="$PORT" --max-cron-threads=1 --db-filter='^demo$' --no-database-list >"$LOG" 2>&1 8>&- &
SERVER=$!
until answers /web/health; do
    kill -0 $SERVER 2>/dev/null || {
        tail -20 "$LOG" >&2
        die "Odoo did not start; the whole log is $LOG"
    }
    sleep 0.2
done
answers /web/login # its style sheets are made on first use
echo
echo "  http://127.0.0.1:$PORT"
sed 's/^/  /' "$LOG_INS"
echo
echo "  Ctrl-C stops it. The log is $LOG"
echo
wait $SERVER || die "Odoo has stopped; the log is $LOG"
