from odoo import fields, models


class HrStrategyPerspective(models.Model):
    """A lane of the strategy map: financial, customer, internal process, learning."""

    _name = "hr.strategy.perspective"
    _description = "Strategy Perspective"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    question = fields.Char(
        translate=True, help="What an objective of this lane answers."
    )
    color = fields.Integer()
