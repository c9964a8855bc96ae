"""Who sees and answers for a sales team's target."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import CrmKpiCommon


@tagged("post_install", "-at_install")
class TestTeamTargets(CrmKpiCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.target = cls.make_targets(
            cls.kpi("CRM_WON_COUNT"), cls.month(5), cls.east, target=10
        )

    def _sees(self, user):
        targets = self.as_user(self.env["hr.kpi.target"], user)
        return bool(targets.search([("id", "=", self.target.id)]))

    def test_subject(self):
        self.assertEqual(self.target.subject_type, "team")
        self.assertEqual(self.target.subject_key, f"team:{self.east.id}")
        self.assertEqual(self.target.subject_name, "East")

    def test_leader_manages(self):
        self.assertTrue(self._sees(self.marketing_manager))
        self.assertTrue(
            self.as_user(self.target, self.marketing_manager).is_managed_by_me
        )
        self.east.user_id = self.seller_3.user_id
        self.assertTrue(self._sees(self.seller_3))
        self.assertFalse(self._sees(self.marketing_manager))

    def test_members_see_the_total_of_a_large_team(self):
        self.assertFalse(self._sees(self.seller_1), "two people can be told apart")
        for number in range(3):
            person = self.make_employee(f"seller {number + 10}")
            self.east.member_ids += person.user_id
        self.assertTrue(self._sees(self.seller_1))
        self.assertFalse(self._sees(self.seller_3), "another team's")
        target = self.as_user(self.target, self.seller_1)
        with self.assertRaises(AccessError):
            target.write({"target": 1})

    def test_outsiders_do_not(self):
        self.assertFalse(self._sees(self.user_outsider))
        self.assertTrue(self._sees(self.user_officer))

    def test_responsibles(self):
        day = date(2023, 5, 31)
        chain = self.target._get_responsibles(day)[self.target]
        self.assertEqual(chain[0].user, self.marketing_manager.user_id)
        self.assertEqual(chain[1].user, self.boss.user_id)
        self.east.user_id = False
        self.target.kpi_id.owner_id = self.user_officer
        [owner] = self.target._get_responsibles(day)[self.target]
        self.assertEqual(owner.user, self.user_officer)

    def test_leader_without_employee(self):
        self.east.user_id = self.user_outsider
        chain = self.target._get_responsibles(date(2023, 5, 31))[self.target]
        self.assertEqual(chain[0].user, self.user_outsider)

    def test_assign(self):
        wizard = self.as_user(self.env["hr.kpi.assign"], self.user_officer).create(
            {
                "kpi_ids": self.kpi("CRM_WON_REVENUE").ids,
                "date_from": date(2023, 5, 1),
                "date_to": date(2023, 5, 31),
                "whole_company": False,
                "team_ids": (self.east | self.west).ids,
            }
        )
        wizard.action_assign()
        targets = self.env["hr.kpi.target"].search(
            [("kpi_id.code", "=", "CRM_WON_REVENUE")]
        )
        self.assertEqual(targets.team_id, self.east | self.west)
        self.assertEqual(set(targets.mapped("actual")), {0.0})

    def test_typed_in_for_a_team(self):
        kpi = self.make_kpi(aggregate="sum")
        target = self.make_targets(kpi, self.month(5), self.east)
        entry = self.env["hr.kpi.entry"].create(
            {
                "kpi_id": kpi.id,
                "company_id": self.company.id,
                "team_id": self.east.id,
                "date": date(2023, 5, 2),
                "value": 4,
            }
        )
        self.assertEqual(entry.subject_name, "East")
        self.assertActual(self.refresh(target, date(2023, 5, 31)), 4)
        seen = self.as_user(self.env["hr.kpi.entry"], self.marketing_manager)
        self.assertEqual(seen.search([("kpi_id", "=", kpi.id)]), entry)

    def test_team_form_leads_to_its_targets(self):
        action = self.east.action_open_kpi_targets()
        found = self.env["hr.kpi.target"].search(action["domain"])
        self.assertEqual(found, self.target)

    def test_choosing_leads_proposes_the_team(self):
        form = Form(self.env["hr.kpi"])
        form.name = "Leads"
        form.source = "record"
        form.model_id = self.env["ir.model"]._get("crm.lead")
        kpi = form.save()
        self.assertEqual(kpi.team_path, "team_id")
