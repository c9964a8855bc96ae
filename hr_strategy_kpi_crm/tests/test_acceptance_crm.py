from datetime import date

from odoo.tests import Form, tagged

from odoo.addons.hr_strategy_kpi.fields import number
from odoo.addons.hr_strategy_kpi.tests.test_scenario import ScenarioCase

SALES_PEOPLE = range(1, 7)
NEW, CONVERSION, VISITS = (
    "CRM_NEW_CUSTOMERS",
    "CRM_LEAD_CONVERSION",
    "CRM_VISIT_COVERAGE",
)


@tagged("post_install", "-at_install")
class TestAcceptanceCrm(ScenarioCase):
    """The acceptance case as far as leads and meetings tell it."""

    def marks(self, target):
        return (target.red_flag, target.baseline, target.target, target.stretch)

    def sales_person(self, code, person, kind="year", place=1):
        return self.target(code, f"sales_{person}", kind, place)

    def q3(self, subject="marketing"):
        return self.target(NEW, subject, "quarter", 3)

    def as_of(self, target, day):
        """Read a target of a closed quarter as of one of its days, alarming nobody."""
        return self.read_as_of(target.with_context(kpi_no_alerts=True), day)

    def messages(self, record):
        """Return the days on which somebody was told about a record."""
        messages = self.env["mail.message"].search(
            [
                ("model", "=", record._name),
                ("res_id", "=", record.id),
                ("message_type", "=", "user_notification"),
            ]
        )
        return sorted(message.date.date() for message in messages)

    def told(self, record, day):
        messages = self.env["mail.message"].search(
            [
                ("model", "=", record._name),
                ("res_id", "=", record.id),
                ("message_type", "=", "user_notification"),
            ]
        )
        on_day = messages.filtered(lambda message: message.date.date() == day)
        return on_day.notified_partner_ids

    # ------------------------------------------------------------- the records

    def test_records_leads_and_customers(self):
        leads = self.env["crm.lead"].with_context(active_test=False)
        mine = [("company_id", "=", self.company.id)]
        this_year = [*mine, ("create_date", ">=", "2023-01-01")]
        self.assertEqual(leads.search_count(this_year), 480)
        self.assertEqual(
            leads.search_count([*mine, ("create_date", "<", "2023-01-01")]), 320
        )
        for status, count in (("won", 72), ("lost", 408), ("pending", 0)):
            domain = [*this_year, ("won_status", "=", status)]
            self.assertEqual(leads.search_count(domain), count)
        won = leads.search([*this_year, ("won_status", "=", "won")])
        self.assertEqual(len(won.partner_id), 72)
        self.assertEqual(set(won.mapped("active")), {True})
        self.assertTrue(all(lead.create_date < lead.date_closed for lead in won))

    def test_p2_last_year_48_of_320(self):
        target = self.target(CONVERSION, "marketing", year=2022)
        self.assertEqual((target.numerator, target.denominator), (48, 320))
        self.assertFigure(target, 0.15)

    def test_filter_of_the_shipped_kpis_is_narrowed_and_restored(self):
        kpi = self.env.ref("hr_strategy_kpi_crm.hr_kpi_crm_new_customers")
        tag = self.ref("tag_data_centre")
        self.assertIn(f"('tag_ids', 'in', [{tag.id}])", kpi.domain)
        self.env["crm.lead"].create(
            {
                "name": "Another line of business",
                "company_id": self.company.id,
                "user_id": self.ref("user_sales_1").id,
                "stage_id": self.env["crm.stage"]
                .search([("is_won", "=", True)], limit=1)
                .id,
                "date_closed": "2023-12-04 08:00:00",
            }
        )
        target = self.target(NEW, "marketing", "quarter", 4)
        target._refresh(as_of=self.TODAY)
        self.assertFigure(target, 20)
        self.scenario._unload_scenario()
        self.assertEqual(kpi.domain, "[('kpi_first_won', '=', True)]")

    # ---------------------------------------------------------------- section 4

    def test_section_4_marks_of_new_customers(self):
        for quarter in range(1, 5):
            target = self.target(NEW, "marketing", "quarter", quarter)
            self.assertEqual(self.marks(target), (6, 12, 18, 24))
            for person in SALES_PEOPLE:
                part = self.sales_person(NEW, person, "quarter", quarter)
                self.assertEqual(self.marks(part), (1, 2, 3, 4))
                self.assertEqual(part.parent_id, target)
        for person in SALES_PEOPLE:
            self.assertEqual(self.marks(self.sales_person(NEW, person)), (4, 8, 12, 16))

    def test_section_4_marks_of_lead_conversion(self):
        target = self.target(CONVERSION, "marketing", "quarter", 1)
        self.assertEqual(self.marks(target), (0.10, 0.15, 0.18, 0.20))
        self.assertEqual(target.kpi_id.asked, "end")

    def test_section_4_marks_of_visit_coverage(self):
        target = self.target(VISITS, "success_1", "month", 1)
        self.assertEqual(self.marks(target), (0.80, 0.90, 1, False))
        self.assertEqual(target.kpi_id.asked, "fills")

    # ---------------------------------------------------------------- section 5

    def test_p3_18_over_6_sales_people(self):
        target = self.q3()
        self.assertEqual(target._split_equally(6), [3, 3, 3, 3, 3, 3])
        self.assertEqual(len(target.child_ids), 6)
        self.assertEqual(target.allocated, 18)
        self.assertEqual(number(target.missing), 0)
        self.assertEqual(number(target.too_much), 0)
        self.assertFalse(target.reserved)

    def test_p4_18_over_7_and_with_2_reserved(self):
        target = self.target(NEW, "marketing", "quarter", 4)
        self.assertEqual(target._split_equally(7), [3, 3, 3, 3, 2, 2, 2])
        self.assertEqual(target._split_equally(6, reserved=2), [3, 3, 3, 3, 2, 2])

    def _hire(self, **vals):
        return self.env["hr.employee"].create(
            {
                "name": "Sales person 7",
                "company_id": self.company.id,
                "department_id": self.ref("department_marketing").id,
                **vals,
            }
        )

    def _give(self, target, employee, amount):
        value, _fraction = target._prorate(amount, employee)
        self.env["hr.kpi.target"].create(
            {
                "kpi_id": target.kpi_id.id,
                "period_id": target.period_id.id,
                "company_id": target.company_id.id,
                "employee_id": employee.id,
                "parent_id": target.id,
                "target": value,
            }
        )
        return value

    def test_p5_seventh_sales_person_from_november(self):
        start = date(2023, 11, 1)
        person = self._hire(date_version=start, contract_date_start=start)
        target = self.target(NEW, "marketing", "quarter", 4)
        self.assertEqual(target._get_presence(person)[:2], (43, 65))
        value = self._give(target, person, 3)
        self.assertEqual(round(value, 2), 1.98)
        self.assertEqual(round(target.too_much, 2), 1.98)

    def test_p5_half_time_sales_person(self):
        calendar = self.company.resource_calendar_id.copy({"name": "Half time"})
        afternoons = calendar.attendance_ids.filtered(
            lambda attendance: attendance.day_period == "afternoon"
        )
        afternoons.unlink()
        start = date(2023, 1, 1)
        person = self._hire(
            date_version=start,
            contract_date_start=start,
            resource_calendar_id=calendar.id,
        )
        target = self.target(NEW, "marketing", "quarter", 4)
        self.assertEqual(self._give(target, person, 3), 1.5)
        self.assertEqual(target.too_much, 1.5)

    def test_x1_three_a_month_each_is_36_too_much(self):
        target = self.target(NEW, "marketing", "quarter", 4)
        wizard = Form(
            self.env["hr.kpi.target.split"].with_context(default_target_id=target.id)
        ).save()
        given = wizard.line_ids.filtered("child_id")
        (wizard.line_ids - given).is_included = False
        given.value = 9
        self.assertEqual(wizard.allocated, 54)
        self.assertEqual(wizard.too_much, 36)

    # ---------------------------------------------------------------- section 6

    def test_section_6_new_customers_by_quarter(self):
        for quarter, count in enumerate((20, 22, 10, 20), 1):
            target = self.target(NEW, "marketing", "quarter", quarter)
            self.assertFigure(target, count)
        self.assertFigure(self.target(NEW, "marketing"), 72, 100, "on_track")

    def test_section_6_new_customers_by_month(self):
        kpi = self.env["hr.kpi"].search([("code", "=", NEW)])
        target = self.target(NEW, "marketing")
        months = [self.ref(f"period_2023_month_{month}") for month in range(1, 13)]
        windows = [month._get_window(month.date_to) for month in months]
        request = target._prepare_request(self.company, windows, date(2023, 12, 31))
        readings = kpi._measure(request)[kpi.id]
        self.assertEqual(
            [readings[window][target.subject_key].value for window in windows],
            [20, 0, 0, 22, 0, 0, 6, 4, 0, 12, 5, 3],
        )

    def test_section_6_wins_by_person(self):
        wins = {
            1: (4, 4, 3, 3, 3, 3),
            2: (5, 4, 4, 3, 3, 3),
            3: (2, 2, 2, 2, 1, 1),
            4: (5, 4, 3, 3, 3, 2),
        }
        for quarter, counts in wins.items():
            for person, count in zip(SALES_PEOPLE, counts, strict=True):
                self.assertFigure(
                    self.sales_person(NEW, person, "quarter", quarter), count
                )

    def test_section_6_leads_received(self):
        for quarter, won in enumerate((20, 22, 10, 20), 1):
            target = self.target(CONVERSION, "marketing", "quarter", quarter)
            self.assertEqual((target.numerator, target.denominator), (won, 120))
        self.assertEqual(self.target(CONVERSION, "marketing").denominator, 480)

    def _assert_day(self, day, actual, pace, status):
        target = self.as_of(self.q3(), day)
        self.assertFigure(target, actual, status=status)
        self.assertEqual(round(target.pace * 100, 1), pace)

    def test_31_july(self):
        self._assert_day(date(2023, 7, 31), 6, 103.2, "on_track")

    def test_23_august(self):
        self._assert_day(date(2023, 8, 23), 10, 95.0, "on_track")

    def test_24_august(self):
        self._assert_day(date(2023, 8, 24), 10, 92.6, "at_risk")
        [alert] = self.q3().alert_ids
        self.assertEqual(alert.opened_on, date(2023, 8, 24))
        self.assertEqual(alert.opened_at.date(), date(2023, 8, 24))
        manager = self.ref("partner_marketing_manager")
        self.assertIn(manager, self.told(alert, date(2023, 8, 24)))

    def test_31_august_and_1_september(self):
        self._assert_day(date(2023, 8, 31), 10, 82.1, "at_risk")
        self._assert_day(date(2023, 9, 1), 10, 80.2, "at_risk")

    def test_4_september(self):
        self._assert_day(date(2023, 9, 4), 10, 78.5, "off_track")
        [alert] = self.q3().alert_ids
        self.assertEqual(alert.severity, "critical")
        self.assertEqual(alert.raised_on, date(2023, 9, 4))
        action = self.ref("action_live_stream")
        self.assertEqual(action.alert_id, alert)
        self.assertEqual(action.name, "Live-stream on data-centre solutions")
        self.assertEqual(action.owner_id, self.ref("user_marketing_manager"))

    def test_no_message_but_on_24_august_and_4_september(self):
        [alert] = self.q3().alert_ids
        days = set(self.messages(alert))
        self.assertEqual(days, {date(2023, 8, 24), date(2023, 9, 4)})
        manager = self.ref("partner_marketing_manager")
        for day in days:
            self.assertIn(manager, self.told(alert, day))

    def test_31_august_sales_persons_1_to_4(self):
        for person in range(1, 5):
            target = self.as_of(self.q3(f"sales_{person}"), date(2023, 8, 31))
            self.assertFigure(target, 2, status="on_track")
            self.assertEqual(round(target.pace * 100, 1), 98.5)

    def test_31_august_sales_persons_5_and_6(self):
        for person in (5, 6):
            target = self.as_of(self.q3(f"sales_{person}"), date(2023, 8, 31))
            self.assertFigure(target, 1, status="off_track")
            self.assertEqual(round(target.pace * 100, 1), 49.2)
            [alert] = target.alert_ids
            self.assertEqual(alert.opened_on, date(2023, 8, 31))
            told = self.told(alert, date(2023, 8, 31))
            self.assertIn(self.ref(f"partner_sales_{person}"), told)
            # the manager too, at once, in one digest of both alerts
            self.assertEqual(alert.told_level, 2)
        digest = self.env["mail.message"].search(
            [
                ("subject", "=", "2 KPI alerts for you"),
                ("date", ">=", "2023-08-31 00:00:00"),
                ("date", "<", "2023-09-01 00:00:00"),
            ]
        )
        self.assertEqual(
            digest.notified_partner_ids, self.ref("partner_marketing_manager")
        )

    def test_31_august_alerts_5_and_6_only(self):
        opened = self.env["hr.kpi.alert"].search(
            [
                ("kpi_id.code", "=", NEW),
                ("period_id", "=", self.ref("period_2023_quarter_3").id),
                ("opened_on", "<=", date(2023, 8, 31)),
                ("target_id.subject_type", "=", "employee"),
            ]
        )
        people = self.ref("employee_sales_5") | self.ref("employee_sales_6")
        self.assertEqual(opened.target_id.employee_id, people)

    def test_29_september_closes(self):
        target = self.q3()
        self.assertFigure(target, 10, 40, "off_track")
        self.assertEqual(round(target.attainment * 100, 1), 55.6)
        self.assertTrue(target.is_locked)
        [alert] = target.alert_ids
        self.assertEqual((alert.state, alert.closed_on), ("closed", date(2023, 9, 29)))
        self.assertIn("closed", alert.close_note)
        action = self.ref("action_live_stream")
        self.assertEqual(action.target_id, self.target(NEW, "marketing", "quarter", 4))
        self.assertEqual(action.state, "open")

    def test_31_october(self):
        target = self.as_of(
            self.target(NEW, "marketing", "quarter", 4), date(2023, 10, 31)
        )
        self.assertFigure(target, 12, status="on_track")
        self.assertEqual(round(target.pace * 100, 1), 197.0)

    def test_29_december_closes(self):
        target = self.target(NEW, "marketing", "quarter", 4)
        self.assertFigure(target, 20, 106.7, "exceeded", places=1)
        self.assertEqual(round(target.attainment * 100, 1), 111.1)
        conversion = self.target(CONVERSION, "marketing", "quarter", 4)
        self.assertFigure(conversion, 20 / 120, status="at_risk")
        self.assertEqual(round(conversion.actual * 100, 1), 16.7)
        target.period_id._close(date(2023, 12, 29))
        self.assertFigure(target, 20, 106.7, "exceeded", places=1)
        self.assertTrue(target.is_locked)

    def test_29_december_praise_on_the_18th_customer(self):
        target = self.target(NEW, "marketing", "quarter", 4)
        self.assertEqual(target.praised_on, date(2023, 12, 1))
        manager = self.ref("partner_marketing_manager")
        self.assertIn(manager, self.told(target, date(2023, 12, 1)))

    def test_rollup_of_visits(self):
        department = [
            self.target(VISITS, "marketing", "month", month) for month in range(1, 13)
        ]
        for person, held, customers in ((1, 288, 288), (2, 180, 192)):
            months = [
                self.target(VISITS, f"success_{person}", "month", month)
                for month in range(1, 13)
            ]
            self.assertEqual(sum(month.numerator for month in months), held)
            self.assertEqual(sum(month.denominator for month in months), customers)
        for target in department:
            self.assertFigure(target, 0.975)
        held = sum(target.numerator for target in department)
        self.assertEqual((held, held / 0.975), (468, 480))
        self.assertFigure(self.target(VISITS, "marketing"), 0.975)

    # ---------------------------------------------------------------- section 7

    def test_section_7_marketing_manager_new_customers(self):
        self.assertFigure(self.target(NEW, "marketing"), 72, 100)

    def test_section_7_sales_persons(self):
        rows = (
            (16, 120, 20, 120, 120),
            (14, 110, 17.5, 93.33, 106.67),
            (12, 100, 15, 60, 92),
            (11, 90, 13.75, 45, 81),
            (10, 80, 12.5, 30, 70),
            (9, 70, 11.25, 15, 59),
        )
        for person, (won, score, rate, rate_score, final) in enumerate(rows, 1):
            customers = self.sales_person(NEW, person)
            conversion = self.sales_person(CONVERSION, person)
            self.assertFigure(customers, won, score)
            self.assertFigure(conversion, rate / 100, rate_score)
            self.assertAlmostEqual(
                self.final((customers, 80), (conversion, 20)), final, places=2
            )

    def test_section_7_customer_success_managers_visits(self):
        self.assertFigure(self.target(VISITS, "success_1"), 1, 100)
        self.assertFigure(self.target(VISITS, "success_2"), 0.9375, 75)

    def test_section_7_sales_person_1_by_quarter(self):
        scores = [
            number(self.sales_person(NEW, 1, "quarter", quarter).score)
            for quarter in range(1, 5)
        ]
        self.assertEqual(scores, [120, 120, 60, 120])
        self.assertEqual(sum(scores) / 4, 105)
        year = number(self.sales_person(NEW, 1).score)
        self.assertEqual((sum(scores) / 4 + year) / 2, 112.5)

    # ---------------------------------------------------------------- section 9

    def test_log_ins_read_what_they_need(self):
        target = self.target(NEW, "sales_5", "quarter", 4)
        for role in ("general_manager", "marketing_manager", "sales_5"):
            user = self.ref(f"user_{role}")
            own = target.with_user(user)
            self.assertEqual(own.actual, 3)
            leads = self.env["crm.lead"].with_user(user).with_context(active_test=False)
            mine = [("user_id", "=", self.ref("user_sales_5").id)]
            self.assertEqual(leads.search_count(mine), 80 + 52)
        other = self.target(NEW, "sales_1", "quarter", 4)
        seller = self.ref("user_sales_5")
        found = other.with_user(seller).search([("id", "=", other.id)])
        self.assertFalse(found)


@tagged("post_install", "-at_install")
class TestAcceptanceLive(ScenarioCase):
    """The example in the middle of its fourth quarter, years later."""

    TODAY = date(2026, 11, 23)

    def test_nothing_later_than_today(self):
        leads = self.env["crm.lead"].with_context(active_test=False)
        mine = [("company_id", "=", self.company.id)]
        evening = "2026-11-23 16:00:00"
        self.assertFalse(leads.search_count([*mine, ("create_date", ">", evening)]))
        self.assertFalse(leads.search_count([*mine, ("date_closed", ">", evening)]))
        self.assertFalse(
            self.env["calendar.event"].search_count(
                [
                    ("user_id", "=", self.ref("user_success_1").id),
                    ("start", ">", evening),
                ]
            )
        )
        open_leads = leads.search([*mine, ("won_status", "=", "pending")])
        self.assertEqual(len(open_leads), 120 - 17)
        self.assertEqual(set(open_leads.mapped("active")), {True})

    def test_new_customers_so_far(self):
        target = self.target(NEW, "marketing", "quarter", 4)
        self.assertFigure(target, 17, status="on_track")
        self.assertFigure(self.target(NEW, "marketing", "quarter", 3), 10, 40)

    def test_action_moved_to_this_quarter(self):
        action = self.ref("action_live_stream")
        self.assertEqual(action.target_id, self.target(NEW, "marketing", "quarter", 4))

    def test_one_more_won_moves_number_and_status(self):
        target = self.target(NEW, "marketing", "quarter", 4)
        seller = self.ref("user_sales_5")
        lead = self.env["crm.lead"].search(
            [("user_id", "=", seller.id), ("won_status", "=", "pending")], limit=1
        )
        lead.with_user(seller).action_set_won()
        lead.date_closed = "2026-11-23 06:00:00"
        target._refresh(as_of=self.TODAY)
        self.assertFigure(target, 18, 100, "on_track")
        self.assertTrue(target.praised_on)
