from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime, formatLang

from ..fields import known, number


class HrKpiTarget(models.Model):
    """Explain this number: where it comes from, in words, down to the records."""

    _inherit = "hr.kpi.target"

    explanation = fields.Html(compute="_compute_explanation", sanitize=False)

    @api.depends_context("lang", "uid")
    def _compute_explanation(self):
        for target in self:
            target.explanation = self.env["ir.qweb"]._render(
                "hr_strategy_kpi.target_explanation",
                {"lines": target._get_explanation() if target.id else []},
            )

    def _get_explanation(self, measurement=None):
        """Return [(label, text)] that tell how a figure came about.

        By default the figure of now; of a measurement that of its day.
        """
        self.ensure_one()
        day = measurement.date if measurement else self.company_id._get_kpi_today()
        # sudo: the definition may be read by whoever sees the figure
        kpi = self.kpi_id.sudo()
        lines = [
            (self.env._("Figure"), self._explain_figure(measurement)),
            (self.env._("Definition"), kpi.description),
            (self.env._("Source"), kpi._explain_source()),
            *kpi._explain_details(),
            (self.env._("Days counted"), self._explain_window(day)),
            (self.env._("Marks"), self._explain_marks()),
            (self.env._("Judged"), self._explain_thresholds()),
            (self.env._("Proration"), self._explain_proration()),
            (self.env._("Read at"), not measurement and self._explain_reading()),
            (
                self.env._("Belongs to nobody"),
                not measurement and self._explain_unassigned(),
            ),
            (
                self.env._("Restated"),
                not measurement and self._explain_restatement(),
            ),
            (self.env._("Changes"), self._explain_changes()),
        ]
        return [(label, text) for label, text in lines if text]

    def _explain_figure(self, measurement=None):
        value = measurement.value if measurement else self.actual
        state = measurement.state if measurement else self.reading_state
        if not known(value):
            words = self.env["hr.kpi"]._get_reading_states()
            why = words.get(state, state) or self.env._("not read yet")
            return self.env._("No data: %s", why)
        text = self._format_value(value)
        parts = measurement or self
        if known(parts.numerator) and known(parts.denominator):
            text += " = " + self.env._(
                "%(above)s / %(below)s",
                above=self._format_number(parts.numerator),
                below=self._format_number(parts.denominator),
            )
        return text

    def _explain_window(self, day):
        day = min(day, self.period_id.date_to)
        return self.env._(
            "%(first)s to %(last)s, time zone %(tz)s",
            first=format_date(self.env, self.period_id.date_from),
            last=format_date(self.env, day),
            # sudo: the zone of the company of a figure one may see
            tz=self.company_id.sudo()._get_kpi_tz(),
        )

    def _explain_marks(self):
        names = ("red_flag", "baseline", "target", "stretch")
        if self.direction == "range":
            names = ("target_low", "target_high")
        return ", ".join(
            f"{self._fields[name]._description_string(self.env)} "
            f"{self._format_value(self[name])}"
            for name in names
            if known(self[name])
        )

    def _explain_thresholds(self):
        if not known(self.score):
            return False
        # sudo: whoever sees a figure sees how it is judged
        thresholds = self.sudo()._get_thresholds()
        kind = self.kpi_id.sudo()._get_status_kind()
        if kind in ("flow", "fills"):
            return self.env._(
                "by its pace over the period's working days: on track from "
                "%(on_track)s, at risk from %(at_risk)s",
                on_track=self._format_percent(thresholds.on_track),
                at_risk=self._format_percent(thresholds.at_risk),
            )
        if kind == "end":
            return self.env._("on the period's last working day only")
        return self.env._(
            "at any time: equal to the target is on track, down to the "
            "baseline at risk, beyond it off track"
        )

    def _explain_proration(self):
        if not known(self.proration) or self.proration == 1.0:
            return False
        return self.env._(
            "%(full)s × %(part)s for the days and hours worked",
            full=self._format_value(self.full_target),
            part=self._format_percent(self.proration),
        )

    def _explain_reading(self):
        if not self.measured_at:
            return self.stale_reason
        text = format_datetime(
            # sudo: the zone of the company of a figure one may see
            self.env,
            self.measured_at,
            tz=self.company_id.sudo()._get_kpi_tz(),
        )
        return f"{text} ({self.stale_reason})" if self.is_stale else text

    def _explain_unassigned(self):
        if not known(self.unassigned) or not self.unassigned:
            return False
        return self._format_value(self.unassigned)

    def _explain_restatement(self):
        if not self.restated_reason:
            return False
        return self.env._(
            "%(now)s instead of %(was)s. %(why)s",
            now=self._format_value(self.restated_actual),
            was=self._format_value(self.actual),
            why=self.restated_reason,
        )

    def _explain_changes(self):
        """Return who changed which mark, newest first."""
        # sudo: whoever sees the target sees who changed it
        values = (
            self.env["mail.tracking.value"]
            .sudo()
            .search(
                [
                    ("mail_message_id.model", "=", self._name),
                    ("mail_message_id.res_id", "=", self.id),
                    (
                        "field_id.name",
                        "in",
                        ["red_flag", "baseline", "target", "stretch"],
                    ),
                ],
                order="id desc",
                limit=5,
            )
        )
        return "; ".join(
            self.env._(
                "%(date)s %(who)s: %(field)s %(was)s → %(now)s",
                date=format_date(self.env, value.create_date),
                who=value.mail_message_id.author_id.name or "",
                field=value.field_id.field_description,
                was=self._format_value(value.old_value_float),
                now=self._format_value(value.new_value_float),
            )
            for value in values
        )

    # ----------------------------------------------------------------- opening

    def action_explain(self):
        """Show where the figure comes from."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Explain This Number"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [
                (self.env.ref("hr_strategy_kpi.hr_kpi_target_view_explain").id, "form")
            ],
            "target": "new",
        }

    def action_open_records(self):
        """Open the very records that were counted, under the reader's own rights."""
        self.ensure_one()
        return self._open_records(self.company_id._get_kpi_today())

    def _open_records(self, day):
        # sudo: the definition may be read by whoever sees the figure
        kpi = self.kpi_id.sudo()
        opener = getattr(self, f"_open_{kpi.source}", None)
        if opener is None:
            raise UserError(self.env._("No records stand behind this number."))
        return opener(kpi, day)

    def action_open_denominator(self):
        """Open the records a rate was divided by."""
        self.ensure_one()
        day = self.company_id._get_kpi_today()
        # sudo: the definition may be read by whoever sees the figure
        return self._open_record(self.kpi_id.sudo(), day, part_index=1)

    def _open_record(self, kpi, day, part_index=0):
        # sudo: days and zone of the company of a figure one may see
        company = self.company_id.sudo()
        model, domain = kpi._get_record_domain(
            self.period_id._get_window(day),
            company._get_kpi_tz(),
            company._get_kpi_today(),
            company,
            part_index,
        )
        domain &= self._get_subject_domain(kpi)
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": model,
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": list(domain),
            "context": {"active_test": not kpi.include_archived, "create": False},
        }

    def _get_subject_domain(self, kpi):
        """Return the Domain on a KPI's records that belong to this target's subject.

        Attribution by the version of a day cannot be said in a filter: people who
        changed departments within the period are shown where they are now.
        """
        spec = kpi._get_subject_types().get(self.subject_type, {})
        if own_path := spec.get("path") and kpi[spec["path"]]:
            # sudo: only the id is taken from the subject
            return fields.Domain(own_path, "in", self.sudo()[spec["field"]].ids)
        path = kpi.subject_path
        if self.subject_type == "company" or not path:
            return fields.Domain.TRUE
        ends_in = kpi._get_path_end()
        people = {
            "res.users": "employee_ids",
            "hr.employee": "",
            "hr.employee.public": "employee_id",
        }
        if self.subject_type == "employee" and ends_in in people:
            # sudo: only ids are taken from the employee
            employee = self.employee_id.sudo()
            if ends_in == "res.users":
                return fields.Domain(path, "in", employee.user_id.ids)
            return fields.Domain(path, "in", employee.ids)
        if self.subject_type == "department":
            return self._get_department_domain(path, ends_in)
        return fields.Domain.TRUE

    def _get_department_domain(self, path, ends_in):
        if ends_in == "hr.department":
            return fields.Domain(path, "child_of", self.department_id.ids)
        # sudo: only ids are taken from the employees
        employees = self.env["hr.employee"].sudo().with_context(active_test=False)
        people = employees.search(
            [("department_id", "child_of", self.department_id.id)]
        )
        ids = people.user_id.ids if ends_in == "res.users" else people.ids
        return fields.Domain(path, "in", ids)

    def _open_manual(self, kpi, day):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "hr_strategy_kpi.hr_kpi_entry_action"
        )
        return {
            **action,
            "domain": [
                ("kpi_id", "=", kpi.id),
                ("date", ">=", self.period_id.date_from),
                ("date", "<=", min(day, self.period_id.date_to)),
            ],
        }

    def _open_formula(self, kpi, day):
        """Open the same subject's figures of the KPIs that the formula names."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "hr_strategy_kpi.hr_kpi_action"
        )
        return {
            **action,
            "domain": [("id", "in", kpi._get_inputs().ids)],
            "context": {"active_test": False},
        }

    # -------------------------------------------------------------- formatting

    def _format_value(self, value):
        """Return a value of this KPI in the reader's language, with its unit."""
        self.ensure_one()
        return self._format_unit(value, self.unit, self.direction)

    def _format_unit(self, value, unit, direction):
        value = number(value)
        if value is None:
            return "–"
        if direction == "boolean":
            return self.env._("yes") if value else self.env._("no")
        if unit == "percent":
            return self._format_percent(value)
        if unit == "money":
            # sudo: the currency of a figure one may see
            currency = self.company_id.sudo().currency_id
            return formatLang(self.env, value, currency_obj=currency)
        suffix = {
            "minute": self.env._("min"),
            "hour": self.env._("h"),
            "day": self.env._("days"),
            "week": self.env._("weeks"),
            "point": self.env._("points"),
        }.get(unit)
        text = self._format_number(value)
        return f"{text} {suffix}" if suffix else text

    def _format_number(self, value):
        digits = 0 if value == round(value) else 2
        return formatLang(self.env, value, digits=digits)

    def _format_percent(self, value):
        digits = 0 if abs(value * 100 - round(value * 100)) < 1e-9 else 1
        return f"{formatLang(self.env, value * 100, digits=digits)} %"
