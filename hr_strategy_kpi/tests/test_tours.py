from odoo.tests import HttpCase, tagged

from .common import KpiCommon


@tagged("post_install", "-at_install")
class TestTours(HttpCase, KpiCommon):
    """The three stories of the core in a real browser, on today's date."""

    def setUp(self):
        super().setUp()
        self.today = self.company._get_kpi_today()
        periods = self.env["hr.kpi.period"]
        self.period = periods._get_or_create("month", self.today, self.company)

    def make_contacts(self, name, count, employee):
        return self.env["res.partner"].create(
            [
                {"name": f"{name} {number + 1}", "user_id": employee.user_id.id}
                for number in range(count)
            ]
        )

    def test_officer_makes_a_kpi_without_code(self):
        self.make_contacts("Contact of Seller", 4, self.seller_1)
        self.start_tour(
            "/odoo/kpi-library", "hr_strategy_kpi_officer", login="kpi_officer"
        )
        kpi = self.env["hr.kpi"].search([("name", "=", "New contacts")])
        self.assertEqual(kpi.model_name, "res.partner")
        self.assertEqual(kpi.source, "record")
        self.assertEqual(kpi.target_ids.target, 3)

    def test_person_explains_a_number_down_to_the_records(self):
        self.make_contacts("Won Contact", 3, self.seller_1)
        self.make_contacts("Foreign Contact", 2, self.seller_2)
        kpi = self.make_kpi(
            name="Contacts won",
            source="record",
            model_name="res.partner",
            domain="[('name', 'ilike', 'Contact')]",
            date_field="create_date",
            subject_path="user_id",
        )
        target = self.make_targets(kpi, self.period, self.seller_1, target=5)
        target._refresh()
        self.assertActual(target, 3)
        self.start_tour("/odoo/my-kpis", "hr_strategy_kpi_person", login="kpi_seller_1")

    def test_manager_answers_an_alert_until_it_closes(self):
        kpi = self.make_kpi(name="Stock of leads", aggregate="last", nature="stock")
        target = self.make_targets(
            kpi, self.period, self.seller_1, target=10, baseline=5
        )
        self.make_entry(kpi, self.today, 2, self.seller_1)
        target._refresh()
        self.assertEqual(target.status, "off_track")
        alert = target.alert_ids
        self.assertEqual(alert.state, "open")
        manager = self.marketing_manager.user_id
        self.assertIn(manager, alert.activity_ids.user_id)
        self.start_tour(
            "/odoo/team-kpis", "hr_strategy_kpi_manager", login=manager.login
        )
        self.assertEqual(target.actual, 12)
        self.assertEqual(alert.state, "closed")
        self.assertEqual(alert.action_ids.owner_id, manager)
        self.assertFalse(alert.activity_ids)
