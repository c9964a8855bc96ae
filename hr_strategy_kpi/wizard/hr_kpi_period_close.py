from odoo import fields, models


class HrKpiPeriodClose(models.TransientModel):
    """Close a period; although a source fails only with a reason."""

    _name = "hr.kpi.period.close"
    _description = "Close a KPI Period"

    period_id = fields.Many2one("hr.kpi.period", required=True)
    failing_ids = fields.Many2many("hr.kpi", compute="_compute_failing_ids")
    reason = fields.Char("Why Close All the Same")

    def _compute_failing_ids(self):
        for wizard in self:
            failing = wizard.period_id._get_failing().sudo(False)
            wizard.failing_ids = failing._filtered_access("read")

    def action_close(self):
        self.ensure_one()
        if self.failing_ids or self.reason:
            self.period_id.action_force_close(self.reason)
        else:
            self.period_id.action_close()
        return {"type": "ir.actions.act_window_close"}
