from odoo import fields, models
from odoo.tools import SQL


class CalendarEvent(models.Model):
    _name = "calendar.event"
    _inherit = ["calendar.event", "hr.kpi.sql.mixin"]

    kpi_customer_id = fields.Many2one(
        "res.partner",
        "Customer Met",
        compute="_compute_kpi_customer_id",
        search="_search_kpi_customer_id",
        help="The customer of the meeting's opportunity, otherwise an attendee from "
        "outside; a company and its contacts are one customer.",
    )

    def _compute_kpi_customer_id(self):
        self._read_worded("kpi_customer_id")

    def _search_kpi_customer_id(self, operator, value):
        return self._search_worded("kpi_customer_id", operator, value)

    def _get_worded_fields(self):
        return (*super()._get_worded_fields(), "kpi_customer_id")

    def _word_kpi_customer_id(self, alias, query):
        """Outside is who neither logs in nor works here, nor is the company itself."""
        partner, lead = self.env["res.partner"], self.env["crm.lead"]
        attendees = self._fields["partner_ids"]
        return SQL(
            """COALESCE(
                (SELECT %(customer)s FROM crm_lead kpi_l
                   JOIN res_partner kpi_p ON kpi_p.id = %(lead_partner)s
                  WHERE kpi_l.id = %(opportunity)s),
                (SELECT min(%(customer)s) FROM %(rel)s kpi_a
                   JOIN res_partner kpi_p ON kpi_p.id = kpi_a.%(rel_partner)s
                  WHERE kpi_a.%(rel_event)s = %(id)s AND %(share)s
                    AND NOT EXISTS (SELECT 1 FROM hr_employee kpi_e
                                     WHERE kpi_e.work_contact_id = kpi_p.id)
                    AND NOT EXISTS (SELECT 1 FROM res_company kpi_h
                                     WHERE kpi_h.partner_id =
                                           kpi_p.commercial_partner_id)))""",
            customer=SQL.identifier(
                "kpi_p",
                "commercial_partner_id",
                to_flush=partner._fields["commercial_partner_id"],
            ),
            lead_partner=SQL.identifier(
                "kpi_l", "partner_id", to_flush=lead._fields["partner_id"]
            ),
            opportunity=self._column(alias, "opportunity_id"),
            rel=SQL.identifier(attendees.relation, to_flush=attendees),
            rel_event=SQL.identifier(attendees.column1),
            rel_partner=SQL.identifier(attendees.column2),
            id=SQL.identifier(alias, "id"),
            share=SQL.identifier(
                "kpi_p", "partner_share", to_flush=partner._fields["partner_share"]
            ),
        )
