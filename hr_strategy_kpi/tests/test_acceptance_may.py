from datetime import date

from odoo.tests import freeze_time

from .common import KpiCommon


class TestAcceptanceMay(KpiCommon):
    """Section 6, 5 May: 12 a month, 5 of 23 working days gone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.kpi_alert_both_at_once = True
        cls.kpi = cls.make_kpi(source="manual", aggregate="count")
        cls.target = cls.make_targets(
            cls.kpi, cls.month(5), cls.marketing, target=12, baseline=10
        )
        cls.make_entry(cls.kpi, date(2023, 5, 5), 1, cls.seller_1)
        cls.make_entry(cls.kpi, date(2023, 5, 5), 1, cls.seller_3)

    def test_5_may_pace_and_status(self):
        period = self.target.period_id
        days = self.company._get_kpi_working_days(period.date_from, period.date_to)
        self.assertEqual(len(days), 23)
        self.refresh(self.target, date(2023, 5, 5))
        self.assertActual(self.target, 2)
        self.assertEqual(round(self.target.pace * 100, 1), 76.7)
        self.assertEqual(self.target.status, "off_track")

    def test_5_may_alert_to_the_marketing_manager(self):
        self.refresh(self.target, date(2023, 5, 5))
        [alert] = self.target.alert_ids
        self.assertEqual(alert.severity, "critical")
        messages = self.env["mail.message"].search(
            [("model", "=", "hr.kpi.alert"), ("res_id", "=", alert.id)]
        )
        manager = self.marketing_manager.user_id.partner_id
        self.assertIn(manager, messages.notified_partner_ids)

    @freeze_time("2023-05-05 10:00:00")
    def test_5_may_card_this_week_2_needs_2_6(self):
        self.refresh(self.target, date(2023, 5, 5))
        self.assertEqual(self.target.week_actual, 2)
        self.assertEqual(round(self.target.week_needed, 1), 2.6)
