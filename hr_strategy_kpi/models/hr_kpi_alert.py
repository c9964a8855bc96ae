from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..fields import NullableFloat, columns
from .hr_kpi_alert_rule import SEVERITY

RANK = {"info": 0, "warning": 1, "critical": 2}
MANY = 5  # more alerts than this for one person in one run make one digest


class HrKpiAlert(models.Model):
    """Opened on an edge, silent while nothing changes, closed by recovery or time."""

    _name = "hr.kpi.alert"
    _description = "KPI Alert"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "state, severity desc, opened_on desc, id desc"
    # nobody but the engine writes an alert: people answer it and comment on it
    _mail_post_access = "read"

    target_id = fields.Many2one(
        "hr.kpi.target", required=True, index=True, ondelete="cascade"
    )
    rule_id = fields.Many2one(
        "hr.kpi.alert.rule", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="target_id.company_id", store=True, index=True)
    kpi_id = fields.Many2one(related="target_id.kpi_id", store=True)
    period_id = fields.Many2one(related="target_id.period_id", store=True)
    subject_name = fields.Char(related="target_id.subject_name")
    status = fields.Selection(related="target_id.status", string="Status Now")
    severity = fields.Selection(SEVERITY, required=True, readonly=True, tracking=True)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("acknowledged", "Acknowledged"),
            ("snoozed", "Snoozed"),
            ("closed", "Closed"),
        ],
        default="open",
        required=True,
        readonly=True,
        tracking=True,
    )
    cause = fields.Char(readonly=True, help="What the figure was when it opened.")
    actual_at_opening = NullableFloat(readonly=True)
    opened_at = fields.Datetime(readonly=True)
    opened_on = fields.Date(readonly=True)
    raised_on = fields.Date(readonly=True, help="When it last got worse.")
    closed_at = fields.Datetime(readonly=True)
    closed_on = fields.Date(readonly=True)
    close_note = fields.Char(readonly=True)
    acknowledged_by_id = fields.Many2one("res.users", readonly=True)
    snoozed_until = fields.Date(readonly=True)
    snooze_reason = fields.Char(readonly=True)
    told_level = fields.Integer(
        readonly=True, help="How many of the chain of responsibles have been told."
    )
    told_on = fields.Date(readonly=True)
    action_ids = fields.One2many("hr.kpi.action", "alert_id", "Corrective Actions")
    action_count = fields.Integer(compute="_compute_action_count")
    is_visible_to_me = fields.Boolean(
        compute="_compute_is_visible_to_me",
        search="_search_is_visible_to_me",
        export_string_translation=False,
    )

    # one open alert per cause
    _open_uniq = models.UniqueIndex("(target_id, rule_id) WHERE state <> 'closed'")

    @api.depends("target_id", "severity")
    def _compute_display_name(self):
        labels = dict(self._fields["severity"]._description_selection(self.env))
        for alert in self:
            label = labels.get(alert.severity, "")
            # sudo: the name of a target one is alerted about
            alert.display_name = f"{label}: {alert.sudo().target_id.display_name}"

    @api.depends("action_ids")
    def _compute_action_count(self):
        for alert in self:
            alert.action_count = len(alert.action_ids)

    @api.depends_context("uid")
    def _compute_is_visible_to_me(self):
        visible = self.filtered_domain(self._get_visible_domain())
        for alert in self:
            alert.is_visible_to_me = alert in visible

    def _search_is_visible_to_me(self, operator, value):
        return self.env["hr.kpi.target"]._answer(
            operator, value, self._get_visible_domain
        )

    @api.model
    def _get_visible_domain(self):
        """Return the Domain of alerts on what the reader answers for.

        Their own targets and those below them, or of a KPI they own: not every total
        one may look at is one's alert.
        """
        if not self.env.user._is_internal():
            return Domain.FALSE
        targets = self.env["hr.kpi.target"]
        mine = targets._get_own_domain() | targets._get_managed_domain()
        return Domain("target_id", "any!", mine) | Domain(
            "kpi_id.owner_id", "=", self.env.uid
        )

    # ---------------------------------------------------------------- the edge

    @api.model
    def _open(self, findings, today):
        """Open, raise and close alerts: {rule: {target: severity or None}}.

        Returns (opened, raised, recovered).
        """
        by_cause = self._get_open(findings)
        opened, raised, recovered = [], self.browse(), self.browse()
        for rule, found in findings.items():
            for target, severity in found.items():
                alert = by_cause.get((rule.id, target.id))
                if severity and not alert:
                    opened.append(self._prepare(rule, target, severity, today))
                elif alert and not severity:
                    recovered += alert
                elif alert and RANK[severity] > RANK[alert.severity]:
                    alert._raise(severity, today)
                    raised += alert
        made = self.with_context(mail_create_nosubscribe=True).create(opened)
        recovered._close(today, self.env._("The figure has recovered."))
        return made, raised, recovered

    @api.model
    def _get_open(self, findings):
        """Return the open alerts about some findings: {(rule id, target id): alert}."""
        names = ("rule_id", "target_id")
        targets = {target.id for found in findings.values() for target in found}
        alerts = self.search_fetch(
            [
                ("rule_id", "in", [rule.id for rule in findings]),
                ("target_id", "in", list(targets)),
                ("state", "!=", "closed"),
            ],
            [*names, "severity"],
        )
        return dict(zip(columns(alerts, *names), alerts))

    @api.model
    def _prepare(self, rule, target, severity, today):
        return {
            "rule_id": rule.id,
            "target_id": target.id,
            "severity": severity,
            "cause": self._describe(target),
            "actual_at_opening": target.actual,
            "opened_at": fields.Datetime.now(),
            "opened_on": today,
            "raised_on": today,
        }

    @api.model
    def _describe(self, target):
        """Return the figure beside what was wanted, for the subject of a message."""
        return self.env._(
            "%(actual)s of %(target)s",
            actual=target._format_value(target.actual),
            target=target._format_value(target.target),
        )

    def _raise(self, severity, today):
        """Get worse once; an answer given to the milder alert no longer counts."""
        self.write(
            {
                "severity": severity,
                "raised_on": today,
                "state": "open",
                "told_level": 0,
                "cause": self._describe(self.target_id),
            }
        )

    def _close(self, today, note):
        if not self:
            return
        self.write(
            {
                "state": "closed",
                "closed_at": fields.Datetime.now(),
                "closed_on": today,
                "close_note": note,
            }
        )
        self.activity_unlink(["hr_strategy_kpi.mail_activity_type_alert"])
        self.activity_unlink(["mail.mail_activity_data_todo"])

    # ------------------------------------------------------------ telling people

    def _tell(self, today):
        """Tell the next in the chain whose turn it is.

        The person first and the manager after a working day, both at once when it is
        critical or the company wants it so; the next one up when nobody answered for
        the rule's days. Work under way (an open action), an acknowledgement or a
        snooze keeps it silent.
        """
        waiting = self.filtered(lambda alert: alert._is_unanswered(today))
        # sudo: the chart decides who is told, not the reader's rights
        chains = waiting.sudo().target_id._get_responsibles(today)
        news = {}
        for alert in waiting.sudo():
            chain = chains[alert.target_id]
            level = min(alert._get_due_level(today), len(chain))
            for responsible in chain[alert.told_level : level]:
                known_alerts = news.setdefault(responsible.key, (responsible, []))
                known_alerts[1].append(alert)
            if level > alert.told_level:
                alert.write({"told_level": level, "told_on": today})
        # mails wait for the queue: sending hundreds would hold up the reading
        queued = self.with_context(mail_notify_force_send=False)
        for responsible, alerts in news.values():
            mine = queued.browse(alert.id for alert in alerts)
            mine.with_prefetch(self.ids)._notify(responsible, today)
        if news:
            self._send_queued()

    @api.model
    def _send_queued(self):
        """Have the mails sent as soon as this transaction is over."""
        # sudo: the queue is the system's
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _is_unanswered(self, today):
        if self.state == "snoozed":
            return bool(self.snoozed_until and self.snoozed_until < today)
        if self.state != "open":
            return False
        return not self.action_ids.filtered(lambda action: action.state == "open")

    def _get_due_level(self, today):
        """Return how many of the chain should know by now."""
        if not self.told_level:
            both = self.company_id.kpi_alert_both_at_once
            return 2 if both or self.severity == "critical" else 1
        waited = self._get_working_days_since(self.told_on, today)
        if self.told_level == 1 and waited >= 1:
            return 2
        days = self.rule_id.escalate_days
        if days and self.told_level >= 2 and waited >= days:
            return self.told_level + 1
        return self.told_level

    def _get_working_days_since(self, day, today):
        days = self.company_id._get_kpi_working_days(day + timedelta(days=1), today)
        return len(days)

    def _notify(self, responsible, today):
        """Reach one person about all their news, on every channel there is.

        Channels are methods `_notify_<channel>(alerts)`; they receive the person in
        the context key `kpi_responsible`.
        """
        alerts = self.with_context(kpi_responsible=responsible)
        for channel in self._get_channels():
            getattr(alerts, f"_notify_{channel}")(alerts)

    @api.model
    def _get_channels(self):
        """Return the names of the channels alerts go out on; bridges add theirs."""
        return ["activity", "mail"]

    def _notify_activity(self, alerts):
        """Leave an activity on each alert, quietly: the list is the message."""
        user = self.env.context["kpi_responsible"].user
        if not user:
            return
        done = alerts.activity_ids.filtered(lambda a: a.user_id == user).mapped(
            "res_id"
        )
        quiet = alerts.with_context(mail_activity_quick_update=True)
        quiet.filtered(lambda alert: alert.id not in done).activity_schedule(
            "hr_strategy_kpi.mail_activity_type_alert", user_id=user.id
        )

    def _notify_mail(self, alerts):
        """One message per person: the alert, or a digest when there are many.

        People without a login are written to at their work address.
        """
        responsible = self.env.context["kpi_responsible"]
        user = responsible.user
        lang = user.lang or self.env.lang
        alerts = alerts.with_context(lang=lang)
        body = Markup("<ul>%s</ul>") % Markup().join(
            Markup("<li><b>%s</b>: %s</li>") % (alert.display_name, alert.cause or "")
            for alert in alerts[: MANY * 4]
        )
        if len(alerts) == 1:
            subject = alerts.display_name
        else:
            subject = alerts.env._("%s KPI alerts for you", len(alerts))
        if user:
            thread = alerts[:1] if len(alerts) == 1 else self.env["mail.thread"]
            thread.message_notify(
                partner_ids=user.partner_id.ids,
                subject=subject,
                body=body,
                email_layout_xmlid="mail.mail_notification_light",
            )
        elif responsible.email:
            # sudo: mail to people without a login is sent by the system
            self.env["mail.mail"].sudo().create(
                {"subject": subject, "body_html": body, "email_to": responsible.email}
            )

    # ------------------------------------------------------------------ answers

    def action_acknowledge(self):
        self._answer_with({"state": "acknowledged", "acknowledged_by_id": self.env.uid})

    def action_snooze(self, until, reason):
        """Keep silent until a day, with a reason that stays visible."""
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the alert should wait."))
        until = fields.Date.to_date(until)
        if not until or until <= self.env.company._get_kpi_today():
            raise UserError(self.env._("Choose a day to come."))
        self._answer_with(
            {"state": "snoozed", "snoozed_until": until, "snooze_reason": reason}
        )

    def _answer_with(self, vals):
        self.check_access("read")
        if self.filtered(lambda alert: alert.state == "closed"):
            raise UserError(self.env._("This alert is closed already."))
        # sudo: only these answers change an alert, for whoever may see it
        self.sudo().write(vals)
        self.activity_feedback(
            ["hr_strategy_kpi.mail_activity_type_alert"], user_id=self.env.uid
        )

    def action_open_action(self):
        """Open a new corrective action with the alert filled in."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Corrective Action"),
            "res_model": "hr.kpi.action",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_alert_id": self.id,
                "default_target_id": self.target_id.id,
            },
        }

    def action_open_snooze(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Snooze"),
            "res_model": "hr.kpi.alert.snooze",
            "view_mode": "form",
            "target": "new",
            "context": {"default_alert_ids": self.ids},
        }

    # --------------------------------------------------------------------- cron

    @api.model
    def _cron_follow_up(self):
        """Daily: wake the snoozed, tell managers, escalate what nobody answered."""
        for company in self.env["res.company"].search([("active", "=", True)]):
            today = company._get_kpi_today()
            alerts = self.search(
                [("company_id", "=", company.id), ("state", "in", ("open", "snoozed"))]
            )
            woken = alerts.filtered(
                lambda a, today=today: a.state == "snoozed" and a.snoozed_until < today
            )
            # whoever put it off is reminded first, and then has the rule's days
            woken.write({"state": "open", "told_level": 0})
            alerts._tell(today)
