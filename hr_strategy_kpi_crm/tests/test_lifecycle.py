"""What the hooks do; the whole way through uninstall is in tests/ of the project."""

from datetime import date

from odoo.tests import tagged

from odoo.addons.hr_strategy_kpi_crm import post_init_hook, uninstall_hook

from .common import CrmKpiCommon


@tagged("post_install", "-at_install")
class TestLifecycle(CrmKpiCommon):
    def test_there_and_back(self):
        kpi, idle = self.kpi("CRM_WON_COUNT"), self.kpi("CRM_MEETINGS")
        idle.active = False
        own = self.kpi("CRM_NEW_CUSTOMERS").copy()
        plain = self.kpi("CRM_WON_COUNT").copy()
        target = self.make_targets(kpi, self.month(5), self.east, target=3)
        kpi.name = "Deals won by us"
        uninstall_hook(self.env)
        self.assertFalse(kpi.active)
        self.assertEqual(kpi.source_state, "unavailable")
        self.assertIn("CRM", kpi.archive_reason)
        self.assertFalse(own.active, "it reads a field of the app")
        self.assertTrue(plain.active, "it reads nothing of the app")
        self.assertFalse(
            self.env.ref("hr_strategy_kpi_crm.hr_kpi_crm_won_count", False)
        )
        # what an uninstallation does to the columns
        self.env.flush_all()
        self.env.cr.execute("UPDATE hr_kpi_target SET team_id = NULL")
        self.env.cr.execute("UPDATE hr_kpi SET team_path = NULL")
        self.env.invalidate_all()

        vals = {"code": "CRM_WON_COUNT", "name": "Deals won", "sequence": 7}
        loaded = self.env["hr.kpi"]._load_records(
            [{"xml_id": "hr_strategy_kpi_crm.hr_kpi_crm_won_count", "values": vals}]
        )
        self.assertEqual(loaded, kpi)
        post_init_hook(self.env)
        self.assertTrue(kpi.active)
        self.assertEqual(kpi.source_state, "ok")
        self.assertFalse(kpi.archive_reason)
        self.assertEqual(kpi.source, "record")
        self.assertEqual((kpi | plain).mapped("team_path"), ["team_id", "team_id"])
        self.assertEqual(kpi.name, "Deals won by us")
        self.assertTrue(own.active)
        self.assertFalse(idle.active, "people had archived it themselves")
        self.assertEqual(target.team_id, self.east)
        self.assertEqual(target.subject_name, "East")

    def test_code_that_is_there_already(self):
        """A typed-in one gets the source of the app, unless somebody used it."""
        idle = self.make_kpi(code="LIFE_IDLE", name="Ours", default_target=4)
        used = self.make_kpi(code="LIFE_USED")
        self.make_entry(used, date(2023, 5, 1), 3)
        vals = {
            "name": "Deals",
            "source": "record",
            "model_name": "crm.lead",
            "date_field": "date_closed",
            "default_target": 9,
        }
        loaded = self.env["hr.kpi"]._load_records(
            [
                {
                    "xml_id": f"hr_strategy_kpi_crm.{code}",
                    "values": {**vals, "code": code},
                }
                for code in ("LIFE_IDLE", "LIFE_USED", "LIFE_NEW")
            ]
        )
        self.assertEqual(loaded[:2], idle | used)
        self.assertEqual(loaded.mapped("source"), ["record", "manual", "record"])
        self.assertEqual((idle.name, idle.default_target), ("Ours", 4))
