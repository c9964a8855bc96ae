"""Messages between the collector, the sources and the write door.

They are frozen, so that a source can be trusted with them and a field added here later
never breaks a partner's override.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from .tools import periods

COMPANY = "company"
UNASSIGNED = "unassigned"
# reasons why a reading has no value; worded for people in hr.kpi._reading_states()
NO_RECORD = "no_record"
NO_ENTRY = "no_entry"
UNREACHABLE = "unreachable"
NO_PATH = "no_path"
NO_HISTORY = "no_history"
MISSING_INPUT = "missing_input"


class Window(NamedTuple):
    """Days a KPI is read over: the span of a period, cut at the day of the reading.

    `span` is a `tools.periods.Span`; `until` is the last day counted, inclusive.
    """

    span: periods.Span
    until: date

    @classmethod
    def of(cls, span, day):
        return cls(span, max(span.date_from, min(span.date_to, day)))

    @property
    def date_from(self):
        return self.span.date_from

    @property
    def is_over(self):
        return self.until >= self.span.date_to

    def shifted(self, steps=0, years=0, fiscal_start=1):
        """Return the same stretch of an earlier (negative) or later period.

        A finished period maps to the whole other period, an unfinished one to as many
        days of it as have gone by: like is compared with like.
        """
        span = self.span
        if steps:
            span = periods.shift(span, steps, fiscal_start)
        if years:
            span = periods.year_back(span, -years, fiscal_start)
        if self.is_over:
            return Window(span, span.date_to)
        return Window.of(span, span.date_from + (self.until - self.date_from))


class Reading(NamedTuple):
    """What a source found for one subject in one window; value None = no data."""

    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    state: str | None = None  # why there is no value; None when there is one


class Subject(NamedTuple):
    """Whose number: a subject type and the id of its record."""

    type: str
    id: int

    @property
    def key(self):
        return f"{self.type}:{self.id}"

    @classmethod
    def parse(cls, key):
        kind, _sep, number = key.partition(":")
        return cls(kind, int(number))


@dataclass(frozen=True)
class MeasureRequest:
    """One question to the sources, answered for many KPIs and subjects at once.

    company_id: id of the company whose records are read
    windows: tuple of `Window`
    subjects: frozenset of subject keys ("employee:12") that want an answer
    tz: name of the zone in which days begin
    today: day of the asking, for sources that know only the present
    fiscal_start: first month of the fiscal year, for shifted windows
    cache: readings already taken: {(kpi id, window): {subject key: Reading}}
    errors: what failed: {kpi id: message for its owner}
    """

    company_id: int
    windows: tuple
    subjects: frozenset
    tz: str
    today: date
    fiscal_start: int = 1
    cache: dict = field(default_factory=dict, compare=False, repr=False)
    errors: dict = field(default_factory=dict, compare=False, repr=False)

    def at(self, windows):
        """Return the same question about other windows, sharing what is known."""
        return replace(self, windows=tuple(windows))

    def subjects_of(self, kind):
        """Return the ids of the wanted subjects of one type."""
        prefix = f"{kind}:"
        return {
            int(key[len(prefix) :]) for key in self.subjects if key.startswith(prefix)
        }
