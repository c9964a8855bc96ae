from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..fields import NullableFloat

# how values of a unit are typed in and add up
TYPED_AS = {"percent": "ratio", "count": "sum", "money": "sum"}


class HrStrategyObjectiveKpi(models.Model):
    """Key result: an objective's KPI with its weight."""

    _name = "hr.strategy.objective.kpi"
    _description = "Key Result"
    _order = "objective_id, sequence, id"

    sequence = fields.Integer(default=10)
    objective_id = fields.Many2one(
        "hr.strategy.objective", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="objective_id.company_id")
    kpi_id = fields.Many2one(
        "hr.kpi",
        "KPI",
        index=True,
        ondelete="restrict",
        domain=[("is_component", "=", False)],
    )
    # a template names KPIs that the company may not have yet
    kpi_code = fields.Char(
        "KPI Code", compute="_compute_kpi", store=True, readonly=False
    )
    kpi_name = fields.Char(
        "KPI Name", compute="_compute_kpi", store=True, readonly=False, translate=True
    )
    kpi_unit = fields.Selection(
        selection=lambda self: self.env["hr.kpi"]._fields["unit"].selection,
        default="percent",
    )
    kpi_direction = fields.Selection(
        selection=lambda self: self.env["hr.kpi"]._fields["direction"].selection,
        default="higher",
    )
    weight = fields.Float(default=1.0)
    period_kind = fields.Selection(
        [
            ("month", "Month"),
            ("quarter", "Quarter"),
            ("half", "Half-Year"),
            ("year", "Year"),
        ],
        required=True,
        default="quarter",
        help="Which target of the KPI counts: the one of this kind of period.",
    )
    target = NullableFloat("Target Value", help="What the cascade starts from.")
    confidence = fields.Selection(
        [("high", "Confident"), ("medium", "Doubtful"), ("low", "Unlikely")],
    )
    unit = fields.Selection(related="kpi_id.unit")
    share_of_weight = fields.Float(compute="_compute_share_of_weight")

    _once_uniq = models.UniqueIndex(
        "(objective_id, kpi_id)", "The objective has this KPI already."
    )

    @api.depends("kpi_id.code", "kpi_id.name")
    def _compute_kpi(self):
        for result in self.filtered("kpi_id"):
            result.kpi_code = result.kpi_id.code
            result.kpi_name = result.kpi_id.name

    @api.depends("weight", "objective_id.key_result_ids.weight")
    def _compute_share_of_weight(self):
        for result in self:
            total = sum(result.objective_id.key_result_ids.mapped("weight"))
            result.share_of_weight = result.weight / total if total else 0.0

    @api.depends("objective_id.name", "kpi_id.name")
    def _compute_display_name(self):
        for result in self:
            result.display_name = (
                f"{result.objective_id.name or ''} · {result.kpi_id.name or ''}"
            )

    @api.constrains("kpi_id", "objective_id")
    def _check_kpi(self):
        for result in self:
            if not result.kpi_id and not result.objective_id.map_id.is_template:
                raise ValidationError(
                    self.env._(
                        "Choose the KPI that measures “%s”.", result.objective_id.name
                    )
                )

    @api.constrains("weight")
    def _check_weight(self):
        if bad := self.filtered(lambda result: result.weight < 0)[:1]:
            raise ValidationError(
                self.env._("The weight of “%s” cannot be negative.", bad.kpi_id.name)
            )

    def _prepare_copy(self):
        self.ensure_one()
        return {
            "sequence": self.sequence,
            "kpi_id": self.kpi_id.id,
            "kpi_code": self.kpi_code,
            "kpi_name": self.kpi_name,
            "weight": self.weight,
            "period_kind": self.period_kind,
            "target": self.target,
        }

    def _prepare_for(self, company):
        """Return the values of this template line for a company's objective.

        The KPI is found by its code; one the company does not have yet is made as a KPI
        that is typed in, which an installed bridge or an officer can give a source.
        """
        self.ensure_one()
        kpi = self.kpi_id or self._find_or_make_kpi()
        return {**self._prepare_copy(), "kpi_id": kpi.id}

    def _find_or_make_kpi(self):
        kpis = self.env["hr.kpi"].with_context(active_test=False)
        kpi = kpis.search([("code", "=", self.kpi_code)], limit=1)
        if kpi:
            return kpi
        return kpis.create(
            {
                "code": self.kpi_code,
                "name": self.kpi_name,
                "unit": self.kpi_unit,
                "direction": self.kpi_direction,
                "aggregate": TYPED_AS.get(self.kpi_unit, "last"),
                "source": "manual",
                "default_target": self.target,
            }
        )
