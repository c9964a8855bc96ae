from collections import Counter

from odoo import fields, models

from odoo.addons.hr_strategy_kpi.measuring import Reading


class HrKpi(models.Model):
    """A source of one's own: people employed, by department, at the window's end."""

    _inherit = "hr.kpi"

    source = fields.Selection(
        selection_add=[("headcount", "People employed")],
        ondelete={"headcount": "set default"},
    )

    def _measure_headcount(self, request):
        # sudo: the engine counts people whom a reader may not see
        employees = self.env["hr.employee"].sudo()
        employees = employees.search([("company_id", "=", request.company_id)])
        readings = {}
        for window in request.windows:
            people = {(employee.id, window.until) for employee in employees}
            places = employees._get_kpi_departments(people)
            heads = Counter(f"department:{i}" for ids in places.values() for i in ids)
            heads[f"company:{request.company_id}"] = len(employees)
            readings[window] = {
                key: Reading(float(heads[key]))
                for key in request.subjects
                if not key.startswith("employee:")  # these stay without data
            }
        return {kpi.id: readings for kpi in self}
