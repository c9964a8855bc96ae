from odoo.exceptions import ValidationError

from .common_alert import AlertCommon, june


class TestAlertResponsibles(AlertCommon):
    def chain(self, subject, **vals):
        target = self.make_targets(
            self.make_kpi(**vals), self.month(6), subject, target=22
        )
        chain = target._get_responsibles(june(15))[target]
        return [responsible.employee or responsible.user for responsible in chain]

    def test_employee(self):
        self.assertEqual(
            self.chain(self.seller_1),
            [self.seller_1, self.marketing_manager, self.boss],
        )

    def test_no_manager_is_the_departments_head(self):
        self.seller_1.parent_id = False
        self.assertEqual(
            self.chain(self.seller_1)[:2], [self.seller_1, self.marketing_manager]
        )

    def test_no_manager_and_no_head_is_the_owner_or_an_officer(self):
        self.engineer.parent_id = False
        owner = self.user_administrator
        self.assertEqual(
            self.chain(self.engineer, owner_id=owner.id), [self.engineer, owner]
        )
        self.assertEqual(
            self.chain(self.engineer, owner_id=False),
            [self.engineer, self.user_officer],
        )

    def test_department(self):
        self.assertEqual(
            self.chain(self.marketing)[:2], [self.marketing_manager, self.boss]
        )

    def test_department_without_head_is_the_one_above(self):
        self.assertEqual(
            self.chain(self.north)[:2], [self.marketing_manager, self.boss]
        )

    def test_company_is_the_owner(self):
        self.assertEqual(self.chain(self.company), [self.user_officer])

    def test_loop_in_the_chart(self):
        self.env.cr.execute(
            "UPDATE hr_employee SET parent_id = %s WHERE id = %s",
            [self.seller_1.id, self.boss.id],
        )
        self.boss.invalidate_recordset()
        self.assertEqual(
            self.chain(self.seller_1),
            [self.seller_1, self.marketing_manager, self.boss],
        )

    def test_new_manager_at_once(self):
        self.on(15)
        self.get_told()
        self.seller_1.parent_id = self.engineer.parent_id = self.seller_3
        self.on(16)
        self.assertEqual(self.get_told(), ["seller_3"])


class TestAlertRules(AlertCommon):
    """Each trigger, alone."""

    def only(self, **vals):
        self.rule.active = False
        rule = self.env["hr.kpi.alert.rule"].create(
            {"name": "Only", "severity": "info", **vals}
        )
        return rule

    def test_pace(self):
        self.only(trigger="pace", ratio=0.85)
        self.assertFalse(self.on(15))
        alert = self.on(16)
        self.assertEqual(alert.severity, "info")
        self.catch_up(16, 1)
        self.on(16)
        self.assertEqual(alert.state, "closed")

    def test_forecast(self):
        """10 in 12 days go on to 18.3: 83 % of 22."""
        self.only(trigger="forecast", ratio=0.85)
        self.assertFalse(self.on(15))
        self.assertTrue(self.on(16))

    def test_forecast_of_lower_is_better(self):
        self.only(trigger="forecast", ratio=0.9)
        kpi = self.make_kpi(direction="lower")
        target = self.make_targets(kpi, self.month(6), self.company, target=22)
        self.make_entry(kpi, june(1), 13, self.company)
        # 13 in 12 days go on to 23.8, of which 90 % are 21.5
        self.assertFalse(self.on(16, targets=target))
        self.make_entry(kpi, june(1), 1, self.company)
        self.assertTrue(self.on(16, targets=target))

    def test_no_progress(self):
        self.only(trigger="no_progress", days=7)
        self.assertFalse(self.on(7))
        alert = self.on(14)
        self.assertEqual(alert.state, "open")
        self.catch_up(15, 1)
        self.on(15)
        self.assertEqual(alert.state, "closed")
        self.assertFalse(self.on(21) - alert)
        self.assertTrue(self.on(22) - alert)

    def test_no_progress_at_the_beginning(self):
        self.only(trigger="no_progress", days=7)
        self.assertFalse(self.on(1, 5, 7))

    def test_threshold(self):
        self.only(trigger="threshold", value=12)
        alert = self.on(1)
        self.assertTrue(alert)
        self.catch_up(2, 2)
        self.on(2)
        self.assertEqual(alert.state, "closed")

    def test_threshold_of_lower_is_better(self):
        self.only(trigger="threshold", value=12)
        kpi = self.make_kpi(direction="lower")
        target = self.make_targets(kpi, self.month(6), self.company, target=22)
        self.make_entry(kpi, june(1), 12, self.company)
        self.assertFalse(self.on(1, targets=target))
        self.make_entry(kpi, june(2), 1, self.company)
        self.assertTrue(self.on(2, targets=target))

    def test_threshold_of_zero(self):
        self.only(trigger="threshold", value=0)
        self.assertFalse(self.on(1))
        self.make_entry(self.kpi, june(2), -11, self.seller_1)
        self.assertTrue(self.on(2))

    def test_stale_entries(self):
        self.only(trigger="stale", days=7)
        self.assertFalse(self.on(7))
        alert = self.on(8)
        self.assertEqual(alert.state, "open")
        self.catch_up(9, 1)
        self.on(9)
        self.assertEqual(alert.state, "closed")

    def test_department_is_told_by_its_people(self):
        self.only(trigger="stale", days=7)
        target = self.make_targets(self.kpi, self.month(6), self.north, target=22)
        self.assertFalse(self.on(7, targets=target))
        self.assertTrue(self.on(8, targets=target))
        self.make_entry(self.kpi, june(9), 1, self.seller_2)
        self.assertEqual(self.on(9, targets=target).state, "closed")

    def test_stale_source(self):
        """A source that has been failing for some days."""
        self.only(trigger="stale", days=7)
        kpi = self.make_kpi(source="formula", formula=self.kpi.code)
        target = self.make_targets(kpi, self.month(6), self.company, target=22)
        self.refresh(target, june(1))
        collection = self.env["hr.kpi.collection"].search([("kpi_id", "=", kpi.id)])
        collection.measured_at = "2023-06-01 08:00:00"
        self.env.cr.execute(
            "UPDATE hr_kpi SET formula = 'GONE' WHERE id = %s", [kpi.id]
        )
        self.env.invalidate_all()
        self.assertFalse(self.on(7, targets=target))
        alert = self.on(8, targets=target)
        self.assertEqual(alert.state, "open")
        kpi.formula = self.kpi.code
        self.on(9, targets=target)
        self.assertEqual(alert.state, "closed")

    def test_only_these_kpis(self):
        self.rule.kpi_ids = self.make_kpi()
        self.assertFalse(self.on(19))
        self.rule.kpi_ids |= self.kpi
        self.assertTrue(self.on(19))

    def test_rule_of_another_company(self):
        self.rule.company_id = self.other_company
        self.assertFalse(self.on(19))

    def test_two_rules_are_two_causes(self):
        self.env["hr.kpi.alert.rule"].create(
            {"name": "Pace", "trigger": "pace", "ratio": 0.9}
        )
        self.assertEqual(len(self.on(19)), 2)

    def test_numbers_a_rule_needs(self):
        rules = self.env["hr.kpi.alert.rule"]
        for vals in (
            {"trigger": "threshold"},
            {"trigger": "no_progress", "days": 0},
            {"trigger": "stale", "days": 0},
            {"trigger": "pace", "ratio": 0},
            {"trigger": "forecast", "ratio": 1.5},
        ):
            with self.assertRaises(ValidationError) as caught:
                rules.create({"name": "Half a rule", **vals})
            self.assertIn("Half a rule", str(caught.exception))


class TestPraise(AlertCommon):
    def setUp(self):
        super().setUp()
        self.env["hr.kpi.alert.rule"].create({"name": "Praise", "trigger": "reached"})

    def test_once(self):
        self.on(14)
        self.assertEqual(self.get_told(), [])
        self.catch_up(15, 12)
        self.on(15)
        self.assertEqual(self.target.praised_on, june(15))
        self.assertCountEqual(self.get_told(), ["seller_1", "marketing_manager"])
        self.catch_up(16, 5)
        self.on(16)
        self.assertEqual(self.get_told(), [])
        self.assertEqual(self.target.praised_on, june(15))

    def test_not_without_the_rule(self):
        self.env["hr.kpi.alert.rule"].search([("trigger", "=", "reached")]).unlink()
        self.catch_up(15, 12)
        self.on(15)
        self.assertFalse(self.target.praised_on)

    def test_limit_is_kept_at_the_end_only(self):
        kpi = self.make_kpi(direction="lower")
        target = self.make_targets(kpi, self.month(6), self.seller_1, target=5)
        self.make_entry(kpi, june(1), 1, self.seller_1)
        self.on(15, targets=target)
        self.assertFalse(target.praised_on)
        self.on(30, targets=target)
        self.assertEqual(target.praised_on, june(30))

    def test_person_without_login(self):
        target = self.make_targets(self.kpi, self.month(6), self.engineer, target=5)
        self.make_entry(self.kpi, june(1), 5, self.engineer)
        self.on(5, targets=target)
        mail = self.env["mail.mail"].search([("email_to", "=", "engineer@example.com")])
        self.assertIn("Target reached", mail.subject)
        self.assertEqual(self.get_told(), ["boss"])
