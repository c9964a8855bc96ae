from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..fields import NullableFloat, known
from ..measuring import Subject


class HrKpiEntry(models.Model):
    """What a person, file or program told us of a KPI that is typed in.

    An increment of a sum or count on its date, of any other KPI the level at its date.
    """

    _name = "hr.kpi.entry"
    _description = "KPI Entry"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _rec_name = "kpi_id"

    kpi_id = fields.Many2one(
        "hr.kpi",
        "KPI",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("source", "=", "manual")],
        tracking=True,
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
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
        index=True,
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
    date = fields.Date(
        required=True,
        index=True,
        default=lambda self: self.env.company._get_kpi_today(),
        tracking=True,
    )
    value = NullableFloat(
        compute="_compute_value",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        aggregator="avg",
    )
    numerator = NullableFloat(tracking=True, aggregator="sum")
    denominator = NullableFloat(tracking=True, aggregator="sum")
    author_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        readonly=True,
        required=True,
    )
    note = fields.Char()
    attachment_ids = fields.Many2many("ir.attachment", string="Evidence")
    external_id = fields.Char(
        readonly=True, copy=False, help="Given by the program that sent the value."
    )
    state = fields.Selection(
        [
            ("submitted", "Waiting for Approval"),
            ("approved", "Approved"),
            ("refused", "Refused"),
        ],
        default=lambda self: self._default_state(),
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    unit = fields.Selection(related="kpi_id.unit")
    is_ratio = fields.Boolean(compute="_compute_is_ratio")
    is_visible_to_me = fields.Boolean(
        compute="_compute_rights",
        search="_search_is_visible_to_me",
        export_string_translation=False,
    )
    is_writable_by_me = fields.Boolean(
        compute="_compute_rights",
        search="_search_is_writable_by_me",
        export_string_translation=False,
    )
    may_approve = fields.Boolean(
        compute="_compute_rights",
        search="_search_may_approve",
    )

    _external_uniq = models.UniqueIndex(
        "(kpi_id, external_id) WHERE external_id IS NOT NULL",
        "This value has been sent before.",
    )

    @api.model
    def _default_state(self):
        return "submitted" if self.env.company.kpi_entry_approval else "approved"

    @api.model
    def _selection_subject_type(self):
        return self.env["hr.kpi.target"]._selection_subject_type()

    @api.depends(lambda self: [*self.env["hr.kpi.target"]._get_subject_fields().values()])
    def _compute_subject(self):
        fields_by_type = self.env["hr.kpi.target"]._get_subject_fields()
        for entry in self:
            kinds = [kind for kind, name in fields_by_type.items() if entry[name]]
            kind = kinds[-1] if kinds else "company"
            record = entry[fields_by_type[kind]]
            entry.subject_type = kind
            entry.subject_key = Subject(kind, record.id).key
            # sudo: whoever may see the entry may see whose it is
            entry.subject_name = record.sudo().name

    @api.depends("numerator", "denominator", "kpi_id.aggregate")
    def _compute_value(self):
        for entry in self:
            if entry.kpi_id.aggregate == "ratio" and known(entry.denominator):
                above = entry.numerator if known(entry.numerator) else 0.0
                below = entry.denominator
                entry.value = above / below if below else False

    @api.depends("kpi_id.aggregate")
    def _compute_is_ratio(self):
        for entry in self:
            entry.is_ratio = entry.kpi_id.aggregate == "ratio"

    @api.depends("kpi_id.name", "subject_name", "date")
    def _compute_display_name(self):
        for entry in self:
            parts = [entry.kpi_id.name, entry.subject_name, str(entry.date or "")]
            entry.display_name = " · ".join(part for part in parts if part)

    @api.constrains("value", "numerator", "denominator", "kpi_id")
    def _check_value(self):
        for entry in self:
            if entry.kpi_id.source != "manual":
                raise ValidationError(
                    self.env._(
                        "“%(kpi)s” is read from its source and takes no typed value.",
                        kpi=entry.kpi_id.name,
                    )
                )
            has_ratio = known(entry.numerator) and known(entry.denominator)
            if known(entry.denominator) and entry.denominator < 0:
                raise ValidationError(
                    self.env._(
                        "%s: what is divided by cannot be negative.", entry.display_name
                    )
                )
            if entry.is_ratio and not has_ratio and not known(entry.value):
                raise ValidationError(
                    self.env._(
                        "%s: type how many there were and out of how many.",
                        entry.display_name,
                    )
                )
            if not entry.is_ratio and not known(entry.value):
                raise ValidationError(
                    self.env._("%s: a value is missing.", entry.display_name)
                )

    @api.constrains("date", "kpi_id", "company_id")
    def _check_not_closed(self):
        for entry in self:
            closed = self.env["hr.kpi.target"].sudo().search(
                [
                    ("kpi_id", "=", entry.kpi_id.id),
                    ("company_id", "=", entry.company_id.id),
                    ("subject_key", "=", entry.subject_key),
                    ("is_locked", "=", True),
                    ("period_id.date_from", "<=", entry.date),
                    ("period_id.date_to", ">=", entry.date),
                ],
                limit=1,
            )
            if closed and not self._may_correct_closed():
                raise ValidationError(
                    self.env._(
                        "%(period)s is closed. An officer can still add a correction, "
                        "which is shown beside the locked figure.",
                        period=closed.period_id.display_name,
                    )
                )

    def _may_correct_closed(self):
        return self.env.su or self.env.user.has_group(
            "hr_strategy_kpi.group_hr_strategy_kpi_officer"
        )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self.env.su:
                vals["author_id"] = self.env.uid
                vals.pop("state", None)
        return super().create(vals_list)

    def write(self, vals):
        told = {"value", "numerator", "denominator", "date", "kpi_id", "employee_id"}
        if told & set(vals) and not self.env.su:
            if "state" not in vals and self.env.company.kpi_entry_approval:
                # a changed value is a new statement and is approved anew
                self.sudo().filtered(lambda e: e.state == "approved").write(
                    {"state": "submitted"}
                )
        if "state" in vals and not self.env.su:
            raise UserError(self.env._("Use the buttons to approve or refuse."))
        return super().write(vals)

    def action_approve(self):
        self._decide("approved")

    def action_refuse(self):
        self._decide("refused")

    def _decide(self, state):
        if foreign := self.filtered(lambda entry: not entry.may_approve)[:1]:
            raise UserError(
                self.env._(
                    "%s is for the person's manager or an officer to decide.",
                    foreign.display_name,
                )
            )
        # sudo: whether the reader may decide was checked above
        self.sudo().write({"state": state})

    # ------------------------------------------------------------------ rights

    @api.depends_context("uid")
    def _compute_rights(self):
        visible = self.filtered_domain(self._get_visible_domain())
        writable = self.filtered_domain(self._get_writable_domain())
        approvable = self.filtered_domain(self._get_approvable_domain())
        for entry in self:
            entry.is_visible_to_me = entry in visible
            entry.is_writable_by_me = entry in writable
            entry.may_approve = entry in approvable

    def _search_is_visible_to_me(self, operator, value):
        return self._answer(operator, value, self._get_visible_domain)

    def _search_is_writable_by_me(self, operator, value):
        return self._answer(operator, value, self._get_writable_domain)

    def _search_may_approve(self, operator, value):
        return self._answer(operator, value, self._get_approvable_domain)

    @api.model
    def _answer(self, operator, value, get_domain):
        return self.env["hr.kpi.target"]._answer(operator, value, get_domain)

    @api.model
    def _get_visible_domain(self):
        targets = self.env["hr.kpi.target"]
        if not self.env.user._is_internal():
            return Domain.FALSE
        return (
            Domain("author_id", "=", self.env.uid)
            | Domain("kpi_id.owner_id", "=", self.env.uid)
            | targets._get_own_domain()
            | targets._get_managed_domain()
        )

    @api.model
    def _get_writable_domain(self):
        """Return the Domain of what the reader may type: what they own, or manage."""
        if not self.env.user._is_internal():
            return Domain.FALSE
        targets = self.env["hr.kpi.target"]
        return (
            Domain("kpi_id.owner_id", "=", self.env.uid)
            | targets._get_own_domain()
            | targets._get_managed_domain()
        )

    @api.model
    def _get_approvable_domain(self):
        if self.env.user.has_group("hr_strategy_kpi.group_hr_strategy_kpi_officer"):
            return Domain.TRUE
        return self.env["hr.kpi.target"]._get_managed_domain()
