"""Load the acceptance case; run by odoo_script.py DATABASE scenario.py [LANG]."""

import sys
from datetime import date

lang = sys.argv[1] if len(sys.argv) > 1 else "en_US"
log_ins = env["hr.strategy.kpi.scenario"]._load_scenario(date.today(), lang=lang)  # noqa: F821
for person in log_ins:
    print("{role:20} {login:24} {password:16} {name}".format(**person))
