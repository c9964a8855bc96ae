from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL


class HrKpiCollection(models.Model):
    """When one KPI was last read for one period and company, and whether it worked.

    A row per KPI x period x company, so that freshness, failure and the lock against a
    second reader cost the same however many people are measured.
    """

    _name = "hr.kpi.collection"
    _description = "KPI Collection"
    _order = "stale_at, id"
    _log_access = False
    _rec_name = "kpi_id"

    kpi_id = fields.Many2one("hr.kpi", required=True, ondelete="cascade")
    period_id = fields.Many2one(
        "hr.kpi.period", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, ondelete="cascade", index=True
    )
    measured_at = fields.Datetime(help="Start of the transaction that read it.")
    stale_at = fields.Datetime(index=True)
    error = fields.Text()

    _unit_uniq = models.UniqueIndex("(kpi_id, period_id, company_id)")

    @api.model
    def _ensure(self, targets):
        """Make the missing rows of these targets with one statement."""
        if not targets:
            return
        targets.flush_recordset(["kpi_id", "period_id", "company_id"])
        self.env.cr.execute(
            SQL(
                """INSERT INTO hr_kpi_collection (kpi_id, period_id, company_id)
                SELECT DISTINCT kpi_id, period_id, company_id
                  FROM hr_kpi_target WHERE id = ANY(%s)
                ON CONFLICT (kpi_id, period_id, company_id) DO NOTHING""",
                list(targets.ids),
            )
        )

    @api.model
    def _lock(self, kpi_ids, period_id, company_id):
        """Return the rows of one period that nobody else is reading now, locked."""
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM hr_kpi_collection
                WHERE kpi_id = ANY(%s) AND period_id = %s AND company_id = %s
                ORDER BY id FOR NO KEY UPDATE SKIP LOCKED""",
                list(kpi_ids),
                period_id,
                company_id,
            )
        )
        return self.browse(row[0] for row in rows)

    def _record(self, errors, measured_at):
        """Note that these rows were read, and which KPIs failed.

        A failing one is stale at once, with its cause, and keeps its last good time.
        """
        if not self:
            return
        company = self[0].company_id
        fresh = timedelta(minutes=company.kpi_refresh_minutes or 60)
        failed = self.filtered(lambda row: row.kpi_id.id in errors)
        for row in failed:
            row.write({"stale_at": measured_at, "error": errors[row.kpi_id.id]})
        (self - failed).write(
            {
                "measured_at": measured_at,
                "stale_at": measured_at + fresh,
                "error": False,
            }
        )
        self._report_to_kpis(errors)

    def _report_to_kpis(self, errors):
        """Show a failure on the KPI itself, tell its owner once, clear it when over."""
        # one that was archived with its app waits for it, whatever a reading says
        for kpi in self.kpi_id.filtered(lambda kpi: not kpi.archive_reason):
            error = errors.get(kpi.id, False)
            state = kpi._get_source_state(error)
            if (kpi.source_state, kpi.source_error) == (state, error):
                continue
            is_news = state != kpi.source_state and state != "ok"
            kpi.write({"source_state": state, "source_error": error})
            if state == "ok":
                kpi._forget_failure()
            if is_news and kpi.owner_id:
                kpi.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("The source of this KPI fails"),
                    user_id=kpi.owner_id.id,
                )
