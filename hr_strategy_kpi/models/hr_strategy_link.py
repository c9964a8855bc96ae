from odoo import api, fields, models
from odoo.exceptions import ValidationError


class HrStrategyLink(models.Model):
    """Cause and effect between two objectives: a hypothesis, never a number."""

    _name = "hr.strategy.link"
    _description = "Cause and Effect"
    _order = "map_id, id"
    _rec_name = "hypothesis"

    map_id = fields.Many2one(
        "hr.strategy.map",
        compute="_compute_map_id",
        store=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="map_id.company_id", store=True)
    source_id = fields.Many2one(
        "hr.strategy.objective", "Cause", required=True, index=True, ondelete="cascade"
    )
    target_id = fields.Many2one(
        "hr.strategy.objective", "Effect", required=True, index=True, ondelete="cascade"
    )
    hypothesis = fields.Char(
        translate=True, help="Why the one should bring about the other."
    )
    lag_months = fields.Integer(
        "Lag in Months", help="After how many months the effect is expected."
    )

    _once_uniq = models.UniqueIndex(
        "(source_id, target_id)", "This arrow exists already."
    )

    @api.depends("source_id.map_id")
    def _compute_map_id(self):
        for link in self:
            link.map_id = link.source_id.map_id

    @api.constrains("source_id", "target_id")
    def _check_ends(self):
        for link in self:
            if link.source_id.map_id != link.target_id.map_id:
                raise ValidationError(
                    self.env._("An arrow joins two objectives of one map.")
                )
        for strategy in self.map_id:
            strategy._check_no_loop()

    @api.constrains("lag_months")
    def _check_lag(self):
        if self.filtered(lambda link: link.lag_months < 0):
            raise ValidationError(self.env._("An effect cannot come before its cause."))

    def _prepare_copy(self):
        self.ensure_one()
        return {"hypothesis": self.hypothesis, "lag_months": self.lag_months}
