"""The tools as a package of their own, `kpi_tools`: no Odoo is imported."""

import importlib.util
import os
import sys
from pathlib import Path

from hypothesis import settings

TOOLS = Path(__file__).resolve().parents[2] / "hr_strategy_kpi" / "tools"
ALIAS = "kpi_tools"

if ALIAS not in sys.modules:
    spec = importlib.util.spec_from_file_location(
        ALIAS, TOOLS / "__init__.py", submodule_search_locations=[str(TOOLS)]
    )
    package = importlib.util.module_from_spec(spec)
    sys.modules[ALIAS] = package
    spec.loader.exec_module(package)

# The same examples on every run; HYPOTHESIS_PROFILE=search looks for new ones.
settings.register_profile(
    "tools", deadline=None, max_examples=100, database=None, derandomize=True
)
settings.register_profile("search", deadline=None, max_examples=3000, database=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "tools"))
