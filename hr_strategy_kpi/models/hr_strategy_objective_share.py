from odoo import api, fields, models
from odoo.exceptions import ValidationError


class HrStrategyObjectiveShare(models.Model):
    """Which departments carry an objective, and what each does for it.

    Responsibility only, never a number: each one's work is its own child objective
    with its own KPIs.
    """

    _name = "hr.strategy.objective.share"
    _description = "Share of an Objective"
    _order = "objective_id, part desc, id"

    objective_id = fields.Many2one(
        "hr.strategy.objective", required=True, index=True, ondelete="cascade"
    )
    department_id = fields.Many2one("hr.department", required=True, index=True)
    part = fields.Float("Share", required=True, default=1.0)
    contribution = fields.Char(translate=True, help="What the department does for it.")
    child_id = fields.Many2one(
        "hr.strategy.objective",
        "Its Own Objective",
        ondelete="set null",
        domain="[('parent_id', '=', objective_id)]",
    )

    _once_uniq = models.UniqueIndex(
        "(objective_id, department_id)",
        "The department carries this objective already.",
    )

    @api.constrains("part", "objective_id")
    def _check_part(self):
        for objective in self.objective_id:
            parts = objective.share_ids.mapped("part")
            if min(parts) <= 0 or sum(parts) > 1.0 + 1e-9:
                raise ValidationError(
                    self.env._(
                        "The shares of “%s” must be positive and not be more than "
                        "100 %% together.",
                        objective.name,
                    )
                )
