from datetime import date

from odoo.tests import freeze_time

from .common import KpiCommon


def june(day):
    return date(2023, 6, day)


class AlertCommon(KpiCommon):
    """One each working day of June 2023 is asked of seller 1: 22 in all.

    Ten by the 14th, the tenth working day: on track. Then nothing: at risk on the 15th
    and 16th, off track from Monday the 19th.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["hr.kpi.alert.rule"].search([]).active = False
        cls.rule = cls.env["hr.kpi.alert.rule"].create({"name": "Status"})
        cls.kpi = cls.make_kpi(name="Visits")
        cls.target = cls.make_targets(cls.kpi, cls.month(6), cls.seller_1, target=22)
        cls.make_entry(cls.kpi, june(1), 10, cls.seller_1)

    def on(self, *days, targets=None):
        """Read, and run the daily follow-up, at the end of some days; return alerts."""
        targets = self.target if targets is None else targets
        for day in days:
            self.refresh(targets, june(day))
            self.follow_up(day)
        return self.get_alerts(targets)

    def follow_up(self, day):
        with freeze_time(f"2023-06-{day:02} 04:00:00"):
            self.env["hr.kpi.alert"]._cron_follow_up()

    def get_alerts(self, targets=None):
        targets = self.target if targets is None else targets
        return self.env["hr.kpi.alert"].search([("target_id", "in", targets.ids)])

    def get_told(self):
        """Return the names of those who got a message, in order, and forget them."""
        messages = self.env["mail.message"].search(
            [
                ("message_type", "=", "user_notification"),
                ("id", "not in", self.heard),
            ],
            order="id",
        )
        self.heard += messages.ids
        return [
            partner.name.removeprefix("Kpi_")
            for message in messages
            for partner in message.notified_partner_ids
        ]

    def setUp(self):
        super().setUp()
        self.heard = (
            self.env["mail.message"]
            .search([("message_type", "=", "user_notification")])
            .ids
        )

    def catch_up(self, day, value):
        self.make_entry(self.kpi, june(day), value, self.seller_1)
