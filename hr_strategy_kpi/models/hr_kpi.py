import ast
import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..fields import NullableFloat

CODE_PATTERN = re.compile(r"[A-Z][A-Z0-9_]*")
ADDITIVE = ("count", "sum", "distinct")


class HrKpi(models.Model):
    """A KPI of the library: what is measured, how, and which way is better.

    It knows no objective, no person and no target. Sources live in the files
    `hr_kpi_<source>.py`, one `_measure_<source>` each.
    """

    _name = "hr.kpi"
    _description = "KPI"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "sequence, code"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(
        required=True,
        copy=False,
        tracking=True,
        default=lambda self: self._default_code(),
        help="Capital letters, digits and underscores. Formulas and outside programs "
        "name the KPI by it.",
    )
    description = fields.Text(
        translate=True,
        help="The definition in words that the person measured by it would sign.",
    )
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: every company measures its own."
    )
    owner_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        tracking=True,
        domain=[("share", "=", False)],
        help="Answers for the definition; is told when its source fails.",
    )
    is_component = fields.Boolean(
        "Hidden Helper",
        help="Only an ingredient of formulas: not offered for targets.",
    )

    # what it is
    direction = fields.Selection(
        [
            ("higher", "Higher is better"),
            ("lower", "Lower is better"),
            ("range", "Within a range"),
            ("boolean", "Yes or no"),
        ],
        required=True,
        default="higher",
        tracking=True,
    )
    unit = fields.Selection(
        [
            ("count", "Number"),
            ("money", "Company currency"),
            ("percent", "Percent"),
            ("minute", "Minutes"),
            ("hour", "Hours"),
            ("day", "Days"),
            ("week", "Weeks"),
            ("point", "Points"),
        ],
        required=True,
        default="count",
        tracking=True,
    )
    nature = fields.Selection(
        [("flow", "Happens during the period"), ("stock", "State on a day")],
        required=True,
        default="flow",
        tracking=True,
    )
    asked = fields.Selection(
        [
            ("fills", "Fills up over the period"),
            ("live", "At any time"),
            ("end", "At the period's end only"),
        ],
        compute="_compute_asked",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        tracking=True,
        help="A half-filled month is no verdict on a rate: choose when status and "
        "alerts may judge it.",
    )
    aggregate = fields.Selection(
        [
            ("count", "Number of records"),
            ("sum", "Sum"),
            ("average", "Average"),
            ("minimum", "Minimum"),
            ("maximum", "Maximum"),
            ("distinct", "Number of different values"),
            ("median", "Median"),
            ("ratio", "Ratio of two filters or fields"),
            ("duration", "Average time between two dates"),
            ("last", "Last value"),
        ],
        required=True,
        default="count",
        tracking=True,
    )
    source = fields.Selection(
        [
            ("manual", "Typed in"),
            ("record", "Records in Odoo"),
            ("formula", "Formula over other KPIs"),
        ],
        required=True,
        default="manual",
        tracking=True,
    )
    missing = fields.Selection(
        [("no_data", "The result is missing too"), ("zero", "Counts as zero")],
        "Missing Input",
        required=True,
        default="no_data",
        help="What a formula does with an input nobody has measured, and with a "
        "division by zero.",
    )

    # how far from the target is how bad; empty = the company's setting
    on_track_ratio = NullableFloat("On Track From", tracking=True)
    at_risk_ratio = NullableFloat("At Risk From", tracking=True)
    default_red_flag = NullableFloat("Usual Red Flag")
    default_baseline = NullableFloat("Usual Baseline")
    default_target = NullableFloat("Usual Target")
    default_stretch = NullableFloat("Usual Stretch")

    # whether its source answers
    source_state = fields.Selection(
        [("ok", "Works"), ("error", "Failing"), ("unavailable", "Unavailable")],
        default="ok",
        readonly=True,
        copy=False,
    )
    # it may quote the records it stumbled over
    source_error = fields.Text(
        readonly=True,
        copy=False,
        groups="hr_strategy_kpi.group_hr_strategy_kpi_officer",
    )
    archive_reason = fields.Char(readonly=True, copy=False)

    target_ids = fields.One2many("hr.kpi.target", "kpi_id")
    target_count = fields.Integer(compute="_compute_target_count")
    entry_count = fields.Integer(compute="_compute_entry_count")

    _code_uniq = models.UniqueIndex("(code)", "Another KPI has this code already.")

    @api.model
    def _default_code(self):
        # sudo: an officer may use the sequence without reading sequences
        sequence = self.env["ir.sequence"].sudo()
        return sequence.next_by_code("hr.kpi") or "KPI_1"

    @api.depends("aggregate", "unit", "nature")
    def _compute_asked(self):
        for kpi in self:
            paced = kpi.nature == "flow" and kpi.aggregate in ADDITIVE
            kpi.asked = "fills" if paced else "live"

    def _compute_target_count(self):
        groups = self.env["hr.kpi.target"]._read_group(
            [("kpi_id", "in", self.ids)], ["kpi_id"], ["__count"]
        )
        counts = {kpi.id: count for kpi, count in groups}
        for kpi in self:
            kpi.target_count = counts.get(kpi.id, 0)

    def _compute_entry_count(self):
        groups = self.env["hr.kpi.entry"]._read_group(
            [("kpi_id", "in", self.ids)], ["kpi_id"], ["__count"]
        )
        counts = {kpi.id: count for kpi, count in groups}
        for kpi in self:
            kpi.entry_count = counts.get(kpi.id, 0)

    @api.constrains("code")
    def _check_code(self):
        for kpi in self:
            if not CODE_PATTERN.fullmatch(kpi.code):
                raise ValidationError(
                    self.env._(
                        "The code “%(code)s” of KPI “%(kpi)s” cannot stand in a "
                        "formula. Use capital letters, digits and underscores, "
                        "beginning with a letter, such as CRM_WON_COUNT.",
                        code=kpi.code,
                        kpi=kpi.name,
                    )
                )

    @api.constrains("on_track_ratio", "at_risk_ratio")
    def _check_ratios(self):
        for kpi in self:
            company = kpi.company_id or self.env.company
            if (
                kpi._get_thresholds(company).at_risk
                > kpi._get_thresholds(company).on_track
            ):
                raise ValidationError(
                    self.env._(
                        "KPI “%(kpi)s”: “at risk from” must not lie above “on track "
                        "from”.",
                        kpi=kpi.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_engine_fields(vals)
        kpis = super().create(vals_list)
        kpis._check_source()
        return kpis

    def write(self, vals):
        self._check_engine_fields(vals)
        if "code" in vals:
            self.filtered(lambda k: k.code != vals["code"])._check_not_in_formula()
        result = super().write(vals)
        if self._source_fields() & set(vals):
            # a definition that passes its check is given another chance to run
            self._check_source()
            super().write({"source_state": "ok", "source_error": False})
            self._forget_failure()
        return result

    def _check_engine_fields(self, vals):
        """Whether a source answers decides if a period may close: nobody types it."""
        told = {"source_state", "source_error", "archive_reason"} & set(vals)
        if told and not self.env.su:
            raise UserError(
                self.env._("Whether a source answers is found out by reading it.")
            )

    def copy_data(self, default=None):
        return [
            {**vals, "name": self.env._("%s (copy)", kpi.name)}
            for kpi, vals in zip(self, super().copy_data(default), strict=True)
        ]

    def _check_not_in_formula(self):
        """Refuse to take a code away from the formulas that name it."""
        for kpi in self:
            # sudo: a formula of another company counts too
            users = kpi.sudo()._get_formula_users() - self
            if users:
                raise UserError(
                    self.env._(
                        "%(code)s stands in the formula of %(kpis)s. Change these "
                        "first.",
                        code=kpi.code,
                        kpis=", ".join(users.mapped("name")),
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_not_in_formula()
        # sudo: a shared KPI may be used by other companies only
        for kpi in self.sudo():
            if kpi.target_count:
                raise UserError(
                    self.env._(
                        "KPI “%(kpi)s” has %(count)s targets with their history. "
                        "Archive it instead of deleting it.",
                        kpi=kpi.name,
                        count=kpi.target_count,
                    )
                )

    @api.model
    def _source_fields(self):
        """Return the names of the fields that decide how the number is read."""
        return {"source", "aggregate", "nature", "unit", "missing"}

    def _check_source(self):
        """Refuse, with the reason, a definition that cannot be measured.

        Dispatches to `_check_source_<source>()`, which raises ValidationError.
        """
        for kpi in self:
            check = getattr(kpi, f"_check_source_{kpi.source}", None)
            if check:
                check()

    @api.model
    def _parse_domain(self, text):
        """Return the Domain of a stored filter; raise ValidationError with the reason.

        Literals only: nothing a user typed is ever evaluated.
        """
        try:
            return Domain(ast.literal_eval((text or "").strip() or "[]"))
        except (
            ValueError,
            SyntaxError,
            TypeError,
            RecursionError,
            MemoryError,
        ) as error:
            raise ValidationError(
                self.env._(
                    "The filter %(filter)s cannot be read. Build it with the filter "
                    "editor, or write a list such as [('won_status', '=', 'won')].",
                    filter=(text or "")[:200],
                )
            ) from error

    def _get_thresholds(self, company):
        """Return the `tools.scoring.Thresholds` of this KPI in a company."""
        self.ensure_one()
        return company._get_kpi_thresholds(self.on_track_ratio, self.at_risk_ratio)

    def _get_status_kind(self):
        """Return how `tools.status` judges this KPI: flow, fills, level or end."""
        self.ensure_one()
        if self.asked == "fills":
            return "flow" if self.aggregate in ADDITIVE else "fills"
        return "end" if self.asked == "end" else "level"

    def _counts_whole_units(self):
        """Whether there is nothing between one and two: deals, not hours or money."""
        self.ensure_one()
        return self.unit == "count" or self.aggregate in ("count", "distinct")

    def _get_rollup(self):
        """Return how readings of parts make the whole: sum, ratio or none."""
        self.ensure_one()
        if self.aggregate in ("ratio", "average", "duration"):
            return "ratio"
        return "sum" if self.aggregate in ("count", "sum") else "none"

    def action_open_targets(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "hr_strategy_kpi.hr_kpi_target_action"
        )
        return {
            **action,
            "domain": [("kpi_id", "=", self.id)],
            "context": {"default_kpi_id": self.id},
        }

    def action_open_entries(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "hr_strategy_kpi.hr_kpi_entry_action"
        )
        return {
            **action,
            "domain": [("kpi_id", "=", self.id)],
            "context": {"default_kpi_id": self.id},
        }

    def action_refresh(self):
        """Read this KPI's open targets now."""
        targets = self.env["hr.kpi.target"].search(
            [("kpi_id", "in", self.ids), ("period_id.state", "!=", "closed")]
        )
        return targets.action_refresh()
