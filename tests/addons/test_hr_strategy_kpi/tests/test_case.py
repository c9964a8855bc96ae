"""ACCEPTANCE section 6 over made-up deals: what is said on which day."""

from datetime import date, datetime, timedelta

from odoo.tests import freeze_time

from .common import DealCommon

MONTHS = {7: (1, 1, 1, 1, 1, 1), 8: (1, 1, 1, 1, 0, 0)}
MONTHS |= {10: (3, 2, 2, 2, 2, 1), 11: (1, 1, 1, 1, 0, 1), 12: (1, 1, 0, 0, 1, 0)}
FIRST_WORKING_DAY = {7: 3, 8: 1, 10: 2, 11: 1, 12: 1}


class CaseCommon(DealCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.kpi_alert_both_at_once = True
        cls.people = cls.env["hr.employee"]
        for number in range(1, 7):
            cls.people |= cls.make_employee(
                f"sales person {number}", cls.marketing_manager, cls.marketing
            )
        for month, wins in MONTHS.items():
            day = date(2023, month, FIRST_WORKING_DAY[month])
            for person, count in zip(cls.people, wins, strict=True):
                for _deal in range(count):
                    cls.make_deal(day, person, state="won")
        cls.kpi = cls.make_deal_kpi(
            name="New customers", domain="[('state', '=', 'won')]"
        )
        marks = {"red_flag": 6, "baseline": 12, "target": 18, "stretch": 24}
        cls.q3_target = cls.make_targets(cls.kpi, cls.q3, cls.marketing, **marks)
        cls.q4_target = cls.make_targets(cls.kpi, cls.q4, cls.marketing, **marks)

    def assertDay(self, target, day, actual, pace, status, score=None):
        """pace in percent, with one decimal"""
        self.refresh(target, day)
        label = f"{target.subject_name} on {day}"
        self.assertEqual(target.actual, actual, label)
        self.assertEqual(round(target.pace * 100, 1), pace, label)
        self.assertEqual(target.status, status, label)
        if score is not None:
            self.assertEqual(round(target.score, 1), score, label)

    def get_alert(self, target):
        return self.env["hr.kpi.alert"].search([("target_id", "=", target.id)])

    def get_messages(self, alert):
        """Return what was sent to people about an alert."""
        return self.env["mail.message"].search(
            [
                ("model", "=", "hr.kpi.alert"),
                ("res_id", "in", alert.ids),
                ("message_type", "=", "user_notification"),
            ]
        )


class TestCaseQuarter(CaseCommon):
    def test_31_july(self):
        self.assertDay(self.q3_target, date(2023, 7, 31), 6, 103.2, "on_track")
        self.assertFalse(self.get_alert(self.q3_target))

    def test_23_august(self):
        self.assertDay(self.q3_target, date(2023, 8, 23), 10, 95.0, "on_track")
        self.assertFalse(self.get_alert(self.q3_target))

    def test_24_august_to_29_september(self):
        """Warned on the 24th, silent, raised on 4 September, silent, closed."""
        target, notified = self.q3_target, []

        def on(day):
            alert = self.get_alert(target)
            before = len(self.get_messages(alert))
            self.refresh(target, day)
            alert = self.get_alert(target)
            notified.append(len(self.get_messages(alert)) - before)
            return alert

        on(date(2023, 8, 23))
        self.assertDay(target, date(2023, 8, 24), 10, 92.6, "at_risk")
        alert = self.get_alert(target)
        self.assertEqual((alert.severity, alert.state), ("warning", "open"))
        self.assertEqual(alert.opened_on, date(2023, 8, 24))
        self.assertIn(
            self.marketing_manager.user_id.partner_id,
            self.get_messages(alert).notified_partner_ids,
        )
        notified.clear()
        self.assertDay(target, date(2023, 8, 31), 10, 82.1, "at_risk")
        on(date(2023, 8, 31))
        self.assertDay(target, date(2023, 9, 1), 10, 80.2, "at_risk")
        on(date(2023, 9, 1))
        self.assertEqual(notified, [0, 0])
        messages = len(self.get_messages(alert))
        self.assertDay(target, date(2023, 9, 4), 10, 78.5, "off_track")
        self.assertEqual(self.get_alert(target), alert)
        self.assertEqual(alert.severity, "critical")
        self.assertEqual(alert.raised_on, date(2023, 9, 4))
        self.assertGreater(len(self.get_messages(alert)), messages)
        messages = len(self.get_messages(alert))
        action = self.as_user(self.env["hr.kpi.action"], self.marketing_manager).create(
            {"name": "Live-stream on data-centre solutions", "alert_id": alert.id}
        )
        self.assertEqual(alert.state, "acknowledged")
        for day in (5, 6, 20):
            self.refresh(target, date(2023, 9, day))
            alert._tell(date(2023, 9, day))
        self.assertEqual(len(self.get_messages(alert)), messages)
        self.assertDay(target, date(2023, 9, 29), 10, 55.6, "off_track", 40)
        self.assertEqual(round(target.attainment * 100, 1), 55.6)
        self.q3._close(date(2023, 10, 10))
        self.assertEqual(alert.state, "closed")
        self.assertIn("closed", alert.close_note)
        self.assertEqual(action.sudo().target_id, self.q4_target)
        self.assertEqual(action.state, "open")

    def test_31_october(self):
        self.assertDay(self.q4_target, date(2023, 10, 31), 12, 197.0, "on_track")

    def test_29_december_with_praise_once(self):
        target = self.q4_target
        self.refresh(target, date(2023, 11, 30))
        self.assertFalse(target.praised_on)
        self.refresh(target, date(2023, 12, 1))
        self.assertEqual((target.actual, target.praised_on), (20, date(2023, 12, 1)))
        praise = target.message_ids
        self.assertTrue(praise)
        self.assertDay(target, date(2023, 12, 29), 20, 111.1, "exceeded", 106.7)
        self.assertEqual(target.message_ids, praise)
        self.assertFalse(self.get_alert(target))

    def test_31_august_persons(self):
        targets = self.make_targets(self.kpi, self.q3, self.people, target=3)
        self.refresh(targets, date(2023, 8, 31))
        self.assertEqual(targets.mapped("actual"), [2, 2, 2, 2, 1, 1])
        self.assertEqual(targets.mapped("status"), ["on_track"] * 4 + ["off_track"] * 2)
        paces = [round(target.pace * 100, 1) for target in targets]
        self.assertEqual(paces, [98.5] * 4 + [49.2] * 2)
        alerts = self.env["hr.kpi.alert"].search([("target_id", "in", targets.ids)])
        self.assertEqual(alerts.target_id, targets[4:])
        self.assertEqual(set(alerts.mapped("severity")), {"critical"})


class TestCaseWeek(CaseCommon):
    def setUp(self):
        super().setUp()
        for _deal in range(2):
            self.make_deal(date(2023, 5, 2), self.people[0], state="won")
        self.target = self.make_targets(
            self.kpi, self.month(5), self.marketing, target=12
        )

    def test_5_may(self):
        self.assertDay(self.target, date(2023, 5, 5), 2, 76.7, "off_track")
        with freeze_time("2023-05-05 04:00:00"):
            self.target.invalidate_recordset()
            self.assertEqual(self.target.week_actual, 2)
            self.assertEqual(round(self.target.week_needed, 1), 2.6)

    def test_next_week_starts_from_zero(self):
        self.refresh(self.target, date(2023, 5, 5))
        self.make_deal(date(2023, 5, 9), self.people[0], state="won")
        self.refresh(self.target, date(2023, 5, 9))
        with freeze_time("2023-05-09 04:00:00"):
            self.target.invalidate_recordset()
            self.assertEqual(self.target.week_actual, 1)

    def test_outside_of_the_period(self):
        self.refresh(self.target, date(2023, 5, 31))
        with freeze_time("2023-06-05 04:00:00"):
            self.target.invalidate_recordset()
            self._assert_number(self.target, "week_actual", None)


class TestCaseForecast(CaseCommon):
    def test_run_rate(self):
        """6 in 21 of 65 days go on to 18.6."""
        self.refresh(self.q3_target, date(2023, 7, 31))
        self.assertEqual(round(self.q3_target.forecast, 1), 18.6)
        self.refresh(self.q3_target, date(2023, 9, 30))
        self.assertEqual(self.q3_target.forecast, 10)


class TestCaseKinds(DealCommon):
    """Rates and levels: live, at the end only, or filling up."""

    def judge(self, kpi_vals, marks, day, period, **entry):
        kpi = self.make_kpi(**kpi_vals)
        target = self.make_targets(kpi, period, self.company, **marks)
        self.make_entry(kpi, period.date_from, **entry)
        self.refresh(target, day)
        return target

    def test_31_august_downtime(self):
        target = self.judge(
            {"aggregate": "ratio", "unit": "percent", "direction": "lower"},
            {"red_flag": 0.015, "baseline": 0.01, "target": 0.005, "stretch": 0.002},
            date(2023, 8, 31),
            self.month(8),
            numerator=480,
            denominator=40000,
        )
        self.assertAlmostEqual(target.actual, 0.012)
        self.assertEqual(target.status, "off_track")

    def retention(self, kept, day):
        return self.judge(
            {"aggregate": "ratio", "unit": "percent", "asked": "end"},
            {"red_flag": 0.78, "baseline": 0.82, "target": 0.88, "stretch": 0.92},
            day,
            self.month(day.month),
            numerator=kept,
            denominator=40,
        )

    def test_31_october_retention(self):
        target = self.retention(34, date(2023, 10, 31))
        self.assertEqual((target.status, round(target.score, 6)), ("at_risk", 80))

    def test_30_november_retention(self):
        target = self.retention(36, date(2023, 11, 30))
        self.assertEqual((target.status, round(target.score, 6)), ("exceeded", 110))

    def test_asked_at_the_end_only(self):
        """A half-invoiced month is no verdict, and no alarm."""
        target = self.retention(20, date(2023, 10, 30))
        self.assertEqual(target.status, "no_data")
        self.assertAlmostEqual(target.actual, 0.5)
        self.assertFalse(target.alert_ids)
        self.refresh(target, date(2023, 10, 31))
        self.assertEqual(target.status, "off_track")
        self.assertEqual(target.alert_ids.severity, "critical")

    def test_last_working_day_is_the_end(self):
        """30 September 2023 is a Saturday: asked on Friday the 29th."""
        target = self.retention(20, date(2023, 9, 28))
        self.assertEqual(target.status, "no_data")
        self.refresh(target, date(2023, 9, 29))
        self.assertEqual(target.status, "off_track")

    def test_template_retention(self):
        target = self.judge(
            {"aggregate": "ratio", "unit": "percent", "asked": "end"},
            {"target": 0.85},
            date(2023, 10, 31),
            self.month(10),
            numerator=88,
            denominator=100,
        )
        self.assertEqual(target.status, "exceeded")
        self.assertTrue(target.praised_on)

    def test_31_october_iterations(self):
        marks = {"red_flag": 1, "baseline": 2, "target": 3, "stretch": 4}
        target = self.judge({}, marks, date(2023, 10, 31), self.month(10), value=2)
        self.assertEqual((target.status, target.score), ("off_track", 60))
        self.assertEqual(round(target.attainment * 100, 1), 66.7)

    def test_30_november_iterations(self):
        marks = {"red_flag": 1, "baseline": 2, "target": 3, "stretch": 4}
        target = self.judge({}, marks, date(2023, 11, 30), self.month(11), value=3)
        self.assertEqual((target.status, target.score), ("on_track", 100))

    def test_rate_that_fills_up_is_paced_on_its_numerator(self):
        """48 of 100 customers visited half-way: pace 96 %, on track."""
        kpi = {"aggregate": "ratio", "unit": "percent", "asked": "fills"}
        month, marks = self.month(6), {"baseline": 0.9, "target": 1.0}
        for visited, status in ((48, "on_track"), (45, "at_risk"), (30, "off_track")):
            target = self.judge(
                kpi,
                marks,
                date(2023, 6, 15),
                month,
                numerator=visited,
                denominator=100,
            )
            self.assertAlmostEqual(target.pace, visited / 50)
            self.assertEqual(target.status, status)

    def test_tracked_without_a_goal(self):
        target = self.judge({}, {}, date(2023, 6, 15), self.month(6), value=3)
        self.assertFalse(target.status)
        self._assert_number(target, "score", None)
        self.assertFalse(target.alert_ids)

    def test_customer_satisfaction(self):
        """N4: 80 of 90 in a month is off track that month, not at the year's end."""
        target = self.judge(
            {"aggregate": "last", "unit": "point", "asked": "live"},
            {"baseline": 90, "target": 90},
            date(2023, 6, 15),
            self.month(6),
            value=80,
        )
        self.assertEqual(target.status, "off_track")


class TestFreshness(DealCommon):
    def setUp(self):
        super().setUp()
        self.kpi = self.make_deal_kpi()
        self.target = self.make_targets(self.kpi, self.q3, self.company, target=18)

    def search(self, operator, value):
        domain = [("is_stale", operator, value), ("id", "=", self.target.id)]
        return self.env["hr.kpi.target"].search(domain)

    def assertStale(self, reason):
        self.target.invalidate_recordset()
        self.assertTrue(self.target.is_stale)
        self.assertIn(reason, self.target.stale_reason)
        self.assertTrue(self.search("=", True))
        self.assertFalse(self.search("=", False))
        self.assertFalse(self.search("!=", True))

    def assertFresh(self):
        self.target.invalidate_recordset()
        self.assertFalse(self.target.is_stale)
        self.assertFalse(self.target.stale_reason)
        self.assertFalse(self.search("=", True))
        self.assertTrue(self.search("=", False))

    def test_never_read(self):
        self.assertStale("Not read yet")
        self.assertFalse(self.target.measured_at)

    def test_read(self):
        self.refresh(self.target, date(2023, 7, 31))
        self.assertFresh()
        self.assertEqual(self.target.measured_at, self.env.cr.now())

    def test_older_than_the_companys_setting(self):
        self.company.kpi_refresh_minutes = 90
        self.refresh(self.target, date(2023, 7, 31))
        read_at = datetime.now()
        with freeze_time(read_at + timedelta(minutes=80)):
            self.assertFresh()
        with freeze_time(read_at + timedelta(minutes=100)):
            self.assertStale("company's setting")

    def test_app_is_gone(self):
        """It keeps its figure, and says why it is grey."""
        self.make_deal(date(2023, 7, 3), self.seller_1)
        self.refresh(self.target, date(2023, 7, 31))
        self.env.cr.execute(
            "UPDATE hr_kpi SET model_name = 'x.gone' WHERE id = %s", [self.kpi.id]
        )
        self.kpi.invalidate_recordset()
        self.refresh(self.target, date(2023, 8, 1))
        self.assertEqual(self.kpi.source_state, "unavailable")
        self.assertStale("not installed")
        self.assertEqual(self.target.actual, 1)

    def test_closed_is_never_stale(self):
        self.q3._close(date(2023, 10, 10))
        with freeze_time(datetime.now() + timedelta(days=400)):
            self.assertFresh()

    def test_refreshing_reads_what_is_stale_only(self):
        other = self.make_targets(self.make_deal_kpi(), self.q3, self.company)
        self.refresh(other, date(2023, 7, 31))
        stale = self.env["hr.kpi.target"].concat(
            *self.env["hr.kpi.target"]._get_stale_chunks()
        )
        self.assertIn(self.target, stale)
        self.assertNotIn(other, stale)
