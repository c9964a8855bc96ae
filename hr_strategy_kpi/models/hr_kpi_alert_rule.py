from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..fields import NullableFloat, columns, known

SEVERITY = [("info", "Info"), ("warning", "Warning"), ("critical", "Critical")]
STATUS_SEVERITY = {"at_risk": "warning", "off_track": "critical"}


class HrKpiAlertRule(models.Model):
    """When a target deserves attention. One open alert per target and rule."""

    _name = "hr.kpi.alert.rule"
    _description = "KPI Alert Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: all companies.")
    trigger = fields.Selection(
        [
            ("status", "Status gets worse"),
            ("pace", "Pace falls below"),
            ("forecast", "Forecast misses the target by"),
            ("no_progress", "No progress for days"),
            ("threshold", "Value crosses"),
            ("stale", "Source has not answered for days"),
            ("reached", "Target is reached (praise)"),
        ],
        required=True,
        default="status",
    )
    severity = fields.Selection(
        SEVERITY,
        required=True,
        default="warning",
        help="Of a status: at risk is a warning, off track critical.",
    )
    kpi_ids = fields.Many2many("hr.kpi", string="Only These KPIs")
    ratio = fields.Float(
        "Share", default=0.8, help="Of the pace, or of the target for a forecast."
    )
    value = NullableFloat("Crossed Value")
    days = fields.Integer(default=7)
    escalate_days = fields.Integer(
        "Escalate After Days",
        default=5,
        help="Working days without an answer until the next one up is told. 0: never.",
    )

    @api.constrains("trigger", "value", "days", "ratio")
    def _check_numbers(self):
        for rule in self:
            if rule.trigger == "threshold" and not known(rule.value):
                raise ValidationError(
                    self.env._("Rule “%s” needs the value to be crossed.", rule.name)
                )
            if rule.trigger in ("no_progress", "stale") and rule.days < 1:
                raise ValidationError(
                    self.env._("Rule “%s” needs at least one day.", rule.name)
                )
            if rule.trigger in ("pace", "forecast") and not 0 < rule.ratio <= 1:
                raise ValidationError(
                    self.env._(
                        "Rule “%s” needs a share above 0 and up to 100 %%.", rule.name
                    )
                )

    @api.model
    def _get_active(self, company):
        return self.search_fetch(
            [("company_id", "in", [company.id, False])],
            ["trigger", "severity", "kpi_ids", "ratio", "value", "days"],
        )

    def _applies_to(self, target):
        return not self.kpi_ids or target.kpi_id in self.kpi_ids

    def _get_findings(self, targets, today):
        """Return {target: severity or None} of one rule for its targets.

        Dispatches to `_find_<trigger>(targets, today)`; None means all is well. A
        target that is left out cannot be judged now and keeps its alert.
        """
        self.ensure_one()
        mine = targets.filtered(self._applies_to) if self.kpi_ids else targets
        return getattr(self, f"_find_{self.trigger}")(mine, today)

    def _find_status(self, targets, today):
        return {
            target: STATUS_SEVERITY.get(status)
            for target, (status,) in zip(targets, columns(targets, "status"))
            if status and status != "no_data"
        }

    def _find_pace(self, targets, today):
        return {
            target: self.severity if target.pace < self.ratio else None
            for target in targets
            if known(target.pace)
        }

    def _find_forecast(self, targets, today):
        return {
            target: self.severity if self._misses(target) else None
            for target in targets
            if known(target.forecast) and known(target.target)
        }

    def _misses(self, target):
        if target.direction == "lower":
            return target.forecast * self.ratio > target.target
        return target.forecast < target.target * self.ratio

    def _find_no_progress(self, targets, today):
        """A count or sum that has not moved for some days."""
        paced = targets.filtered(lambda t: t.kpi_id._get_status_kind() == "flow")
        since = today - timedelta(days=self.days)
        before = paced._get_values_before(since + timedelta(days=1))
        return {
            target: self.severity
            if target.period_id.date_from <= since
            and known(target.actual)
            and target.actual == before.get(target.id, 0.0)
            and target.status != "exceeded"
            else None
            for target in paced
        }

    def _find_threshold(self, targets, today):
        def crossed(target):
            if target.direction == "lower":
                return target.actual > self.value
            return target.actual < self.value

        return {
            target: self.severity if crossed(target) else None
            for target in targets
            if known(target.actual)
        }

    def _find_stale(self, targets, today):
        """A typed KPI nobody has typed, or a source that fails, for some days."""
        limit = today - timedelta(days=self.days)
        last = self._get_last_told(targets, today)

        def is_stale(target):
            if target.kpi_id.source != "manual":
                measured_at = target.measured_at
                return target.kpi_id.source_state != "ok" and (
                    not measured_at or measured_at.date() <= limit
                )
            # a department or company is told by its people too
            person = target.subject_type == "employee"
            said = last.get((target.kpi_id, target.subject_key if person else None))
            return (said or target.period_id.date_from) <= limit

        return {
            target: self.severity if is_stale(target) else None for target in targets
        }

    @api.model
    def _get_last_told(self, targets, today):
        """Return the day of the last entry: {(kpi, subject key): date}.

        With the key None: of anybody's in the company.
        """
        # sudo: entries are looked at for everyone
        groups = (
            self.env["hr.kpi.entry"]
            .sudo()
            ._read_group(
                [
                    ("kpi_id", "in", targets.kpi_id.ids),
                    ("company_id", "in", targets.company_id.ids),
                    ("date", "<=", today),
                ],
                ["kpi_id", "subject_key"],
                ["date:max"],
            )
        )
        last = {}
        for kpi, key, day in groups:
            last[kpi, key] = day
            last[kpi, None] = max(day, last.get((kpi, None), day))
        return last

    def _find_reached(self, targets, today):
        """Praise: told once when the target is reached, never open."""
        return {}
