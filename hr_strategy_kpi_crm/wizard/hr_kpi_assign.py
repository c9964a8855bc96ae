from odoo import fields, models


class HrKpiAssign(models.TransientModel):
    _inherit = "hr.kpi.assign"

    team_ids = fields.Many2many("crm.team", string="Sales Teams")

    def _get_subjects(self):
        teams = [{"team_id": team.id} for team in self.team_ids]
        return super()._get_subjects() + teams
