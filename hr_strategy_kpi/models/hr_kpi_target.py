from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..fields import NullableFloat, known, number
from ..measuring import Subject
from ..tools.marks import Marks
from ..tools.periods import week_of
from .hr_kpi_measurement import ENGINE, READ_COLUMNS

MARKS = Marks._fields
FROZEN = (*MARKS, "kpi_id", "period_id", "company_id", "subject_key", "parent_id")
# whose figure it is and what was said of it follows from other facts
IDENTITY = {
    "subject_type",
    "subject_key",
    "subject_name",
    "restated_actual",
    "restated_reason",
    "praised_on",
}


class HrKpiTarget(models.Model):
    """KPI x subject x period: what is wanted of whom, and what was read of it.

    A number tracked without a goal is a target with empty marks. The figures are the
    engine's; see `hr_kpi_target_refresh`.
    """

    _name = "hr.kpi.target"
    _description = "KPI Target"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "period_id, kpi_id, sequence, subject_key"
    _check_company_auto = True
    _rec_names_search = ["kpi_id.name", "kpi_id.code", "subject_name"]
    # whoever sees a figure may comment on it
    _mail_post_access = "read"

    sequence = fields.Integer(default=10)
    kpi_id = fields.Many2one(
        "hr.kpi",
        "KPI",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        domain=[("is_component", "=", False)],
        check_company=True,
    )
    period_id = fields.Many2one(
        "hr.kpi.period",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        domain=[("kind", "!=", "week")],
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )

    # whose number it is; the key and the name outlive the record they were made from
    subject_type = fields.Selection(
        "_selection_subject_type",
        compute="_compute_subject",
        store=True,
        precompute=True,
        string="Level",
    )
    subject_key = fields.Char(
        compute="_compute_subject",
        store=True,
        precompute=True,
        export_string_translation=False,
    )
    subject_name = fields.Char(
        "Whose", compute="_compute_subject", store=True, precompute=True
    )
    department_id = fields.Many2one(
        "hr.department", index=True, tracking=True, check_company=True
    )
    employee_id = fields.Many2one(
        "hr.employee", index=True, tracking=True, check_company=True
    )

    # the marks
    red_flag = NullableFloat(tracking=True)
    baseline = NullableFloat(tracking=True)
    target = NullableFloat("Target Value", tracking=True)
    stretch = NullableFloat(tracking=True)
    target_low = NullableFloat("Lower Bound", tracking=True)
    target_high = NullableFloat("Upper Bound", tracking=True)
    is_locked = fields.Boolean(readonly=True, copy=False)
    on_track_ratio = NullableFloat("On Track From", readonly=True, copy=False)
    at_risk_ratio = NullableFloat("At Risk From", readonly=True, copy=False)

    # the figures, as last read
    actual = NullableFloat(readonly=True, copy=False, aggregator="avg")
    numerator = NullableFloat(readonly=True, copy=False)
    denominator = NullableFloat(readonly=True, copy=False)
    unassigned = NullableFloat(
        readonly=True, copy=False, help="What belongs to nobody, within the company's."
    )
    reading_state = fields.Char(readonly=True, copy=False)
    attainment = NullableFloat(readonly=True, copy=False, aggregator="avg")
    score = NullableFloat(readonly=True, copy=False, aggregator="avg")
    pace = NullableFloat(readonly=True, copy=False, aggregator="avg")
    forecast = NullableFloat(readonly=True, copy=False)
    status = fields.Selection(
        [
            ("exceeded", "Exceeded"),
            ("on_track", "On Track"),
            ("at_risk", "At Risk"),
            ("off_track", "Off Track"),
            ("no_data", "No Data"),
        ],
        readonly=True,
        copy=False,
        help="Empty for a number that is tracked without a goal.",
    )
    restated_actual = NullableFloat(readonly=True, copy=False, tracking=True)
    restated_reason = fields.Char(readonly=True, copy=False)

    measured_at = fields.Datetime(compute="_compute_freshness")
    is_stale = fields.Boolean(compute="_compute_freshness", search="_search_is_stale")
    stale_reason = fields.Char(compute="_compute_freshness")
    week_actual = NullableFloat("This Week", compute="_compute_week")
    week_needed = NullableFloat("Needed This Week", compute="_compute_week")
    spark = fields.Json(compute="_compute_spark", export_string_translation=False)

    # for views
    unit = fields.Selection(related="kpi_id.unit")
    direction = fields.Selection(related="kpi_id.direction")
    source = fields.Selection(related="kpi_id.source")
    aggregate = fields.Selection(related="kpi_id.aggregate")
    period_state = fields.Selection(related="period_id.state", string="Period State")
    measurement_ids = fields.One2many("hr.kpi.measurement", "target_id")
    alert_ids = fields.One2many("hr.kpi.alert", "target_id")
    action_ids = fields.One2many("hr.kpi.action", "target_id")
    open_alert_count = fields.Integer(compute="_compute_open_alert_count")

    # it serves searches by KPI too
    _subject_uniq = models.UniqueIndex(
        "(kpi_id, period_id, company_id, subject_key)",
        "This KPI has a target for the same subject and period already.",
    )

    @api.model
    def _selection_subject_type(self):
        types = self.env["hr.kpi"]._get_subject_types()
        return [(kind, spec["label"]) for kind, spec in types.items()]

    @api.model
    def _get_subject_fields(self):
        """Return {type: field of the subject}, the most particular type last."""
        types = self.env["hr.kpi"]._get_subject_types()
        return {kind: spec["field"] for kind, spec in types.items()}

    @api.depends(lambda self: [*self._get_subject_fields().values()])
    def _compute_subject(self):
        """Name the subject once; a subject that vanishes later keeps its name."""
        fields_by_type = self._get_subject_fields()
        for target in self:
            kinds = [kind for kind, name in fields_by_type.items() if target[name]]
            kind = kinds[-1] if kinds else "company"
            if target._origin.subject_key and kind != target._origin.subject_type:
                # the subject's record is gone, or its app: the identity stays
                target.subject_type = target._origin.subject_type
                target.subject_key = target._origin.subject_key
                target.subject_name = target._origin.subject_name
                continue
            record = target[fields_by_type[kind]]
            target.subject_type = kind
            target.subject_key = Subject(kind, record.id).key
            # sudo: whoever may see the target may see whose it is
            target.subject_name = record.sudo().name

    @api.depends("kpi_id.name", "subject_name", "period_id.name")
    def _compute_display_name(self):
        for target in self:
            parts = [
                target.kpi_id.name,
                target.subject_name,
                target.period_id.display_name,
            ]
            target.display_name = " · ".join(part for part in parts if part)

    @api.depends("actual", "reading_state")
    @api.depends_context("uid")
    def _compute_freshness(self):
        # sudo: freshness is a fact of the KPI, shown with any figure one may see
        collections = self.env["hr.kpi.collection"].sudo()
        rows = collections.search_fetch(
            [
                ("kpi_id", "in", self.kpi_id.ids),
                ("period_id", "in", self.period_id.ids),
            ],
            ["kpi_id", "period_id", "company_id", "measured_at", "stale_at", "error"],
        )
        by_unit = {(row.kpi_id, row.period_id, row.company_id): row for row in rows}
        now = fields.Datetime.now()
        for target in self:
            kpi = target.kpi_id.sudo()
            row = by_unit.get((kpi, target.period_id.sudo(), target.company_id.sudo()))
            target.measured_at = row and row.measured_at
            fresh = row and row.stale_at and row.stale_at > now and not row.error
            # a target made after its KPI was read waits for the next reading
            was_read = known(target.actual) or target.reading_state
            target.is_stale = not (target.is_locked or (fresh and was_read))
            target.stale_reason = target.is_stale and target._get_stale_reason(row)

    def _get_stale_reason(self, row):
        # sudo: whether a source answers is shown with any figure one may see
        if self.kpi_id.sudo().source_state == "unavailable":
            return self.env._("The app this KPI reads is not installed.")
        if row and row.error:
            if self._may_see_error():
                return self.env._("The source fails: %s", row.error)
            return self.env._("The source fails. The owner of the KPI has been told.")
        begins = self.period_id.date_from
        if begins and begins > self.company_id.sudo()._get_kpi_today():
            return self.env._("The period has not begun yet.")
        was_read = known(self.actual) or self.reading_state
        if not row or not row.measured_at or not was_read:
            return self.env._("Not read yet.")
        return self.env._("Not read for longer than the company's setting.")

    def _may_see_error(self):
        """An error may quote the records it stumbled over."""
        # sudo: whoever sees a figure may see whose definition it is
        is_owner = self.kpi_id.sudo().owner_id == self.env.user
        return is_owner or self.env.user.has_group(
            "hr_strategy_kpi.group_hr_strategy_kpi_officer"
        )

    def _search_is_stale(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        # sudo: freshness is a fact of the KPI, not of a reader
        fresh = self.env["hr.kpi.collection"].sudo()
        units = fresh.search_fetch(
            [("stale_at", ">", now), ("error", "=", False)],
            ["kpi_id", "period_id", "company_id"],
        )
        domain = fields.Domain.FALSE
        grouped = units.grouped(lambda row: (row.period_id.id, row.company_id.id))
        for (period_id, company_id), rows in grouped.items():
            domain |= (
                fields.Domain("period_id", "=", period_id)
                & fields.Domain("company_id", "=", company_id)
                & fields.Domain("kpi_id", "in", rows.kpi_id.ids)
            )
        domain &= fields.Domain("actual", "!=", False) | fields.Domain(
            "reading_state", "!=", False
        )
        domain |= fields.Domain("is_locked", "=", True)
        return ~domain if True in value else domain

    @api.depends("actual", "target")
    def _compute_week(self):
        """This week's share of a count or sum: what came in and what pace asks for."""
        by_unit = self.grouped(lambda target: (target.company_id, target.period_id))
        for (company, period), targets in by_unit.items():
            today = company._get_kpi_today() if company else fields.Date.today()
            targets._set_week(company, period, today)

    def _set_week(self, company, period, today):
        self.week_actual = self.week_needed = False
        if not period or not period.date_from <= today <= period.date_to:
            return
        monday, sunday = week_of(today)
        days = company._get_kpi_working_days(period.date_from, period.date_to)
        due = sum(monday <= day <= sunday for day in days) / (len(days) or 1)
        before = self._get_values_before(monday)
        for target in self:
            if target.kpi_id._get_status_kind() != "flow" or not known(target.actual):
                continue
            target.week_actual = target.actual - before.get(target.id, 0.0)
            if known(target.target):
                target.week_needed = target.target * due

    def _get_values_before(self, day):
        """Return each target's last measured value before a day: {id: value}."""
        groups = self.env["hr.kpi.measurement"]._read_group(
            [("target_id", "in", self.ids), ("date", "<", day)],
            ["target_id"],
            ["date:max"],
        )
        last = {target.id: date for target, date in groups}
        if not last:
            return {}
        measurements = self.env["hr.kpi.measurement"].search_fetch(
            [
                ("target_id", "in", list(last)),
                ("date", "in", list(set(last.values()))),
            ],
            ["target_id", "date", "value"],
        )
        return {
            row.target_id.id: row.value or 0.0
            for row in measurements
            if last[row.target_id.id] == row.date
        }

    def _compute_spark(self):
        """The last thirty readings, oldest first, for a sparkline."""
        groups = self.env["hr.kpi.measurement"]._read_group(
            [("target_id", "in", self.ids), ("value", "!=", False)],
            ["target_id"],
            ["date:array_agg", "value:array_agg"],
        )
        series = {
            target.id: [value for _date, value in sorted(zip(dates, values))[-30:]]
            for target, dates, values in groups
        }
        for target in self:
            target.spark = series.get(target.id, [])

    def _compute_open_alert_count(self):
        groups = self.env["hr.kpi.alert"]._read_group(
            [("target_id", "in", self.ids), ("state", "!=", "closed")],
            ["target_id"],
            ["__count"],
        )
        counts = {target.id: count for target, count in groups}
        for target in self:
            target.open_alert_count = counts.get(target.id, 0)

    @api.onchange("kpi_id")
    def _onchange_kpi_id(self):
        """Propose the marks that the KPI usually has."""
        for name in ("red_flag", "baseline", "target", "stretch"):
            if not known(self[name]) and known(self.kpi_id[f"default_{name}"]):
                self[name] = self.kpi_id[f"default_{name}"]

    @api.constrains(*MARKS, "kpi_id")
    def _check_marks(self):
        for target in self:
            target._check_mark_order()

    def _check_mark_order(self):
        direction = self.kpi_id.direction
        if direction == "range":
            low, high = number(self.target_low), number(self.target_high)
            if low is not None and high is not None and low > high:
                raise ValidationError(
                    self.env._(
                        "%s: the lower bound lies above the upper bound.",
                        self.display_name,
                    )
                )
            return
        marks = [
            (name, number(self[name]))
            for name in ("red_flag", "baseline", "target", "stretch")
            if known(self[name])
        ]
        sign = -1 if direction == "lower" else 1
        for (name, value), (next_name, next_value) in zip(marks, marks[1:]):
            if sign * value > sign * next_value:
                raise ValidationError(
                    self.env._(
                        "%(target)s: “%(first)s” (%(value)s) must not be better than "
                        "“%(second)s” (%(other)s).",
                        target=self.display_name,
                        first=self._fields[name]._description_string(self.env),
                        value=value,
                        second=self._fields[next_name]._description_string(self.env),
                        other=next_value,
                    )
                )

    @api.constrains("period_id")
    def _check_period_kind(self):
        if week := self.filtered(lambda target: target.period_id.kind == "week")[:1]:
            raise ValidationError(
                self.env._(
                    "%s: a week is for showing and typing figures. Choose a month or a "
                    "longer period.",
                    week.display_name,
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_engine_fields(vals)
        targets = super().create(vals_list)
        if closed := targets.filtered(lambda t: t.period_id.state == "closed")[:1]:
            raise UserError(
                self.env._(
                    "%s is closed: it takes no new target.",
                    closed.period_id.display_name,
                )
            )
        # sudo: the row that says when the KPI was read is the engine's
        self.env["hr.kpi.collection"].sudo()._ensure(targets)
        return targets

    def write(self, vals):
        self._check_engine_fields(vals)
        if {*FROZEN, *self._get_subject_fields().values()} & set(vals):
            self._check_not_locked()
        result = super().write(vals)
        if {"kpi_id", "period_id", "company_id"} & set(vals):
            # sudo: the row that says when the KPI was read is the engine's
            self.env["hr.kpi.collection"].sudo()._ensure(self)
        return result

    def _check_engine_fields(self, vals):
        derived = {*READ_COLUMNS, "is_locked", "on_track_ratio", "at_risk_ratio"}
        if not self.env.su:
            derived |= IDENTITY
        if derived & set(vals) and self.env.context.get("kpi_engine") is not ENGINE:
            raise UserError(
                self.env._(
                    "Figures are read from the source and cannot be typed in here. "
                    "Refresh the target, or add an entry to a KPI that is typed in."
                )
            )

    def _check_not_locked(self):
        if locked := self.filtered("is_locked")[:1]:
            raise UserError(
                self.env._(
                    "%s is locked, because its period is closed. An administrator can "
                    "open the period again.",
                    locked.display_name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_locked(self):
        self._check_not_locked()

    # --------------------------------------------------------------- arithmetic

    def _get_marks(self):
        """Return the `tools.marks.Marks` of this target, absent ones None."""
        self.ensure_one()
        return Marks(**{name: number(self[name]) for name in MARKS})

    def _get_thresholds(self):
        """Return the thresholds that judge this target, frozen ones once closed."""
        self.ensure_one()
        if self.is_locked:
            return self.company_id._get_kpi_thresholds(
                self.on_track_ratio, self.at_risk_ratio
            )
        return self.kpi_id._get_thresholds(self.company_id)

    def action_copy_to_next_period(self):
        """Copy marks and split to the next period of the same kind."""
        made = self.browse()
        for period, targets in self.grouped("period_id").items():
            made |= targets._copy_to(period._get_next())
        if not made:
            raise UserError(
                self.env._("The next period has all of these targets already.")
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "hr_strategy_kpi.hr_kpi_target_action"
        )
        return {**action, "domain": [("id", "in", made.ids)], "context": {}}

    def _copy_to(self, period):
        """Return copies in a period, parents first; what is there already is kept."""
        taken = self.search(
            [("period_id", "=", period.id), ("kpi_id", "in", self.kpi_id.ids)]
        )
        by_subject = {(t.kpi_id, t.company_id, t.subject_key): t for t in taken}
        made, copies = self.browse(), {}
        for target in self.sorted(lambda t: len(t._get_ancestors())):
            key = (target.kpi_id, target.company_id, target.subject_key)
            if key in by_subject:
                copies[target] = by_subject[key]
                continue
            parent = copies.get(target.parent_id) or self.browse()
            copy = target.copy({"period_id": period.id, "parent_id": parent.id})
            copies[target] = copy
            made |= copy
        return made

    def _get_ancestors(self):
        """Return the targets this one was split from, nearest first."""
        self.ensure_one()
        ancestors, parent = self.browse(), self.parent_id
        while parent and parent not in ancestors:
            ancestors |= parent
            parent = parent.parent_id
        return ancestors
