"""Every shipped definition, on a handful of leads computed by hand."""

from datetime import date, datetime

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.hr_strategy_kpi.tests.common import OFFICER

from .common import CrmKpiCommon, at

MAY = date(2023, 5, 31)


@tagged("post_install", "-at_install")
class TestDeals(CrmKpiCommon):
    """May: seller 1 wins 100 and 50, loses one; seller 2 wins 30; seller 3 loses two;
    a deal of 7 belongs to nobody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tag = cls.env["crm.tag"].create({"name": "Data centre"})
        east, west = {"team_id": cls.east.id}, {"team_id": cls.west.id}
        cls.first = cls.make_lead(
            cls.seller_1,
            "won",
            at(5, 1),
            at(5, 4),
            expected_revenue=100,
            partner_id=cls.acme.id,
            tag_ids=cls.tag.ids,
            **east,
        )
        cls.second = cls.make_lead(
            cls.seller_1,
            "won",
            at(4, 20, 16),
            at(5, 10),
            expected_revenue=50,
            partner_id=cls.acme_buyer.id,
            **east,
        )
        cls.make_lead(cls.seller_1, "lost", at(5, 2), at(5, 12), **east)
        cls.make_lead(
            cls.seller_2,
            "won",
            at(5, 5),
            at(5, 6),
            expected_revenue=30,
            partner_id=cls.globex.id,
            **east,
        )
        cls.make_lead(cls.seller_3, "lost", at(3, 1), at(5, 8), **west)
        cls.make_lead(cls.seller_3, "lost", at(4, 1), at(5, 9), **west)
        cls.make_lead(None, "won", at(5, 5), at(5, 7), expected_revenue=7)
        # not of May: closed in April, open, closed in June
        cls.make_lead(
            cls.seller_3, "won", at(2, 1), at(4, 28), partner_id=cls.globex.id
        )
        cls.make_lead(cls.seller_3, created=at(5, 20), expected_revenue=900, **west)
        cls.make_lead(cls.seller_2, "won", at(5, 21), at(6, 1), **east)

    def test_won_count(self):
        targets = self.assertFigures(
            "CRM_WON_COUNT",
            self.month(5),
            MAY,
            {
                self.seller_1: 2,
                self.seller_2: 1,
                self.seller_3: 0,
                self.north: 3,
                self.south: 0,
                self.marketing: 3,
                self.engineering: 0,
                self.east: 3,
                self.west: 0,
                self.company: 4,
            },
        )
        self.assertEqual(targets[self.company].unassigned, 1)

    def test_won_stays_won_when_archived(self):
        self.first.action_archive()
        self.first.date_closed = at(5, 4)
        self.assertFigures("CRM_WON_COUNT", self.month(5), MAY, {self.seller_1: 2})

    def test_won_revenue(self):
        self.assertFigures(
            "CRM_WON_REVENUE",
            self.month(5),
            MAY,
            {
                self.seller_1: 150,
                self.north: 180,
                self.marketing: 180,
                self.east: 180,
                self.west: 0,
                self.company: 187,
            },
        )

    def test_win_rate_counts_archived_lost_leads(self):
        self.assertFigures(
            "CRM_WIN_RATE",
            self.month(5),
            MAY,
            {
                self.seller_1: (2, 3),
                self.seller_2: (1, 1),
                self.seller_3: (0, 2),
                self.marketing: (3, 6),
                self.east: (3, 4),
                self.west: (0, 2),
                self.company: (4, 7),
                self.engineering: None,
            },
        )

    def test_lead_conversion_divides_by_leads_received(self):
        targets = self.assertFigures(
            "CRM_LEAD_CONVERSION",
            self.month(5),
            MAY,
            {
                # received in May: three, of which one is lost; won two, one from April
                self.seller_1: (2, 2),
                self.seller_2: (1, 2),
                self.seller_3: (0, 1),
                self.east: (3, 4),
                self.marketing: (3, 5),
                self.company: (4, 6),
            },
        )
        self.assertEqual(self.kpi("CRM_LEAD_CONVERSION")._get_status_kind(), "end")
        self.assertIn("lead", targets[self.seller_1]._get_explanation()[1][1])

    def test_deal_cycle_in_decimal_days(self):
        self.assertFigures(
            "CRM_DEAL_CYCLE",
            self.month(5),
            MAY,
            {
                # three days, and nineteen and a half
                self.seller_1: (22.5, 2),
                self.east: (23.5, 3),
                self.company: (25.5, 4),
                self.seller_3: None,
            },
        )

    def test_deal_cycle_leaves_out_what_was_imported_closed(self):
        self.make_lead(self.seller_2, "won", at(9, 1), at(5, 6))
        self.assertFigures(
            "CRM_DEAL_CYCLE", self.month(5), MAY, {self.seller_2: (1, 1)}
        )

    def test_new_customers(self):
        """The company and its buyer are one, Globex bought in April, nobody is one."""
        self.assertFigures(
            "CRM_NEW_CUSTOMERS",
            self.month(5),
            MAY,
            {
                self.seller_1: 1,
                self.seller_2: 0,
                self.east: 1,
                self.marketing: 1,
                self.company: 2,
            },
        )
        self.assertTrue(self.first.kpi_first_won)
        self.assertFalse(self.second.kpi_first_won)

    def test_new_customer_of_another_company_is_new_here(self):
        lead = self.make_lead(None, "won", at(1, 1), at(1, 9), partner_id=self.acme.id)
        lead.company_id = self.other_company
        lead.flush_recordset()
        self.assertFigures("CRM_NEW_CUSTOMERS", self.month(5), MAY, {self.seller_1: 1})

    def test_narrowed_to_a_line_of_business(self):
        """Duplicate, add a tag to the filter: the rest is taken over."""
        officer = self._make_user(
            "kpi_sales_officer", f"{OFFICER},sales_team.group_sale_salesman_all_leads"
        )
        for code, expected in (
            ("CRM_WON_COUNT", {self.seller_1: 1, self.seller_2: 0, self.east: 1}),
            ("CRM_NEW_CUSTOMERS", {self.seller_1: 1, self.company: 1}),
        ):
            kpi = self.kpi(code)
            narrowed = self.as_user(kpi, officer).copy()
            self.assertNotEqual(narrowed.code, kpi.code)
            narrowed.domain = kpi.domain[:-1] + f", ('tag_ids', 'in', {self.tag.ids})]"
            self.assertFigures(narrowed.sudo(), self.month(5), MAY, expected)
        team = self.kpi("CRM_WON_COUNT").copy()
        team.domain = f"[('won_status', '=', 'won'), ('team_id', '=', {self.east.id})]"
        self.assertFigures(team, self.month(5), MAY, {self.company: 3})

    def test_narrowed_by_a_wrong_field(self):
        with self.assertRaises(ValidationError):
            self.kpi("CRM_WON_COUNT").copy({"team_path": "user_id"})
        with self.assertRaises(ValidationError):
            self.kpi("CRM_WON_COUNT").copy({"duration_end": "commercial_partner_id"})

    def test_opened_records_are_those_counted(self):
        for code in ("CRM_WON_COUNT", "CRM_NEW_CUSTOMERS", "CRM_DEAL_CYCLE"):
            targets = self.measure(
                code, self.month(5), [self.seller_1, self.east, self.company], MAY
            )
            for target in targets.values():
                action = target._open_records(MAY)
                leads = self.env[action["res_model"]].with_context(**action["context"])
                found = leads.search(action["domain"])
                base = target.denominator or target.actual
                self.assertEqual(len(found), base, target.display_name)

    def test_pipeline_as_it_was(self):
        self.assertFigures(
            "CRM_PIPELINE",
            self.month(5),
            date(2023, 5, 3),
            {
                # the two won later in May; the lost ones have no revenue
                self.seller_1: 150,
                self.seller_3: 0,
                self.east: 150,
                self.company: 150,
            },
        )
        self.assertFigures(
            "CRM_PIPELINE", self.month(6), date(2023, 6, 30), {self.seller_3: 900}
        )

    def test_pipeline_has_what_was_opened_again(self):
        lead = self.make_lead(
            self.seller_2, "lost", at(6, 1), at(6, 2), expected_revenue=11
        )
        lead.action_restore()
        lead.date_closed = at(6, 2)
        self.assertFigures(
            "CRM_PIPELINE", self.month(6), date(2023, 6, 30), {self.seller_2: 11}
        )

    def test_weighted_pipeline_is_known_today_only(self):
        today = self.company._get_kpi_today()
        period = self.env["hr.kpi.period"]._generate(
            "month", today, today, self.company
        )
        targets = self.measure(
            "CRM_PIPELINE_WEIGHTED", period, [self.seller_3, self.west], today
        )
        lead = self.env["crm.lead"].search([("expected_revenue", "=", 900)])
        for target in targets.values():
            self.assertActual(target, 9.0 * lead.probability)
        target = self.make_targets(
            self.kpi("CRM_PIPELINE_WEIGHTED"), self.month(5), self.company
        )
        target._backfill(today)
        states = set(target.measurement_ids.mapped("state"))
        self.assertEqual(states, {"no_history"})

    def test_coverage(self):
        """900 are open at the end of June; the year's 187 are 46.75 a quarter."""
        self.assertFigures(
            "CRM_COVERAGE",
            self.month(6),
            date(2023, 6, 30),
            {self.company: (900, 46.75), self.east: (0, 45), self.seller_3: None},
        )


@tagged("post_install", "-at_install")
class TestMeetings(CrmKpiCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.globex.user_id = cls.acme.user_id = cls.seller_1.user_id
        cls.initech.user_id = cls.seller_3.user_id
        cls.prospect = cls.env["res.partner"].create({"name": "Prospect"})
        cls.set_created(cls.acme | cls.globex | cls.initech, at(1, 1))
        cls.make_meeting(cls.seller_1, at(5, 3), cls.acme)
        cls.make_meeting(cls.seller_1, at(5, 9), cls.acme_buyer)
        lead = cls.make_lead(cls.seller_2, partner_id=cls.initech.id)
        cls.make_meeting(cls.seller_2, at(5, 10), opportunity_id=lead.id)
        cls.make_meeting(cls.seller_1, at(5, 11), cls.prospect)
        # internal, later in the month, called off
        cls.make_meeting(cls.seller_1, at(5, 12), cls.seller_2.user_id.partner_id)
        cls.make_meeting(cls.seller_1, at(5, 25), cls.globex)
        cls.make_meeting(cls.seller_1, at(5, 8), cls.globex).action_archive()

    def test_meetings(self):
        self.assertFigures(
            "CRM_MEETINGS",
            self.month(5),
            date(2023, 5, 20),
            {
                self.seller_1: 3,
                self.seller_2: 1,
                self.seller_3: 0,
                self.marketing: 4,
                self.east: 4,
                self.company: 4,
            },
        )

    def test_visit_coverage_counts_distinct_own_customers(self):
        targets = self.assertFigures(
            "CRM_VISIT_COVERAGE",
            self.month(5),
            date(2023, 5, 20),
            {
                self.seller_1: (1, 2),
                self.seller_2: None,
                self.seller_3: (1, 1),
                self.north: (1, 2),
                self.marketing: (2, 3),
                self.east: (1, 2),
                self.west: (1, 1),
                self.company: (2, 3),
            },
        )
        self.assertEqual(self.kpi("CRM_VISIT_COVERAGE")._get_status_kind(), "fills")
        self.assertEqual(targets[self.company].unit, "percent")

    def test_visit_coverage_fills_up(self):
        self.assertFigures(
            "CRM_VISIT_COVERAGE",
            self.month(5),
            date(2023, 5, 25),
            {self.seller_1: (2, 2), self.company: (3, 3)},
        )

    def test_components_are_not_offered(self):
        codes = ("CRM_VISITED_CUSTOMERS", "CRM_OWN_CUSTOMERS")
        self.assertTrue(all(self.kpi(code).is_component for code in codes))
        self.assertEqual(self.kpi("CRM_VISIT_COVERAGE").default_target, 1.0)

    def test_customer_met(self):
        events = self.env["calendar.event"].search(
            [("kpi_customer_id", "=", self.acme.id)]
        )
        self.assertEqual(len(events), 2)
        self.assertEqual(events.kpi_customer_id, self.acme)


@tagged("post_install", "-at_install")
class TestFirstResponse(CrmKpiCommon):
    """Working hours of the test company: Monday to Friday 8-12 and 13-17, Shanghai."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Wednesday 3 May, 10:00 in Shanghai
        cls.received = datetime(2023, 5, 3, 2)
        cls.leads = [
            cls.make_lead(cls.seller_1, created=cls.received, team_id=cls.east.id)
            for _number in range(4)
        ]

    def post(self, lead, moment, person, **vals):
        vals = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment", **vals}
        message = lead.with_user(person.user_id).sudo().message_post(body="x", **vals)
        message.sudo().date = moment
        return message

    def test_first_response(self):
        messaged, active, noted, silent = self.leads
        # a note and the customer's own mail are no response; the first message counts
        self.post(
            messaged,
            datetime(2023, 5, 3, 3),
            self.seller_1,
            subtype_xmlid="mail.mt_note",
        )
        self.post(messaged, datetime(2023, 5, 3, 5), self.seller_1)
        self.post(messaged, datetime(2023, 5, 4, 5), self.seller_1)
        messaged.message_post(
            body="Hello?",
            author_id=self.acme.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        ).date = datetime(2023, 5, 3, 2, 30)
        # an activity finished the next morning at 9
        activity = active.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.seller_1.user_id.id
        )
        activity.with_user(self.seller_1.user_id).sudo().action_feedback()
        active.message_ids[:1].date = datetime(2023, 5, 4, 1)
        self.post(
            noted, datetime(2023, 5, 3, 3), self.seller_1, subtype_xmlid="mail.mt_note"
        )
        self.env.flush_all()
        self.assertEqual(messaged.kpi_first_response, datetime(2023, 5, 3, 5))
        self.assertEqual(active.kpi_first_response, datetime(2023, 5, 4, 1))
        self.assertFalse(noted.kpi_first_response)
        self.assertFalse(silent.kpi_first_response)
        # 10 to 13 is two hours with the lunch break; 10 to 17 and 8 to 9 are seven
        self.assertFigures(
            "CRM_FIRST_RESPONSE",
            self.month(5),
            MAY,
            {
                self.seller_1: (9, 2),
                self.east: (9, 2),
                self.company: (9, 2),
                self.seller_2: None,
            },
        )

    def test_search(self):
        lead = self.leads[0]
        self.post(lead, datetime(2023, 5, 3, 5), self.seller_1)
        self.env.flush_all()
        leads = self.env["crm.lead"].union(*self.leads)
        for domain, found in (
            ([("kpi_first_response", "!=", False)], lead),
            ([("kpi_first_response", "=", False)], leads - lead),
            ([("kpi_first_response", "<", "2023-05-03 05:00:00")], leads.browse()),
            ([("kpi_first_response", ">=", "2023-05-03 05:00:00")], lead),
            ([("kpi_left_pipeline", "=", False)], leads),
            ([("kpi_first_won", "=", False)], leads),
            ([("kpi_first_won", "=", True)], leads.browse()),
        ):
            with self.subTest(domain=domain):
                domain = [("id", "in", leads.ids), *domain]
                self.assertEqual(leads.search(domain), found)
