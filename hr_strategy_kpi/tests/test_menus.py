"""Light first: how many menu entries and fields a person meets."""

from lxml import etree

from odoo.tests import new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from .common import ADMINISTRATOR, OFFICER, KpiCommon

ALL_MENUS = 25


@tagged("post_install", "-at_install")
class TestMenus(KpiCommon):
    """The budgets of menus and fields."""

    def get_menus(self, *groups):
        """Return ({entry of the app: [its own entries]}) that a role sees."""
        login = f"menus_{len(groups)}_{groups[-1].rpartition('_')[2]}"
        user = new_test_user(self.env, login, ",".join(groups))
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        root = menus[self.env.ref("hr_strategy_kpi.menu_root").id]

        def children(menu):
            return [menus[child] for child in menu["children"]]

        for entry in children(root):
            for item in children(entry):
                self.assertFalse(item["children"], "two levels are enough")
        return {
            entry["name"]: [item["name"] for item in children(entry)]
            for entry in children(root)
        }

    def test_employee(self):
        self.assertEqual(
            self.get_menus("base.group_user"),
            {
                "My KPIs": [],
                "My Team": [],
                "Strategy": [
                    "Strategy Maps",
                    "Objectives",
                    "Initiatives",
                    "Company KPIs",
                ],
            },
        )

    def test_officer(self):
        menus = self.get_menus("base.group_user", OFFICER)
        own = ["My KPIs", "My Team", "Strategy"]
        officers = ["Targets", "KPI Library", "Configuration"]
        self.assertEqual(list(menus), own + officers)

    def test_all(self):
        menus = self.get_menus("base.group_user", "base.group_system", ADMINISTRATOR)
        self.assertLessEqual(len(menus), 6)
        self.assertLessEqual(len(menus) + sum(map(len, menus.values())), ALL_MENUS)

    def test_every_menu_opens(self):
        root = self.env.ref("hr_strategy_kpi.menu_root")
        menus = root.search([("id", "child_of", root.id), ("action", "!=", False)])
        self.assertTrue(menus)
        for menu in menus:
            action = menu.action
            if action.target == "new" or action.res_model == "res.config.settings":
                continue
            with self.subTest(menu=menu.complete_name):
                self.assertIn("o_view_nocontent_smiling_face", action.help or "")
                views = [(False, mode) for mode in action.view_mode.split(",")]
                self.env[action.res_model].get_views([*views, (False, "search")])


@tagged("post_install", "-at_install")
class TestFieldBudgets(KpiCommon):
    """The fields outside Advanced."""

    def get_rows(self, view, values):
        """Return the names of labelled inputs shown beside the notebook."""
        arch = etree.fromstring(self.env[view.model].get_view(view.id, "form")["arch"])
        # bridges test fields of their own
        values = dict.fromkeys(self.env[view.model]._fields, False) | values
        rows = []
        for field in arch.xpath("//sheet//field[not(ancestor::notebook)]"):
            parents = list(field.iterancestors("div", "group", "button"))
            names = [parent.get("name", "") for parent in parents]
            if field.xpath("ancestor::field | ancestor::button"):
                continue
            if {"preview", "figures", "button_box"} & set(names):
                continue
            shown = all(
                not safe_eval(node.get("invisible") or "False", dict(values))
                for node in (field, *parents)
            )
            if not shown:
                continue
            # model and filter editor are one labelled row
            row = "filter" if "filter" in names else field.get("name")
            if row not in rows:
                rows.append(row)
        return rows

    def test_kpi(self):
        view = self.env.ref("hr_strategy_kpi.hr_kpi_view_form")
        values = {
            "id": 1,
            "active": True,
            "archive_reason": False,
            "model_name": "res.partner",
            "source_state": "ok",
        }
        rows = self.get_rows(view, values | {"source": "record"})
        self.assertEqual(
            rows, ["name", "unit", "direction", "source", "filter", "subject_path"]
        )
        rows = self.get_rows(view, values | {"source": "formula"})
        self.assertEqual(rows, ["name", "unit", "direction", "source", "formula"])
        rows = self.get_rows(view, values | {"source": "manual"})
        self.assertEqual(rows, ["name", "unit", "direction", "source"])

    def test_target(self):
        view = self.env.ref("hr_strategy_kpi.hr_kpi_target_view_form")
        identity = {
            "kpi_id",
            "employee_id",
            "department_id",
            "subject_name",
            "period_id",
            "company_id",
            *self.env["hr.kpi.target"]._get_subject_fields().values(),
        }
        values = {"id": False, "employee_id": False, "department_id": False}
        values |= {"is_locked": False, "source": "record", "subject_type": "company"}
        rows = self.get_rows(view, values | {"direction": "higher"})
        self.assertEqual(set(rows) - identity, {"target"})
        rows = self.get_rows(view, values | {"direction": "range"})
        self.assertEqual(set(rows) - identity, {"target_low", "target_high"})
