from odoo import api, fields, models

from ..fields import columns


class HrKpiTarget(models.Model):
    """Alerts and praise on a target."""

    _inherit = "hr.kpi.target"

    praised_on = fields.Date(readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        targets = super().create(vals_list)
        targets._take_over_actions()
        return targets

    def _take_over_actions(self):
        """Go on with what is still being done about the figures of closed periods."""
        # sudo: an action moves on, whoever owns it
        actions = self.env["hr.kpi.action"].sudo()
        actions.search(
            [
                ("state", "=", "open"),
                ("target_id.is_locked", "=", True),
                ("target_id.kpi_id", "in", self.kpi_id.ids),
                ("target_id.subject_key", "in", self.mapped("subject_key")),
            ]
        )._carry_over()

    def _evaluate_alerts(self, today, failed=()):
        """Turn what was just read into alerts and praise.

        failed: ids of the KPIs that could not be read, which only a rule about silent
        sources may judge. Targets without a goal, or of helpers, alarm nobody.
        """
        if not self or self.env.context.get("kpi_no_alerts"):
            return
        self._fetch_what_is_read()
        read = self._of(self.kpi_id.filtered(lambda kpi: kpi.id not in failed))
        alerts = self.env["hr.kpi.alert"]
        rules = self.env["hr.kpi.alert.rule"]._get_active(self[0].company_id)
        findings = {
            rule: rule._get_findings(self if rule.trigger == "stale" else read, today)
            for rule in rules
        }
        opened, raised, _recovered = alerts._open(findings, today)
        (opened | raised)._tell(today)
        praise = rules.filtered(lambda rule: rule.trigger == "reached")
        if praise:
            reached = read._get_newly_reached()
            reached.filtered(praise[:1]._applies_to)._praise(today)

    def _get_newly_reached(self):
        """Return the targets that have just been reached for the first time."""
        names = ("attainment", "praised_on")
        reached = [
            target_id
            for target_id, (attainment, on) in zip(self.ids, columns(self, *names))
            if not on and attainment is not None and attainment >= 1.0
        ]
        return self.browse(reached).filtered(lambda target: target._is_reached())

    def _is_reached(self):
        """Whether what has been attained in full says that the target is reached."""
        kpi = self.kpi_id
        if kpi.direction == "lower" and kpi._get_status_kind() == "flow":
            # staying below a limit is reached at the period's end only
            return self.status == "exceeded"
        return self.status in ("on_track", "exceeded")

    def _praise(self, today):
        """Tell those who answer for reached targets, once."""
        if not self:
            return
        self.write({"praised_on": today})
        # mails wait for the queue: sending hundreds would hold up the reading
        queued = self.with_context(mail_notify_force_send=False)
        # sudo: the chart decides who is told
        for target, chain in queued.sudo()._get_responsibles(today).items():
            target._send_praise(chain[:2])
        self.env["hr.kpi.alert"]._send_queued()
        self._message_log_batch(
            {
                target.id: self.env._(
                    "Target reached on %(date)s: %(actual)s of %(target)s.",
                    date=today,
                    actual=target._format_value(target.actual),
                    target=target._format_value(target.target),
                )
                for target in self
            }
        )

    def _send_praise(self, people):
        """Write to people, to those without a login at their work address."""
        subject = self.env._("Target reached: %s", self.display_name)
        body = self.env._(
            "%(actual)s of %(target)s: well done!",
            actual=self._format_value(self.actual),
            target=self._format_value(self.target),
        )
        users = [person.user for person in people if person.user]
        self.message_notify(
            partner_ids=[user.partner_id.id for user in users],
            subject=subject,
            body=body,
        )
        for person in people:
            if not person.user and person.email:
                # sudo: mail to people without a login is sent by the system
                self.env["mail.mail"].sudo().create(
                    {"subject": subject, "body_html": body, "email_to": person.email}
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
