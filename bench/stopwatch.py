"""Time a piece of work in a process of its own, up to and including its commit."""

import gc
import json
import os
import time
import traceback
import tracemalloc

from odoo import api, sql_db
from odoo.tools import SQL


def environment(cr):
    return api.Environment(cr, api.SUPERUSER_ID, {"lang": "en_US", "tz": "UTC"})


def vacuum(env, *tables):
    env.cr.commit()
    env.cr._cnx.autocommit = True
    for table in tables:
        env.cr.execute(SQL("VACUUM (ANALYZE) %s", SQL.identifier(table)))
    env.cr._cnx.autocommit = False


def measure(registry, work, trace=False):
    """Run `work(env)` in a forked child with its own connection; return its figures.

    The child starts with a warm registry. `trace` counts the statements (savepoints are
    none) and the peak of memory of Python objects; the time is then no good.
    """
    receiving, sending = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(receiving)
        try:
            sql_db._Pool = None  # the parent's connections are not the child's
            answer = _run(registry, work, trace)
        except BaseException:
            answer = {"error": traceback.format_exc()}
        with os.fdopen(sending, "w") as pipe:
            json.dump(answer, pipe)
        os._exit(0)
    os.close(sending)
    with os.fdopen(receiving) as pipe:
        answer = json.loads(pipe.read())
    os.waitpid(pid, 0)
    if "error" in answer:
        raise RuntimeError(answer["error"])
    return answer


def _run(registry, work, trace):
    with registry.cursor() as cr:
        env = environment(cr)
        env.user.name  # noqa: B018 - the connection and the user are there
        gc.collect()
        statements = _count_statements() if trace else []
        cr.execute("SELECT pg_backend_pid()")
        backend = cr.fetchone()[0]
        statements.clear()
        cpu, start = _cpu(backend), time.perf_counter()
        changed = work(env)
        env.flush_all()
        cr.commit()
        return {
            "ms": (time.perf_counter() - start) * 1000,
            "cpu": _cpu(backend) - cpu,
            "queries": len(statements),
            "mb": tracemalloc.get_traced_memory()[1] / 1024**2,
            "changed": changed,
        }


def _count_statements():
    """Start tracing memory; return the list that statements go into from now on."""
    statements, execute = [], sql_db.Cursor.execute

    def count(cr, query, *args, **kwargs):
        text = getattr(query, "code", query)
        if not text.startswith(("SAVEPOINT", "RELEASE")):
            statements.append(text)
        return execute(cr, query, *args, **kwargs)

    sql_db.Cursor.execute = count
    tracemalloc.start()
    return statements


def _cpu(backend):
    """Return the ms of processor time that this process and its backend have used."""
    try:
        with open(f"/proc/{backend}/schedstat") as file:
            theirs = int(file.read().split()[0]) / 1e6
    except OSError:  # the database runs elsewhere
        theirs = 0.0
    return time.process_time() * 1000 + theirs


def race(registry, rounds, works, reset=None):
    """Run all works in turn, several rounds; return {name: [figures]}."""
    runs = {name: [] for name in works}
    for number in range(rounds):
        for name, work in works.items():
            if reset:
                with registry.cursor() as cr:
                    reset(environment(cr), name)
            runs[name].append(measure(registry, work))
            took = "{ms:.0f} ms, {cpu:.0f} ms of processor".format(**runs[name][-1])
            print(f"  {number + 1}/{rounds} {name}: {took}", flush=True)
    return runs
