from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class HrKpiEntryGrid(models.TransientModel):
    """Type a period's values of one KPI for many people at once."""

    _name = "hr.kpi.entry.grid"
    _description = "Type KPI Values"

    kpi_id = fields.Many2one(
        "hr.kpi",
        "KPI",
        required=True,
        domain=[("source", "=", "manual"), ("is_component", "=", False)],
    )
    period_id = fields.Many2one(
        "hr.kpi.period", required=True, default=lambda self: self._default_period_id()
    )
    date = fields.Date(
        compute="_compute_date", store=True, readonly=False, required=True
    )
    is_ratio = fields.Boolean(compute="_compute_is_ratio")
    attachment_ids = fields.Many2many("ir.attachment", string="Evidence")
    line_ids = fields.One2many("hr.kpi.entry.grid.line", "grid_id")

    @api.model
    def _default_period_id(self):
        return self.env["hr.kpi.period"].search(
            [("is_current", "=", True), ("kind", "=", "month")], limit=1
        )

    @api.depends("period_id")
    def _compute_date(self):
        today = self.env.company._get_kpi_today()
        for grid in self:
            last = grid.period_id.date_to or today
            grid.date = min(last, today)

    @api.depends("kpi_id")
    def _compute_is_ratio(self):
        for grid in self:
            grid.is_ratio = grid.kpi_id.aggregate == "ratio"

    @api.onchange("kpi_id", "period_id")
    def _onchange_lines(self):
        """A line for each subject that has a target of the KPI about these days."""
        self.line_ids = [Command.clear()]
        if not self.kpi_id or not self.period_id:
            return
        targets = self.env["hr.kpi.target"].search(
            Domain(
                [
                    ("kpi_id", "=", self.kpi_id.id),
                    ("company_id", "=", self.env.company.id),
                    ("period_id.date_from", "<=", self.period_id.date_to),
                    ("period_id.date_to", ">=", self.period_id.date_from),
                ]
            )
            & self._get_typable_domain(),
            order="subject_type desc, subject_name",
        )
        latest = {target.subject_key: target for target in targets}
        told = self._get_told()
        self.line_ids = [
            Command.create({"target_id": target.id, **told.get(key, {})})
            for key, target in latest.items()
        ]

    def _get_typable_domain(self):
        """Return the Domain of the targets for which the reader may type values."""
        entries = self.env["hr.kpi.entry"]
        return Domain.TRUE if entries._is_officer() else entries._get_writable_domain()

    def _get_told(self):
        """Return what was typed on this very day already, to be corrected in place."""
        entries = self.env["hr.kpi.entry"].search(
            [("kpi_id", "=", self.kpi_id.id), ("date", "=", self.date)]
        )
        return {
            entry.subject_key: {
                "entry_id": entry.id,
                "value": entry.value,
                "numerator": entry.numerator,
                "denominator": entry.denominator,
                "note": entry.note,
            }
            for entry in entries
        }

    def action_save(self):
        """Write what was typed as entries, all or none."""
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: line._is_filled())
        if not lines:
            raise UserError(self.env._("Nothing has been typed in."))
        for line in lines:
            line._save()
        targets = lines.target_id
        targets.action_refresh()
        return {"type": "ir.actions.act_window_close"}
