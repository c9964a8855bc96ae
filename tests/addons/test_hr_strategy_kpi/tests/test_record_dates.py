from datetime import date, datetime

from .common import DealCommon


class TestRecordDates(DealCommon):
    """Days begin where the company is; money is changed on the record's own date."""

    def by_month(self, *numbers, **vals):
        """Return what is read of seller 1 at the end of each month."""
        kpi = self.make_deal_kpi(**vals)
        found = []
        for number in numbers:
            [target] = self.read_targets(kpi, self.month(number), self.seller_1)
            found.append(None if target.reading_state else target.actual)
        return found

    def test_dates_of_month_ends(self):
        for day in (date(2023, 6, 30), date(2023, 7, 1), date(2023, 7, 31)):
            self.make_deal(day, self.seller_1)
        self.assertEqual(self.by_month(6, 7, 8), [1, 2, 0])

    def test_month_end_in_shanghai(self):
        """The first of July begins at 16:00 UTC of 30 June."""
        for moment in (
            datetime(2023, 6, 30, 15, 59, 59),
            datetime(2023, 6, 30, 16, 0),
            datetime(2023, 7, 31, 15, 59, 59),
            datetime(2023, 7, 31, 16, 0),
        ):
            self.make_deal(moment, self.seller_1)
        self.assertEqual(self.by_month(6, 7, 8, date_field="moment"), [1, 2, 1])

    def test_month_end_in_new_york(self):
        self.company.kpi_tz = "America/New_York"
        for moment in (datetime(2023, 7, 1, 3, 59, 59), datetime(2023, 7, 1, 4, 0)):
            self.make_deal(moment, self.seller_1)
        self.assertEqual(self.by_month(6, 7, date_field="moment"), [1, 1])

    def test_days_on_which_clocks_change_in_new_york(self):
        """12 March 2023 has 23 hours, 5 November has 25."""
        self.company.kpi_tz = "America/New_York"
        kpi = self.make_deal_kpi(date_field="moment")
        for moment in (
            datetime(2023, 3, 12, 4, 59, 59),  # the 11th, winter time
            datetime(2023, 3, 12, 5, 0),
            datetime(2023, 3, 13, 3, 59, 59),  # the last second, summer time
            datetime(2023, 3, 13, 4, 0),
        ):
            self.make_deal(moment, self.seller_1)
        [march] = self.read_targets(
            kpi, self.month(3), self.seller_1, date(2023, 3, 11)
        )
        found = [march.actual]
        for day in (12, 13):
            self.refresh(march, date(2023, 3, day))
            found.append(march.actual)
        self.assertEqual(found, [1, 3, 4])
        self.make_deal(datetime(2023, 11, 5, 4, 0), self.seller_1)
        self.make_deal(datetime(2023, 11, 6, 4, 59, 59), self.seller_1)
        self.make_deal(datetime(2023, 11, 6, 5, 0), self.seller_1)
        [november] = self.read_targets(
            kpi, self.month(11), self.seller_1, date(2023, 11, 4)
        )
        self.assertEqual(november.actual, 0)
        self.refresh(november, date(2023, 11, 5))
        self.assertEqual(november.actual, 2)

    def test_zone_decides_the_version(self):
        """Late on 15 July UTC it is the 16th in Shanghai, the day of the move."""
        self.seller_1.create_version(
            {"date_version": date(2023, 7, 16), "department_id": self.south.id}
        )
        self.make_deal(datetime(2023, 7, 15, 16, 0), self.seller_1)
        kpi = self.make_deal_kpi(date_field="moment")
        targets = self.read_targets(kpi, self.month(7), [self.north, self.south])
        self.assertEqual(targets.mapped("actual"), [0, 1])

    def test_zone_of_the_reader_does_not_matter(self):
        self.make_deal(datetime(2023, 6, 30, 16, 0), self.seller_1)
        kpi = self.make_deal_kpi(date_field="moment")
        targets = self.make_targets(kpi, self.month(7), self.seller_1)
        targets = targets.with_context(tz="America/New_York")
        targets._refresh(as_of=date(2023, 7, 31))
        self.assertEqual(targets.actual, 1)

    def test_window_is_cut_at_the_day_of_the_reading(self):
        for day in (3, 10, 20):
            self.make_deal(date(2023, 7, day), self.seller_1)
        kpi = self.make_deal_kpi()
        [target] = self.read_targets(
            kpi, self.month(7), self.seller_1, date(2023, 7, 9)
        )
        self.assertEqual(target.actual, 1)
        self.refresh(target, date(2023, 7, 10))
        self.assertEqual(target.actual, 2)

    def test_before_the_period_nothing_is_read(self):
        kpi = self.make_deal_kpi()
        [target] = self.read_targets(
            kpi, self.month(7), self.seller_1, date(2023, 6, 30)
        )
        self.assertActual(target, None)
        self.assertFalse(target.measurement_ids)

    def test_money_at_the_rate_of_the_records_own_date(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].search(
            [("currency_id", "in", (dollar | self.company.currency_id).ids)]
        ).unlink()
        rates = [(date(2023, 6, 1), 0.2), (date(2023, 7, 15), 0.1)]
        for day, rate in rates:
            self.env["res.currency.rate"].create(
                {
                    "name": day,
                    "rate": rate,
                    "currency_id": dollar.id,
                    "company_id": self.company.id,
                }
            )
        deals = self.Deal
        for day, amount in ((14, 10), (15, 10), (20, 33.333)):
            deals |= self.make_deal(
                date(2023, 7, day),
                self.seller_1,
                amount=amount,
                currency_id=dollar.id,
            )
        deals |= self.make_deal(
            date(2023, 7, 20),
            self.seller_1,
            amount=7,
            currency_id=self.company.currency_id.id,
        )
        # before the first rate, which reaches back
        deals |= self.make_deal(
            date(2023, 5, 1), self.seller_1, amount=10, currency_id=dollar.id
        )
        wanted = sum(
            deal.currency_id._convert(
                deal.amount, self.company.currency_id, self.company, deal.date
            )
            for deal in deals
            if deal.date.month == 7
        )
        vals = {"aggregate": "sum", "measure_field": "amount", "unit": "money"}
        found = self.by_month(7, 5, **vals)
        self.assertAlmostEqual(found[0], wanted)
        self.assertAlmostEqual(found[0], 50 + 100 + 333.3 + 7)
        self.assertAlmostEqual(found[1], 50)


class TestRecordStates(DealCommon):
    """A state on a day: known in the past only by its dates of validity."""

    def setUp(self):
        super().setUp()
        self.make_deal(
            None,
            self.seller_1,
            valid_from=date(2023, 6, 1),
            valid_to=date(2023, 7, 20),
        )
        self.make_deal(None, self.seller_1, valid_from=date(2023, 7, 10))

    def at(self, target, *days):
        found = []
        for day in days:
            self.refresh(target, date(2023, 7, day))
            found.append(target.actual)
        return found

    def test_valid_from_and_until(self):
        kpi = self.make_deal_kpi(
            nature="stock", date_field="valid_from", date_end_field="valid_to"
        )
        target = self.make_targets(kpi, self.month(7), self.seller_1)
        # the last day of validity still counts
        self.assertEqual(self.at(target, 9, 10, 19, 20, 21), [1, 2, 2, 2, 1])
        # and the records that are opened are the same
        for day, count in ((19, 2), (20, 2), (21, 1)):
            window = self.month(7)._get_window(date(2023, 7, day))
            _model, domain = kpi._get_record_domain(
                window, "Asia/Shanghai", window.until, self.company
            )
            self.assertEqual(self.Deal.search_count(domain), count)

    def test_until_a_moment(self):
        """What ended at 23:00 in Shanghai is over at the end of that day."""
        self.make_deal(
            None,
            self.seller_2,
            valid_from=date(2023, 7, 1),
            end=datetime(2023, 7, 20, 15, 0),
        )
        kpi = self.make_deal_kpi(
            nature="stock", date_field="valid_from", date_end_field="end"
        )
        target = self.make_targets(kpi, self.month(7), self.seller_2)
        self.assertEqual(self.at(target, 19, 20), [1, 0])

    def test_valid_from_only(self):
        kpi = self.make_deal_kpi(nature="stock", date_field="valid_from")
        target = self.make_targets(kpi, self.month(7), self.seller_1)
        self.assertEqual(self.at(target, 9, 10, 31), [1, 2, 2])

    def test_without_dates_there_is_no_history(self):
        kpi = self.make_deal_kpi(nature="stock", date_field=False)
        month = self.month(7)
        target = self.make_targets(kpi, month, self.seller_1)
        targets = target._prepare_request(
            self.company, (month._get_window(date(2023, 7, 9)),), date(2023, 9, 1)
        )
        [reading] = [
            readings[target.subject_key]
            for readings in kpi._measure(targets)[kpi.id].values()
        ]
        self.assertEqual((reading.value, reading.state), (None, "no_history"))

    def test_backfill_keeps_what_was_read_when_it_was_the_present(self):
        kpi = self.make_deal_kpi(nature="stock", date_field=False)
        target = self.make_targets(kpi, self.month(7), self.seller_1)
        self.refresh(target, date(2023, 7, 13))
        self.make_deal(None, self.seller_1)
        target._backfill(date(2023, 7, 14))
        readings = target.measurement_ids.sorted("date")
        self.assertEqual(
            [(r.date.day, r.value) for r in readings if r.state != "no_history"],
            [(13, 2), (14, 3)],
        )
        self.assertActual(target, 3)

    def test_past_period_says_that_there_is_no_history(self):
        kpi = self.make_deal_kpi(nature="stock", date_field=False)
        target = self.make_targets(kpi, self.month(7), self.seller_1)
        target._backfill(date(2023, 9, 1))
        self.assertActual(target, None)
        self.assertEqual(target.reading_state, "no_history")
        for measurement in target.measurement_ids:
            self.assertIn("past day", measurement.state_label)
