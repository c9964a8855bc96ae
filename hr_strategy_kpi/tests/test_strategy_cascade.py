from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_strategy import StrategyCommon


@tagged("post_install", "-at_install")
class TestStrategyCascade(StrategyCommon):
    def cascade(self, objective, to):
        wizard = (
            self.env["hr.strategy.cascade"]
            .with_user(self.user_officer)
            .with_company(self.company)
            .with_context(default_objective_id=objective.id, default_to=to)
            .create({"period_id": self.q3.id})
        )
        wizard.action_apply()
        return objective.child_ids

    def targets(self, kpi):
        return self.env["hr.kpi.target"].search([("kpi_id", "=", kpi.id)])

    def test_company_to_departments_to_people(self):
        """Objectives follow the shares, counts are split, rates are the same."""
        self.share.write(
            {
                "key_result_ids": [
                    Command.create({"kpi_id": self.new_customers.id, "target": 18}),
                    Command.create({"kpi_id": self.win_rate.id, "target": 0.3}),
                ],
                "share_ids": [
                    Command.create(
                        {
                            "department_id": self.north.id,
                            "part": 0.6,
                            "contribution": "Win the north",
                        }
                    ),
                    Command.create({"department_id": self.south.id, "part": 0.4}),
                ],
            }
        )
        departments = self.cascade(self.share, "department")
        self.assertEqual(departments.mapped("name"), ["Win the north", "Market share"])
        self.assertEqual(departments.department_id, self.north | self.south)
        self.assertEqual(self.share.share_ids.child_id, departments)
        by_subject = {t.subject_key: t for t in self.targets(self.new_customers)}
        company = by_subject[f"company:{self.company.id}"]
        north = by_subject[f"department:{self.north.id}"]
        self.assertEqual((company.target, company.allocated), (18, 18))
        self.assertEqual((north.target, north.parent_id), (9, company))
        people = self.cascade(departments[0], "employee")
        self.assertEqual(people.employee_id, self.seller_1 | self.seller_2)
        self.assertEqual(sorted(north.child_ids.mapped("target")), [4, 5])
        self.assertEqual(set(self.targets(self.win_rate).mapped("target")), {0.3})

    def test_who_takes_part_already_is_not_proposed_again(self):
        self.share.share_ids = [
            Command.create({"department_id": self.north.id, "part": 1.0})
        ]
        self.cascade(self.share, "department")
        with self.assertRaisesRegex(UserError, "at least one"):
            self.cascade(self.share, "department")

    def test_without_shares_nobody_is_chosen_for_you(self):
        wizard = (
            self.env["hr.strategy.cascade"]
            .with_context(default_objective_id=self.share.id)
            .create({"period_id": self.q3.id})
        )
        self.assertIn(self.marketing, wizard.line_ids.department_id)
        self.assertFalse(any(wizard.line_ids.mapped("is_included")))

    def test_existing_target_is_kept_as_the_whole(self):
        self.share.key_result_ids = [
            Command.create({"kpi_id": self.new_customers.id, "target": 18})
        ]
        whole = self.make_targets(
            self.new_customers, self.q3, self.company, target=20, reserved=2
        )
        self.share.share_ids = [
            Command.create({"department_id": self.north.id, "part": 1.0})
        ]
        self.cascade(self.share, "department")
        self.assertEqual(whole.target, 20)
        self.assertEqual(whole.child_ids.mapped("target"), [18])
        self.assertEqual((whole.missing, whole.too_much), (0, 0))
