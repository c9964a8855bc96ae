from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..fields import NullableFloat, known
from ..measuring import Subject

# what the form does not offer is not written past it
GUARDED = {"state", "author_id", "subject_type", "subject_key", "subject_name"}


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
        return self._get_first_state(self.env.company)

    @api.model
    def _get_first_state(self, company):
        return "submitted" if company.kpi_entry_approval else "approved"

    @api.model
    def _selection_subject_type(self):
        return self.env["hr.kpi.target"]._selection_subject_type()

    @api.depends(
        lambda self: [*self.env["hr.kpi.target"]._get_subject_fields().values()]
    )
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

    def _check_not_closed(self):
        """Refuse what would change a locked figure, save as an officer's correction.

        No constraint, because constraints run with the system's rights.
        """
        if self.env.su or self._is_officer():
            return
        closed = self._get_closed_period()
        if closed:
            raise ValidationError(
                self.env._(
                    "%(period)s is closed. An officer can still add a correction, "
                    "which is shown beside the locked figure.",
                    period=closed.display_name,
                )
            )

    def _get_closed_period(self):
        """Return the closed period that one of these entries falls into, if any."""
        # sudo: whether a figure is locked is a fact, also for who may not see it
        locked = (
            self.env["hr.kpi.target"]
            .sudo()
            .search_fetch(
                [
                    ("is_locked", "=", True),
                    ("kpi_id", "in", self.kpi_id.ids),
                    ("company_id", "in", self.company_id.ids),
                    ("subject_key", "in", self.mapped("subject_key")),
                ],
                ["kpi_id", "company_id", "subject_key", "period_id"],
            )
        )
        by_subject = locked.grouped(lambda t: (t.kpi_id, t.company_id, t.subject_key))
        for entry in self.sudo():
            key = (entry.kpi_id, entry.company_id, entry.subject_key)
            for period in by_subject.get(key, locked.browse()).period_id:
                if period.date_from <= entry.date <= period.date_to:
                    return period
        return self.env["hr.kpi.period"]

    @api.model
    def _is_officer(self):
        return self.env.user.has_group("hr_strategy_kpi.group_hr_strategy_kpi_officer")

    @api.model
    def _get_told_fields(self):
        """Return the names of the fields that make up the statement."""
        subjects = self.env["hr.kpi.target"]._get_subject_fields().values()
        return {"kpi_id", "date", "value", "numerator", "denominator", *subjects}

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [self._prepare_statement(vals) for vals in vals_list]
        entries = super().create(vals_list)
        entries._check_not_closed()
        entries._keep_evidence()
        return entries

    @api.model
    def _prepare_statement(self, vals):
        """Return vals with the user as author, and approved or not as the company has
        it, whatever a form, a default or a program says."""
        company = self.env["res.company"].browse(vals.get("company_id"))
        return {
            **{name: value for name, value in vals.items() if name not in GUARDED},
            "author_id": self.env.uid,
            "state": self._get_first_state(company or self.env.company),
        }

    def write(self, vals):
        is_statement = bool(self._get_told_fields() & set(vals)) and not self.env.su
        if not self.env.su and GUARDED & set(vals):
            raise UserError(
                self.env._(
                    "Who said it and whether it is approved cannot be typed in. Use "
                    "the buttons to approve or refuse."
                )
            )
        if is_statement:
            self.check_access("write")
            self._check_not_closed()
        result = super().write(vals)
        if is_statement:
            self._check_not_closed()
            self._ask_anew()
        if "attachment_ids" in vals:
            self._keep_evidence()
        return result

    def _ask_anew(self):
        """A changed value is a new statement: it is approved anew."""
        # sudo: the state is read-only, so that only this and the answers change it
        for entry in self.sudo():
            if entry.company_id.kpi_entry_approval and entry.state != "submitted":
                entry.state = "submitted"

    def _keep_evidence(self):
        """Let whoever sees the entry see its evidence: an upload belongs to nothing."""
        for entry in self:
            # sudo: only uploads of one's own are taken, as reading them was checked
            loose = entry.attachment_ids.sudo().filtered(
                lambda file: not file.res_id and file.create_uid == self.env.user
            )
            loose.write({"res_model": self._name, "res_id": entry.id})

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        """Keep what was approved or closed: a correction leaves a trace."""
        if self.env.su or self._is_officer():
            return
        self._check_not_closed()
        asked = self.filtered(lambda entry: entry.company_id.kpi_entry_approval)
        if approved := asked.filtered(lambda entry: entry.state == "approved")[:1]:
            raise UserError(
                self.env._(
                    "%s is approved and stays. Change the value instead; it is then "
                    "approved anew.",
                    approved.display_name,
                )
            )

    def action_approve(self):
        self._decide("approved")

    def action_refuse(self):
        self._decide("refused")

    def _decide(self, state):
        if foreign := self.filtered(lambda entry: not entry.may_approve)[:1]:
            raise UserError(
                self.env._(
                    "%s is for the person's manager or an officer to decide, and not "
                    "for who it is about.",
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
        """Return the Domain of what the reader may approve: four eyes see a value.

        Nobody approves a value of their own, a manager none they typed themselves.
        """
        targets = self.env["hr.kpi.target"]
        if not self.env.user._is_internal():
            return Domain.FALSE
        if self._is_officer():
            return ~targets._get_own_domain()
        return (
            targets._get_managed_domain()
            & ~targets._get_own_domain()
            & Domain("author_id", "!=", self.env.uid)
        )
