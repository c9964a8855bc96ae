#!/usr/bin/env python3
"""Run a Python file inside Odoo: odoo_script.py DATABASE FILE [ARGUMENT...]

The file finds `env` in its scope and the arguments in `sys.argv[1:]`; the transaction
is committed when it ends without an exception. scripts/run.sh gives the environment.
"""

import os
import subprocess
import sys

RUN = """
import sys
sys.argv = {argv!r}
with open({path!r}, encoding="utf-8") as file:
    exec(compile(file.read(), {path!r}, "exec"), dict(globals(), __file__={path!r}))
env.cr.commit()
"""


def main(database, path, *args):
    path = os.path.abspath(path)
    odoo = os.environ.get("ODOO_BIN") or "odoo"
    command = [odoo, "shell", "-d", database, "--no-http", "--log-level=warn"]
    code = RUN.format(argv=[path, *args], path=path)
    return subprocess.run(command, input=code, text=True).returncode


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
