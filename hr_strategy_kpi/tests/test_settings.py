from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import KpiCommon


@tagged("post_install", "-at_install")
class TestSettings(KpiCommon):
    """The buttons of the example company; what they do is tested with the example."""

    def test_only_an_administrator_loads_or_removes_the_example(self):
        for user in (self.user_officer, self.user_administrator, self.user_outsider):
            settings = self.env["res.config.settings"].with_user(user)
            with self.assertRaises(AccessError):
                settings.action_load_kpi_example()
            with self.assertRaises(AccessError):
                settings.action_unload_kpi_example()

    def test_load_tells_the_log_ins(self):
        admin = new_test_user(self.env, "kpi_system", "base.group_system")
        settings = self.env["res.config.settings"].with_user(admin)
        scenario = self.env.registry["hr.strategy.kpi.scenario"]
        people = [{"role": "owner", "login": "owner", "password": "x", "name": "O"}]
        with patch.object(scenario, "_load_scenario", return_value=people) as load:
            action = settings.action_load_kpi_example()
        password = load.call_args.kwargs["password"]
        self.assertGreaterEqual(len(password), 12)
        self.assertIn(password, action["params"]["message"])
        self.assertIn("owner", action["params"]["message"])
