from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class HrStrategyCascade(models.TransientModel):
    """Cascade an objective to departments or people: it proposes, a person decides."""

    _name = "hr.strategy.cascade"
    _description = "Cascade an Objective"

    objective_id = fields.Many2one(
        "hr.strategy.objective", required=True, ondelete="cascade"
    )
    to = fields.Selection(
        [("department", "To Departments"), ("employee", "To People")],
        required=True,
        default="department",
    )
    period_id = fields.Many2one(
        "hr.kpi.period",
        required=True,
        domain=[("kind", "!=", "week"), ("state", "!=", "closed")],
        default=lambda self: self._default_period_id(),
    )
    line_ids = fields.One2many("hr.strategy.cascade.line", "cascade_id")

    @api.model
    def _default_period_id(self):
        company = self.env.company
        return self.env["hr.kpi.period"].search(
            [
                ("kind", "=", "quarter"),
                ("is_current", "=", True),
                ("company_id", "in", [company.id, False]),
            ],
            limit=1,
        )

    @api.model
    def default_get(self, fields):
        vals = super().default_get(fields)
        objective = self.env["hr.strategy.objective"].browse(
            vals.get("objective_id") or self.env.context.get("default_objective_id")
        )
        if objective:
            to = self.env.context.get("default_to")
            to = to or ("department" if objective.level == "company" else "employee")
            vals["to"] = to
            vals["line_ids"] = [
                Command.create(line) for line in self._prepare_lines(objective, to)
            ]
        return vals

    @api.onchange("to")
    def _onchange_to(self):
        self.line_ids = [Command.clear()] + [
            Command.create(line)
            for line in self._prepare_lines(self.objective_id, self.to)
        ]

    @api.model
    def _prepare_lines(self, objective, to):
        """Propose who takes part: the sharing departments, or a department's people."""
        if to == "department":
            shares = objective.share_ids
            departments = shares.department_id or self.env["hr.department"].search(
                [
                    ("parent_id", "=", False),
                    ("company_id", "in", [objective.company_id.id, False]),
                ]
            )
            taken = objective.child_ids.department_id
            what = {share.department_id: share.contribution for share in shares}
            return [
                {
                    "department_id": department.id,
                    "name": what.get(department) or objective.name,
                    "is_included": bool(shares),
                }
                for department in departments
                if department not in taken
            ]
        # sudo: an officer cascades to people whom only HR reads
        people = self.env["hr.employee"].sudo()
        people = people.search([("department_id", "=", objective.department_id.id)])
        taken = objective.child_ids.employee_id.sudo()
        return [
            {"employee_id": person.id, "name": objective.name, "is_included": True}
            for person in people - taken - objective.owner_id.sudo()
        ]

    def action_apply(self):
        """Make child objectives with the same KPIs, and split the numbers by data."""
        self.ensure_one()
        lines = self.line_ids.filtered("is_included")
        if not lines:
            raise UserError(self.env._("Choose at least one who takes part."))
        made = self.env["hr.strategy.objective"]
        for line in lines:
            made |= line._make_objective()
        for result in self.objective_id.key_result_ids:
            self._make_targets(result, made)
        return {
            "type": "ir.actions.act_window",
            "name": self.objective_id.name,
            "res_model": "hr.strategy.objective",
            "view_mode": "list,form",
            "domain": [("id", "in", made.ids)],
        }

    def _make_targets(self, result, children):
        """Split the parent's number over the children, or give each the same rate."""
        parent = self._get_parent_target(result)
        if not parent:
            return
        takers = children.filtered(
            lambda child: result.kpi_id in child.key_result_ids.kpi_id
        )
        if parent._is_splittable():
            parts = parent._split_equally(len(takers), parent.reserved or 0.0)
        else:
            parts = [parent.target] * len(takers)
        for child, part in zip(takers, parts, strict=True):
            child._ensure_target(result, self.period_id, part, parent)

    def _get_parent_target(self, result):
        objective = self.objective_id
        target = objective._find_target(result, self.period_id)
        if target or result.target is False:
            return target
        return objective._ensure_target(result, self.period_id, result.target)
