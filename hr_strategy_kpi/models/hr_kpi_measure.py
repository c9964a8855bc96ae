import logging

from odoo import api, models
from odoo.exceptions import UserError

from .. import measuring
from ..measuring import Reading

_logger = logging.getLogger(__name__)


class HrKpi(models.Model):
    """Asking the sources: one batch method per source, nothing is written."""

    _inherit = "hr.kpi"

    @api.model
    def _get_subject_types(self):
        """Return whose numbers there can be: {type: spec}.

        spec: `field` the many2one on hr.kpi.target that holds the subject, `model` its
        model, `label` its name for people, `reached_by` the names of the models a
        record path may end in to reach it, `path` the name of the hr.kpi field that
        holds that path. Bridges call super() and add their own:

            types["team"] = {"field": "team_id", "model": "crm.team", ...}
        """
        return {
            "company": {
                "field": "company_id",
                "model": "res.company",
                "label": self.env._("Company"),
            },
            "department": {
                "field": "department_id",
                "model": "hr.department",
                "label": self.env._("Department"),
            },
            "employee": {
                "field": "employee_id",
                "model": "hr.employee",
                "label": self.env._("Employee"),
            },
        }

    def _measure(self, request):
        """Read all KPIs of `self`: {kpi id: {window: {subject key: Reading}}}.

        Calls `_measure_<source>(request)` once per source with all its KPIs. A KPI
        whose source fails is missing from the answer and has its message in
        `request.errors`; the others are not touched by it. Every subject of the request
        has a reading in the answer, with a state where it has no value.
        """
        for source, kpis in self._with_inputs().grouped("source").items():
            if source != "formula":
                kpis._measure_source(request)
        self.filtered(lambda kpi: kpi.source == "formula")._measure_source(request)
        return {
            kpi.id: {
                window: request.cache[kpi.id, window] for window in request.windows
            }
            for kpi in self
            if kpi.id not in request.errors
        }

    def _measure_source(self, request):
        """Let one source answer for all its KPIs; if it fails, for each alone."""
        todo = self.filtered(
            lambda kpi: (
                kpi.id not in request.errors
                and any(
                    (kpi.id, window) not in request.cache for window in request.windows
                )
            )
        )
        if not todo:
            return
        try:
            with self.env.cr.savepoint(flush=False):
                todo._measure_batch(request)
        except Exception as error:
            # not logged as an error: the owner sees it on the KPI, the rest goes on
            _logger.info("KPI source %s failed: %s", todo[:1].source, error)
            if len(todo) == 1:
                request.errors[todo.id] = todo._describe_error(error)
                return
            for kpi in todo:
                kpi._measure_source(request)

    def _measure_batch(self, request):
        source = self[:1].source
        method = getattr(self, f"_measure_{source}", None)
        if method is None:
            raise UserError(
                self.env._("No installed app measures the source “%s”.", source)
            )
        readings = method(request)
        for kpi in self:
            for window in request.windows:
                found = readings.get(kpi.id, {}).get(window, {})
                request.cache[kpi.id, window] = kpi._complete(found, request)

    def _complete(self, found, request):
        """Return `found` with a reading for every subject that was asked for."""
        nothing = Reading(None, state=measuring.NO_RECORD)
        return {
            measuring.UNASSIGNED: found.get(measuring.UNASSIGNED, nothing),
            **{key: found.get(key, nothing) for key in request.subjects},
        }

    def _describe_error(self, error):
        """Return a failure in words the KPI's owner can act on."""
        if isinstance(error, UserError):
            return str(error)
        if missing := self._get_missing_models():
            return self.env._("The app that owns “%s” is not installed.", missing[0])
        return f"{type(error).__name__}: {error}".strip()

    def _get_source_state(self, error):
        """Return ok, error or unavailable: the app it reads is not installed."""
        if not error:
            return "ok"
        gone = self._get_missing_models() or not hasattr(
            self, f"_measure_{self.source}"
        )
        return "unavailable" if gone else "error"

    def _get_missing_models(self):
        """Return the technical names of the models this KPI reads that are gone."""
        names = self._get_model_names()
        return sorted(name for name in names if name and name not in self.env)

    def _forget_failure(self):
        """Take back the reminder to mend the source."""
        # sudo: the reminder is the engine's, whoever mends the KPI
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])

    def _get_model_names(self):
        """Return the names of the models this KPI reads; sources add theirs."""
        return set()

    @api.model
    def _get_reading_states(self):
        """Return why a reading may have no value: {state: words}."""
        return {
            measuring.NO_RECORD: self.env._("no record in this period"),
            measuring.NO_ENTRY: self.env._("nothing has been typed in for this period"),
            measuring.UNREACHABLE: self.env._(
                "the person has no user, so no record can be theirs"
            ),
            measuring.NO_PATH: self.env._(
                "the KPI does not say which record belongs to whom"
            ),
            measuring.NO_HISTORY: self.env._(
                "the state of a past day is not recorded: choose dates of validity"
            ),
            measuring.MISSING_INPUT: self.env._("an input of the formula is missing"),
        }
