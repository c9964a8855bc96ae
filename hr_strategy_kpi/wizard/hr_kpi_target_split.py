from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..fields import NullableFloat, known, number
from ..tools import allocation


class HrKpiTargetSplit(models.TransientModel):
    """Split a target: allocated, reserved, missing and too much as one types."""

    _name = "hr.kpi.target.split"
    _description = "Split a KPI Target"

    target_id = fields.Many2one("hr.kpi.target", required=True, ondelete="cascade")
    # not in sudo: a split may name any target, but only shows what one may see
    unit = fields.Selection(related="target_id.unit", related_sudo=False)
    direction = fields.Selection(related="target_id.direction", related_sudo=False)
    is_splittable = fields.Boolean(compute="_compute_is_splittable")
    total = NullableFloat(related="target_id.target", related_sudo=False)
    reserved = NullableFloat()
    method = fields.Selection(
        [
            ("equal", "Equally"),
            ("headcount", "By headcount"),
            ("history", "By history"),
            ("hand", "By hand"),
        ],
        default="equal",
        required=True,
    )
    prorate = fields.Boolean(
        "Prorate Joiners, Leavers and Part-Time",
        default=True,
        help="Lowers the part of somebody who is not there all the time. What is then "
        "missing is shown, not given to the others.",
    )
    line_ids = fields.One2many("hr.kpi.target.split.line", "split_id")
    allocated = NullableFloat(compute="_compute_balance")
    missing = NullableFloat("Not Allocated", compute="_compute_balance")
    too_much = NullableFloat(compute="_compute_balance")

    @api.model
    def default_get(self, fields):
        vals = super().default_get(fields)
        target = self.env["hr.kpi.target"].browse(
            vals.get("target_id") or self.env.context.get("default_target_id")
        )
        if target:
            if not known(target.target) and target.kpi_id._get_status_kind() == "flow":
                raise UserError(
                    self.env._("%s has no target value to split.", target.display_name)
                )
            vals["reserved"] = target.reserved
            if target.child_ids:
                # what was given is shown first, not shared out anew
                vals["method"] = "hand"
            vals["line_ids"] = [
                Command.create(line) for line in self._prepare_lines(target)
            ]
        return vals

    @api.model
    def _prepare_lines(self, target):
        """One line per person or department: those there already, then the others."""
        lines = [
            {
                "child_id": child.id,
                "employee_id": child.employee_id.id,
                "department_id": child.department_id.id,
                "full_value": child.full_target
                if known(child.full_target)
                else child.target,
                "value": child.target,
            }
            for child in target.child_ids
        ]
        employees, departments = target._get_split_candidates()
        # sudo: only which people have a part already
        taken_people = target.child_ids.employee_id.sudo()
        taken_departments = target.child_ids.department_id.sudo()
        lines += [{"employee_id": e.id} for e in employees - taken_people]
        lines += [{"department_id": d.id} for d in departments - taken_departments]
        return lines

    @api.depends("target_id")
    def _compute_is_splittable(self):
        for wizard in self:
            wizard.is_splittable = wizard.target_id._is_splittable()

    @api.depends("total", "reserved", "line_ids.value", "line_ids.is_included")
    def _compute_balance(self):
        for wizard in self:
            balance = allocation.balance(
                number(wizard.total),
                number(wizard.reserved) or 0,
                [number(line.value) for line in wizard._get_included()],
            )
            wizard.allocated = balance.allocated
            wizard.missing = balance.missing
            wizard.too_much = balance.too_much

    def _get_included(self):
        return self.line_ids.filtered("is_included")

    @api.onchange("method", "prorate", "reserved")
    def _onchange_method(self):
        if self.method != "hand" and known(self.total):
            self._distribute()

    def action_distribute(self):
        self.ensure_one()
        self._distribute()
        return self._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _distribute(self):
        """Fill in the values by the chosen method; a rate is the same for everyone."""
        lines = self._get_included()
        if not lines:
            return
        target = self.target_id
        if self.is_splittable:
            weights = self._get_weights(lines)
            parts = target._split_by(weights, number(self.reserved) or 0)
        else:
            parts = [self.total] * len(lines)
        for line, part in zip(lines, parts, strict=True):
            line.full_value = part
            line._set_prorated()

    def _get_weights(self, lines):
        if self.method == "headcount":
            return [line._get_headcount() for line in lines]
        if self.method == "history":
            return self._get_history(lines)
        return [1] * len(lines)

    def _get_history(self, lines):
        """Return what each reached in the finished periods of the same kind."""
        target = self.target_id
        # sudo: an officer splits by figures of everybody in the company
        targets = self.env["hr.kpi.target"].sudo()
        groups = targets._read_group(
            [
                ("kpi_id", "=", target.kpi_id.id),
                ("company_id", "=", target.company_id.id),
                ("period_id.kind", "=", target.period_id.kind),
                ("period_id.date_to", "<", target.period_id.date_from),
                ("actual", "!=", False),
            ],
            ["subject_key"],
            ["actual:sum"],
        )
        reached = dict(groups)
        return [max(0.0, reached.get(line._get_key(), 0.0) or 0.0) for line in lines]

    def action_apply(self):
        """Write the parts as targets of their own."""
        self.ensure_one()
        target = self.target_id
        target.check_access("write")
        target._check_not_locked()
        target.reserved = self.reserved if known(self.reserved) else False
        for line in self.line_ids:
            line._apply(target)
        return {"type": "ir.actions.act_window_close"}
