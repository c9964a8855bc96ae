from odoo import fields, models

ORDER = ("exceeded", "on_track", "at_risk", "off_track")


class HrDepartment(models.Model):
    _inherit = "hr.department"

    kpi_target_ids = fields.One2many("hr.kpi.target", "department_id", "KPI Targets")
    kpi_on_track_count = fields.Integer(compute="_compute_kpi_counts")
    kpi_off_track_count = fields.Integer(compute="_compute_kpi_counts")

    def _compute_kpi_counts(self):
        """Count the department's own current targets the reader may see."""
        groups = self.env["hr.kpi.target"]._read_group(
            [
                ("department_id", "in", self.ids),
                ("subject_type", "=", "department"),
                ("period_id.is_current", "=", True),
                ("status", "in", ORDER),
            ],
            ["department_id", "status"],
            ["__count"],
        )
        counts = {}
        for department, status, count in groups:
            good = status in ("exceeded", "on_track")
            key = (department.id, good)
            counts[key] = counts.get(key, 0) + count
        for department in self:
            department.kpi_on_track_count = counts.get((department.id, True), 0)
            department.kpi_off_track_count = counts.get((department.id, False), 0)

    def action_open_kpi_targets(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "hr_strategy_kpi.hr_kpi_target_action"
        )
        return {
            **action,
            "domain": [("department_id", "child_of", self.id)],
            "context": {"default_department_id": self.id},
        }
