from odoo import fields, models

from ..fields import known


class HrKpiTarget(models.Model):
    """Alerts and praise on a target."""

    _inherit = "hr.kpi.target"

    praised_on = fields.Date(readonly=True, copy=False)

    def _evaluate_alerts(self, before, today):
        """Turn what was just read into alerts and praise.

        before: {target id: status before this reading}. Targets without a goal, or of
        helpers, alarm nobody.
        """
        if not self or self.env.context.get("kpi_no_alerts"):
            return
        alerts = self.env["hr.kpi.alert"]
        rules = self.env["hr.kpi.alert.rule"]._get_active(self[0].company_id)
        findings = {
            (rule, target): severity
            for rule in rules
            for target, severity in rule._get_findings(self, today).items()
        }
        opened, raised, _recovered = alerts._open(findings, today)
        (opened | raised)._tell(today)
        praise = rules.filtered(lambda rule: rule.trigger == "reached")
        if praise:
            self.filtered(
                lambda target: target._is_newly_reached(before)
                and praise[:1]._applies_to(target)
            )._praise(today)

    def _is_newly_reached(self, before):
        """Whether the target has just been reached for the first time."""
        if not known(self.attainment) or self.praised_on:
            return False
        if self.direction == "lower" and self.kpi_id._get_status_kind() == "flow":
            # staying below a limit is reached at the period's end only
            return self.status == "exceeded"
        return self.attainment >= 1.0 and self.status in ("on_track", "exceeded")

    def _praise(self, today):
        """Tell those who answer for a reached target, once."""
        # sudo: the chart decides who is told
        chains = self.sudo()._get_responsibles(today)
        for target, chain in chains.items():
            target.praised_on = today
            partners = [r.user.partner_id.id for r in chain[:2] if r.user]
            target.message_notify(
                partner_ids=partners,
                subject=self.env._("Target reached: %s", target.display_name),
                body=self.env._(
                    "%(actual)s of %(target)s: well done!",
                    actual=target._format_value(target.actual),
                    target=target._format_value(target.target),
                ),
            )
            target.message_post(
                body=self.env._(
                    "Target reached on %(date)s: %(actual)s of %(target)s.",
                    date=today,
                    actual=target._format_value(target.actual),
                    target=target._format_value(target.target),
                )
            )

    def _close_alerts(self, today, note):
        """Close what is open on these targets; carry actions to the next period."""
        alerts = self.env["hr.kpi.alert"].search(
            [("target_id", "in", self.ids), ("state", "!=", "closed")]
        )
        alerts._close(today, note)
        actions = self.env["hr.kpi.action"].search(
            [("target_id", "in", self.ids), ("state", "=", "open")]
        )
        actions._carry_over()
