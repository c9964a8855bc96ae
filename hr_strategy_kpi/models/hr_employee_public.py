from odoo import fields, models


class HrEmployeePublic(models.Model):
    """What a colleague without HR rights sees: the targets the rules let them see."""

    _inherit = "hr.employee.public"

    kpi_target_count = fields.Integer(compute="_compute_kpi_target_count")

    def _compute_kpi_target_count(self):
        groups = self.env["hr.kpi.target"]._read_group(
            [("employee_id", "in", self.ids), ("period_id.state", "!=", "closed")],
            ["employee_id"],
            ["__count"],
        )
        counts = {employee.id: count for employee, count in groups}
        for employee in self:
            employee.kpi_target_count = counts.get(employee.id, 0)

    def action_open_kpi_targets(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "hr_strategy_kpi.hr_kpi_target_action"
        )
        return {
            **action,
            "domain": [("employee_id", "=", self.id)],
            "context": {},
        }
