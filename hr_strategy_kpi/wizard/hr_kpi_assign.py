from odoo import api, fields, models
from odoo.exceptions import UserError

from ..fields import NullableFloat, known


class HrKpiAssign(models.TransientModel):
    """Give a KPI's target to the company, departments or people for some periods."""

    _name = "hr.kpi.assign"
    _inherit = ["hr.mixin"]
    _description = "Assign KPI Targets"

    kpi_ids = fields.Many2many(
        "hr.kpi", required=True, domain=[("is_component", "=", False)]
    )
    kind = fields.Selection(
        [
            ("month", "Months"),
            ("quarter", "Quarters"),
            ("half", "Half-Years"),
            ("year", "Years"),
        ],
        required=True,
        default="month",
    )
    date_from = fields.Date(
        required=True, default=lambda self: self.env.company._get_kpi_today()
    )
    date_to = fields.Date(
        required=True, default=lambda self: self.env.company._get_kpi_today()
    )
    whole_company = fields.Boolean("The Company as a Whole", default=True)
    department_ids = fields.Many2many("hr.department")
    employee_ids = fields.Many2many("hr.employee")
    unit = fields.Selection(
        lambda self: self.env["hr.kpi"]._fields["unit"].selection,
        compute="_compute_unit",
    )
    target = NullableFloat(
        "Target Value", help="Empty: the KPI's usual one, or none to only track it."
    )

    @api.depends("kpi_ids.unit")
    def _compute_unit(self):
        """The unit in which the target value is typed, if all have the same."""
        for wizard in self:
            units = set(wizard.kpi_ids.mapped("unit"))
            wizard.unit = units.pop() if len(units) == 1 else "count"

    def action_assign(self):
        """Make the targets that are not there yet, and read their past at once."""
        self.ensure_one()
        if self.date_to < self.date_from:
            raise UserError(self.env._("The last day lies before the first."))
        periods = self.env["hr.kpi.period"]._generate(
            self.kind, self.date_from, self.date_to
        )
        periods = periods.filtered(lambda period: period.state != "closed")
        vals_list = [
            vals
            for kpi in self.kpi_ids
            for period in periods
            for subject in self._get_subjects()
            for vals in [self._prepare(kpi, period, subject)]
            if not self._exists(kpi, period, subject)
        ]
        if not vals_list:
            raise UserError(
                self.env._("All of these targets exist already, or nobody was chosen.")
            )
        targets = self.env["hr.kpi.target"].create(vals_list)
        targets.action_backfill()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "hr_strategy_kpi.hr_kpi_target_action"
        )
        return {**action, "domain": [("id", "in", targets.ids)], "context": {}}

    def _get_subjects(self):
        """Return [{field of the subject: id}]; bridges add their types."""
        subjects = [{}] if self.whole_company else []
        subjects += [{"department_id": record.id} for record in self.department_ids]
        subjects += [{"employee_id": record.id} for record in self.employee_ids]
        return subjects

    def _exists(self, kpi, period, subject):
        fields_by_type = self.env["hr.kpi.target"]._get_subject_fields()
        domain = [
            (name, "=", subject.get(name, False))
            for kind, name in fields_by_type.items()
            if kind != "company"
        ]
        return self.env["hr.kpi.target"].search_count(
            [
                ("kpi_id", "=", kpi.id),
                ("period_id", "=", period.id),
                ("company_id", "=", self.env.company.id),
                *domain,
            ],
            limit=1,
        )

    def _prepare(self, kpi, period, subject):
        vals = {
            "kpi_id": kpi.id,
            "period_id": period.id,
            "company_id": self.env.company.id,
            **subject,
        }
        for name in ("red_flag", "baseline", "target", "stretch"):
            if known(kpi[f"default_{name}"]):
                vals[name] = kpi[f"default_{name}"]
        if known(self.target):
            vals = {
                k: v
                for k, v in vals.items()
                if k not in ("red_flag", "baseline", "stretch")
            }
            vals["target"] = self.target
        return vals
