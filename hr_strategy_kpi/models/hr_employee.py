from odoo import api, fields, models


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    kpi_target_count = fields.Integer(
        compute="_compute_kpi_target_count", groups="hr.group_hr_user"
    )
    kpi_target_ids = fields.One2many(
        "hr.kpi.target",
        "employee_id",
        "KPI Targets",
        domain=[("period_id.is_current", "=", True)],
        groups="hr.group_hr_user",
    )

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
            "context": {"default_employee_id": self.id},
        }

    @api.model
    def _get_kpi_departments(self, people):
        """Return the departments of people on days: {(employee id, day): [ids]}.

        By the version valid on the day, the first one reaching back without limit; the
        department and all above it.
        """
        ids = {employee_id for employee_id, _day in people}
        # sudo: which department a number belongs to is the engine's business
        versions = (
            self.env["hr.version"]
            .sudo()
            .search_fetch(
                [("employee_id", "in", list(ids))],
                ["employee_id", "date_version", "department_id"],
                order="employee_id, date_version",
            )
        )
        by_employee = versions.grouped(lambda version: version.employee_id.id)
        result = {}
        for employee_id, day in people:
            own = by_employee.get(employee_id, versions.browse())
            valid = own.filtered(lambda version, day=day: version.date_version <= day)
            department = (valid[-1:] or own[:1]).department_id
            result[employee_id, day] = [
                int(part) for part in (department.parent_path or "").split("/") if part
            ]
        return result

    def _get_kpi_presence(self, date_from, date_to):
        """Return the first and last day of a range on which the person is employed."""
        self.ensure_one()
        versions = self.version_ids.sorted("date_version")
        starts = [version.contract_date_start for version in versions]
        starts = [start for start in starts if start]
        first = min(starts) if starts else versions[:1].date_version
        ends = [version.contract_date_end for version in versions[-1:]]
        last = versions[-1:].departure_date or next(filter(None, ends), None)
        return max(first or date_from, date_from), min(last or date_to, date_to)
