"""Uninstalling an app and installing it again: its KPIs and their history stay.

Each step is an Odoo process of its own on a copy of the database under test, as if a
person did it on the Apps page.
"""

import json
import os
import re
import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from odoo import sql_db
from odoo.tests.common import get_db_name
from odoo.tools import config

BRIDGE = "hr_strategy_kpi_crm"
TROUBLE = re.compile(r" (WARNING|ERROR|CRITICAL) |^Traceback")
ODOO = os.environ.get("ODOO_BIN") or shutil.which("odoo")

START = """
from datetime import date
Kpi, Target = env["hr.kpi"], env["hr.kpi.target"]
user = env.ref("base.user_admin")
team = env["crm.team"].create({"name": "Lifecycle Team", "user_id": user.id})
stage = env["crm.stage"].search([("is_won", "=", True)], limit=1)
leads = env["crm.lead"].create(
    [
        {"name": "L", "type": "opportunity", "user_id": user.id, "team_id": team.id}
        for _number in range(3)
    ]
)
leads[:2].write({"stage_id": stage.id})
today = env.company._get_kpi_today()
period = env["hr.kpi.period"]._generate("month", today, today, env.company)
count = Kpi.search([("code", "=", "CRM_WON_COUNT")])
count.name = "Renamed by the company"
own = count.copy({"code": "OWN_WON", "team_path": False})
base = {"period_id": period.id, "company_id": env.company.id, "target": 5}
targets = Target.create(
    [
        {**base, "kpi_id": count.id},
        {**base, "kpi_id": count.id, "team_id": team.id},
        {**base, "kpi_id": own.id},
    ]
)
targets._refresh()
tell(
    kpi=count.id,
    team=team.id,
    targets=targets.ids,
    values=targets.mapped("actual"),
    measurements=env["hr.kpi.measurement"].search_count([]),
    kpis=Kpi.with_context(active_test=False).search_count([]),
)
"""

LOOK = """
Kpi = env["hr.kpi"].with_context(active_test=False)
known = {known}
targets = env["hr.kpi.target"].browse(known["targets"])
env["hr.kpi.target"]._cron_refresh()
targets.action_refresh()
for target in targets:
    target.read()
    target._get_explanation()
    target._get_responsibles(target.period_id.date_from)
kpi = Kpi.browse(known["kpi"])
kpi.read()
tell(
    name=kpi.name,
    active=kpi.active,
    state=kpi.source_state,
    reason=kpi.archive_reason,
    own_state=targets[2].kpi_id.source_state,
    values=targets.mapped("actual"),
    subjects=targets.mapped("subject_key"),
    names=targets.mapped("subject_name"),
    measurements=env["hr.kpi.measurement"].search_count([]),
    kpis=Kpi.search_count([]),
    xmlid=env.ref("hr_strategy_kpi_crm.hr_kpi_crm_won_count", False).id
    if env.ref("hr_strategy_kpi_crm.hr_kpi_crm_won_count", False)
    else None,
    team=targets[1].team_id.id if "team_id" in targets._fields else None,
)
"""

# CRM itself logs errors when its stages go before the leads in them
EMPTY = """
env["crm.lead"].with_context(active_test=False).search([]).unlink()
"""

UNINSTALL = """
env["ir.module.module"].search([("name", "=", "{}")]).button_immediate_uninstall()
"""


def run(*args, code=None):
    """Run Odoo; fail on a line of its log that is more than information."""
    command = [ODOO, *args, "--log-level=warn", "--no-http", "--max-cron-threads=0"]
    if not os.environ.get("ODOO_RC"):
        command += [
            f"--addons-path={','.join(config['addons_path'])}",
            f"--data-dir={config['data_dir']}",
        ]
    done = subprocess.run(
        command, input=code, capture_output=True, text=True, timeout=300
    )
    log = done.stdout + done.stderr
    trouble = [line for line in log.splitlines() if TROUBLE.search(line)]
    assert not done.returncode and not trouble, log
    return done.stdout


class Database:
    def __init__(self, name):
        self.name = name

    def shell(self, code):
        tell = "import json\ndef tell(**facts): print('FACTS', json.dumps(facts))\n"
        code = f"{tell}exec({code!r})\nenv.cr.commit()\n"
        out = run("shell", "-d", self.name, code=code)
        facts = [line for line in out.splitlines() if "FACTS " in line]
        return json.loads(facts[-1].split("FACTS ", 1)[1]) if facts else None

    def look(self, known):
        return self.shell(LOOK.replace("{known}", repr(known)))

    def uninstall(self, module):
        self.shell(UNINSTALL.format(module))

    def install(self, module):
        run("-d", self.name, "-i", module, "--stop-after-init")


@pytest.fixture(scope="module")
def database():
    """A copy of the database under test, which may be in use: made by a dump."""
    source, name = get_db_name(), f"{get_db_name()}-lifecycle"
    if not ODOO:
        pytest.skip("no odoo program on PATH, nor in ODOO_BIN")
    if not shutil.which("pg_dump") or not shutil.which("psql"):
        pytest.skip("pg_dump and psql are needed to copy the database")
    _dbname, params = sql_db.connection_info_for("postgres")
    with closing(psycopg2.connect(**params)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        try:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        except psycopg2.errors.InsufficientPrivilege:
            pytest.skip("the database user may not create databases")
    store = Path(config.filestore(source))
    copy = Path(config.filestore(name))
    try:
        env = {**os.environ, **pg_environment(params)}
        with subprocess.Popen(
            ["pg_dump", "--no-owner", source], stdout=subprocess.PIPE, env=env
        ) as dump:
            subprocess.run(
                ["psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", name],
                stdin=dump.stdout,
                stdout=subprocess.DEVNULL,
                check=True,
                env=env,
            )
        assert not dump.returncode
        if store.is_dir():
            shutil.copytree(store, copy, copy_function=os.link, dirs_exist_ok=True)
        yield Database(name)
    finally:
        shutil.rmtree(copy, ignore_errors=True)
        with closing(psycopg2.connect(**params)) as connection:
            connection.autocommit = True
            connection.cursor().execute(
                f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
            )


def pg_environment(params):
    """Return what pg_dump and psql need of Odoo's own connection."""
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER"}
    names["password"] = "PGPASSWORD"
    return {
        variable: str(params[key]) for key, variable in names.items() if params.get(key)
    }


@pytest.fixture(scope="module")
def known(database):
    facts = database.shell(START)
    assert facts["values"] == [2.0, 2.0, 2.0]
    return facts


@pytest.mark.parametrize("module", [BRIDGE, "crm"])
def test_there_and_back(database, known, module):
    if module == "crm":
        database.shell(EMPTY)
    before = database.look(known)
    assert before["active"] and before["xmlid"] == known["kpi"]

    database.uninstall(module)
    gone = database.look(known)
    assert not gone["active"]
    assert gone["state"] == "unavailable"
    assert gone["reason"]
    assert gone["own_state"] == ("ok" if module == BRIDGE else "unavailable")
    for name in ("values", "subjects", "names", "measurements", "kpis", "name"):
        assert gone[name] == before[name], name

    database.install(module)
    back = database.look(known)
    assert back["active"] and back["state"] == back["own_state"] == "ok"
    assert not back["reason"]
    assert back["xmlid"] == known["kpi"]
    assert back["name"] == "Renamed by the company"
    for name in ("subjects", "measurements", "kpis"):
        assert back[name] == before[name], name
    if module == BRIDGE:
        assert back["team"] == known["team"]
        assert back["values"] == before["values"]
