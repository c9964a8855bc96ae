"""A refresh that is killed, met by another one, or overtaken.

The workers are Odoo processes on a copy of the database under test. A row lock held
from here stops one at a known place: between the figures and their commit.
"""

import time
from contextlib import closing

import database_copy
import psycopg2
import pytest

from odoo import sql_db

PERIODS, STOPPED = 12, 6

START = """
from datetime import date
company = env.company
users = env["res.users"].with_context(no_reset_password=True).create(
    [{"name": f"Crash {n}", "login": f"crash_{n}"} for n in range(8)]
)
people = env["hr.employee"].create(
    [{"name": u.name, "user_id": u.id, "date_version": date(2020, 1, 1)} for u in users]
)
partners = env["res.partner"].create(
    [{"name": f"Customer {n}", "user_id": users[n % 8].id} for n in range(600)]
)
env.flush_all()
env.cr.execute(
    "UPDATE res_partner SET create_date = '2021-01-01'::date + (id * 7) %% 360 "
    "WHERE id = ANY(%s)", [partners.ids]
)
env["hr.kpi.collection"].search([]).unlink()
count = env["hr.kpi"].create({
    "name": "Crash", "code": "CRASH", "source": "record", "model_name": "res.partner",
    "domain": "[('name', 'like', 'Customer')]",
    "date_field": "create_date", "subject_path": "user_id",
})
double = env["hr.kpi"].create({
    "name": "Double", "code": "CRASH_2", "source": "formula", "formula": "CRASH * 2",
})
first, last = date(2021, 1, 1), date(2021, 12, 31)
periods = env["hr.kpi.period"]._generate("month", first, last, company)
targets = env["hr.kpi.target"].create([
    {"kpi_id": kpi.id, "period_id": period.id, "company_id": company.id, **subject}
    for period in periods.sorted("date_from")
    for kpi in count | double
    for subject in [{"employee_id": person.id} for person in people] + [{}]
])
tell(targets=targets.ids, periods=targets.period_id.sorted("date_from").ids)
"""
REFRESH = 'env["hr.kpi.target"]._cron_refresh()'
BUTTON = """
targets = env["hr.kpi.target"].browse({ids})
targets.action_refresh()
tell(read=[target.actual for target in targets])
"""
FIGURES = """
SELECT t.period_id, t.kpi_id, t.subject_key, t.actual, m.date, m.value
  FROM hr_kpi_target t LEFT JOIN hr_kpi_measurement m ON m.target_id = t.id
 WHERE t.id = ANY(%s) ORDER BY t.id, m.id"""
# what the KPI counts, without the engine
EXPECTED = """
SELECT t.id, count(p.id) * CASE k.code WHEN 'CRASH' THEN 1 ELSE 2 END
  FROM hr_kpi_target t
  JOIN hr_kpi k ON k.id = t.kpi_id
  JOIN hr_kpi_period d ON d.id = t.period_id
  LEFT JOIN hr_employee e ON e.id = t.employee_id
  LEFT JOIN res_partner p ON p.name LIKE 'Customer %%' AND p.create_date::date
            BETWEEN d.date_from AND d.date_to
            AND (t.employee_id IS NULL OR p.user_id = e.user_id)
 WHERE t.id = ANY(%s) GROUP BY t.id, k.code"""
FORGET = """
DELETE FROM hr_kpi_measurement;
UPDATE hr_kpi_target SET actual = NULL, forecast = NULL;
UPDATE hr_kpi_collection c SET measured_at = d.date_from, stale_at = NULL
  FROM hr_kpi_period d WHERE d.id = c.period_id"""


@pytest.fixture(scope="module")
def database():
    with database_copy.copied("crash") as name:
        yield database_copy.Database(name)


@pytest.fixture(scope="module")
def known(database):
    return database.shell(START)


@pytest.fixture
def connect(database, known):
    """Open connections on the copy, where all is to be read, the oldest month first."""
    _name, params = sql_db.connection_info_for(database.name)
    opened = []

    def connect():
        opened.append(psycopg2.connect(**params))
        return opened[-1]

    with connect() as connection:
        connection.cursor().execute(FORGET)
    yield connect
    for connection in opened:
        connection.close()


@pytest.fixture
def stopped(database, known, connect):
    """A worker that has written the figures of a month and waits for one row of it."""
    holder = connect()
    target = known["targets"][STOPPED * len(known["targets"]) // PERIODS]
    holder.cursor().execute(
        "UPDATE hr_kpi_target SET sequence = sequence + 1 WHERE id = %s", [target]
    )
    worker = database.start(REFRESH)
    wait_for(
        connect,
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND wait_event_type = 'Lock' AND query LIKE 'WITH v AS%'",
    )
    yield worker, holder
    worker.kill()
    worker.wait()
    worker.stdout.close()


def wait_for(connect, query, seconds=60):
    with closing(connect()) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            cursor.execute(query)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.05)
    raise AssertionError(f"waited in vain for: {query}")


def fetch(connect, query, known):
    with closing(connect()) as connection:
        cursor = connection.cursor()
        cursor.execute(query, [known["targets"]])
        return cursor.fetchall()


def read_periods(connect, known):
    rows = fetch(connect, FIGURES, known)
    return {row[0] for row in rows if row[3] is not None}


def assert_right(connect, known):
    """Every figure is what plain SQL counts, with one measurement of that value."""
    expected = dict(fetch(connect, EXPECTED, known))
    rows = fetch(connect, FIGURES, known)
    assert len(rows) == len(expected) == len(known["targets"])
    found = {i: row for i, row in zip(sorted(known["targets"]), rows)}
    for target, row in found.items():
        assert row[3] == row[5] == expected[target], row
    assert sum(expected.values()) > 0


def test_killed_in_the_middle(database, known, connect, stopped):
    worker, holder = stopped
    worker.kill()  # SIGKILL: nothing is tidied up
    worker.wait()
    holder.rollback()
    wait_for(
        connect,
        "SELECT count(*) = 1 FROM pg_stat_activity WHERE datname = current_database() "
        "AND backend_type = 'client backend' AND state <> 'idle'",
    )
    done = read_periods(connect, known)
    assert done == set(known["periods"][:STOPPED]), "what was committed stays"

    database.shell(REFRESH)
    assert_right(connect, known)
    after_crash = fetch(connect, FIGURES, known)
    with connect() as connection:
        connection.cursor().execute(FORGET)
    database.shell(REFRESH)
    undisturbed = fetch(connect, FIGURES, known)
    assert after_crash == undisturbed


def test_two_workers_and_a_button(database, known, connect, stopped):
    worker, holder = stopped
    database.shell(REFRESH)  # another worker takes what is free
    busy = known["periods"][STOPPED]
    assert read_periods(connect, known) == set(known["periods"]) - {busy}

    size = len(known["targets"]) // PERIODS
    ids = known["targets"][STOPPED * size : (STOPPED + 1) * size]
    told = database.shell(BUTTON.format(ids=ids))  # neither waits nor fails
    assert set(told["read"]) == {False}

    holder.rollback()
    log, _nothing = worker.communicate(timeout=120)
    assert not worker.returncode, log
    assert_right(connect, known)


def test_overtaken_and_tried_again(known, connect, stopped):
    """The row it waits for has changed meanwhile: it starts that month over."""
    worker, holder = stopped
    holder.commit()
    log, _nothing = worker.communicate(timeout=120)
    assert not worker.returncode, log
    assert "could not serialize" in log
    assert_right(connect, known)
