import re

from odoo.tests import BaseCase
from odoo.tools import file_open


class TestDevelop(BaseCase):
    def test_example_of_the_guide_is_what_runs_here(self):
        """The guide's own source is the addon's, which other tests measure with."""
        with file_open("hr_strategy_kpi/readme/DEVELOP.md") as guide:
            [example] = re.findall(r"```python\n(.*?)```", guide.read(), re.DOTALL)
        with file_open("test_hr_strategy_kpi/models/hr_kpi.py") as source:
            self.assertEqual(example, source.read())
