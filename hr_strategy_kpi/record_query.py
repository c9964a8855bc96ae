"""The one statement behind the `record` source.

It reads a model's records once for any number of filtered aggregates ("parts") and
windows, attributes each record to a person by `hr.version` at the record's date and to
that person's department with all its ancestors, and groups once per level. Cost grows
with records and definitions; there is no query per subject.

    rec   the model's own `_search()`, with one condition and one value per part
    win   the windows
    attr  record x window x person x department
    ...   one aggregation per level, in one UNION ALL
"""

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime, time
from typing import NamedTuple

import pytz

from odoo.fields import Domain
from odoo.tools import SQL

from .tools import periods

PERSON_MODELS = ("res.users", "hr.employee", "hr.employee.public")
PATH_MODELS = (*PERSON_MODELS, "hr.department")
HOURS = {"minute": 1 / 60, "hour": 1.0, "day": 24.0, "week": 168.0}


class Scan(NamedTuple):
    """What parts must have in common to be read together."""

    model: str
    archived: bool
    nature: str
    date_field: str | None
    date_end_field: str | None
    path: str | None
    extra_paths: tuple = ()  # ((subject type, path, model), ...)


@dataclass(frozen=True)
class Part:
    """One filtered aggregate. measure: count, sum, average, minimum, maximum, distinct,
    median or duration; `unit` and `working` are for durations."""

    text: str  # the filter, which a Domain with lists in it cannot be told apart by
    domain: Domain = dataclass_field(compare=False, repr=False)
    measure: str = "count"
    field: str | None = None
    field_end: str | None = None
    unit: str | None = None
    working: bool = False


class RecordQuery:
    """Run the parts of one scan over windows for one company.

    env decides the rights: the engine's is sudo, the preview's and the check's are the
    user's own.
    """

    def __init__(self, env, scan, parts, windows, company_id, tz, today):
        self.env = env(
            context={
                "tz": tz,
                "active_test": not scan.archived,
                "allowed_company_ids": [company_id],
            }
        )
        self.scan, self.parts, self.windows = scan, parts, windows
        self.company = env["res.company"].browse(company_id)
        self.tz, self.today = tz, today
        self.model = self.env[scan.model]
        self.person_model, self.is_multi = None, False
        self._ctes = []

    # ------------------------------------------------------------------ result

    def run(self, levels):
        """Return {(window index, level, id): [(value, base), ...]}, a pair per part.

        value: the aggregate, None over nothing; for averages and durations the sum.
        base: the number of records or values it was taken over.
        Levels: employee, department, company (which brings unassigned with id 0) and
        the types of `scan.extra_paths`.
        """
        known = {"employee", "department", "company"}
        known |= {kind for kind, _path, _model in self.scan.extra_paths}
        if not known & set(levels):
            return {}
        if not any(self._reaches(window) for window in self.windows):
            return {}
        query = self._search()
        if query.is_empty():
            return {}
        statement = self._statement(query, levels)
        result = {}
        for index, level, key, *values in self.env.execute_query(statement):
            pairs = list(zip(values[::2], values[1::2], strict=True))
            result[index, level, key] = pairs
        return result

    def count(self):
        """Return how many records fall into each window, one number per part."""
        query = self._search()
        if query.is_empty():
            return [[0] * len(self.parts) for _window in self.windows]
        self._rec(query)
        self._win()
        rows = self.env.execute_query(
            SQL(
                "WITH %s SELECT w.idx, %s FROM win w LEFT JOIN rec r ON %s "
                "GROUP BY w.idx ORDER BY w.idx",
                SQL(", ").join(self._ctes),
                SQL(", ").join(
                    SQL("count(r.rec_id) FILTER (WHERE %s)", self._col("c", index))
                    for index in range(len(self.parts))
                ),
                self._in_window(),
            )
        )
        return [list(row[1:]) for row in rows]

    def check(self):
        """Run once over at most one record; errors are the caller's to word."""
        query = self._search()
        if not query.is_empty():
            self._rec(query, limit=1)
            self.env.execute_query(
                SQL("WITH %s SELECT * FROM rec", SQL(", ").join(self._ctes))
            )

    def domain(self, part, window):
        """Return the Domain of the very records a part counts in a window."""
        domain = Domain(part.domain) & self._company_domain()
        field = self.scan.date_field
        if not field:
            return domain
        first, last = self._bounds(window)
        if self.scan.nature == "flow":
            return domain & Domain(field, ">=", first) & Domain(field, "<", last)
        domain &= Domain(field, "<", last)
        end = self.scan.date_end_field
        if end:
            reached = Domain(end, ">=", self._still_valid_at(window))
            domain &= Domain(end, "=", False) | reached
        return domain

    # ---------------------------------------------------------------- building

    def _search(self):
        """Return the Query of every record that some part may count."""
        domain = Domain.OR(part.domain for part in self.parts) & self._company_domain()
        self.model.check_access("read")
        bypass = self.env.su
        return self.model._search(domain, bypass_access=bypass)

    def _company_domain(self):
        field = self.model._fields.get("company_id")
        if field and field.store and field.comodel_name == "res.company":
            return Domain("company_id", "in", [self.company.id, False])
        return Domain.TRUE

    def _reaches(self, window):
        """Whether the window can be read: a state without dates is known today only."""
        if self.scan.nature == "flow" or self.scan.date_field:
            return True
        return window.until >= self.today

    def _bounds(self, window):
        """Return the half-open stretch of a window in the date field's own type."""
        if self._date_type == "date":
            return window.date_from, date_after(window.until)
        return periods.utc_window(window.date_from, window.until, self.tz)

    def _still_valid_at(self, window):
        """Return what a state's end must reach to count on the window's last day.

        The day itself: a certificate valid until the 20th is valid on the 20th. Of a
        moment the end of that day.
        """
        if self._field_at(self.scan.date_end_field).type == "date":
            return window.until
        return periods.utc_window(window.until, window.until, self.tz)[1]

    @property
    def _date_type(self):
        if not self.scan.date_field:
            return "date"
        return self._field_at(self.scan.date_field).type

    def _field_at(self, path):
        model, field = self.model, None
        for name in path.split("."):
            field = model._fields[name]
            if field.comodel_name:
                model = self.env[field.comodel_name]
        return field

    def _path_sql(self, query, path):
        """Return (SQL of the path's value, its field, alias of its table)."""
        model, alias = self.model, query.table
        *steps, last = path.split(".")
        for step in steps:
            field = model._fields[step]
            if field.type != "many2one":
                raise ValueError(f"{step} is not a many2one")
            if not field.store and field.related:
                model_at, related, alias_at = model._traverse_related_sql(
                    alias, field, query
                )
                model, alias = self._join(query, model_at, related, alias_at)
            else:
                model, alias = self._join(query, model, field, alias)
            if not self.env.su:
                model.check_access("read")
        field = model._fields[last]
        if field.type in ("many2many", "one2many"):
            return SQL.identifier(alias, "id"), field, alias
        return model._field_to_sql(alias, last, query), field, alias

    def _join(self, query, model, field, alias):
        self.env[field.comodel_name].check_access("read")
        link = query.make_alias(alias, field.name)
        if link in query._joins:
            return self.env[field.comodel_name], link
        return field.join(model, alias, query)

    def _col(self, prefix, index):
        return SQL.identifier(f"{prefix}{index}")

    def _rec(self, query, limit=None):
        """Add the CTE of the model's records: who, when, and each part's columns."""
        columns = [SQL("%s AS rec_id", SQL.identifier(query.table, "id"))]
        add = columns.append
        if self.scan.date_field:
            moment, _field, _alias = self._path_sql(query, self.scan.date_field)
            add(SQL("%s AS moment", moment))
            if self.windows:
                self._narrow(query, moment)
        if self.scan.date_end_field:
            moment_end, _field, _alias = self._path_sql(query, self.scan.date_end_field)
            add(SQL("%s AS moment_end", moment_end))
        has_company = self._company_domain() != Domain.TRUE
        company = (
            self.model._field_to_sql(query.table, "company_id", query)
            if has_company
            else SQL("NULL::int")
        )
        add(SQL("%s AS rec_company", company))
        add(SQL("%s AS who", self._who(query)))
        for index, (_type, path, _model) in enumerate(self.scan.extra_paths):
            add(SQL("%s AS %s", self._path_sql(query, path)[0], self._col("x", index)))
        for index, part in enumerate(self.parts):
            condition = Domain(part.domain).optimize_full(self.model)
            sql = condition._to_sql(self.model, query.table, query)
            add(SQL("(%s) IS TRUE AS %s", sql, self._col("c", index)))
            add(SQL("%s AS %s", self._value(query, part), self._col("v", index)))
        if limit:
            query.limit = limit
        # else each window would compute the columns of its records anew
        once = SQL("MATERIALIZED" if len(self.windows) > 1 else "")
        self._ctes.append(SQL("rec AS %s (%s)", once, query.select(*columns)))

    def _narrow(self, query, moment):
        """Leave out at once what no window can hold."""
        bounds = [self._bounds(window) for window in self.windows]
        query.add_where(SQL("%s < %s", moment, max(last for _first, last in bounds)))
        if self.scan.nature == "flow":
            first = min(first for first, _last in bounds)
            query.add_where(SQL("%s >= %s", moment, first))

    def _who(self, query):
        if not self.scan.path:
            return SQL("NULL::int")
        value, field, _alias = self._path_sql(query, self.scan.path)
        self.person_model = field.comodel_name
        self.is_multi = field.type == "many2many"
        if self.is_multi:
            self._relation = (field.relation, field.column1, field.column2)
        return value

    def _value(self, query, part):
        if part.measure == "duration":
            start = self._path_sql(query, part.field)[0]
            end = self._path_sql(query, part.field_end)[0]
            if part.working:
                return self._working_hours(query, start, end, part.unit)
            return SQL(
                "EXTRACT(EPOCH FROM (%s)::timestamp - (%s)::timestamp) / %s",
                end,
                start,
                3600.0 * HOURS[part.unit or "hour"],
            )
        if not part.field:
            return SQL("1")
        value, field, alias = self._path_sql(query, part.field)
        if field.type == "monetary" and part.measure != "distinct":
            return self._in_company_currency(query, value, field, alias)
        return value

    def _in_company_currency(self, query, value, field, alias):
        """Convert an amount at the record's own date, as `res.currency._convert`."""
        model = self.env[field.model_name]
        currency_field = model._fields[field.get_currency_field(model)]
        if currency_field.related == "company_id.currency_id" or (
            currency_field.compute and not currency_field.store
        ):
            return value  # it is the company's currency by construction
        currency = model._field_to_sql(alias, currency_field.name, query)
        day = SQL("%s", self.today)
        if self.scan.date_field:
            day = self._local_day(self._path_sql(query, self.scan.date_field)[0])
        rate = SQL(
            "COALESCE((SELECT fx.rate FROM fx WHERE fx.currency_id = %s "
            "AND fx.since <= %s AND (fx.until IS NULL OR %s < fx.until)), 1.0)",
            currency,
            day,
            day,
        )
        own = self.company.currency_id
        own_rate = SQL(
            "COALESCE((SELECT fx.rate FROM fx WHERE fx.currency_id = %s "
            "AND fx.since <= %s AND (fx.until IS NULL OR %s < fx.until)), 1.0)",
            own.id,
            day,
            day,
        )
        self._rates()
        return SQL(
            "CASE WHEN %s = %s OR %s IS NULL THEN %s "
            "ELSE ROUND((%s * %s / %s)::numeric, %s) END",
            currency,
            own.id,
            currency,
            value,
            value,
            own_rate,
            rate,
            own.decimal_places,
        )

    def _rates(self):
        """Add the CTE of rates and their days; the first one reaches back for ever."""
        if any(cte.code.startswith("fx ") for cte in self._ctes):
            return
        root = self.company.root_id.id
        self._ctes.append(
            SQL(
                """fx AS (
                SELECT currency_id, rate,
                       CASE WHEN row_number() OVER w = 1 THEN '-infinity'::date
                            ELSE name END AS since,
                       lead(name) OVER w AS until
                  FROM res_currency_rate r
                 WHERE company_id = %(root)s
                    OR (company_id IS NULL AND NOT EXISTS (
                        SELECT 1 FROM res_currency_rate o
                         WHERE o.currency_id = r.currency_id
                           AND o.company_id = %(root)s))
                WINDOW w AS (PARTITION BY currency_id ORDER BY name))""",
                root=root,
            )
        )

    def _working_hours(self, query, start, end, unit):
        """Return the company's working time between two moments, in `unit`.

        The calendar's intervals become a table of how many working hours lie before
        each; the time at a moment is read off it.
        """
        calendar = self.company.resource_calendar_id
        hours_per = {
            "minute": 1 / 60,
            "hour": 1.0,
            "day": calendar.hours_per_day or 8.0,
            "week": calendar.hours_per_week or 40.0,
        }[unit or "hour"]
        self._calendar(query, start, end)

        def worked(moment):
            return SQL(
                "(SELECT cal.before + LEAST(EXTRACT(EPOCH FROM (%s)::timestamp - "
                "cal.since) / 3600, cal.hours) FROM cal WHERE cal.since <= %s "
                "ORDER BY cal.since DESC LIMIT 1)",
                moment,
                moment,
            )

        return SQL(
            "CASE WHEN %s IS NOT NULL AND %s IS NOT NULL THEN "
            "(COALESCE(%s, 0) - COALESCE(%s, 0)) / %s END",
            start,
            end,
            worked(end),
            worked(start),
            hours_per,
        )

    def _calendar(self, query, start, end):
        if any(cte.code.startswith("cal(") for cte in self._ctes):
            return
        [(first, last)] = self.env.execute_query(
            query.select(SQL("min(%s)", start), SQL("max(%s)", end))
        )
        rows, before = [], 0.0
        if first and last:
            first, last = (
                pytz.utc.localize(
                    moment
                    if isinstance(moment, datetime)
                    else datetime.combine(moment, time.min)
                )
                for moment in (min(first, last), max(first, last))
            )
            # sudo: everyone's durations are counted in the company's working time
            calendar = self.company.sudo().resource_calendar_id
            intervals = calendar._work_intervals_batch(first, last)[False]
            for since, until, _meta in intervals:
                hours = (until - since).total_seconds() / 3600
                since = since.astimezone(pytz.utc).replace(tzinfo=None)
                rows.append((since, hours, before))
                before += hours
        self._ctes.append(
            SQL(
                "cal(since, hours, before) AS (SELECT * FROM unnest("
                "%s::timestamp[], %s::float8[], %s::float8[]))",
                [row[0] for row in rows],
                [row[1] for row in rows],
                [row[2] for row in rows],
            )
        )

    def _win(self):
        kind = SQL("date" if self._date_type == "date" else "timestamp")
        rows = [
            SQL(
                "(%s, %s, %s, %s::date, %s)",
                index,
                *(SQL("%s::%s", bound, kind) for bound in self._bounds(window)),
                window.until,
                self._valid_until(window),
            )
            for index, window in enumerate(self.windows)
            if self._reaches(window)
        ]
        self._ctes.append(
            SQL(
                "win(idx, first, last, day, valid) AS (VALUES %s)",
                SQL(", ").join(rows),
            )
        )

    def _valid_until(self, window):
        if not self.scan.date_end_field:
            return SQL("NULL::date")
        end = self._still_valid_at(window)
        kind = "timestamp" if isinstance(end, datetime) else "date"
        return SQL("%s::%s", end, SQL(kind))

    def _in_window(self):
        if not self.scan.date_field:
            return SQL("TRUE")
        if self.scan.nature == "flow":
            return SQL("r.moment >= w.first AND r.moment < w.last")
        valid = SQL("r.moment < w.last")
        if self.scan.date_end_field:
            valid = SQL(
                "%s AND (r.moment_end IS NULL OR r.moment_end >= w.valid)", valid
            )
        return valid

    def _local_day(self, moment):
        """Return the calendar day of a moment in the company's zone."""
        if self._date_type == "date":
            return SQL("(%s)::date", moment)
        return SQL("((%s) AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, self.tz)

    def _people(self):
        """Add the CTEs that turn a record's person into employee and department."""
        self._ctes += [
            SQL(
                """ver AS (
                SELECT employee_id, department_id,
                       CASE WHEN row_number() OVER w = 1 THEN '-infinity'::date
                            ELSE date_version END AS since,
                       lead(date_version) OVER w AS until
                  FROM hr_version
                 WHERE active AND employee_id IS NOT NULL
                WINDOW w AS (PARTITION BY employee_id ORDER BY date_version))"""
            ),
            SQL(
                "emp AS (SELECT id, user_id FROM hr_employee WHERE company_id = %s)",
                self.company.id,
            ),
            SQL(
                """anc AS (
                SELECT id AS department_id,
                       unnest(string_to_array(trim('/' from parent_path), '/')::int[])
                       AS ancestor_id
                  FROM hr_department)"""
            ),
        ]

    def _attr(self):
        """Add the CTE of records in their windows with their person and department."""
        is_flow = self.scan.nature == "flow" and self.scan.date_field
        day = self._local_day(SQL("r.moment")) if is_flow else SQL("w.day")
        who = SQL("r.who")
        joins = [SQL("JOIN win w ON %s", self._in_window())]
        if self.is_multi:
            table, column1, column2 = self._relation
            joins.append(
                SQL(
                    "LEFT JOIN %s m ON m.%s = r.who",
                    SQL.identifier(table),
                    SQL.identifier(column1),
                )
            )
            who = SQL("m.%s", SQL.identifier(column2))
        employee, department = SQL("NULL::int"), SQL("NULL::int")
        if self.person_model in PERSON_MODELS:
            link = "user_id" if self.person_model == "res.users" else "id"
            joins += [
                SQL("LEFT JOIN emp e ON e.%s = %s", SQL.identifier(link), who),
                SQL(
                    "LEFT JOIN ver v ON v.employee_id = e.id AND v.since <= %s "
                    "AND (v.until IS NULL OR %s < v.until)",
                    day,
                    day,
                ),
            ]
            employee, department = SQL("e.id"), SQL("v.department_id")
        elif self.person_model == "hr.department":
            department = who
        self._ctes.append(
            SQL(
                "attr AS (SELECT w.idx AS win, r.*, %s AS employee_id, "
                "%s AS department_id FROM rec r %s WHERE %s)",
                employee,
                department,
                SQL(" ").join(joins),
                self._belongs(employee, department, who),
            )
        )

    def _belongs(self, employee, department, who):
        """Give a record without company to the company of its person.

        One whose person works nowhere belongs to the oldest company.
        """
        assigned = SQL("(%s IS NOT NULL OR %s IS NOT NULL)", employee, department)
        works_nowhere = SQL("TRUE")
        if self.person_model == "res.users":
            works_nowhere = SQL(
                "NOT EXISTS (SELECT 1 FROM hr_employee o WHERE o.user_id = %s)", who
            )
        return SQL(
            "(r.rec_company IS NOT NULL OR %s OR (%s = ("
            "SELECT min(id) FROM res_company WHERE active) AND %s))",
            assigned,
            self.company.id,
            works_nowhere,
        )

    def _statement(self, query, levels):
        self._rec(query)
        self._win()
        self._people()
        self._attr()
        branches = []
        if "employee" in levels:
            branches.append(self._branch("employee", SQL("a.employee_id")))
        if "department" in levels:
            branches.append(
                self._branch(
                    "department",
                    SQL("anc.ancestor_id"),
                    SQL("JOIN anc ON anc.department_id = a.department_id"),
                )
            )
        if "company" in levels:
            # cast, because DISTINCT ON takes a bare number for a column's position
            company, nobody = SQL("%s::int", self.company.id), SQL("0::int")
            branches.append(self._branch("company", company))
            branches.append(
                self._branch("unassigned", nobody, where=self._is_unassigned())
            )
        for index, (kind, _path, _model) in enumerate(self.scan.extra_paths):
            if kind in levels:
                branches.append(self._branch(kind, SQL("a.%s", self._col("x", index))))
        return SQL(
            "WITH %s %s", SQL(", ").join(self._ctes), SQL(" UNION ALL ").join(branches)
        )

    def _is_unassigned(self):
        if not self.is_multi:
            return SQL("a.employee_id IS NULL AND a.department_id IS NULL")
        return SQL(
            "NOT EXISTS (SELECT 1 FROM attr b WHERE b.win = a.win "
            "AND b.rec_id = a.rec_id AND b.employee_id IS NOT NULL)"
        )

    def _branch(self, level, key, join=None, where=None):
        """Aggregate one level; a record with several people counts once in each."""
        rows = SQL(
            "SELECT %s a.*, %s AS key FROM attr a %s WHERE %s",
            SQL("DISTINCT ON (a.win, a.rec_id, %s)", key) if self.is_multi else SQL(),
            key,
            join or SQL(),
            where or SQL("%s IS NOT NULL", key),
        )
        aggregates = [
            aggregate
            for index, part in enumerate(self.parts)
            for aggregate in self._aggregate(index, part)
        ]
        return SQL(
            "SELECT win, %s AS level, key, %s FROM (%s) s GROUP BY win, key",
            level,
            SQL(", ").join(aggregates),
            rows,
        )

    def _aggregate(self, index, part):
        """Return the SQL of a part's (value, base)."""
        condition, value = self._col("c", index), self._col("v", index)
        function = {
            "count": SQL("count(*)"),
            "sum": SQL("sum(%s)", value),
            "average": SQL("sum(%s)", value),
            "duration": SQL("sum(%s)", value),
            "minimum": SQL("min(%s)", value),
            "maximum": SQL("max(%s)", value),
            "distinct": SQL("count(DISTINCT %s)", value),
            "median": SQL("percentile_cont(0.5) WITHIN GROUP (ORDER BY %s)", value),
        }[part.measure]
        yield SQL("(%s FILTER (WHERE %s))::float8", function, condition)
        yield SQL("count(%s) FILTER (WHERE %s)", value, condition)


def date_after(day):
    """Return the day after `day`."""
    return day.fromordinal(day.toordinal() + 1)
