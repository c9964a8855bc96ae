from odoo import api, fields, models


class HrStrategyInitiative(models.Model):
    """What we will do about an objective; it gathers actions."""

    _name = "hr.strategy.initiative"
    _description = "Initiative"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "state, deadline, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    objective_id = fields.Many2one(
        "hr.strategy.objective", required=True, index=True, ondelete="cascade"
    )
    map_id = fields.Many2one(related="objective_id.map_id", store=True)
    company_id = fields.Many2one(related="objective_id.company_id", store=True)
    owner_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        required=True,
        index=True,
        tracking=True,
        domain=[("share", "=", False)],
    )
    date_from = fields.Date("Begins")
    deadline = fields.Date(tracking=True)
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("running", "Under Way"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        default="planned",
        required=True,
        tracking=True,
    )
    action_ids = fields.One2many("hr.kpi.action", "initiative_id")
    progress = fields.Float(compute="_compute_progress")

    @api.depends("state", "action_ids.state")
    def _compute_progress(self):
        """The part of its actions that is done; without actions by its state."""
        for initiative in self:
            actions = initiative.action_ids.filtered(lambda a: a.state != "cancelled")
            if initiative.state == "done":
                initiative.progress = 1.0
            elif actions:
                done = actions.filtered(lambda action: action.state == "done")
                initiative.progress = len(done) / len(actions)
            else:
                initiative.progress = 0.0
