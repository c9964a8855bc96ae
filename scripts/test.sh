#!/usr/bin/env bash
# test.sh: everything, on a throw-away database. The last line is pytest's own.
#   T="hr_strategy_kpi/tests/test_x.py -k name"   only that (pytest's arguments)
#   MODE=odoo      the addons' tests through Odoo's own runner: at_install tests at their moment
#   COV=1          with coverage of the addons
source "$(dirname "$0")/env.sh"
DB=test_$$
LOG=$ODOO_HOME/test-install.log
ALL=$ADDONS,$(addons_in "$REPO/tests/addons")
ALL=${ALL%,}
eval "only=(${T:-})"
cd "$REPO"

"$REPO/scripts/setup.sh" test
if [ ${#only[@]} = 0 ] || [[ $T == *lint* ]]; then
    # beside the making of the database; verdicts are kept, and the run at the end tells them
    { "$REPO/scripts/setup.sh" lint && "$REPO/scripts/lint.sh" >"$ODOO_HOME/lint.log" 2>&1 || true; } &
fi
use_odoo test
use_pg
trap 'drop_db $DB; release_pg' EXIT
clone_template $DB
free_port() { python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

if [ "${MODE:-}" = odoo ]; then
    say "installing and testing $ALL"
    odoo -d $DB -i "$ALL" --test-tags "/${ALL//,/,/}" --http-port "$(free_port)" --stop-after-init 2>&1 \
        | tee "$LOG" | grep -E ' (WARNING|ERROR|CRITICAL) |odoo.tests.(result|stats)|FAIL' || true
    # Odoo exits with 0 when no test ran, and when a missing browser skipped some
    grep -qE ' 0 failed, 0 error\(s\) of [1-9][0-9]* tests' "$LOG" || die "tests failed; the log is $LOG"
    ! grep -qE 'skipped.*(Chrome|chrome)' "$LOG" || die "browser tests were skipped: no Chromium"
    exit
fi

say "installing $ALL"
install_addons $DB "$LOG" "$ALL"
wait
say "testing"
# shellcheck disable=SC2206
[ ${#only[@]} != 0 ] || only=(${ADDONS//,/ } tests)
python -m pytest --odoo-database=$DB --odoo-http --odoo-log-level=warn \
    ${COV:+--cov-branch --cov-report=term-missing:skip-covered} ${COV:+${ADDONS:+--cov=${ADDONS//,/ --cov=}}} "${only[@]}"
