from odoo import api, fields, models

from ..fields import NullableFloat, number
from ..tools import rollup
from ..tools.status import worst


class HrStrategyObjective(models.Model):
    """Progress climbs back up: key results, then aligned objectives, by weight."""

    _inherit = "hr.strategy.objective"

    score = NullableFloat(compute="_compute_progress")
    status = fields.Selection(
        selection=lambda self: self.env["hr.kpi.target"]._fields["status"].selection,
        compute="_compute_progress",
    )
    is_stale = fields.Boolean(compute="_compute_progress")
    stale_reason = fields.Char(compute="_compute_progress")
    missing_count = fields.Integer(
        compute="_compute_progress", help="Key results without a figure."
    )

    @api.depends_context("kpi_day")
    def _compute_progress(self):
        """As of a day given in the context, by default today.

        All objectives below are read with three queries, however many there are.
        """
        tree = self._get_tree()
        figures = tree._get_key_result_targets(self._get_progress_day())
        results = {}
        for objective in tree.sorted("parent_path", reverse=True):
            results[objective.id] = objective._roll_up(results, figures)
        for objective in self:
            score, status, missing = results.get(objective.id, (None, None, 0))
            objective.score = False if score is None else score
            objective.status = status
            objective.missing_count = missing
            # sudo: freshness is a fact of the KPI
            stale = [
                figures[result]
                for result in objective.sudo().key_result_ids
                if figures[result].is_stale
            ]
            objective.is_stale = bool(stale)
            objective.stale_reason = stale[0].stale_reason if stale else False

    @api.model
    def _get_progress_day(self):
        day = self.env.context.get("kpi_day")
        return fields.Date.to_date(day) or self.env.company._get_kpi_today()

    def _get_tree(self):
        """Return `self` and all objectives aligned below, in one search."""
        if not self.ids:
            return self.browse()
        # sudo: a score is made of all parts, whoever looks at it
        return self.sudo().search([("id", "child_of", self.ids)])

    def _get_key_result_targets(self, day):
        """Return {key result: target of its objective's subject on a day}."""
        results = self.key_result_ids
        if not results:
            return {}
        targets = self.env["hr.kpi.target"].search_fetch(
            [
                ("kpi_id", "in", results.kpi_id.ids),
                ("company_id", "in", self.company_id.ids),
                (
                    "subject_key",
                    "in",
                    list({objective._get_subject_key() for objective in self}),
                ),
                ("period_id.date_from", "<=", day),
                ("period_id.date_to", ">=", day),
            ],
            ["kpi_id", "company_id", "subject_key", "period_id", "score", "status"],
        )
        by_unit = {
            (t.kpi_id, t.company_id, t.subject_key, t.period_id.kind): t
            for t in targets
        }
        return {
            result: by_unit.get(
                (
                    result.kpi_id,
                    result.objective_id.company_id,
                    result.objective_id._get_subject_key(),
                    result.period_kind,
                ),
                targets.browse(),
            )
            for result in results
        }

    def _roll_up(self, results, figures):
        """Return (score, status, number of key results without a figure)."""
        policy = self.map_id.missing
        own = [
            (number(figures[result].score), result.weight, figures[result].status)
            for result in self.key_result_ids
        ]
        below = [
            (*results[child.id][:2], child.weight)
            for child in self.child_ids
            if child.id in results
        ]
        own_score = self._weigh([(s, w) for s, w, _status in own], policy)
        below_score = self._weigh([(s, w) for s, _status, w in below], policy)
        statuses = [status or None for _s, _w, status in own]
        if not own or self.own_part < 1.0:
            statuses += [status for _score, status, _w in below]
        missing = sum(score is None for score, _w, _status in own)
        score = self._combine(own_score, below_score, bool(own), bool(below), policy)
        return score, worst(*statuses) or self._get_empty_status(own, below), missing

    def _weigh(self, pairs, policy):
        return rollup.weighted(pairs, policy) if any(w for _s, w in pairs) else None

    def _combine(self, own, below, has_own, has_below, policy):
        """Own key results and aligned objectives, by the own part."""
        if not has_own:
            return below
        if not has_below or self.own_part >= 1.0:
            return own
        pairs = [(own, self.own_part), (below, 1.0 - self.own_part)]
        return self._weigh(pairs, policy)

    def _get_empty_status(self, own, below):
        return "no_data" if own or below else None

    # ----------------------------------------------------------------- targets

    def _find_target(self, result, period):
        """Return this subject's target of a key result's KPI in a period."""
        self.ensure_one()
        return self.env["hr.kpi.target"].search(
            [
                ("kpi_id", "=", result.kpi_id.id),
                ("period_id", "=", period.id),
                ("company_id", "=", self.company_id.id),
                ("subject_key", "=", self._get_subject_key()),
            ]
        )

    def _ensure_target(self, result, period, value, parent=None):
        """Return the target, made or brought to a value; parts name their whole."""
        parent = parent or self.env["hr.kpi.target"]
        vals = {"target": value, "parent_id": parent.id}
        target = self._find_target(result, period)
        if target:
            target.write(vals)
            return target
        return target.create(
            {
                **vals,
                "kpi_id": result.kpi_id.id,
                "period_id": period.id,
                "company_id": self.company_id.id,
                "department_id": self.department_id.id
                if self.level == "department"
                else False,
                "employee_id": self.employee_id.id
                if self.level == "employee"
                else False,
            }
        )
