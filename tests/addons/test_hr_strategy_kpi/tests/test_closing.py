from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from .common import DealCommon


class TestClosing(DealCommon):
    """Closing freezes; what comes later is shown beside it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kpi = cls.make_deal_kpi(name="Deals")
        cls.target = cls.make_targets(
            cls.kpi, cls.q3, cls.company, baseline=1, target=2
        )
        cls.make_deal(date(2023, 9, 1), cls.seller_1)
        cls.period = cls.as_user(cls.q3, cls.user_officer)

    def break_source(self):
        self.env.cr.execute(
            "UPDATE hr_kpi SET measure_field = 'gone', aggregate = 'sum' WHERE id = %s",
            [self.kpi.id],
        )
        self.kpi.invalidate_recordset()

    def close(self, day="2023-10-10"):
        with freeze_time(f"{day} 04:00:00"):
            self.period.action_close()

    def test_refused_before_the_end(self):
        for day in ("2023-09-29", "2023-09-30"):
            with self.assertRaises(UserError) as caught:
                self.close(day)
            self.assertIn("cannot be closed before", str(caught.exception))
        self.close("2023-10-01")
        self.assertEqual(self.q3.state, "closed")

    def test_reads_once_more(self):
        self.close()
        self.assertEqual((self.target.actual, self.target.status), (1, "off_track"))
        self.assertTrue(self.target.is_locked)

    def test_closed_twice(self):
        self.close()
        with self.assertRaises(UserError):
            self.close()

    def test_not_for_everybody(self):
        for user in (self.seller_1, self.marketing_manager):
            with self.assertRaises(AccessError), freeze_time("2023-10-10"):
                self.as_user(self.q3, user).action_close()

    def test_refused_while_a_source_fails(self):
        """Also if nobody has noticed yet: the closing itself reads."""
        self.break_source()
        self.assertEqual(self.kpi.source_state, "ok")
        with self.assertRaises(UserError) as caught:
            self.close()
        self.assertIn("Deals", str(caught.exception))
        self.assertEqual(self.q3.state, "open")
        self.assertFalse(self.target.is_locked)

    def test_forced_with_a_reason(self):
        self.refresh(self.target, date(2023, 9, 29))
        self.break_source()
        with freeze_time("2023-10-10 04:00:00"):
            for reason in (False, "", "   "):
                with self.assertRaises(UserError):
                    self.period.action_force_close(reason)
            self.period.action_force_close("The system was replaced.")
        self.assertEqual(self.q3.state, "closed")
        # the last good figure is frozen, and why is kept
        self.assertEqual(self.target.actual, 1)
        self.assertIn("The system was replaced.", self.q3.message_ids[0].body)

    def test_wizard(self):
        self.break_source()
        wizards = self.as_user(self.env["hr.kpi.period.close"], self.user_officer)
        with freeze_time("2023-10-10 04:00:00"):
            wizard = wizards.create({"period_id": self.q3.id})
            with self.assertRaises(UserError):
                wizard.action_close()
            wizard.reason = "The system was replaced."
            wizard.action_close()
        self.assertEqual(self.q3.state, "closed")

    def test_frozen(self):
        """Neither refreshing nor new thresholds change it."""
        self.close()
        self.make_deal(date(2023, 9, 4), self.seller_1)
        self.run_cron("ir_cron_kpi_refresh")
        self.target._refresh(as_of=date(2023, 9, 30))
        self.assertEqual(self.target.actual, 1)
        self.assertEqual(
            (self.target.on_track_ratio, self.target.at_risk_ratio), (0.95, 0.8)
        )

    def test_restatement_comes_and_goes(self):
        self.close()
        late = self.make_deal(date(2023, 9, 4), self.seller_1)
        with freeze_time("2023-11-01 04:00:00"):
            self.run_cron("ir_cron_kpi_restate")
        self.assertEqual((self.target.actual, self.target.restated_actual), (1, 2))
        self.assertTrue(self.target.restated_reason)
        late.unlink()
        with freeze_time("2023-11-02 04:00:00"):
            self.run_cron("ir_cron_kpi_restate")
        self._assert_number(self.target, "restated_actual", None)
        self.assertFalse(self.target.restated_reason)

    def test_restated_to_nothing(self):
        self.close()
        self.Deal.search([("company_id", "=", self.company.id)]).unlink()
        self.target._restate()
        self._assert_number(self.target, "restated_actual", 0)
        self.assertEqual(self.target.actual, 1)

    def test_failing_source_restates_nothing(self):
        self.close()
        self.break_source()
        self.target._restate()
        self.assertFalse(self.target.restated_reason)

    def test_reopened_by_the_administrator_only(self):
        self.close()
        with self.assertRaises(UserError):
            self.period.action_reopen()
        self.assertTrue(self.target.is_locked)
        self.make_deal(date(2023, 9, 4), self.seller_1)
        self.target._restate()
        self.as_user(self.q3, self.user_administrator).action_reopen()
        self.assertEqual(self.q3.state, "closing")
        self.assertFalse(self.target.is_locked)
        self._assert_number(self.target, "on_track_ratio", None)
        self._assert_number(self.target, "restated_actual", None)
        # the marks can be changed and the figure is read again
        self.target.target = 3
        self.refresh(self.target, date(2023, 9, 30))
        self.assertEqual(self.target.actual, 2)
        self.close("2023-10-20")
        self.assertTrue(self.target.is_locked)

    def cron(self, day):
        with freeze_time(f"{day} 04:00:00"):
            self.run_cron("ir_cron_kpi_close")

    def test_closes_after_the_days_of_grace(self):
        self.env["res.company"].search([]).write({"kpi_grace_days": 5})
        self.cron("2023-09-30")
        self.assertEqual(self.q3.state, "open")
        self.cron("2023-10-01")
        self.assertEqual(self.q3.state, "closing")
        # entries and figures still come in
        self.make_deal(date(2023, 9, 4), self.seller_1)
        self.refresh(self.target, date(2023, 10, 2))
        self.assertEqual(self.target.actual, 2)
        self.cron("2023-10-05")
        self.assertEqual(self.q3.state, "closing")
        self.cron("2023-10-06")
        self.assertEqual(self.q3.state, "closed")
        self.assertEqual(self.target.actual, 2)
        self.assertEqual(self.q4.state, "open")

    def test_waits_for_a_failing_source(self):
        self.env["res.company"].search([]).write({"kpi_grace_days": 5})
        self.break_source()
        self.cron("2023-10-10")
        self.assertEqual(self.q3.state, "closing")
        self.assertEqual(self.kpi.source_state, "error")
        self.kpi.write({"aggregate": "count", "measure_field": False})
        self.cron("2023-10-11")
        self.assertEqual(self.q3.state, "closed")

    def test_makes_the_periods_to_come(self):
        self.cron("2024-02-10")
        names = self.env["hr.kpi.period"].search([("date_from", ">", "2023-12-31")])
        for name in ("2024-02", "2024-03", "2024-Q1", "2024-Q2", "2024-H1", "2024"):
            self.assertIn(name, names.mapped("name"))

    def test_dates_of_a_closed_period_stay(self):
        self.close()
        with self.assertRaises(UserError):
            self.period.date_to = date(2023, 10, 31)


class TestBackfill(DealCommon):
    """Measurements are derived: they may go, and come again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for month, day in ((7, 3), (7, 14), (8, 1), (9, 29), (9, 30)):
            cls.make_deal(date(2023, month, day), cls.seller_1, quantity=day)
        cls.kpis = [
            cls.make_deal_kpi(),
            cls.make_deal_kpi(aggregate="average", measure_field="quantity"),
        ]
        cls.targets = cls.env["hr.kpi.target"]
        for kpi in cls.kpis:
            cls.targets |= cls.make_targets(
                kpi, cls.q3, [cls.seller_1, cls.seller_2, cls.company], target=5
            )

    def get_history(self, targets=None):
        rows = (targets or self.targets).measurement_ids.sorted(
            lambda m: (m.target_id.id, m.date)
        )
        return [
            (m.target_id.id, m.date, m.value, m.numerator, m.denominator, m.state)
            for m in rows
        ]

    def get_figures(self):
        return [
            (t.actual, t.numerator, t.score, t.pace, t.forecast, t.status)
            for t in self.targets
        ]

    def test_same_numbers_again(self):
        self.targets._backfill(date(2023, 8, 4))
        history, figures = self.get_history(), self.get_figures()
        self.targets.measurement_ids.unlink()
        self.assertFalse(self.get_history())
        self.targets._backfill(date(2023, 8, 4))
        self.assertEqual(self.get_history(), history)
        self.assertEqual(self.get_figures(), figures)

    def test_same_as_reading_day_by_day(self):
        days = self.company._get_kpi_working_days(date(2023, 7, 1), date(2023, 7, 31))
        for day in days:
            self.refresh(self.targets, day)
        history, figures = self.get_history(), self.get_figures()
        self.assertEqual(len(history), len(days) * len(self.targets))
        self.targets.measurement_ids.unlink()
        self.targets._backfill(date(2023, 7, 31))
        self.assertEqual(self.get_history(), history)
        self.assertEqual(self.get_figures(), figures)

    def test_values_of_the_days(self):
        target = self.targets[0]
        target._backfill(date(2023, 8, 1))
        values = {m.date: m.value for m in target.measurement_ids}
        self.assertEqual(values[date(2023, 7, 3)], 1)
        self.assertEqual(values[date(2023, 7, 13)], 1)
        self.assertEqual(values[date(2023, 7, 14)], 2)
        self.assertEqual(values[date(2023, 8, 1)], 3)
        self.assertEqual(target.spark[-1], 3)

    def test_twice_writes_nothing(self):
        def get_versions():
            self.env.cr.execute(
                "SELECT id, xmin, ctid FROM hr_kpi_measurement "
                "WHERE target_id = ANY(%s) ORDER BY id",
                [self.targets.ids],
            )
            return self.env.cr.fetchall()

        self.targets._backfill(date(2023, 8, 4))
        before = get_versions()
        self.targets._backfill(date(2023, 8, 4))
        self.assertEqual(get_versions(), before)
        self.assertFalse(self.targets._refresh(as_of=date(2023, 8, 4)))

    def test_finished_period_has_a_day_a_week_and_the_last(self):
        self.targets._backfill(date(2023, 11, 1))
        dates = self.targets[0].measurement_ids.mapped("date")
        self.assertEqual(len(dates), 14)  # thirteen Fridays and Saturday the 30th
        self.assertEqual(max(dates), date(2023, 9, 30))
        self.assertEqual(self.targets[0].actual, 5)

    def test_before_the_period(self):
        self.targets._backfill(date(2023, 6, 30))
        self.assertFalse(self.get_history())

    def test_of_a_closed_period_changes_no_figure(self):
        self.q3._close(date(2023, 10, 10))
        self.targets.measurement_ids.unlink()
        self.make_deal(date(2023, 9, 4), self.seller_1)
        self.targets._backfill(date(2023, 11, 1))
        self.assertEqual(self.targets[0].actual, 5)
        self.assertEqual(len(self.targets[0].measurement_ids), 14)

    def test_one_question_for_all_days(self):
        with self.count_selects("test_kpi_deal") as statements:
            self.targets[:3]._backfill(date(2023, 8, 4))
        # the past, then today
        self.assertEqual(len(statements), 2)

    def test_measurements_have_one_door(self):
        self.refresh(self.targets, date(2023, 7, 31))
        measurement = self.targets.measurement_ids[0]
        vals = {"target_id": self.targets[0].id, "date": date(2023, 7, 1), "value": 9}
        records = [self.env["hr.kpi.measurement"]]
        records.append(records[0].with_context(kpi_engine=True))
        for model in records:
            with self.assertRaises(UserError) as caught:
                model.create(vals)
            self.assertIn("Add an entry", str(caught.exception))
        with self.assertRaises(UserError):
            measurement.value = 9

    def test_closed_periods_are_thinned(self):
        days = self.company._get_kpi_working_days(date(2023, 7, 1), date(2023, 9, 28))
        self.targets._backfill(date(2023, 9, 28))
        kept = self.targets[0]
        self.assertEqual(len(kept.measurement_ids), len(days))
        gc = self.env["hr.kpi.measurement"]._gc_closed_periods
        gc()
        self.targets.invalidate_recordset()
        self.assertEqual(len(kept.measurement_ids), len(days))
        self.q3._close(date(2023, 10, 10))
        self.env.flush_all()
        gc()
        self.env.invalidate_all()
        dates = sorted(kept.measurement_ids.mapped("date"))
        # Fridays, and the day of closing
        self.assertEqual(dates[-1], date(2023, 9, 30))
        self.assertEqual({day.weekday() for day in dates[:-1]}, {4})
        self.assertEqual(len(dates), 13)
