from odoo import Command, fields, models


class HrStrategyMapNewLine(models.TransientModel):
    _name = "hr.strategy.map.new.line"
    _description = "Objective of a New Strategy Map"
    _order = "sequence, id"

    wizard_id = fields.Many2one(
        "hr.strategy.map.new", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    template_objective_id = fields.Many2one("hr.strategy.objective", ondelete="cascade")
    perspective_id = fields.Many2one("hr.strategy.perspective")
    name = fields.Char(required=True)
    department_ids = fields.Many2many(
        "hr.department",
        "hr_strategy_map_new_line_department_rel",
        help="Who carries it. Several share it; the first one leads.",
    )

    def _make_objective(self, strategy):
        """Return the objective of this line, shared equally by its departments."""
        template = self.template_objective_id
        departments = self.department_ids
        part = 1.0 / len(departments) if departments else 0.0
        return self.env["hr.strategy.objective"].create(
            {
                "map_id": strategy.id,
                "name": self.name,
                "sequence": self.sequence,
                "description": template.description,
                "perspective_id": self.perspective_id.id,
                "kind": template.kind or "committed",
                "weight": template.weight if template else 1.0,
                "owner_id": departments[:1].manager_id.id,
                "share_ids": [
                    Command.create({"department_id": department.id, "part": part})
                    for department in departments
                ],
                "key_result_ids": [
                    Command.create(result._prepare_for(strategy.company_id))
                    for result in template.key_result_ids
                ],
            }
        )
