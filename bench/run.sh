#!/usr/bin/env bash
# run.sh [SIZE...]: the bench from nothing (default S M), written to bench/RESULTS.md.
source "$(dirname "$0")/../scripts/env.sh"
RESULTS=$ODOO_HOME/bench.json
rm -f "$RESULTS"
[ $# -gt 0 ] || set -- S M
for size in "$@"; do
    db=bench_${size,,}
    NAME=$db "$REPO/scripts/db.sh" "$db"
    say "size $size"
    "$REPO/scripts/odoo_script.py" "$db" "$REPO/bench/bench.py" "$size" "$RESULTS"
    drop_db "$db"
done
"$REPO/bench/report.py" "$RESULTS" "$REPO/bench/RESULTS.md"
