from odoo import fields, models

GOOD = ("exceeded", "on_track")
BAD = ("at_risk", "off_track")


class CrmTeam(models.Model):
    _inherit = "crm.team"

    kpi_target_ids = fields.One2many("hr.kpi.target", "team_id", "KPI Targets")
    kpi_on_track_count = fields.Integer("On Track", compute="_compute_kpi_counts")
    kpi_off_track_count = fields.Integer("Off Track", compute="_compute_kpi_counts")

    def _compute_kpi_counts(self):
        """Count the team's own current targets the reader may see."""
        groups = self.env["hr.kpi.target"]._read_group(
            [
                ("team_id", "in", self.ids),
                ("period_id.is_current", "=", True),
                ("status", "in", GOOD + BAD),
            ],
            ["team_id", "status"],
            ["__count"],
        )
        good, bad = dict.fromkeys(self.ids, 0), dict.fromkeys(self.ids, 0)
        for team, status, count in groups:
            (good if status in GOOD else bad)[team.id] += count
        for team in self:
            team.kpi_on_track_count = good.get(team.id, 0)
            team.kpi_off_track_count = bad.get(team.id, 0)

    def action_open_kpi_targets(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "hr_strategy_kpi.hr_kpi_target_action"
        )
        return {
            **action,
            "domain": [("team_id", "=", self.id)],
            "context": {"default_team_id": self.id},
        }
