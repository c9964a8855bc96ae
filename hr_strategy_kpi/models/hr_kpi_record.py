import re
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import Query

from .. import measuring
from ..measuring import Reading, Subject
from ..record_query import PATH_MODELS, Part, RecordQuery, Scan

NUMBERS = ("integer", "float", "monetary")
DATES = ("date", "datetime")
COLLECTIONS = (list, tuple, set, frozenset)
SINGLE = (*NUMBERS, *DATES, "many2one", "char", "selection", "boolean")
RELATIVE_DATE = re.compile(r"(today|now)\b.*|=\w+.*|[+-]\d+[a-z].*", re.IGNORECASE)
USUAL_PATHS = ("user_id", "employee_id", "user_ids", "department_id")
USUAL_DATES = ("date_closed", "invoice_date", "date_order", "date", "create_date")


class HrKpi(models.Model):
    """Source `record`: any Odoo model, no code."""

    _inherit = "hr.kpi"

    model_name = fields.Char("Technical Model", tracking=True)
    model_id = fields.Many2one(
        "ir.model",
        compute="_compute_model_id",
        inverse="_inverse_model_id",
        domain=[("transient", "=", False), ("abstract", "=", False)],
        string="Records",
    )
    domain = fields.Char("Filter", default="[]", tracking=True)
    include_archived = fields.Boolean(tracking=True)
    date_field = fields.Char(
        "Date",
        tracking=True,
        help="Decides into which period a record falls. For a state on a day: from "
        "when the record counts. Empty for a state: as it is now.",
    )
    date_end_field = fields.Char(
        "Valid Until", tracking=True, help="For a state: until when the record counts."
    )
    measure_field = fields.Char("Measured Field", tracking=True)
    duration_start = fields.Char("Time From", tracking=True)
    duration_end = fields.Char("Time To", tracking=True)
    working_time = fields.Boolean(
        help="Count the company's working hours only, not nights and weekends."
    )
    subject_path = fields.Char(
        "Who",
        tracking=True,
        help="The way from a record to the person or department it belongs to.",
    )
    denominator_domain = fields.Char("Divided By: Filter", tracking=True)
    denominator_field = fields.Char("Divided By: Field", tracking=True)
    denominator_date_field = fields.Char("Divided By: Date", tracking=True)
    denominator_shift = fields.Integer(
        "Divided By: Periods Earlier",
        tracking=True,
        help="1 divides by the period before, 4 for quarters by the same one last "
        "year.",
    )

    @api.depends("model_name")
    def _compute_model_id(self):
        for kpi in self:
            # sudo: the model's name is shown to people who may not read the registry
            kpi.model_id = kpi.env["ir.model"].sudo()._get(kpi.model_name or "")

    def _inverse_model_id(self):
        for kpi in self:
            kpi.model_name = kpi.model_id.model

    @api.onchange("model_id")
    def _onchange_model_id(self):
        """Propose the date and the person that records of the model usually have."""
        model = self.env.get(self.model_id.model or "")
        self.model_name = self.model_id.model
        if model is None:
            return
        if self.model_name != self._origin.model_name:
            stored = {name for name, field in model._fields.items() if field.store}
            self.domain = "[]"
            self.measure_field = self.date_end_field = False
            self.date_field = next((n for n in USUAL_DATES if n in stored), False)
            self.subject_path = next((n for n in USUAL_PATHS if n in stored), False)

    @api.model
    def _source_fields(self):
        return super()._source_fields() | {
            "model_name",
            "model_id",
            "domain",
            "include_archived",
            "date_field",
            "date_end_field",
            "measure_field",
            "duration_start",
            "duration_end",
            "working_time",
            "subject_path",
            "denominator_domain",
            "denominator_field",
            "denominator_date_field",
            "denominator_shift",
        }

    def _get_model_names(self):
        own = {self.model_name} if self.source == "record" else set()
        return super()._get_model_names() | own

    # ---------------------------------------------------------- checked on save

    def _check_source_record(self):
        """Refuse what cannot be measured, and what the saver may not read."""
        model = self.env.get(self.model_name or "")
        if model is None or model._abstract or model._transient:
            raise ValidationError(
                self.env._(
                    "KPI “%(kpi)s”: choose the records to measure; “%(model)s” is no "
                    "model of an installed app.",
                    kpi=self.name,
                    model=self.model_name or "",
                )
            )
        self._check_record_fields(model)
        for text in (self.domain, self.denominator_domain):
            self._check_domain(model, text)
        self._check_ratio()
        self._check_readable()

    def _check_record_fields(self, model):
        needs_date = self.nature == "flow"
        self._check_path(model, "date_field", DATES, required=needs_date)
        self._check_path(model, "date_end_field", DATES)
        self._check_path(model, "denominator_date_field", DATES)
        is_duration = self.aggregate == "duration"
        self._check_path(model, "duration_start", DATES, required=is_duration)
        self._check_path(model, "duration_end", DATES, required=is_duration)
        if self.aggregate in ("sum", "average", "minimum", "maximum", "median"):
            self._check_path(model, "measure_field", NUMBERS, required=True)
        elif self.aggregate == "distinct":
            self._check_path(model, "measure_field", SINGLE, required=True)
        elif self.aggregate == "ratio":
            self._check_path(model, "measure_field", SINGLE)
            self._check_path(model, "denominator_field", SINGLE)
        elif self.aggregate == "last":
            raise ValidationError(
                self.env._(
                    "KPI “%s”: “last value” is for numbers typed in; of records choose "
                    "a count, a sum, an average, …",
                    self.name,
                )
            )
        for field_name, reached in self._get_path_fields().items():
            self._check_path(
                model, field_name, ("many2one", "many2many"), reached=reached
            )

    def _check_ratio(self):
        if self.aggregate != "ratio":
            return
        above, below = self._get_parts()
        if above == below:
            raise ValidationError(
                self.env._(
                    "KPI “%s” is divided by itself, which is always 100 %%. Give what "
                    "it is divided by another filter, field, date or earlier period.",
                    self.name,
                )
            )

    def _get_path_fields(self):
        """Return {name of a field of ours that holds a path: models it may reach}."""
        fields_by_name = {"subject_path": PATH_MODELS}
        for spec in self._get_subject_types().values():
            if spec.get("path"):
                fields_by_name[spec["path"]] = (spec["model"],)
        return fields_by_name

    def _check_path(self, model, field_name, types, required=False, reached=None):
        label = self._fields[field_name]._description_string(self.env)
        path = self[field_name]
        if not path:
            if required:
                raise ValidationError(
                    self.env._(
                        "KPI “%(kpi)s”: “%(label)s” is needed for this measure.",
                        kpi=self.name,
                        label=label,
                    )
                )
            return
        field = self._resolve(model, path, label)
        if field.type not in types or (reached and field.comodel_name not in reached):
            raise ValidationError(
                self.env._(
                    "KPI “%(kpi)s”: “%(label)s” cannot be “%(path)s”, which is of type "
                    "%(type)s. Expected: %(expected)s.",
                    kpi=self.name,
                    label=label,
                    path=path,
                    type=field.comodel_name or field.type,
                    expected=", ".join(reached or types),
                )
            )

    def _resolve(self, model, path, label):
        """Return the field at the end of a dotted path that SQL can follow."""
        field = owner = None
        for name in path.split("."):
            if field is not None and field.type != "many2one":
                field = None
                break
            field, owner = model._fields.get(name), model
            if field is None:
                break
            if field.comodel_name:
                model = self.env[field.comodel_name]
        if field is None or not self._is_readable_by_sql(owner, field):
            raise ValidationError(
                self.env._(
                    "KPI “%(kpi)s”: “%(label)s” names “%(path)s”, which is not a "
                    "stored field of these records.",
                    kpi=self.name,
                    label=label,
                    path=path,
                )
            )
        return field

    def _is_readable_by_sql(self, model, field):
        """Whether a field has a column, leads to one, or its model words it in SQL."""
        if field.store or field.related:
            return True
        try:
            query = Query(self.env, model._table, model._table_sql)
            # sudo: only whether SQL can follow the field; rights are checked after
            model.sudo()._field_to_sql(model._table, field.name, query)
        except ValueError:
            return False
        return True

    def _check_domain(self, model, text):
        try:
            domain = self._parse_domain(text)
        except ValidationError as error:
            raise ValidationError(
                self.env._(
                    "KPI “%(kpi)s”: %(error)s", kpi=self.name, error=error.args[0]
                )
            ) from error
        try:
            domain.validate(model)
            # sudo: only whether the filter fits the fields; rights are checked after
            domain.optimize_full(model.sudo())
        except (ValueError, KeyError, TypeError, NotImplementedError) as error:
            raise ValidationError(
                self.env._(
                    "KPI “%(kpi)s”: the filter does not fit these records: %(error)s",
                    kpi=self.name,
                    error=error,
                )
            ) from error
        self._check_moving_dates(model, domain)

    def _check_moving_dates(self, model, domain):
        """Refuse words such as 'today': a filter means the same whenever it is read."""
        for condition in domain.iter_conditions():
            field = self._field_of(model, condition.field_expr)
            value = condition.value
            if condition.operator in ("any", "not any"):
                self._check_moving_dates(self.env[field.comodel_name], Domain(value))
                continue
            if field is None or field.type not in DATES:
                continue
            for item in value if isinstance(value, COLLECTIONS) else [value]:
                if isinstance(item, str) and RELATIVE_DATE.fullmatch(item.strip()):
                    raise ValidationError(
                        self.env._(
                            "KPI “%(kpi)s”: the filter uses the moving date "
                            "“%(value)s”. A KPI takes its dates from the period: "
                            "choose a date field instead.",
                            kpi=self.name,
                            value=item,
                        )
                    )

    def _check_readable(self):
        """Run once as the saver: what the saver may not read is not measured."""
        if self.env.su:
            return
        today = fields.Date.context_today(self)
        company = self.company_id or self.env.company
        try:
            with self.env.cr.savepoint(flush=False):
                for scan, parts in self._group_parts().items():
                    RecordQuery(
                        self.env, scan, parts, (), company.id, "UTC", today
                    ).check()
        except AccessError as error:
            raise ValidationError(
                self.env._(
                    "KPI “%(kpi)s”: you may not read what it measures. %(error)s",
                    kpi=self.name,
                    error=error,
                )
            ) from error
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "KPI “%(kpi)s” cannot be measured: %(error)s",
                    kpi=self.name,
                    error=error,
                )
            ) from error

    # ------------------------------------------------------------------ reading

    def _get_measure_domain(self, request):
        """Return the Domain of the records a KPI counts; bridges may narrow it."""
        self.ensure_one()
        return self._parse_domain(self.domain)

    def _get_parts(self, request=None):
        """Return the aggregates this KPI is made of: [(scan, part, periods earlier)].

        One for most measures; the second of a ratio is its denominator.
        """
        self.ensure_one()
        if self.model_name not in self.env:
            raise KeyError(self.model_name)
        domain = self._get_measure_domain(request)
        scan = Scan(
            model=self.model_name,
            archived=self.include_archived,
            nature=self.nature,
            date_field=self.date_field or None,
            date_end_field=self.date_end_field or None,
            path=self.subject_path or None,
            extra_paths=self._get_extra_paths(),
        )
        if self.aggregate == "duration":
            part = Part(
                str(domain),
                domain,
                measure="duration",
                field=self.duration_start,
                field_end=self.duration_end,
                unit=self.unit if self.unit in ("minute", "day", "week") else "hour",
                working=self.working_time,
            )
            return [(scan, part, 0)]
        if self.aggregate != "ratio":
            field = self.measure_field or None
            return [(scan, Part(str(domain), domain, self.aggregate, field), 0)]
        below = self._parse_domain(self.denominator_domain)
        below_scan = scan._replace(
            date_field=self.denominator_date_field or scan.date_field
        )
        return [
            (scan, self._ratio_part(domain, self.measure_field), 0),
            (
                below_scan,
                self._ratio_part(below, self.denominator_field),
                self.denominator_shift,
            ),
        ]

    def _ratio_part(self, domain, path):
        """Count records, add numbers up, or count different customers."""
        if not path:
            return Part(str(domain), domain)
        field = self._resolve(self.env[self.model_name], path, path)
        measure = "sum" if field.type in NUMBERS else "distinct"
        return Part(str(domain), domain, measure, path)

    def _get_extra_paths(self):
        """Return ((subject type, path, model), ...) of subjects that bridges add."""
        return tuple(
            (kind, self[spec["path"]], spec["model"])
            for kind, spec in self._get_subject_types().items()
            if spec.get("path") and self[spec["path"]]
        )

    def _group_parts(self, request=None):
        """Return {scan: [part]} of all KPIs in `self`."""
        groups = defaultdict(list)
        for kpi in self:
            for scan, part, _shift in kpi._get_parts(request):
                groups[scan].append(part)
        return groups

    def _measure_record(self, request):
        """Read all KPIs with one statement per model and kind of window."""
        plan = {kpi: kpi._get_parts(request) for kpi in self}
        windows = {
            (window, shift): window.shifted(-shift, 0, request.fiscal_start)
            for parts in plan.values()
            for _scan, _part, shift in parts
            for window in request.windows
        }
        found = self._run_scans(plan, windows, request)
        reachable = self._get_reachable(request)
        return {
            kpi.id: {
                window: kpi._get_readings(
                    [
                        (part, found[scan, part, windows[window, shift]])
                        for scan, part, shift in parts
                    ],
                    kpi._can_read(parts[0][0], window, request),
                    reachable,
                    request,
                )
                for window in request.windows
            }
            for kpi, parts in plan.items()
        }

    def _run_scans(self, plan, windows, request):
        """Return {(scan, part, window): {(level, id): (value, base)}}."""
        needed = defaultdict(lambda: (set(), set()))
        for parts in plan.values():
            for scan, part, shift in parts:
                needed[scan][0].add(part)
                needed[scan][1].update(
                    windows[window, shift] for window in request.windows
                )
        levels = {Subject.parse(key).type for key in request.subjects}
        found = defaultdict(dict)
        for scan, (parts, at) in needed.items():
            parts = sorted(parts, key=repr)
            at = sorted(at, key=lambda window: (window.until, window.date_from))
            # sudo: the saver of the KPI was checked for the right to read this
            query = RecordQuery(
                self.sudo().env,
                scan,
                parts,
                at,
                request.company_id,
                request.tz,
                request.today,
            )
            for (index, level, key), pairs in query.run(levels).items():
                for part, pair in zip(parts, pairs, strict=True):
                    found[scan, part, at[index]][level, key] = pair
        return found

    def _can_read(self, scan, window, request):
        return scan.nature == "flow" or scan.date_field or window.until >= request.today

    def _get_reachable(self, request):
        """Return the ids of wanted employees whom a path over users can reach."""
        ids = request.subjects_of("employee")
        if not ids:
            return set()
        # sudo: the engine reads every employee's user
        employees = self.env["hr.employee"].sudo().with_context(active_test=False)
        return set(employees.search([("id", "in", ids), ("user_id", "!=", False)]).ids)

    def _get_readings(self, parts, can_read, reachable, request):
        """Return {subject key: Reading} of one KPI in one window."""
        self.ensure_one()
        ends_in = self._get_path_end()
        readings = {}
        for key in [*request.subjects, measuring.UNASSIGNED]:
            if key == measuring.UNASSIGNED:
                level, number, state = measuring.UNASSIGNED, 0, None
            else:
                level, number = Subject.parse(key)
                state = self._why_unreachable(level, number, ends_in, reachable)
            if not can_read:
                state = measuring.NO_HISTORY
            readings[key] = (
                Reading(None, state=state)
                if state
                else self._combine(
                    [(part, found.get((level, number))) for part, found in parts]
                )
            )
        return readings

    def _get_path_end(self):
        if not self.subject_path:
            return None
        field = self._resolve(
            self.env[self.model_name], self.subject_path, self.subject_path
        )
        return field.comodel_name

    def _why_unreachable(self, level, number, ends_in, reachable):
        if level == "company":
            return None
        if level == "department":
            return None if ends_in else measuring.NO_PATH
        if level == "employee":
            if ends_in in (None, "hr.department"):
                return measuring.NO_PATH
            if ends_in == "res.users" and number not in reachable:
                return measuring.UNREACHABLE
            return None
        reached = {kind for kind, _path, _model in self._get_extra_paths()}
        return None if level in reached else measuring.NO_PATH

    def _combine(self, parts):
        """Make one Reading of a KPI's parts: zero is a number, missing is not."""
        (part, found), *rest = parts
        value, base = found or (None, 0)
        if part.measure in ("count", "sum", "distinct"):
            value = value or 0.0
        if rest:
            below = (rest[0][1] or (None, 0))[0] or 0.0
            if not below:
                return Reading(None, value, 0.0, measuring.NO_RECORD)
            return Reading(value / below, value, below)
        if part.measure in ("average", "duration"):
            if not base:
                return Reading(None, state=measuring.NO_RECORD)
            return Reading(value / base, value, float(base))
        if value is None:
            return Reading(None, state=measuring.NO_RECORD)
        return Reading(float(value))

    def _get_record_domain(self, window, tz, today, company, part_index=0):
        """Return (model name, Domain) of the records behind a number."""
        self.ensure_one()
        if self.source != "record":
            raise UserError(self.env._("No records stand behind this number."))
        scan, part, shift = self._get_parts()[part_index]
        window = window.shifted(-shift, 0, company._get_kpi_fiscal_start())
        query = RecordQuery(self.env, scan, [part], (window,), company.id, tz, today)
        domain = query.domain(part, window)
        if scan.archived:
            domain &= Domain("active", "in", [True, False])
        return scan.model, domain
