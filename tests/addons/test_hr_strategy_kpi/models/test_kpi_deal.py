from odoo import fields, models


class TestKpiDeal(models.Model):
    """Something that happens to people: a KPI of source `record` reads it."""

    _name = "test.kpi.deal"
    _description = "Deal to Test KPIs With"

    name = fields.Char()
    active = fields.Boolean(default=True)
    state = fields.Selection([("open", "Open"), ("won", "Won"), ("lost", "Lost")])
    company_id = fields.Many2one("res.company")
    user_id = fields.Many2one("res.users")
    user_ids = fields.Many2many("res.users", string="Team")
    employee_id = fields.Many2one("hr.employee")
    department_id = fields.Many2one("hr.department")
    partner_id = fields.Many2one("res.partner")
    parent_id = fields.Many2one("test.kpi.deal")
    child_ids = fields.One2many("test.kpi.deal", "parent_id")
    date = fields.Date()
    moment = fields.Datetime()
    start = fields.Datetime()
    end = fields.Datetime()
    valid_from = fields.Date()
    valid_to = fields.Date()
    quantity = fields.Float()
    cost = fields.Float()
    currency_id = fields.Many2one("res.currency")
    amount = fields.Monetary()
    margin = fields.Float(groups="base.group_system")
    doubled = fields.Float(compute="_compute_doubled")

    def _compute_doubled(self):
        for deal in self:
            deal.doubled = 2 * deal.quantity
