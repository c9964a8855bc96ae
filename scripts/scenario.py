"""Load the acceptance case; run by odoo_script.py DATABASE scenario.py [LANG]."""

import sys
import unicodedata
from datetime import date


def pad(text, width):
    """Chinese characters take two columns."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return text + " " * (width - len(text) - wide)


lang = sys.argv[1] if len(sys.argv) > 1 else "en_US"
log_ins = env["hr.strategy.kpi.scenario"]._load_scenario(date.today(), lang=lang)  # noqa: F821
for person in log_ins:
    columns = (
        pad(person["role"], 20),
        pad(person["login"], 28),
        pad(person["password"], 12),
    )
    print(*columns, person["name"])
