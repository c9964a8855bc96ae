from collections import defaultdict
from statistics import fmean, median

from odoo import models

from .. import measuring
from ..fields import known, number
from ..measuring import Reading, Subject
from ..tools import rollup


class HrKpi(models.Model):
    """Source `manual`: what people, files and programs told us, once approved."""

    _inherit = "hr.kpi"

    def _measure_manual(self, request):
        """Read the approved entries of all KPIs with one search.

        An entry of a sum or count KPI is an increment on its date, of any other the
        level at its date. A department or company that has no entry of its own gets
        the roll-up of its people's.
        """
        entries = self._get_entries(request)
        places = self._get_places(entries, request)
        result = {}
        for kpi in self:
            by_subject = defaultdict(list)
            for entry in entries[kpi.id]:
                by_subject[entry.subject_key].append(entry)
                for key in places[entry]:
                    by_subject["parts", key].append(entry)
            result[kpi.id] = {
                window: {
                    key: kpi._read_entries(
                        by_subject[key], by_subject["parts", key], window
                    )
                    for key in request.subjects
                }
                for window in request.windows
            }
        return result

    def _get_entries(self, request):
        """Return the approved entries up to the last window: {kpi id: [entry]}."""
        entries = self.env["hr.kpi.entry"].search_fetch(
            [
                ("kpi_id", "in", self.ids),
                ("company_id", "=", request.company_id),
                ("state", "=", "approved"),
                ("date", "<=", max(window.until for window in request.windows)),
            ],
            ["kpi_id", "subject_key", "date", "value", "numerator", "denominator"],
            order="date, id",
        )
        result = defaultdict(list)
        for entry in entries:
            result[entry.kpi_id.id].append(entry)
        return result

    def _get_places(self, entries, request):
        """Return the wholes that each person's entry is part of: {entry: [key]}."""
        all_entries = [entry for group in entries.values() for entry in group]
        people = [
            (entry, Subject.parse(entry.subject_key))
            for entry in all_entries
            if entry.subject_key.startswith("employee:")
        ]
        departments = self.env["hr.employee"]._get_kpi_departments(
            {(subject.id, entry.date) for entry, subject in people}
        )
        company_key = Subject("company", request.company_id).key
        places = defaultdict(list)
        for entry, subject in people:
            places[entry] = [company_key] + [
                Subject("department", department_id).key
                for department_id in departments[subject.id, entry.date]
            ]
        for entry in all_entries:
            if entry.subject_key.startswith("department:"):
                places[entry] = [company_key]
        return places

    def _read_entries(self, own, parts, window):
        own, parts = self._within(own, window), self._within(parts, window)
        if own:
            return self._aggregate_entries(own)
        if parts and self._get_rollup() != "none":
            return self._aggregate_entries(parts, by_subject=True)
        if self.aggregate in ("sum", "count") and self.missing == "zero":
            return Reading(0.0)
        return Reading(None, state=measuring.NO_ENTRY)

    def _within(self, entries, window):
        """Return the entries that count; a state is what was last said, however old."""
        return [
            entry
            for entry in entries
            if entry.date <= window.until
            and (self.nature == "stock" or entry.date >= window.date_from)
        ]

    def _aggregate_entries(self, entries, by_subject=False):
        """Return the Reading of entries in order of date."""
        pairs = [
            (number(entry.numerator), number(entry.denominator))
            for entry in entries
            if known(entry.denominator)
        ]
        if self.aggregate == "ratio" and pairs:
            numerator, denominator, value = rollup.ratio(pairs)
            return Reading(value, numerator, denominator)
        if self.nature == "stock" or self.aggregate in ("last", "ratio"):
            entries = list({entry.subject_key: entry for entry in entries}.values())
        values = [entry.value for entry in entries if known(entry.value)]
        if not values:
            return Reading(None, state=measuring.NO_ENTRY)
        if self.aggregate in ("sum", "count", "distinct"):
            return Reading(sum(values))
        if self.aggregate in ("average", "duration"):
            return Reading(fmean(values), sum(values), len(values))
        if self.aggregate == "minimum":
            return Reading(min(values))
        if self.aggregate == "maximum":
            return Reading(max(values))
        if self.aggregate == "median":
            return Reading(median(values))
        return Reading(fmean(values) if by_subject else values[-1])
