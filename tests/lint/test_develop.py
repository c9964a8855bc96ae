"""The example that partners copy is the one that the tests run."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "tests/addons/test_hr_strategy_kpi/models/hr_kpi.py"
GUIDE = ROOT / "hr_strategy_kpi/readme/DEVELOP.md"


def test_the_guides_example_is_the_tested_one():
    [block] = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    assert block == EXAMPLE.read_text("utf-8")
