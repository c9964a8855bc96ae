from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class HrKpiAction(models.Model):
    """Corrective action: what somebody will do about a figure, and by when."""

    _name = "hr.kpi.action"
    _description = "Corrective Action"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "state, deadline, id"
    # whoever sees what is being done may comment on it
    _mail_post_access = "read"

    name = fields.Char("What", required=True, tracking=True)
    description = fields.Html()
    alert_id = fields.Many2one("hr.kpi.alert", index=True, ondelete="set null")
    target_id = fields.Many2one(
        "hr.kpi.target", index=True, ondelete="set null", tracking=True
    )
    initiative_id = fields.Many2one(
        "hr.strategy.initiative", index="btree_not_null", ondelete="set null"
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        index=True,
    )
    owner_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        required=True,
        index=True,
        tracking=True,
        domain=[("share", "=", False)],
    )
    deadline = fields.Date(tracking=True)
    state = fields.Selection(
        [("open", "Under Way"), ("done", "Done"), ("cancelled", "Cancelled")],
        default="open",
        required=True,
        tracking=True,
    )
    is_overdue = fields.Boolean(
        compute="_compute_is_overdue", search="_search_is_overdue"
    )
    is_visible_to_me = fields.Boolean(
        compute="_compute_is_visible_to_me",
        search="_search_is_visible_to_me",
        export_string_translation=False,
    )
    is_managed_by_me = fields.Boolean(
        compute="_compute_is_managed_by_me",
        search="_search_is_managed_by_me",
        export_string_translation=False,
    )

    @api.depends("target_id")
    def _compute_company_id(self):
        for action in self:
            # sudo: an action may be about a figure its owner cannot see
            action.company_id = action.sudo().target_id.company_id or self.env.company

    @api.depends("deadline", "state")
    def _compute_is_overdue(self):
        today = self.env.company._get_kpi_today()
        for action in self:
            late = action.deadline and action.deadline < today
            action.is_overdue = bool(action.state == "open" and late)

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._get_kpi_today()
        late = Domain("state", "=", "open") & Domain("deadline", "<", today)
        return self.env["hr.kpi.target"]._answer(operator, value, lambda: late)

    @api.depends_context("uid")
    def _compute_is_visible_to_me(self):
        visible = self.filtered_domain(self._get_visible_domain())
        for action in self:
            action.is_visible_to_me = action in visible

    @api.depends_context("uid")
    def _compute_is_managed_by_me(self):
        managed = self.filtered_domain(self._get_managed_domain())
        for action in self:
            action.is_managed_by_me = action in managed

    def _search_is_visible_to_me(self, operator, value):
        return self.env["hr.kpi.target"]._answer(
            operator, value, self._get_visible_domain
        )

    def _search_is_managed_by_me(self, operator, value):
        return self.env["hr.kpi.target"]._answer(
            operator, value, self._get_managed_domain
        )

    @api.model
    def _get_visible_domain(self):
        """Return the Domain of the reader's own actions and those on targets that are
        theirs or below them."""
        if not self.env.user._is_internal():
            return Domain.FALSE
        own = self.env["hr.kpi.target"]._get_own_domain()
        return (
            Domain("owner_id", "=", self.env.uid)
            | Domain("target_id", "any!", own)
            | self._get_managed_domain()
        )

    @api.model
    def _get_managed_domain(self):
        """Return the Domain of the actions the reader set up, or on targets below."""
        if not self.env.user._is_internal():
            return Domain.FALSE
        below = self.env["hr.kpi.target"]._get_managed_domain()
        return Domain("create_uid", "=", self.env.uid) | Domain(
            "target_id", "any!", below
        )

    @api.onchange("alert_id")
    def _onchange_alert_id(self):
        if self.alert_id:
            self.target_id = self.alert_id.target_id

    @api.model_create_multi
    def create(self, vals_list):
        alerts = self.env["hr.kpi.alert"]
        for vals in vals_list:
            if vals.get("alert_id") and not vals.get("target_id"):
                alert = alerts.browse(vals["alert_id"])
                vals["target_id"] = alert.target_id.id
        actions = super().create(vals_list)
        actions._check_cause()
        for action in actions.filtered("alert_id"):
            if action.alert_id.state == "open":
                action.alert_id.action_acknowledge()
        actions._plan_activity()
        return actions

    def write(self, vals):
        result = super().write(vals)
        if {"alert_id", "target_id"} & set(vals):
            self._check_cause()
        return result

    def _check_cause(self):
        """An action silences its alert: only who may see either may point it there."""
        self.alert_id.check_access("read")
        # sudo: whoever sees an alert may act on its target, seen or not
        free = self.sudo().filtered(lambda a: a.alert_id.target_id != a.target_id)
        free.target_id.sudo(self.env.su).check_access("read")

    @api.constrains("alert_id", "target_id")
    def _check_same_target(self):
        # sudo: an action may be about a figure its owner cannot see
        for action in self.sudo().filtered("alert_id"):
            alert = action.alert_id
            if alert.state != "closed" and alert.target_id != action.target_id:
                raise ValidationError(
                    self.env._(
                        "“%(action)s” answers the alert “%(alert)s” and must be about "
                        "the same target.",
                        action=action.name,
                        alert=alert.display_name,
                    )
                )

    def _plan_activity(self):
        for action in self.filtered("deadline"):
            action.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=action.deadline,
                summary=action.name,
                user_id=action.owner_id.id,
            )

    def action_done(self):
        self.write({"state": "done"})
        self.activity_feedback(["mail.mail_activity_data_todo"])

    def action_cancel(self):
        self.write({"state": "cancelled"})
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def _carry_over(self):
        """Move to the same KPI and subject in the next period, if there is a target."""
        for action in self:
            target = action.target_id
            following = (
                self.env["hr.kpi.target"]
                .search(
                    [
                        ("kpi_id", "=", target.kpi_id.id),
                        ("company_id", "=", target.company_id.id),
                        ("subject_key", "=", target.subject_key),
                        ("period_id.kind", "=", target.period_id.kind),
                        ("period_id.date_from", ">", target.period_id.date_to),
                    ],
                    order="period_id",
                )
                .sorted(lambda t: t.period_id.date_from)[:1]
            )
            if following:
                action.target_id = following
