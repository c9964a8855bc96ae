from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common_strategy import StrategyCommon


@tagged("post_install", "-at_install")
class TestStrategyMap(StrategyCommon):
    def test_loop_is_refused_and_named(self):
        product = self.make_objective("Product")
        self.link(self.share, self.revenue)
        self.link(product, self.share)
        with self.assertRaisesRegex(
            ValidationError, "Market share → Revenue → Product → Market share"
        ):
            self.link(self.revenue, product)

    def test_arrow_stays_in_its_map(self):
        other = self.make_map(name="Other")
        elsewhere = self.make_objective("Elsewhere", map_id=other.id)
        with self.assertRaisesRegex(ValidationError, "of one map"):
            self.link(self.share, elsewhere)

    def test_effect_does_not_come_before_its_cause(self):
        with self.assertRaises(ValidationError):
            self.link(self.share, self.revenue, lag_months=-1)

    def test_activation_needs_objectives(self):
        empty = self.make_map(name="Empty")
        with self.assertRaisesRegex(UserError, "no objectives"):
            empty.action_activate()

    def test_horizon(self):
        with self.assertRaisesRegex(ValidationError, "ends before"):
            self.make_map(date_to=date(2022, 12, 31))
        with self.assertRaisesRegex(ValidationError, "first and a last day"):
            self.make_map(date_to=False)

    def test_map_in_force_is_not_deleted(self):
        self.map.action_activate()
        with self.assertRaisesRegex(UserError, "close it instead"):
            self.map.unlink()
        self.map.action_close()
        with self.assertRaisesRegex(UserError, "kept as history"):
            self.share.unlink()

    def test_revision_keeps_what_was_agreed(self):
        """The next version is a copy; the old one is in force until it is."""
        below = self.make_objective(
            "Sell more",
            [(self.new_customers, 2.0, 18.0)],
            level="department",
            department_id=self.marketing.id,
            parent_id=self.share.id,
        )
        self.link(self.share, self.revenue, hypothesis="More customers buy more")
        self.map.action_activate()
        draft = self.env["hr.strategy.map"].browse(self.map.action_revise()["res_id"])
        self.assertEqual((draft.version, draft.state), (2, "draft"))
        self.assertEqual(self.map.state, "active")
        copy = draft.objective_ids.filtered(lambda o: o.name == below.name)
        self.assertEqual(copy.parent_id.map_id, draft)
        self.assertEqual(copy.parent_id.name, "Market share")
        self.assertEqual(copy.key_result_ids.mapped("target"), [18.0])
        self.assertEqual(draft.link_ids.hypothesis, "More customers buy more")
        draft.action_activate()
        self.assertEqual((draft.state, self.map.state), ("active", "closed"))

    def test_new_map_in_three_steps(self):
        """Template, objectives, departments; unknown KPIs are made as typed ones."""
        template = self.env.ref("hr_strategy_kpi.hr_strategy_map_template_software")
        wizard = self.env["hr.strategy.map.new"].create({"template_id": template.id})
        wizard.action_next()
        self.assertEqual(wizard.step, "objectives")
        self.assertEqual(
            wizard.line_ids.mapped("name"), template.objective_ids.mapped("name")
        )
        wizard.line_ids[0].name = "Grow revenue by 38 %"
        wizard.action_next()
        wizard.line_ids[0].department_ids = self.marketing | self.engineering
        action = wizard.action_create_active()
        made = self.env["hr.strategy.map"].browse(action["res_id"])
        self.assertEqual(made.state, "active")
        self.assertEqual(len(made.objective_ids), 5)
        self.assertEqual(len(made.link_ids), 4)
        first = made.objective_ids.filtered(lambda o: o.name == "Grow revenue by 38 %")
        self.assertEqual(
            first.share_ids.department_id, self.marketing | self.engineering
        )
        self.assertEqual(first.share_ids.mapped("part"), [0.5, 0.5])
        kpis = made.objective_ids.key_result_ids.kpi_id
        self.assertEqual(len(kpis), 15)
        defects = kpis.filtered(lambda kpi: kpi.code == "QA_DEFECT_RATE")
        self.assertEqual(
            (
                defects.source,
                defects.direction,
                defects.aggregate,
                defects.default_target,
            ),
            ("manual", "lower", "ratio", 0.01),
        )

    def test_template_uses_the_kpi_that_is_there(self):
        known = self.make_kpi(code="QA_DEFECT_RATE", aggregate="average")
        template = self.env.ref("hr_strategy_kpi.hr_strategy_map_template_software")
        result = template.objective_ids.key_result_ids.filtered(
            lambda r: r.kpi_code == "QA_DEFECT_RATE"
        )
        self.assertEqual(result._prepare_for(self.company)["kpi_id"], known.id)

    def test_template_cannot_be_activated(self):
        template = self.env.ref("hr_strategy_kpi.hr_strategy_map_template_okr")
        with self.assertRaisesRegex(UserError, "use it"):
            template.action_activate()

    def test_level_and_alignment(self):
        with self.assertRaisesRegex(ValidationError, "needs the department"):
            self.make_objective("Nobody's", level="department")
        below = self.make_objective(
            "North",
            level="department",
            department_id=self.north.id,
            parent_id=self.share.id,
        )
        self.assertEqual(below.perspective_id, self.customer)
        with self.assertRaisesRegex(ValidationError, "lower level"):
            self.revenue.parent_id = below
        with self.assertRaisesRegex(ValidationError, "below itself"):
            self.share.parent_id = self.share

    def test_shares(self):
        with Form(self.share.with_user(self.user_officer)) as form:
            form.name = "Widen market share"
        self.share.share_ids = [
            Command.create({"department_id": self.marketing.id, "part": 0.4}),
            Command.create({"department_id": self.engineering.id, "part": 0.6}),
        ]
        with self.assertRaisesRegex(ValidationError, "100 %"):
            self.share.share_ids[0].part = 0.7

    def test_line_up_to_the_strategy(self):
        """A person reads what their objective is good for."""
        self.map.action_activate()
        department = self.make_objective(
            "Win customers",
            level="department",
            department_id=self.marketing.id,
            parent_id=self.share.id,
        )
        mine = self.make_objective(
            "Visit prospects",
            level="employee",
            employee_id=self.seller_1.id,
            parent_id=department.id,
        )
        seen = self.as_user(mine, self.seller_1)
        self.assertEqual(seen.line_up, "Win customers → Market share → Strategy 2023")
        self.assertTrue(self.as_user(department, self.seller_1).has_access("read"))
        self.assertFalse(self.as_user(mine, self.seller_2).has_access("read"))
        self.assertTrue(self.as_user(mine, self.marketing_manager).has_access("read"))
        self.assertTrue(self.as_user(self.share, self.seller_2).has_access("read"))

    def test_draft_is_the_officers(self):
        with self.assertRaises(AccessError):
            self.as_user(self.map, self.seller_1).read(["name"])
        with self.assertRaises(AccessError):
            self.as_user(self.share, self.seller_1).read(["name"])
        self.map.action_activate()
        self.as_user(self.map, self.seller_1).read(["name"])
        self.as_user(self.share, self.seller_1).read(["name", "score"])

    def test_other_company_sees_nothing(self):
        self.map.action_activate()
        stranger = self._make_user("kpi_stranger", company=self.other_company)
        there = {"allowed_company_ids": self.other_company.ids}
        seen = self.map.with_user(stranger).with_context(**there)
        self.assertNotIn(self.map.id, seen.search([]).ids)
        share = self.share.with_user(stranger).with_context(**there)
        self.assertFalse(share.has_access("read"))

    def test_initiative_progress(self):
        initiative = self.env["hr.strategy.initiative"].create(
            {
                "name": "Partner programme",
                "objective_id": self.share.id,
                "action_ids": [
                    Command.create({"name": "Find partners", "state": "done"}),
                    Command.create({"name": "Train them"}),
                    Command.create({"name": "Given up", "state": "cancelled"}),
                ],
            }
        )
        self.assertEqual(initiative.progress, 0.5)
        initiative.state = "done"
        self.assertEqual(initiative.progress, 1.0)
