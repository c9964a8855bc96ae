from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .. import measuring
from ..measuring import Reading
from ..tools import formula as formulas
from ..tools import graph


class HrKpi(models.Model):
    """Source `formula`: arithmetic over other KPIs."""

    _inherit = "hr.kpi"

    formula = fields.Char(
        tracking=True,
        help="Codes of other KPIs with + - * / ( ) and min, max, avg, abs, round, if. "
        "CODE[-1] is one period earlier, CODE[-1y] the same period a year earlier.",
    )

    @api.model
    def _source_fields(self):
        return super()._source_fields() | {"formula"}

    @api.onchange("source", "formula")
    def _onchange_formula(self):
        """Propose how parts make the whole: a plain division is a ratio."""
        if self.source != "formula" or not self.formula:
            return
        try:
            is_ratio = formulas.parse(self.formula).is_ratio
        except formulas.FormulaError:
            return
        if is_ratio and self.aggregate == "count":
            self.update({"aggregate": "ratio"})

    def _check_source_formula(self):
        parsed = self._parse_formula()
        inputs = self._get_inputs(parsed)
        unknown = {ref.code for ref in parsed.references} - set(inputs.mapped("code"))
        if unknown:
            raise ValidationError(
                self.env._(
                    "The formula of “%(kpi)s” names KPIs that do not exist: %(codes)s.",
                    kpi=self.name,
                    codes=", ".join(sorted(unknown)),
                )
            )
        self._check_formula_loop()
        units = {kpi.code: kpi.unit for kpi in inputs}
        try:
            formulas.units(parsed, units)
        except formulas.FormulaError as error:
            raise ValidationError(self._describe_formula_error(error)) from error

    def _check_formula_loop(self):
        edges, todo = {}, self
        while todo:
            following = self.browse()
            for kpi in todo:
                inputs = kpi._get_inputs()
                edges[kpi.code] = sorted(inputs.mapped("code"))
                following |= inputs
            todo = following.filtered(lambda kpi: kpi.code not in edges)
        loop = graph.find_cycle(edges)
        if loop:
            raise ValidationError(
                self.env._(
                    "The formula of “%(kpi)s” needs itself: %(loop)s. Take one of "
                    "these codes out.",
                    kpi=self.name,
                    loop=" → ".join(loop),
                )
            )

    def _parse_formula(self):
        self.ensure_one()
        try:
            return formulas.parse(self.formula or "")
        except formulas.FormulaError as error:
            raise ValidationError(self._describe_formula_error(error)) from error

    def _describe_formula_error(self, error):
        """Word an error of `tools.formula`, which knows no language."""
        params = {"position": "", "found": "", "expected": "", "count": ""}
        params.update(error.params)
        where = self.env._(
            "Formula of “%(kpi)s”: %(formula)s", kpi=self.name, formula=self.formula
        )
        why = {
            "empty": self.env._("it is empty."),
            "syntax": self.env._(
                "at character %(position)s, “%(found)s” does not fit there.",
                position=params["position"],
                found=params["found"],
            ),
            "unknown_function": self.env._(
                "there is no function “%s”. There are min, max, avg, abs, round, if.",
                params["found"],
            ),
            "arity": self.env._(
                "“%(function)s” takes %(expected)s values, not %(count)s.",
                function=params["found"],
                expected=params["expected"],
                count=params["count"],
            ),
            "too_long": self.env._("it is too long."),
            "too_deep": self.env._("its parentheses are nested too deep."),
            "bad_number": self.env._("“%s” is no number.", params["found"]),
            "unclosed": self.env._("a parenthesis is not closed."),
            "unit_mismatch": self.env._(
                "it mixes KPIs of different units, which cannot be added or compared."
            ),
        }
        return f"{where}\n{why.get(error.code, error.code)}"

    def _get_inputs(self, parsed=None):
        """Return the KPIs that the formula names, archived ones included."""
        self.ensure_one()
        if self.source != "formula":
            return self.browse()
        codes = {ref.code for ref in (parsed or self._parse_formula()).references}
        return self.with_context(active_test=False).search([("code", "in", codes)])

    def _get_formula_users(self):
        """Return the KPIs whose formula names this one, archived ones included."""
        self.ensure_one()
        candidates = self.with_context(active_test=False).search(
            [("source", "=", "formula"), ("formula", "ilike", self.code)]
        )
        return candidates.filtered(lambda kpi: self in kpi._get_inputs())

    def _with_inputs(self):
        """Return `self` and every KPI its formulas need for the same windows."""
        found = todo = self
        while todo := todo._get_formula_inputs() - found:
            found |= todo
        return found

    def _get_formula_inputs(self):
        """Return the KPIs that the formulas of `self` name without a shift.

        A formula that cannot be read contributes none: it reports itself when it is
        measured.
        """
        codes = set()
        for kpi in self.filtered(lambda kpi: kpi.source == "formula"):
            try:
                references = formulas.parse(kpi.formula or "").references
            except formulas.FormulaError:
                continue
            codes |= {ref.code for ref in references if not ref.shift and not ref.years}
        if not codes:
            return self.browse()
        return self.with_context(active_test=False).search([("code", "in", codes)])

    def _measure_formula(self, request):
        """Evaluate each formula for every subject; inputs are read in batches."""
        return {kpi.id: kpi._evaluate_formula(request) for kpi in self}

    def _evaluate_formula(self, request):
        self._check_formula_loop()
        parsed = self._parse_formula()
        inputs = {kpi.code: kpi for kpi in self._get_inputs(parsed)}
        read = {}
        for ref in parsed.references:
            if ref.code not in inputs:
                raise UserError(
                    self.env._("The formula needs “%s”, which is gone.", ref.code)
                )
            shifted = [
                window.shifted(ref.shift, ref.years, request.fiscal_start)
                for window in request.windows
            ]
            read[ref] = inputs[ref.code]._read_input(request.at(shifted), shifted)
        keys = [measuring.UNASSIGNED, *request.subjects]
        return {
            window: {
                key: self._evaluate_for(parsed, read, position, key) for key in keys
            }
            for position, window in enumerate(request.windows)
        }

    def _read_input(self, request, windows):
        """Return this KPI's readings in the order of `windows`, or raise its error."""
        readings = self._measure(request)
        if self.id not in readings:
            raise UserError(
                self.env._(
                    "Its input “%(kpi)s” fails: %(error)s",
                    kpi=self.code,
                    error=request.errors.get(self.id, ""),
                )
            )
        return [readings[self.id][window] for window in windows]

    def _evaluate_for(self, parsed, read, position, key):
        values = {}
        for ref, readings in read.items():
            reading = readings[position][key]
            values[ref] = (
                None
                if reading.value is None
                else formulas.Value(
                    reading.value, reading.numerator, reading.denominator
                )
            )
        result = formulas.evaluate(
            parsed, values, missing=self.missing, zero_division=self.missing
        )
        if result is None:
            return Reading(None, state=measuring.MISSING_INPUT)
        return Reading(result.value, result.numerator, result.denominator)
