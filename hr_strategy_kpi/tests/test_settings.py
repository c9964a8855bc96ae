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

        def load(self, today, password):
            return [
                {"login": "owner", "password": password},
                {"login": "somebody", "password": "their own"},
            ]

        with patch.object(scenario, "_load_scenario", load):
            message = settings.action_load_kpi_example()["params"]["message"]
        self.assertRegex(message, r"Log in as owner with the password \S{12},")
        self.assertNotIn("their own", message)
