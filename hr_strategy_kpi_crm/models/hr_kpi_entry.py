from odoo import fields, models


class HrKpiEntry(models.Model):
    _inherit = "hr.kpi.entry"

    team_id = fields.Many2one(
        "crm.team", "Sales Team", index=True, tracking=True, check_company=True
    )
