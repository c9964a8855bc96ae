from odoo import Command, fields, models


class HrStrategyCascadeLine(models.TransientModel):
    _name = "hr.strategy.cascade.line"
    _description = "Part of a Cascade"
    _order = "id"

    cascade_id = fields.Many2one(
        "hr.strategy.cascade", required=True, ondelete="cascade", index=True
    )
    is_included = fields.Boolean("Takes Part", default=True)
    department_id = fields.Many2one("hr.department")
    employee_id = fields.Many2one("hr.employee")
    name = fields.Char("Objective", required=True)

    def _make_objective(self):
        """Return the child objective of this line, aligned with the cascaded one."""
        self.ensure_one()
        parent = self.cascade_id.objective_id
        owner = self.employee_id or self.department_id.manager_id
        child = self.env["hr.strategy.objective"].create(
            {
                "map_id": parent.map_id.id,
                "parent_id": parent.id,
                "name": self.name,
                "level": "employee" if self.employee_id else "department",
                "department_id": self.department_id.id,
                "employee_id": self.employee_id.id,
                "owner_id": owner.id,
                "perspective_id": parent.perspective_id.id,
                "key_result_ids": [
                    Command.create(result._prepare_copy())
                    for result in parent.key_result_ids
                ],
            }
        )
        share = parent.share_ids.filtered(
            lambda share: share.department_id == self.department_id
        )
        share.child_id = child
        return child
