from datetime import date, datetime

from .common import DealCommon


class TestRecordMeasures(DealCommon):
    """Each measure, for persons, departments, the company and nobody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.env["res.partner"].create([{"name": "A"}, {"name": "B"}])
        day = date(2023, 7, 10)
        rows = [
            (cls.seller_1, "won", 2, 1, partners[0]),
            (cls.seller_1, "won", 4, 2, partners[0]),
            (cls.seller_1, "lost", 9, 3, partners[1]),
            (cls.seller_2, "lost", 5, 4, partners[0]),
            (None, "won", 100, 10, partners[1]),
        ]
        for seller, state, quantity, cost, partner in rows:
            cls.make_deal(
                day,
                seller,
                state=state,
                quantity=quantity,
                cost=cost,
                partner_id=partner.id,
            )
        # before and after the period: never counted
        for outside in (date(2023, 6, 30), date(2023, 8, 1)):
            cls.make_deal(outside, cls.seller_1, state="won", quantity=1000)
        cls.whose = [cls.sellers, cls.north, cls.south, cls.marketing, cls.company]

    def assertReadings(self, targets, values, unassigned):
        """values: (value) or (value, numerator, denominator) per subject in order."""
        for target, value in zip(targets, values, strict=True):
            numbers = value if isinstance(value, tuple) else (value,)
            self.assertActual(target, *numbers)
        self._assert_number(targets[-1], "unassigned", unassigned)

    def check(self, values, unassigned, **vals):
        """values: of sellers 1-3, north, south, marketing, the company."""
        targets = self.read_targets(
            self.make_deal_kpi(**vals), self.month(7), self.whose
        )
        self.assertReadings(targets, values, unassigned)
        return targets

    def test_count(self):
        targets = self.check((3, 1, 0, 4, 0, 4, 5), 1, aggregate="count")
        self.assertFalse(any(targets.mapped("reading_state")))

    def test_sum(self):
        self.check(
            (15, 5, 0, 20, 0, 20, 120), 100, aggregate="sum", measure_field="quantity"
        )

    def test_average(self):
        targets = self.check(
            ((5, 15, 3), (5, 5, 1), None, (5, 20, 4), None, (5, 20, 4), (24, 120, 5)),
            100,
            aggregate="average",
            measure_field="quantity",
        )
        self.assertEqual(targets[2].reading_state, "no_record")

    def test_minimum(self):
        self.check(
            (2, 5, None, 2, None, 2, 2),
            100,
            aggregate="minimum",
            measure_field="quantity",
        )

    def test_maximum(self):
        self.check(
            (9, 5, None, 9, None, 9, 100),
            100,
            aggregate="maximum",
            measure_field="quantity",
        )

    def test_median_is_taken_per_level(self):
        self.check(
            (4, 5, None, 4.5, None, 4.5, 5),
            100,
            aggregate="median",
            measure_field="quantity",
        )

    def test_distinct_is_counted_per_level(self):
        """Two people with the same customer: the department has that customer once."""
        self.check(
            (2, 1, 0, 2, 0, 2, 2), 1, aggregate="distinct", measure_field="partner_id"
        )

    def test_ratio_of_two_filters(self):
        targets = self.check(
            (
                (2 / 3, 2, 3),
                (0, 0, 1),
                None,
                (0.5, 2, 4),
                None,
                (0.5, 2, 4),
                (0.6, 3, 5),
            ),
            1,
            aggregate="ratio",
            unit="percent",
            domain="[('state', '=', 'won')]",
            denominator_domain="[]",
        )
        # nothing to divide by: no rate, yet the parts are known
        self.assertActual(targets[2], None, 0, 0)
        self.assertEqual(targets[2].reading_state, "no_record")

    def test_ratio_of_two_fields(self):
        self.check(
            (
                (2.5, 15, 6),
                (1.25, 5, 4),
                None,
                (2, 20, 10),
                None,
                (2, 20, 10),
                (6, 120, 20),
            ),
            10,
            aggregate="ratio",
            measure_field="quantity",
            denominator_field="cost",
        )

    def test_ratio_of_different_customers(self):
        """A field that is no number counts its different values."""
        self.check(
            (
                (0.5, 1, 2),
                (0, 0, 1),
                None,
                (0.5, 1, 2),
                None,
                (0.5, 1, 2),
                (1, 2, 2),
            ),
            1,
            aggregate="ratio",
            domain="[('state', '=', 'won')]",
            denominator_domain="[]",
            measure_field="partner_id",
            denominator_field="partner_id",
        )

    def test_ratio_to_previous_period(self):
        kpi = self.make_deal_kpi(
            aggregate="ratio",
            measure_field="quantity",
            denominator_field="quantity",
            denominator_shift=1,
        )
        targets = self.read_targets(kpi, self.month(7), [self.seller_1, self.company])
        self.assertActual(targets[0], 0.015, 15, 1000)
        self.assertActual(targets[1], 0.12, 120, 1000)

    def test_ratio_to_same_quarter_last_year(self):
        self.make_deal(date(2022, 8, 1), self.seller_1, quantity=50)
        self.make_deal(date(2022, 6, 30), self.seller_1, quantity=7)
        kpi = self.make_deal_kpi(
            aggregate="ratio",
            measure_field="quantity",
            denominator_field="quantity",
            denominator_shift=4,
        )
        [target] = self.read_targets(kpi, self.q3, self.seller_1)
        self.assertActual(target, 1015 / 50, 1015, 50)

    def test_unfinished_period_is_compared_with_as_many_days(self):
        """Ten days of July are divided by ten days of June, not by all of it."""
        self.make_deal(date(2023, 6, 10), self.seller_1, quantity=30)
        self.make_deal(date(2023, 6, 11), self.seller_1, quantity=70)
        kpi = self.make_deal_kpi(
            aggregate="ratio",
            measure_field="quantity",
            denominator_field="quantity",
            denominator_shift=1,
        )
        [target] = self.read_targets(
            kpi, self.month(7), self.seller_1, date(2023, 7, 10)
        )
        self.assertActual(target, 0.5, 15, 30)
        self.refresh(target, date(2023, 7, 31))
        self.assertActual(target, 15 / 1100, 15, 1100)

    def test_denominator_dated_by_its_own_field(self):
        self.make_deal(
            date(2023, 7, 3), self.seller_3, state="won", valid_from=date(2023, 6, 1)
        )
        for day in (1, 2, 3, 4):
            self.make_deal(None, self.seller_3, valid_from=date(2023, 7, day))
        kpi = self.make_deal_kpi(
            aggregate="ratio",
            domain="[('state', '=', 'won')]",
            denominator_domain="[]",
            denominator_date_field="valid_from",
        )
        [target] = self.read_targets(kpi, self.month(7), self.seller_3)
        self.assertActual(target, 0.25, 1, 4)

    def test_values_of_many_filters_need_one_statement(self):
        kpis = [
            self.make_deal_kpi(domain=f"[('state', '=', '{state}')]")
            for state in ("won", "lost", "open")
        ]
        for kpi in kpis:
            self.make_targets(kpi, self.month(7), self.whose)
        targets = self.env["hr.kpi.target"].search(
            [("kpi_id", "in", [kpi.id for kpi in kpis])]
        )
        with self.count_selects("test_kpi_deal") as statements:
            self.refresh(targets, date(2023, 7, 31))
        self.assertEqual(len(statements), 1, statements)
        by_kpi = targets.grouped("kpi_id")
        found = [
            by_kpi[kpi].filtered(lambda t: t.employee_id == self.seller_1).actual
            for kpi in kpis
        ]
        self.assertEqual(found, [2, 1, 0])


class TestRecordDurations(DealCommon):
    """Average time between two moments; 15 September 2023 is a Friday."""

    def check(self, start, end, value, day=date(2023, 9, 15), **vals):
        self.make_deal(day, self.seller_1, start=start, end=end)
        kpi = self.make_deal_kpi(
            aggregate="duration", duration_start="start", duration_end="end", **vals
        )
        targets = self.read_targets(kpi, self.month(9), [self.seller_1, self.seller_2])
        self.assertActual(targets[0], value)
        self.assertActual(targets[1], None)
        return targets

    def friday_to_monday(self, value, **vals):
        # from Friday 16:00 to Monday 09:00 in Shanghai
        start, end = datetime(2023, 9, 15, 8), datetime(2023, 9, 18, 1)
        return self.check(start, end, value, **vals)

    def test_calendar_hours(self):
        self.friday_to_monday(65, unit="hour")

    def test_calendar_days(self):
        self.friday_to_monday(65 / 24, unit="day")

    def test_calendar_minutes(self):
        self.friday_to_monday(65 * 60, unit="minute")

    def test_calendar_weeks(self):
        self.friday_to_monday(65 / 168, unit="week")

    def test_working_hours_over_a_weekend(self):
        self.friday_to_monday(2, unit="hour", working_time=True)

    def test_working_days_over_a_weekend(self):
        self.friday_to_monday(0.25, unit="day", working_time=True)

    def test_working_hours_over_a_public_holiday(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "company_id": self.company.id,
                "calendar_id": self.company.resource_calendar_id.id,
                "date_from": datetime(2023, 9, 17, 16),
                "date_to": datetime(2023, 9, 18, 16),
            }
        )
        # Friday 16:00 to Tuesday 09:00; all of Monday is off
        start, end = datetime(2023, 9, 15, 8), datetime(2023, 9, 19, 1)
        self.check(start, end, 2, unit="hour", working_time=True)

    def test_working_hours_begun_and_ended_at_night(self):
        # Thursday 20:00 to Friday 23:00 in Shanghai: the eight hours of Friday
        start, end = datetime(2023, 9, 14, 12), datetime(2023, 9, 15, 15)
        self.check(start, end, 8, unit="hour", working_time=True)

    def test_average_leaves_out_what_has_no_end(self):
        self.make_deal(date(2023, 9, 15), self.seller_1, start=datetime(2023, 9, 15, 8))
        targets = self.friday_to_monday(65, unit="hour")
        self.assertActual(targets[0], 65, 65, 1)

    def test_rolls_up_by_numerator_and_denominator(self):
        for seller, hours in (
            (self.seller_1, 1),
            (self.seller_1, 1),
            (self.seller_2, 4),
        ):
            self.make_deal(
                date(2023, 9, 15),
                seller,
                start=datetime(2023, 9, 15, 1),
                end=datetime(2023, 9, 15, 1 + hours),
            )
        kpi = self.make_deal_kpi(
            aggregate="duration",
            duration_start="start",
            duration_end="end",
            unit="hour",
        )
        [target] = self.read_targets(kpi, self.month(9), self.north)
        self.assertActual(target, 2, 6, 3)
