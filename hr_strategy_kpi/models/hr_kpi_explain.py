from odoo import models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class HrKpi(models.Model):
    """A definition in words."""

    _inherit = "hr.kpi"

    def _explain_source(self):
        self.ensure_one()
        labels = dict(self._fields["source"]._description_selection(self.env))
        return labels.get(self.source, self.source)

    def _explain_details(self):
        """Return [(label, text)] of what only this source has."""
        explain = getattr(self, f"_explain_{self.source}", None)
        return explain() if explain else []

    def _explain_formula(self):
        inputs = ", ".join(f"{kpi.code}: {kpi.name}" for kpi in self._get_inputs())
        return [(self.env._("Formula"), self.formula), (self.env._("Inputs"), inputs)]

    def _explain_record(self):
        model = self.env.get(self.model_name or "")
        if model is None:
            return []
        aggregates = dict(self._fields["aggregate"]._description_selection(self.env))
        measure = aggregates[self.aggregate]
        if self.measure_field and self.aggregate != "ratio":
            measure = f"{measure}: {self._label_path(model, self.measure_field)}"
        lines = [
            (self.env._("Records"), self.model_id.name),
            (self.env._("Measure"), measure),
            (self.env._("Filter"), self._describe_domain(model, self.domain)),
        ]
        if self.aggregate == "ratio":
            lines.append(
                (
                    self.env._("Divided by"),
                    self._describe_domain(model, self.denominator_domain),
                )
            )
        if self.date_field:
            label = self._label_path(model, self.date_field)
            below = self.denominator_date_field
            if self.aggregate == "ratio" and below:
                label = f"{label} / {self._label_path(model, below)}"
            lines.append((self.env._("Dated by"), label))
        if self.subject_path:
            lines.append(
                (
                    self.env._("Belongs to"),
                    self._label_path(model, self.subject_path),
                )
            )
        return lines

    def _label_path(self, model, path):
        labels = []
        for name in path.split("."):
            field = model._fields.get(name)
            if field is None:
                return path
            labels.append(field._description_string(self.env))
            if field.comodel_name:
                model = self.env[field.comodel_name]
        return " → ".join(labels)

    def _describe_domain(self, model, text):
        """Return a filter in the reader's words."""
        try:
            domain = self._parse_domain(text)
        except ValidationError:
            return text
        if domain.is_true():
            return self.env._("all records")
        return self._describe(model, domain)

    def _describe(self, model, domain):
        operator = getattr(domain, "OPERATOR", None)
        if operator in ("&", "|"):
            word = self.env._("and") if operator == "&" else self.env._("or")
            parts = []
            for child in domain.children:
                part = self._describe(model, child)
                nested = getattr(child, "OPERATOR", None) in ("&", "|")
                parts.append(f"({part})" if nested else part)
            return f" {word} ".join(parts)
        if operator == "!":
            return self.env._("not (%s)", self._describe(model, domain.child))
        if not hasattr(domain, "field_expr"):
            return str(domain)
        return self._describe_condition(model, domain)

    def _describe_condition(self, model, condition):
        label = self._label_path(model, condition.field_expr)
        field = self._field_of(model, condition.field_expr)
        operator, value = condition.operator, condition.value
        if isinstance(value, Domain):
            comodel = self.env[field.comodel_name]
            inner = self._describe(comodel, value)
            return self.env._("%(field)s with (%(inner)s)", field=label, inner=inner)
        if value is False or value in ([False], (False,)):
            empty = operator in ("=", "in")
            return (
                self.env._("%s is empty", label)
                if empty
                else self.env._("%s is set", label)
            )
        words = {
            "=": self.env._("is"),
            "in": self.env._("is"),
            "!=": self.env._("is not"),
            "not in": self.env._("is not"),
            "ilike": self.env._("contains"),
            "not ilike": self.env._("does not contain"),
            "child_of": self.env._("is or lies under"),
        }
        return (
            f"{label} {words.get(operator, operator)} {self._name_values(field, value)}"
        )

    def _field_of(self, model, path):
        field = None
        for name in path.split("."):
            field = model._fields.get(name)
            if field is not None and field.comodel_name:
                model = self.env[field.comodel_name]
        return field

    def _name_values(self, field, value):
        values = value if isinstance(value, (list, tuple, set, frozenset)) else [value]
        values = list(values)
        if field is not None and field.type == "selection":
            labels = dict(field._description_selection(self.env))
            values = [labels.get(item, item) for item in values]
        elif field is not None and field.relational:
            ids = [item for item in values if isinstance(item, int)]
            # sudo: names in a definition one may read
            records = self.env[field.comodel_name].sudo().browse(ids).exists()
            names = records.mapped("display_name")
            values = names + [item for item in values if isinstance(item, str)]
        elif field is not None and field.type == "boolean":
            values = [
                self.env._("yes") if item else self.env._("no") for item in values
            ]
        return ", ".join(str(item) for item in values)
