"""The core's test company with sales teams and a handful of leads."""

from datetime import datetime

from odoo.tools import SQL

from odoo.addons.hr_strategy_kpi.tests.common import KpiCommon


class CrmKpiCommon(KpiCommon):
    """Team East: seller 1 and 2, led by the marketing manager. Team West: seller 3."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stage_won = cls.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        cls.stage_open = cls.env["crm.stage"].search([("is_won", "=", False)], limit=1)
        cls.east = cls.make_team("East", cls.seller_1 | cls.seller_2)
        cls.west = cls.make_team("West", cls.seller_3)
        cls.east.user_id = cls.marketing_manager.user_id
        cls.acme, cls.globex, cls.initech = cls.env["res.partner"].create(
            [
                {"name": name, "is_company": True}
                for name in ("Acme", "Globex", "Initech")
            ]
        )
        cls.acme_buyer = cls.env["res.partner"].create(
            {"name": "Buyer", "parent_id": cls.acme.id}
        )

    @classmethod
    def make_team(cls, name, people=None):
        team = cls.env["crm.team"].create(
            {"name": name, "company_id": cls.company.id, "user_id": False}
        )
        for person in people or ():
            team.member_ids += person.user_id
        return team

    @classmethod
    def make_lead(cls, person, state="open", created=None, closed=None, **vals):
        """Return a lead of a person (or of nobody) as an import would bring it in.

        state: open, won or lost; created, closed: moments in UTC
        """
        lead = cls.env["crm.lead"].create(
            {
                "name": "Lead",
                "type": "opportunity",
                "company_id": cls.company.id,
                "user_id": person.user_id.id if person else False,
                "stage_id": cls.stage_open.id,
                "team_id": False,
                "probability": 50,
                **vals,
            }
        )
        if state == "won":
            lead.stage_id = cls.stage_won
        elif state == "lost":
            lead.action_set_lost()
        if closed:
            lead.date_closed = closed
        if created:
            cls.set_created(lead, created)
        return lead

    @classmethod
    def set_created(cls, records, moment):
        """Set when records were entered, which Odoo lets nobody write."""
        records.flush_recordset()
        cls.env.cr.execute(
            SQL(
                "UPDATE %s SET create_date = %s WHERE id IN %s",
                SQL.identifier(records._table),
                moment,
                tuple(records.ids),
            )
        )
        records.invalidate_recordset(["create_date"])

    @classmethod
    def make_meeting(cls, person, start, *partners, **vals):
        return cls.env["calendar.event"].create(
            {
                "name": "Meeting",
                "user_id": person.user_id.id,
                "partner_ids": [
                    (6, 0, [person.user_id.partner_id.id, *[p.id for p in partners]])
                ],
                "start": start,
                "stop": start.replace(hour=start.hour + 1),
                **vals,
            }
        )

    @classmethod
    def kpi(cls, code):
        kpi = cls.env["hr.kpi"].search([("code", "=", code)])
        return kpi.ensure_one()

    @classmethod
    def measure(cls, kpi, period, subjects, day):
        """Return {subject's record: target} of a KPI as of the end of a day."""
        kpi = cls.kpi(kpi) if isinstance(kpi, str) else kpi
        targets = cls.refresh(cls.make_targets(kpi, period, list(subjects)), day)
        fields = targets._get_subject_fields()
        return {target[fields[target.subject_type]]: target for target in targets}

    def assertFigures(self, kpi, period, day, expected):
        """Assert what a KPI reads: {subject: value or (numerator, denominator)}."""
        targets = self.measure(kpi, period, expected, day)
        for subject, value in expected.items():
            with self.subTest(kpi=targets[subject].display_name):
                if isinstance(value, tuple):
                    above, below = value
                    self.assertActual(targets[subject], above / below, above, below)
                else:
                    self.assertActual(targets[subject], value)
        return targets


def at(month, day, hour=4):
    """Return a moment of 2023 in UTC; 4 is noon in Shanghai."""
    return datetime(2023, month, day, hour)
