"""A copy of the database under test, and Odoo processes of their own on it."""

import json
import os
import re
import shutil
import subprocess
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest

from odoo import sql_db
from odoo.tests.common import get_db_name
from odoo.tools import config

TROUBLE = re.compile(r" (WARNING|ERROR|CRITICAL) |^Traceback")
ODOO = os.environ.get("ODOO_BIN") or shutil.which("odoo")
TELL = "import json\ndef tell(**facts): print('FACTS', json.dumps(facts))\n"


def command(*args):
    """Return the command line of an Odoo process."""
    line = [ODOO, *args, "--log-level=warn", "--no-http", "--max-cron-threads=0"]
    if not os.environ.get("ODOO_RC"):
        line += [
            f"--addons-path={','.join(config['addons_path'])}",
            f"--data-dir={config['data_dir']}",
        ]
    return line


def run(*args, code=None):
    """Run Odoo; fail on a line of its log that is more than information."""
    done = subprocess.run(
        command(*args), input=code, capture_output=True, text=True, timeout=300
    )
    log = done.stdout + done.stderr
    trouble = [line for line in log.splitlines() if TROUBLE.search(line)]
    assert not done.returncode and not trouble, log
    return done.stdout


class Database:
    def __init__(self, name):
        self.name = name

    def shell(self, code):
        """Run code with `env`, commit, return what it gave to `tell()`."""
        code = f"{TELL}exec({code!r})\nenv.cr.commit()\n"
        out = run("shell", "-d", self.name, code=code)
        facts = [line for line in out.splitlines() if "FACTS " in line]
        return json.loads(facts[-1].split("FACTS ", 1)[1]) if facts else None

    def start(self, code):
        """Start code in a process that is not waited for."""
        process = subprocess.Popen(
            command("shell", "-d", self.name),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        process.stdin.write(f"exec({code!r})\nenv.cr.commit()\n")
        process.stdin.close()
        process.stdin = None  # communicate() would flush it
        return process


@contextmanager
def copied(suffix):
    """Give the name of a copy, made by a dump: the database itself may be in use."""
    source, name = get_db_name(), f"{get_db_name()}-{suffix}"
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
        yield name
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
