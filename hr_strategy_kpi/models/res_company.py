from datetime import datetime, time

import pytz

from odoo import api, fields, models

from odoo.addons.base.models.res_partner import _tz_get

from ..fields import NullableFloat, number
from ..tools import periods, scoring


class ResCompany(models.Model):
    _inherit = "res.company"

    kpi_tz = fields.Selection(
        _tz_get,
        "KPI Time Zone",
        help="In which a day begins for KPIs. Empty: the working calendar's.",
    )
    kpi_fiscal_month = fields.Selection(
        "_selection_month", "Fiscal Year Begins In", default="1", required=True
    )
    kpi_on_track_ratio = fields.Float("On Track From", default=0.95, required=True)
    kpi_at_risk_ratio = fields.Float("At Risk From", default=0.80, required=True)
    kpi_small_target = NullableFloat(
        "Judge by Whole Units up to",
        default=5.0,
        help="A target of few units is on track while less than one whole unit is "
        "missing.",
    )
    kpi_refresh_minutes = fields.Integer("Figures Are Fresh for", default=60)
    kpi_grace_days = fields.Integer("Days of Grace before Closing", default=5)
    kpi_alert_both_at_once = fields.Boolean(
        "Alert Person and Manager at Once",
        help="Otherwise an alert that is not critical goes to the person first and to "
        "the manager after a working day.",
    )
    kpi_entry_approval = fields.Boolean("Typed Values Need the Manager's Approval")

    @api.model
    def _selection_month(self):
        return [
            ("1", self.env._("January")),
            ("2", self.env._("February")),
            ("3", self.env._("March")),
            ("4", self.env._("April")),
            ("5", self.env._("May")),
            ("6", self.env._("June")),
            ("7", self.env._("July")),
            ("8", self.env._("August")),
            ("9", self.env._("September")),
            ("10", self.env._("October")),
            ("11", self.env._("November")),
            ("12", self.env._("December")),
        ]

    def _get_kpi_tz(self):
        """Return the name of the zone in which this company's days begin."""
        self.ensure_one()
        return self.kpi_tz or self.resource_calendar_id.tz or "UTC"

    def _get_kpi_today(self, now=None):
        """Return the company's date at a naive UTC datetime, by default now."""
        self.ensure_one()
        now = now or fields.Datetime.now()
        zone = pytz.timezone(self._get_kpi_tz())
        return pytz.utc.localize(now).astimezone(zone).date()

    def _get_kpi_fiscal_start(self):
        """Return the number of the month in which the fiscal year begins."""
        return int(self.kpi_fiscal_month or 1)

    def _get_kpi_thresholds(self, on_track=False, at_risk=False):
        """Return `tools.scoring.Thresholds`, the given NullableFloats winning."""
        self.ensure_one()
        default = scoring.Thresholds()
        on_track, at_risk = number(on_track), number(at_risk)
        small = number(self.kpi_small_target)
        return default._replace(
            on_track=self.kpi_on_track_ratio if on_track is None else on_track,
            at_risk=self.kpi_at_risk_ratio if at_risk is None else at_risk,
            small_target=default.small_target if small is None else small,
        )

    def _get_kpi_working_days(self, date_from, date_to):
        """Return the sorted working days of the company's calendar, holidays out.

        A company without calendar works Monday to Friday.
        """
        self.ensure_one()
        # sudo: everyone's pace is counted in the company's working days
        calendar = self.sudo().resource_calendar_id
        if not calendar or calendar.flexible_hours:
            return periods.weekdays(date_from, date_to)
        zone = pytz.timezone(calendar.tz or "UTC")
        first = zone.localize(datetime.combine(date_from, time.min))
        last = zone.localize(datetime.combine(date_to, time.max))
        domain = [
            ("resource_id", "=", False),
            ("company_id", "in", [self.id, False]),
            ("time_type", "=", "leave"),
        ]
        intervals = calendar._work_intervals_batch(first, last, domain=domain)[False]
        return sorted({start.date() for start, _stop, _meta in intervals})
