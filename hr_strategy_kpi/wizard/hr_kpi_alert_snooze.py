from datetime import timedelta

from odoo import fields, models


class HrKpiAlertSnooze(models.TransientModel):
    _name = "hr.kpi.alert.snooze"
    _description = "Snooze KPI Alerts"

    alert_ids = fields.Many2many("hr.kpi.alert", required=True)
    until = fields.Date(
        required=True,
        default=lambda self: self.env.company._get_kpi_today() + timedelta(days=7),
    )
    reason = fields.Char(required=True)

    def action_snooze(self):
        self.ensure_one()
        self.alert_ids.action_snooze(self.until, self.reason)
        return {"type": "ir.actions.act_window_close"}
