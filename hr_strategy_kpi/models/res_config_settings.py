from odoo import fields, models

from ..fields import NullableFloat


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    kpi_tz = fields.Selection(related="company_id.kpi_tz", readonly=False)
    kpi_fiscal_month = fields.Selection(
        related="company_id.kpi_fiscal_month", readonly=False
    )
    kpi_on_track_ratio = fields.Float(
        related="company_id.kpi_on_track_ratio", readonly=False
    )
    kpi_at_risk_ratio = fields.Float(
        related="company_id.kpi_at_risk_ratio", readonly=False
    )
    kpi_small_target = NullableFloat(
        related="company_id.kpi_small_target", readonly=False
    )
    kpi_refresh_minutes = fields.Integer(
        related="company_id.kpi_refresh_minutes", readonly=False
    )
    kpi_grace_days = fields.Integer(related="company_id.kpi_grace_days", readonly=False)
    kpi_alert_both_at_once = fields.Boolean(
        related="company_id.kpi_alert_both_at_once", readonly=False
    )
    kpi_entry_approval = fields.Boolean(
        related="company_id.kpi_entry_approval", readonly=False
    )
