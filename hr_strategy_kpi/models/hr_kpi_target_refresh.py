import logging
from datetime import timedelta
from typing import NamedTuple

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import measuring
from ..fields import columns, known
from ..measuring import MeasureRequest
from ..tools import forecast, marks, periods, scoring
from ..tools import status as statuses
from ..tools.marks import Marks
from .hr_kpi_measurement import ENGINE
from .hr_kpi_target import MARKS

_logger = logging.getLogger(__name__)

CHUNK = 50  # KPIs of one company and period that are read in one transaction
TRIES = 3
TOLERANCE = 1e-9
# what collecting needs to know of a target
COLLECTED = (
    *MARKS,
    "kpi_id",
    "period_id",
    "company_id",
    "subject_key",
    "subject_type",
    "actual",
    "attainment",
    "status",
    "praised_on",
)


class Yardstick(NamedTuple):
    """How the readings of one KPI are judged on a day: `tools.status` explains."""

    kind: str
    direction: str
    thresholds: scoring.Thresholds
    whole: bool  # it counts whole units
    gone: int
    total: int


class HrKpiTarget(models.Model):
    """Collecting: ask the sources, judge the readings, write what changed."""

    _inherit = "hr.kpi.target"

    def action_refresh(self):
        """Read the source now. Anyone who may see a figure may ask for it."""
        self.check_access("read")
        # sudo: the engine reads sources and writes figures for everyone
        targets = self.sudo().filtered(lambda target: not target.is_locked)
        if not targets:
            raise UserError(
                self.env._("These targets are locked, because their period is closed.")
            )
        changed = targets._refresh()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(read)s figures read, %(changed)s changed.",
                    read=len(targets),
                    changed=len(changed),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _refresh(self, as_of=None):
        """Read all targets of `self` as of the end of a day, by default today.

        Returns the targets whose figures changed.
        """
        changed = self.browse()
        for targets in self._get_chunks():
            changed |= targets._collect(as_of)
        return changed

    def _get_chunks(self):
        """Split into what is read in one transaction: KPIs of one company and period.

        KPIs that read the same model stay together, so that one statement serves them.
        What was archived with its app keeps its last figures.
        """
        self._fetch_what_is_read()
        chunks = []
        readable = self._of(self.kpi_id.filtered(lambda kpi: not kpi.archive_reason))
        for of_company in readable._split("company_id").values():
            for targets in of_company._split("period_id").values():
                kpis = targets.kpi_id.sorted(
                    lambda k: (k.source, k.model_name or "", k.id)
                )
                for start in range(0, len(kpis), CHUNK):
                    chunks.append(targets._of(kpis[start : start + CHUNK]))
        return chunks

    def _fetch_what_is_read(self):
        """Fetch what collecting needs of targets, in one query for all of them."""
        self.fetch(COLLECTED)

    def _split(self, name):
        """Group by a required many2one; where all have the same, without looking."""
        values = self[name]
        return {values: self} if len(values) == 1 else self.grouped(name)

    def _of(self, kpis):
        """Return the targets of some KPIs."""
        if self.kpi_id <= kpis:
            return self
        return self.filtered(lambda target: target.kpi_id in kpis)

    def _collect(self, as_of=None):
        """Lock, ask, judge, write, alert: one company, one period."""
        company, period = self[:1].company_id, self[:1].period_id
        today = as_of or company._get_kpi_today()
        if today < period.date_from or period.state == "closed":
            return self.browse()
        self.env.flush_all()
        self._fetch_what_is_read()
        measured_at = self.env.cr.now()
        collections = self.env["hr.kpi.collection"]._lock(
            self.kpi_id.ids, period.id, company.id
        )
        targets = self._of(collections.kpi_id)
        window = period._get_window(today)
        request = targets._prepare_request(company, (window,), today)
        readings = targets.kpi_id._measure(request)
        rows = targets._judge(readings, window, today)
        changed = self.env["hr.kpi.measurement"]._upsert_readings(rows)
        collections._record(request.errors, measured_at)
        targets._evaluate_alerts(today, request.errors)
        return changed

    def _prepare_request(self, company, windows, today, subjects=None):
        """Return the question about these targets, or about other subject keys."""
        if subjects is None:
            subjects = (key for (key,) in columns(self, "subject_key"))
        return MeasureRequest(
            company_id=company.id,
            windows=tuple(windows),
            subjects=frozenset(subjects),
            tz=company._get_kpi_tz(),
            today=max(today, max(window.until for window in windows)),
            fiscal_start=company._get_kpi_fiscal_start(),
        )

    def _judge(self, readings, window, today, is_latest=True, days=None):
        """Return a row for the write door per target whose KPI was read.

        days: the working days of the period, for who asks about many of its windows
        """
        if not self:
            return []
        company = self[0].company_id
        span = window.span
        if days is None:
            days = company._get_kpi_working_days(span.date_from, span.date_to)
        gone, total = periods.elapsed(days, span.date_from, span.date_to, today)
        if window.is_over:
            gone = total
        judged_by = {
            kpi.id: Yardstick(
                kpi._get_status_kind(),
                kpi.direction,
                kpi._get_thresholds(company),
                kpi._counts_whole_units(),
                gone,
                total,
            )
            for kpi in self.kpi_id
            if kpi.id in readings
        }
        rows = []
        names = ("kpi_id", "subject_key", "subject_type", "actual", *MARKS)
        for target_id, values in zip(self.ids, columns(self, *names)):
            kpi_id, key, subject_type, actual, *wanted = values
            if kpi_id not in judged_by:
                continue
            found = readings[kpi_id][window]
            reading = found[key]
            if not self._is_readable(reading, actual, is_latest):
                continue
            by = judged_by[kpi_id]
            row = self._judge_reading(reading, Marks._make(wanted), by)
            row.update(id=target_id, date=window.until, is_latest=is_latest)
            if subject_type == "company":
                row["unassigned"] = found[measuring.UNASSIGNED].value
            rows.append(row)
        return rows

    @api.model
    def _is_readable(self, reading, actual, is_latest):
        """Whether a reading may replace what is known.

        A state whose past is not recorded keeps what was read when it was the present;
        a day without a measurement says so.
        """
        if reading.state != measuring.NO_HISTORY:
            return True
        return not is_latest or actual is None

    @api.model
    def _judge_reading(self, reading, wanted, by):
        """Return the READ_COLUMNS: what was read and what it means beside the marks."""
        value, is_flow = reading.value, by.kind == "flow"
        return {
            "actual": value,
            "numerator": reading.numerator,
            "denominator": reading.denominator,
            "reading_state": reading.state,
            "unassigned": None,
            "attainment": marks.attainment(value, wanted, by.direction),
            "score": scoring.score(value, wanted, by.direction, by.thresholds),
            "pace": self._get_pace(reading, wanted, by),
            "forecast": forecast.run_rate(value, by.gone, by.total)
            if is_flow
            else value,
            "status": statuses.status(
                reading[:3],
                wanted,
                by.direction,
                by.thresholds,
                by.kind,
                by.gone,
                by.total,
                whole=by.whole if is_flow else None,
            ),
        }

    @api.model
    def _get_pace(self, reading, wanted, by):
        if reading.value is None or wanted.target is None:
            return None
        actual, due = reading.value, wanted.target
        if by.kind == "fills":
            if not reading.denominator:
                return None
            actual, due = reading.numerator, wanted.target * reading.denominator
        elif by.kind != "flow":
            return None
        return statuses.pace(actual, due, by.gone, by.total, by.direction)

    # ------------------------------------------------------------------- past

    def action_backfill(self):
        """Read the past days of these targets' periods."""
        self.check_access("write")
        # sudo: the engine writes measurements for everyone
        self.sudo()._backfill()
        return True

    def _backfill(self, today=None):
        """Rebuild the measurements of the days gone by, one question per period.

        Open periods get every working day, finished ones a day a week and the last.
        """
        for targets in self._get_chunks():
            company, period = targets[0].company_id, targets[0].period_id
            day = today or company._get_kpi_today()
            if day < period.date_from:
                continue
            days = company._get_kpi_working_days(period.date_from, period.date_to)
            windows = targets._get_past_windows(days, day)
            request = targets._prepare_request(company, windows, day)
            readings = targets.kpi_id._measure(request)
            rows = [
                row
                for window in windows
                for row in targets._judge(readings, window, window.until, False, days)
            ]
            self.env["hr.kpi.measurement"]._upsert_readings(rows)
            if not targets[0].is_locked:
                targets._collect(day)

    def _get_past_windows(self, days, today):
        """Return the windows of the working days gone, and of the last day."""
        period = self.period_id
        last = min(today, period.date_to)
        gone = [day for day in days if day <= last]
        if today > period.date_to:
            gone = [day for day in gone if day.weekday() == 4]
        return [period._get_window(day) for day in sorted({*gone, last})]

    # ---------------------------------------------------------------- closing

    def _freeze(self):
        """Keep thresholds and figures as they are; marks can no longer change."""
        for target in self.with_context(kpi_engine=ENGINE):
            thresholds = target.kpi_id._get_thresholds(target.company_id)
            target.write(
                {
                    "is_locked": True,
                    "on_track_ratio": thresholds.on_track,
                    "at_risk_ratio": thresholds.at_risk,
                }
            )

    def _unfreeze(self):
        self.with_context(kpi_engine=ENGINE).write(
            {
                "is_locked": False,
                "on_track_ratio": False,
                "at_risk_ratio": False,
                "restated_actual": False,
                "restated_reason": False,
            }
        )

    def _restate(self):
        """Compare closed figures with what the source says now; show a difference.

        The frozen figure stays; appraisals keep it until a person accepts the other.
        """
        for targets in self._get_chunks():
            company, period = targets[0].company_id, targets[0].period_id
            window = period._get_window(period.date_to)
            request = targets._prepare_request(company, (window,), period.date_to)
            readings = targets.kpi_id._measure(request)
            for target in targets:
                if found := readings.get(target.kpi_id.id):
                    target._compare(found[window][target.subject_key])

    def _compare(self, reading):
        self.ensure_one()
        if reading.value is None and reading.state == measuring.NO_HISTORY:
            return
        was = self.actual if known(self.actual) else None
        now = reading.value
        same = was is now or (
            None not in (was, now)
            and abs(was - now) <= TOLERANCE * max(1.0, abs(was), abs(now))
        )
        if same:
            if known(self.restated_actual) or self.restated_reason:
                self.write({"restated_actual": False, "restated_reason": False})
            return
        self.write(
            {
                "restated_actual": now if now is not None else False,
                "restated_reason": self.env._(
                    "Records of the period were added or changed after it was closed."
                ),
            }
        )

    # ------------------------------------------------------------------- cron

    @api.model
    def _cron_refresh(self):
        """Read what is stale, oldest first; a crash loses only the chunk under way."""
        todo = self._get_stale_chunks()
        self.env["ir.cron"]._commit_progress(remaining=len(todo))
        failure = None
        for targets in todo:
            try:
                targets._collect_retrying()
            except Exception as error:
                self.env.cr.rollback()
                _logger.exception("KPI figures could not be refreshed")
                failure = error
            if not self.env["ir.cron"]._commit_progress(1):
                break
        if failure is not None:
            # marks the job as failed; the other chunks have been read
            raise failure

    @api.model
    def _get_stale_chunks(self):
        now = self.env.cr.now()
        due = self.env["hr.kpi.collection"].search(
            [
                ("period_id.state", "!=", "closed"),
                ("period_id.date_from", "<=", now.date() + timedelta(days=1)),
                "|",
                ("stale_at", "=", False),
                ("stale_at", "<=", now),
            ],
            order="measured_at NULLS FIRST, id",
        )
        chunks = []
        by_unit = due.grouped(lambda row: (row.company_id.id, row.period_id.id))
        for (company_id, period_id), rows in by_unit.items():
            targets = self.search(
                [
                    ("company_id", "=", company_id),
                    ("period_id", "=", period_id),
                    ("kpi_id", "in", rows.kpi_id.ids),
                    ("kpi_id.active", "=", True),
                ]
            )
            chunks += targets._get_chunks()
        return chunks

    def _collect_retrying(self):
        """Collect; start over if somebody changed the same rows meanwhile."""
        for attempt in range(TRIES):
            try:
                self._collect()
                self.env.flush_all()
                return
            except SerializationFailure:
                self.env.cr.rollback()
                self.env.invalidate_all(flush=False)
                if attempt + 1 == TRIES:
                    raise

    @api.model
    def _cron_restate(self):
        """Nightly: look for records that came late into closed periods of a year."""
        since = fields.Date.subtract(self.env.company._get_kpi_today(), years=1)
        targets = self.search(
            [("is_locked", "=", True), ("period_id.date_to", ">=", since)]
        )
        chunks = targets._get_chunks()
        self.env["ir.cron"]._commit_progress(remaining=len(chunks))
        for chunk in chunks:
            chunk._restate()
            if not self.env["ir.cron"]._commit_progress(1):
                break
