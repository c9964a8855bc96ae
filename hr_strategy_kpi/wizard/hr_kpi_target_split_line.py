from odoo import api, fields, models

from ..fields import NullableFloat, known, number


class HrKpiTargetSplitLine(models.TransientModel):
    _name = "hr.kpi.target.split.line"
    _description = "Part of a KPI Target"
    _order = "id"

    split_id = fields.Many2one(
        "hr.kpi.target.split", required=True, ondelete="cascade", index=True
    )
    child_id = fields.Many2one("hr.kpi.target", ondelete="cascade")
    employee_id = fields.Many2one("hr.employee")
    department_id = fields.Many2one("hr.department")
    subject_name = fields.Char("Whose", compute="_compute_subject_name")
    is_included = fields.Boolean("Takes Part", default=True)
    value = NullableFloat()
    full_value = NullableFloat("Before Proration")
    proration = NullableFloat(compute="_compute_proration")
    unit = fields.Selection(related="split_id.target_id.unit", related_sudo=False)

    @api.depends("employee_id", "department_id")
    def _compute_subject_name(self):
        for line in self:
            # sudo: an officer splits over people whom only HR reads
            subject = line.sudo().employee_id or line.sudo().department_id
            line.subject_name = subject.name

    @api.depends("employee_id", "split_id.prorate")
    def _compute_proration(self):
        for line in self:
            line.proration = 1.0
            if line.employee_id and line.split_id.prorate:
                target = line.split_id.target_id
                _amount, line.proration = target._prorate(1.0, line.employee_id)

    @api.onchange("full_value")
    def _onchange_full_value(self):
        self._set_prorated()

    def _set_prorated(self):
        self.value = self.full_value
        if known(self.full_value) and self.employee_id and self.split_id.prorate:
            target = self.split_id.target_id
            self.value, _part = target._prorate(self.full_value, self.employee_id)

    def _get_key(self):
        kind = "employee" if self.employee_id else "department"
        record = self.employee_id or self.department_id
        return f"{kind}:{record.id}"

    def _get_headcount(self):
        if self.employee_id:
            return 1
        # sudo: counting heads needs no right to read them
        return (
            self.env["hr.employee"]
            .sudo()
            .search_count([("department_id", "child_of", self.department_id.id)])
        )

    def _apply(self, target):
        if not self.is_included or not known(self.value):
            if self.child_id:
                self.child_id.parent_id = False
            return
        vals = {"target": self.value, "parent_id": target.id, **self._get_working()}
        child = self.child_id or self._find_existing(target)
        if child:
            child.write(vals)
            return
        scale = self._get_scale(target)
        for name in ("red_flag", "baseline", "stretch"):
            mark = number(target[name])
            vals[name] = False if mark is None else mark * scale
        target.create(
            {
                **vals,
                "kpi_id": target.kpi_id.id,
                "period_id": target.period_id.id,
                "company_id": target.company_id.id,
                "employee_id": self.employee_id.id,
                "department_id": False if self.employee_id else self.department_id.id,
            }
        )

    def _get_working(self):
        """Return how the value came about: prorated, or typed as it is."""
        full = number(self.full_value)
        if full is None or abs(full * self.proration - self.value) > 1e-9:
            return {"full_target": self.value, "proration": 1.0}
        return {"full_target": full, "proration": self.proration}

    def _find_existing(self, target):
        return target.search(
            [
                ("kpi_id", "=", target.kpi_id.id),
                ("period_id", "=", target.period_id.id),
                ("company_id", "=", target.company_id.id),
                ("subject_key", "=", self._get_key()),
            ]
        )

    def _get_scale(self, target):
        """Return by how much the other marks shrink: as the target value does."""
        if not self.split_id.is_splittable or not known(target.target):
            return 1.0
        return self.value / target.target if target.target else 1.0
