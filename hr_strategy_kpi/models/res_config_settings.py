import secrets

from odoo import fields, models
from odoo.exceptions import AccessError

from ..fields import NullableFloat


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    kpi_tz = fields.Selection(related="company_id.kpi_tz", readonly=False)
    kpi_fiscal_month = fields.Selection(
        related="company_id.kpi_fiscal_month", readonly=False
    )
    kpi_on_track_ratio = fields.Float(
        related="company_id.kpi_on_track_ratio", readonly=False
    )
    kpi_at_risk_ratio = fields.Float(
        related="company_id.kpi_at_risk_ratio", readonly=False
    )
    kpi_small_target = NullableFloat(
        related="company_id.kpi_small_target", readonly=False
    )
    kpi_refresh_minutes = fields.Integer(
        related="company_id.kpi_refresh_minutes", readonly=False
    )
    kpi_grace_days = fields.Integer(related="company_id.kpi_grace_days", readonly=False)
    kpi_alert_both_at_once = fields.Boolean(
        related="company_id.kpi_alert_both_at_once", readonly=False
    )
    kpi_entry_approval = fields.Boolean(
        related="company_id.kpi_entry_approval", readonly=False
    )
    group_hr_strategy_okr = fields.Boolean(
        "Objectives and Key Results (OKR)",
        implied_group="hr_strategy_kpi.group_hr_strategy_okr",
    )
    group_hr_strategy_share = fields.Boolean(
        "Shared Objectives", implied_group="hr_strategy_kpi.group_hr_strategy_share"
    )
    is_kpi_example_loaded = fields.Boolean(compute="_compute_is_kpi_example_loaded")

    def _compute_is_kpi_example_loaded(self):
        # sudo: whether the example is there is no secret of its records
        loaded = self.env["hr.strategy.kpi.scenario"].sudo()._is_loaded()
        for settings in self:
            settings.is_kpi_example_loaded = loaded

    def action_load_kpi_example(self):
        """Load the example company and tell the log-ins that show it."""
        self._check_may_change_example()
        # as long as it is loaded these are users like any other
        password = secrets.token_urlsafe(9)
        log_ins = self.env["hr.strategy.kpi.scenario"]._load_scenario(
            self.env.company._get_kpi_today(), password=password
        )
        people = [person for person in log_ins if person["password"] == password]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "sticky": True,
                "title": self.env._("The example company is loaded"),
                "message": self.env._(
                    "Log in as %(people)s with the password %(password)s, or reload "
                    "the page and switch to the example company.",
                    people=", ".join(person["login"] for person in people),
                    password=password,
                ),
            },
        }

    def action_unload_kpi_example(self):
        """Remove the example company without a trace."""
        self._check_may_change_example()
        self.env["hr.strategy.kpi.scenario"]._unload_scenario()
        return {"type": "ir.actions.client", "tag": "reload"}

    def _check_may_change_example(self):
        if not self.env.is_system():
            raise AccessError(
                self.env._("Only an administrator loads or removes the example.")
            )
