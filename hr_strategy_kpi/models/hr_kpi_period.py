from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..measuring import Window
from ..tools import periods
from .hr_kpi_measurement import ENGINE


class HrKpiPeriod(models.Model):
    """A week, month, quarter, half or year: rows, never "current month" strings."""

    _name = "hr.kpi.period"
    _description = "KPI Period"
    _inherit = ["mail.thread"]
    _order = "date_from desc, date_to desc, id desc"

    name = fields.Char(required=True, help="Neutral name, such as 2023-Q3.")
    kind = fields.Selection(
        [
            ("week", "Week"),
            ("month", "Month"),
            ("quarter", "Quarter"),
            ("half", "Half-Year"),
            ("year", "Year"),
        ],
        required=True,
        default="month",
        help="Weeks are for showing and typing figures; targets have longer periods.",
    )
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("To", required=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: shared by all companies."
    )
    state = fields.Selection(
        [("open", "Open"), ("closing", "Closing"), ("closed", "Closed")],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    is_current = fields.Boolean(
        compute="_compute_is_current", search="_search_is_current"
    )
    target_ids = fields.One2many("hr.kpi.target", "period_id")
    target_count = fields.Integer(compute="_compute_target_count")

    _dates = models.Constraint(
        "CHECK(date_from <= date_to)", "A period cannot end before it begins."
    )

    @api.depends("kind", "date_from", "date_to", "name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for period in self:
            period.display_name = period._get_label() or period.name

    @api.model
    def _search_display_name(self, operator, value):
        """Find a period by the label people see, such as Q3 2023, and by its name."""
        domain = Domain(super()._search_display_name(operator, value))
        if operator != "ilike" or not isinstance(value, str) or not value:
            return domain
        companies = [False, *self.env.companies.ids]
        labelled = self.search([("company_id", "in", companies)]).filtered(
            lambda period: value.lower() in period.display_name.lower()
        )
        return domain | Domain("id", "in", labelled.ids)

    def _get_label(self):
        """Return the period in the reader's words, or its neutral name."""
        self.ensure_one()
        if not self.date_from or not self.kind:
            return self.name
        span = self._get_span()
        number, year = span.number, span.year
        if self.kind == "week":
            return self.env._("Week %(number)s, %(year)s", number=number, year=year)
        if self.kind == "month":
            day = self.date_from
            return self.env._("%(month)02d/%(year)d", month=day.month, year=day.year)
        if self.kind == "quarter":
            return self.env._("Q%(number)s %(year)s", number=number, year=year)
        if self.kind == "half":
            return self.env._("Half %(number)s, %(year)s", number=number, year=year)
        return self.env._("Year %s", year)

    def _compute_is_current(self):
        today = self.env.company._get_kpi_today()
        for period in self:
            period.is_current = period.date_from <= today <= period.date_to

    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._get_kpi_today()
        return [("date_from", "<=", today), ("date_to", ">=", today)]

    def _compute_target_count(self):
        groups = self.env["hr.kpi.target"]._read_group(
            [("period_id", "in", self.ids)], ["period_id"], ["__count"]
        )
        counts = {period.id: count for period, count in groups}
        for period in self:
            period.target_count = counts.get(period.id, 0)

    @api.onchange("kind", "date_from")
    def _onchange_kind(self):
        if self.kind and self.date_from:
            span = periods.span_of(self.kind, self.date_from, self._get_fiscal_start())
            self.date_from, self.date_to = span.date_from, span.date_to
            self.name = self._neutral_name(span)

    @api.constrains("kind", "date_from", "date_to", "company_id")
    def _check_overlap(self):
        for period in self:
            # a company's own calendar may differ from the shared one, and then wins
            domain = [
                ("id", "!=", period.id),
                ("kind", "=", period.kind),
                ("date_from", "<=", period.date_to),
                ("date_to", ">=", period.date_from),
                ("company_id", "=", period.company_id.id),
            ]
            # sudo: a period of another company may be in the way
            other = self.sudo().search(domain, limit=1)
            if other:
                raise ValidationError(
                    self.env._(
                        "%(period)s overlaps %(other)s. No two periods of a kind may "
                        "share a day.",
                        period=period.name,
                        other=other.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: a shared period may be used by other companies only
        if used := self.sudo().filtered("target_ids")[:1]:
            raise UserError(
                self.env._("%s has targets and their history: keep it.", used.name)
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_state(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_state(vals)
        if {"date_from", "date_to", "kind"} & set(vals):
            closed = self.filtered(lambda period: period.state == "closed")
            if closed:
                raise UserError(
                    self.env._("%s is closed and cannot be changed.", closed[:1].name)
                )
        return super().write(vals)

    def _check_state(self, vals):
        """Closing freezes and opening again is noted: no write goes past them."""
        is_ours = self.env.su or self.env.context.get("kpi_engine") is ENGINE
        if "state" in vals and not is_ours:
            raise UserError(
                self.env._("Use the buttons to close a period or open it again.")
            )

    # ----------------------------------------------------------------- making

    @api.model
    def _neutral_name(self, span):
        number = {"half": "H", "quarter": "Q", "week": "W"}
        if span.kind == "year":
            return f"{span.year}"
        if span.kind == "month":
            return f"{span.date_from:%Y-%m}"
        return f"{span.year}-{number[span.kind]}{span.number}"

    def _get_fiscal_start(self):
        company = self.company_id or self.env.company
        return company._get_kpi_fiscal_start()

    def _get_span(self):
        """Return the `tools.periods.Span` of this period."""
        self.ensure_one()
        span = periods.span_of(self.kind, self.date_from, self._get_fiscal_start())
        return span._replace(date_from=self.date_from, date_to=self.date_to)

    def _get_window(self, day):
        """Return the `Window` of this period as far as `day`."""
        return Window.of(self._get_span(), day)

    @api.model
    def _get_or_create(self, kind, day, company=None):
        """Return the period of a kind that holds `day`, made if there is none."""
        company = company or self.env.company
        return self._generate(kind, day, day, company)

    @api.model
    def _generate(self, kind, date_from, date_to, company=None):
        """Return the periods of a kind over a range, making those that are missing."""
        company = company or self.env.company
        spans = periods.spans(kind, date_from, date_to, company._get_kpi_fiscal_start())
        existing = self.search(
            [
                ("kind", "=", kind),
                ("date_from", "<=", spans[-1].date_to),
                ("date_to", ">=", spans[0].date_from),
                ("company_id", "in", [company.id, False]),
            ]
        )
        owner = self._get_owner(kind, company)
        found = {span: existing._pick(span, owner) for span in spans}
        missing = [span for span, periods_of in found.items() if not periods_of]
        made = self.create(
            [
                {
                    "name": self._neutral_name(span),
                    "kind": kind,
                    "date_from": span.date_from,
                    "date_to": span.date_to,
                    "company_id": owner.id,
                }
                for span in missing
            ]
        )
        return made.union(*found.values()).sorted("date_from")

    def _pick(self, span, owner):
        """Return the periods of `self` that stand for a span: own ones before shared.

        A shared one with other days belongs to another fiscal year, unless all
        companies have the same.
        """
        overlapping = self.filtered(
            lambda period: (
                period.date_from <= span.date_to and period.date_to >= span.date_from
            )
        )
        fitting = overlapping.filtered(
            lambda period: (
                not owner
                or (period.date_from, period.date_to) == (span.date_from, span.date_to)
            )
        )
        return overlapping.filtered("company_id") or fitting

    @api.model
    def _get_owner(self, kind, company):
        """Return whose a new period is: nobody's where all companies can share it."""
        # sudo: the fiscal years of companies one does not work in count too
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        fiscal_years = set(companies.mapped("kpi_fiscal_month"))
        if kind in ("week", "month") or len(fiscal_years) == 1:
            return companies.browse()
        return company

    @api.model
    def _ensure_upcoming(self, today):
        """Make the months, quarters, halves and the year of now and next."""
        for kind, step in (("month", 1), ("quarter", 3), ("half", 6), ("year", 12)):
            self._generate(kind, today, today + relativedelta(months=step))

    def _get_next(self):
        """Return the following period of the same kind, made if there is none."""
        self.ensure_one()
        return self._get_or_create(
            self.kind,
            self.date_to + relativedelta(days=1),
            self.company_id or self.env.company,
        )

    # ---------------------------------------------------------------- closing

    def action_close(self):
        """Close after the grace days, with the figures as they then are."""
        self.check_access("write")
        today = self.env.company._get_kpi_today()
        for period in self:
            period._check_may_close(today)
            period._close(today)

    def _check_may_close(self, today):
        self.ensure_one()
        self._check_all_companies()
        if self.state == "closed":
            raise UserError(self.env._("%s is closed already.", self.display_name))
        if today <= self.date_to:
            raise UserError(
                self.env._(
                    "%(period)s ends on %(date)s and cannot be closed before.",
                    period=self.display_name,
                    date=self.date_to,
                )
            )

    def _check_all_companies(self):
        """Only who works in all companies that share a period closes it for them."""
        if self.env.su:
            return
        # sudo: companies one does not work in are what is looked for
        used_by = self.sudo().target_ids.company_id
        if foreign := used_by - self.env.user.sudo().company_ids:
            raise UserError(
                self.env._(
                    "%(period)s is shared with companies you do not work in "
                    "(%(count)s). It closes by itself after the days of grace.",
                    period=self.display_name,
                    count=len(foreign),
                )
            )

    def _get_failing(self):
        """Return the KPIs of this period whose source does not answer."""
        # sudo: a source may fail for a figure one does not see
        kpis = self.sudo().target_ids.kpi_id
        return kpis.filtered(lambda kpi: kpi.source_state != "ok")

    def action_force_close(self, reason):
        """Close although a source fails; the reason is kept."""
        self.check_access("write")
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the period is closed all the same."))
        today = self.env.company._get_kpi_today()
        for period in self:
            period._check_may_close(today)
            period._close(today, reason)
            period.message_post(
                body=self.env._("Closed although a source fails: %s", reason)
            )

    def _close(self, today, reason=None):
        """Read once more, freeze what was read, end what hangs on the period."""
        for period in self:
            period._read_last()
            if not reason:
                period._check_sources()
            # sudo: figures are frozen for everyone, whoever closes the period
            targets = period.sudo().target_ids
            targets._freeze()
            targets._close_alerts(
                today, self.env._("The period %s was closed.", period.name)
            )
            period._set_state("closed")

    def _read_last(self):
        self.ensure_one()
        # sudo: the engine reads for everyone
        self.sudo().target_ids._refresh(as_of=self.date_to)

    def _check_sources(self):
        """Refuse to freeze what could not be read."""
        if failing := self._get_failing():
            raise UserError(
                self.env._(
                    "%(period)s cannot be closed while these sources fail: %(kpis)s. "
                    "Mend them, or close anyway and say why.",
                    period=self.display_name,
                    kpis=", ".join(failing.mapped("name")),
                )
            )

    def action_reopen(self):
        """Open a closed period again: an administrator's decision, kept in its log."""
        if not self.env.user.has_group("hr_strategy_kpi.group_hr_strategy_kpi_manager"):
            raise UserError(
                self.env._("Only the KPI administrator opens a closed period again.")
            )
        self.check_access("write")
        for period in self.filtered(lambda period: period.state == "closed"):
            period._check_all_companies()
            # sudo: figures are set free for everyone
            period.sudo().target_ids._unfreeze()
            period._set_state("closing")

    def _set_state(self, state):
        self.with_context(kpi_engine=ENGINE).write({"state": state})

    @api.model
    def _cron_close(self):
        """Make upcoming periods, close those whose days of grace are over."""
        today = self.env.company._get_kpi_today()
        self._ensure_upcoming(today)
        over = self.search([("state", "=", "open"), ("date_to", "<", today)])
        over._set_state("closing")
        due = self.search([("state", "=", "closing")], order="date_to")
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for period in due:
            companies = period.company_id or self.env["res.company"].search(
                [("active", "=", True)]
            )
            grace = max(companies.mapped("kpi_grace_days"), default=0)
            if (today - period.date_to).days > grace:
                period._close_or_wait(today)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _close_or_wait(self, today):
        """Close, or leave it closing while a source fails: its owner has been told."""
        self._read_last()
        if not self._get_failing():
            self._close(today)
