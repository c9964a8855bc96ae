from odoo.tests import Form, tagged

from .common import KpiCommon


@tagged("post_install", "-at_install")
class TestAssign(KpiCommon):
    """The assign wizard by an officer, who is no HR user."""

    def assign(self, kpi, **vals):
        wizard = self.as_user(self.env["hr.kpi.assign"], self.user_officer)
        wizard = wizard.create(
            {
                "kpi_ids": kpi.ids,
                "kind": "month",
                "date_from": "2023-02-10",
                "date_to": "2023-03-10",
                "whole_company": False,
                **vals,
            }
        )
        action = wizard.action_assign()
        return self.env["hr.kpi.target"].search(action["domain"])

    def test_people_and_departments(self):
        kpi = self.make_kpi(default_target=4)
        targets = self.assign(
            kpi,
            employee_ids=self.sellers.ids,
            department_ids=self.north.ids,
        )
        self.assertEqual(len(targets), 8)
        self.assertEqual(targets.period_id, self.month(2) | self.month(3))
        self.assertEqual(targets.employee_id, self.sellers)
        self.assertEqual(targets.department_id, self.north)
        self.assertEqual(set(targets.mapped("target")), {4.0})

    def test_unit_of_the_target_value(self):
        rate = self.make_kpi(unit="percent", aggregate="ratio")
        money = self.make_kpi(unit="money", aggregate="sum")
        officer = self.as_user(self.env["hr.kpi.assign"], self.user_officer)
        with Form(officer.with_context(default_kpi_ids=rate.ids)) as form:
            self.assertEqual(form.unit, "percent")
            form.kpi_ids.add(money)
            self.assertEqual(form.unit, "count")
