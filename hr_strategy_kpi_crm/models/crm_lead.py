from odoo import SUPERUSER_ID, fields, models
from odoo.tools import SQL


class CrmLead(models.Model):
    """What a sales KPI asks of a lead beyond its columns.

    Nothing is stored, and `create` and `write` are not overridden: a deal won costs its
    seller nothing.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead", "hr.kpi.sql.mixin"]

    kpi_first_won = fields.Boolean(
        "First Won of Its Customer",
        compute="_compute_kpi_first_won",
        search="_search_kpi_first_won",
        help="The first deal won with this customer, counting the customer's company "
        "and all its contacts as one. A deal without a contact is one of its own.",
    )
    kpi_has_cycle = fields.Boolean(
        "Closed After Its Creation",
        compute="_compute_kpi_has_cycle",
        search="_search_kpi_has_cycle",
        help="Not so for a lead that was imported when it was closed already: how long "
        "it took is not known.",
    )
    kpi_left_pipeline = fields.Datetime(
        "Left the Pipeline",
        compute="_compute_kpi_left_pipeline",
        search="_search_kpi_left_pipeline",
        help="When it was won, lost or archived; empty while it is open.",
    )
    kpi_year_after_closing = fields.Datetime(
        "A Year After Closing",
        compute="_compute_kpi_year_after_closing",
        search="_search_kpi_year_after_closing",
        help="Until when a deal counts for the sales of the last twelve months.",
    )
    kpi_first_response = fields.Datetime(
        "First Response",
        compute="_compute_kpi_first_response",
        search="_search_kpi_first_response",
        help="The first message one of us sent, or the first activity that was "
        "finished. Notes and automatic messages are no response.",
    )

    # leads are read by the day they were closed, all their people and states at once
    _kpi_date_closed_idx = models.Index(
        "(date_closed) INCLUDE (user_id, won_status, expected_revenue, active)"
    )

    def _compute_kpi_first_won(self):
        self._read_worded("kpi_first_won")

    def _compute_kpi_has_cycle(self):
        self._read_worded("kpi_has_cycle")

    def _compute_kpi_left_pipeline(self):
        self._read_worded("kpi_left_pipeline")

    def _compute_kpi_year_after_closing(self):
        self._read_worded("kpi_year_after_closing")

    def _compute_kpi_first_response(self):
        self._read_worded("kpi_first_response")

    def _search_kpi_first_won(self, operator, value):
        return self._search_worded("kpi_first_won", operator, value)

    def _search_kpi_has_cycle(self, operator, value):
        return self._search_worded("kpi_has_cycle", operator, value)

    def _search_kpi_left_pipeline(self, operator, value):
        return self._search_worded("kpi_left_pipeline", operator, value)

    def _search_kpi_year_after_closing(self, operator, value):
        return self._search_worded("kpi_year_after_closing", operator, value)

    def _search_kpi_first_response(self, operator, value):
        return self._search_worded("kpi_first_response", operator, value)

    def _get_worded_fields(self):
        return (
            *super()._get_worded_fields(),
            "kpi_first_won",
            "kpi_has_cycle",
            "kpi_left_pipeline",
            "kpi_year_after_closing",
            "kpi_first_response",
        )

    def _word_kpi_first_won(self, alias, query):
        """No deal of the same customer was won before, in the same company."""
        partner = self.env["res.partner"]
        return SQL(
            """(%(won)s = 'won' AND NOT EXISTS (
                SELECT 1 FROM crm_lead kpi_o
                  JOIN res_partner kpi_p ON kpi_p.id = %(other_partner)s
                 WHERE %(other_won)s = 'won'
                   AND %(customer)s = (
                       SELECT kpi_c.commercial_partner_id FROM res_partner kpi_c
                        WHERE kpi_c.id = %(partner)s)
                   AND (%(other_closed)s, kpi_o.id) < (%(closed)s, %(id)s)
                   AND COALESCE(%(other_company)s = %(company)s, TRUE)))""",
            won=self._column(alias, "won_status"),
            partner=self._column(alias, "partner_id"),
            closed=self._column(alias, "date_closed"),
            company=self._column(alias, "company_id"),
            id=SQL.identifier(alias, "id"),
            other_won=self._column("kpi_o", "won_status"),
            other_partner=self._column("kpi_o", "partner_id"),
            other_closed=self._column("kpi_o", "date_closed"),
            other_company=self._column("kpi_o", "company_id"),
            customer=SQL.identifier(
                "kpi_p",
                "commercial_partner_id",
                to_flush=partner._fields["commercial_partner_id"],
            ),
        )

    def _word_kpi_has_cycle(self, alias, query):
        return SQL(
            "(%s >= %s)",
            self._column(alias, "date_closed"),
            self._column(alias, "create_date"),
        )

    def _word_kpi_left_pipeline(self, alias, query):
        """An open lead may keep an earlier closing date: its state decides."""
        return SQL(
            "CASE WHEN %s = 'pending' AND %s THEN NULL ELSE COALESCE(%s, %s) END",
            self._column(alias, "won_status"),
            self._column(alias, "active"),
            self._column(alias, "date_closed"),
            self._column(alias, "create_date"),
        )

    def _word_kpi_year_after_closing(self, alias, query):
        return SQL("(%s + interval '1 year')", self._column(alias, "date_closed"))

    def _word_kpi_first_response(self, alias, query):
        """Odoo stores no first response: it is the earliest of the lead's messages.

        Messages to followers and finished activities, written by somebody of the house.
        """
        message = self.env["mail.message"]
        xmlids = self.env["ir.model.data"]
        return SQL(
            """(SELECT GREATEST(min(%(date)s), %(created)s)
                  FROM mail_message kpi_m
                 WHERE kpi_m.model = 'crm.lead' AND kpi_m.res_id = %(id)s
                   AND kpi_m.is_internal IS NOT TRUE
                   AND (kpi_m.message_type IN ('email_outgoing', 'sms')
                        OR (kpi_m.message_type = 'comment'
                            AND kpi_m.subtype_id = %(comment)s)
                        OR (kpi_m.mail_activity_type_id IS NOT NULL
                            AND kpi_m.subtype_id = %(activity)s))
                   AND EXISTS (SELECT 1 FROM res_users kpi_u
                                WHERE kpi_u.partner_id = kpi_m.author_id
                                  AND kpi_u.share IS NOT TRUE AND kpi_u.id <> %(bot)s)
                HAVING count(*) > 0)""",
            date=SQL.identifier("kpi_m", "date", to_flush=message._fields["date"]),
            created=self._column(alias, "create_date"),
            id=SQL.identifier(alias, "id"),
            comment=xmlids._xmlid_to_res_id("mail.mt_comment"),
            activity=xmlids._xmlid_to_res_id("mail.mt_activities"),
            bot=SUPERUSER_ID,
        )
