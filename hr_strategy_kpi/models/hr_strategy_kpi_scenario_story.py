from datetime import date, datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from ..scenario.dates import YEAR
from ..tools import periods

KINDS = ("month", "quarter", "year")


class HrStrategyKpiScenario(models.AbstractModel):
    """The example's KPIs and targets, what was typed in, and the year as it went."""

    _inherit = "hr.strategy.kpi.scenario"

    @api.model
    def _load_kpis(self, case):
        rows = self._read_table("kpis")
        marks = ("red_flag", "baseline", "target", "stretch")
        kpis = self.env["hr.kpi"].create(
            [
                {
                    "code": row["code"],
                    "name": row["name"],
                    "company_id": self.env.company.id,
                    "source": "manual",
                    "owner_id": self._ref(f"user_{row['owner']}").id,
                    "is_component": bool(row["is_component"]),
                    **{
                        name: row[name]
                        for name in ("unit", "direction", "asked", "aggregate")
                    },
                    **{
                        f"default_{name}": float(row[name])
                        for name in marks
                        if row[name]
                    },
                }
                for row in rows
            ]
        )
        self._translate(kpis, rows)
        self._keep(kpis, [f"kpi_{row['code'].lower()}" for row in rows])

    @api.model
    def _get_kpi(self, code):
        return self.env["hr.kpi"].search([("code", "=", code)])

    # ----------------------------------------------------------------- periods

    @api.model
    def _load_periods(self, case):
        """Make the company's own periods: closing them touches no other company."""
        for year, kinds in ((YEAR - 1, ("quarter", "year")), (YEAR, KINDS)):
            for kind in kinds:
                first, last = case.dates.year(year)
                spans = periods.spans(kind, first, last, case.dates.fiscal_start)
                made = self.env["hr.kpi.period"].create(
                    [self._prepare_period(span) for span in spans]
                )
                numbers = range(1, len(made) + 1)
                keys = [f"period_{year}_{kind}_{number}" for number in numbers]
                self._keep(made, keys)
                for number, period in zip(numbers, made, strict=True):
                    case.periods[year, kind, number] = period

    @api.model
    def _prepare_period(self, span):
        return {
            "name": self.env["hr.kpi.period"]._neutral_name(span),
            "kind": span.kind,
            "date_from": span.date_from,
            "date_to": span.date_to,
            "company_id": self.env.company.id,
        }

    # ----------------------------------------------------------------- targets

    @api.model
    def _load_targets(self, case):
        for row in self._read_table("targets"):
            year = int(row["year"] or YEAR)
            for (of_year, kind, number), period in case.periods.items():
                if (of_year, kind) == (year, row["kind"]):
                    self._load_target_row(row, period, f"{year}_{kind}_{number}")

    @api.model
    def _load_target_row(self, row, period, place):
        kpi = self._get_kpi(row["kpi"])
        subjects = row["subjects"].split()

        def key_of(subject):
            return f"target_{row['kpi'].lower()}_{subject.split(':')[-1]}_{place}"

        split_of = row["split_of"] and self._ref(key_of(row["split_of"]))
        marks = ("red_flag", "baseline", "target", "stretch")
        vals_list = []
        for subject in subjects:
            field_name, record = self._get_subject(subject)
            vals_list.append(
                {
                    "kpi_id": kpi.id,
                    "period_id": period.id,
                    "company_id": self.env.company.id,
                    field_name: record.id,
                    "parent_id": split_of and split_of.id,
                    **{name: float(row[name]) for name in marks if row[name]},
                }
            )
        targets = self.env["hr.kpi.target"].create(vals_list)
        self._keep(targets, [key_of(subject) for subject in subjects])

    # ----------------------------------------------------------------- entries

    @api.model
    def _load_entries(self, case):
        """What was typed in: of a month, quarter or year on its first working day."""
        vals_list = []
        for row in self._read_table("entries"):
            values = row["values"].split()
            step = 12 // len(values)
            for index, value in enumerate(values):
                day = case.dates.first_working_day(int(row["year"]), 1 + index * step)
                if day <= case.today:
                    vals_list.append(self._prepare_entry(row, day, value))
        entries = self.env["hr.kpi.entry"].create(vals_list)
        self._keep(
            entries, [f"entry_{number}" for number in range(1, len(entries) + 1)]
        )

    @api.model
    def _prepare_entry(self, row, day, value):
        field_name, record = self._get_subject(row["subject"])
        kpi = self._get_kpi(row["kpi"])
        above, _sep, below = value.partition("/")
        told = {"numerator": above, "denominator": below} if below else {"value": value}
        return {
            "kpi_id": kpi.id,
            "company_id": self.env.company.id,
            field_name: record.id,
            "date": day,
            "author_id": kpi.owner_id.id,
            "state": "approved",
            **{name: float(number) for name, number in told.items()},
        }

    # ------------------------------------------------------------------- story

    @api.model
    def _tell_story(self, case):
        """Live through the days that matter: read, alarm, answer, close.

        The engine reads as of each day, so that alerts open and close when they would
        have, had the company used the app then.
        """
        self._gather_statistics()
        story = self.with_context(tracking_disable=False, mail_notrack=False)
        for day in story._get_story_days(case):
            last = story.env["mail.message"].search([], order="id desc", limit=1)
            story._get_current_targets(day)._refresh(as_of=day)
            story._answer_alerts(case, day)
            for period in case.periods.values():
                over = period.date_to < case.today
                if over and day == story._get_last_day(period):
                    period._close(day)
            story._date_back(case, day, last.id)

    @api.model
    def _gather_statistics(self):
        """Tell PostgreSQL what has just been loaded; it would plan for empty tables."""
        self.env.flush_all()
        for name in sorted({row.model for row in self._get_all_kept()}):
            table = SQL.identifier(self.env[name]._table)
            self.env.cr.execute(SQL("ANALYZE %s", table))

    @api.model
    def _get_story_days(self, case):
        days = {case.today}
        days |= {case.dates.first_working_day(YEAR, month) for month in range(1, 13)}
        days |= {
            case.dates.moved(date.fromisoformat(row["day"]))
            for row in self._read_table("replay")
        }
        days |= {self._get_last_day(period) for period in case.periods.values()}
        return sorted(day for day in days if day <= case.today)

    @api.model
    def _get_last_day(self, period):
        return periods.weekdays(period.date_from, period.date_to)[-1]

    @api.model
    def _get_current_targets(self, day):
        return self.env["hr.kpi.target"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("period_id.state", "!=", "closed"),
                ("period_id.date_from", "<=", day),
                ("period_id.date_to", ">=", day),
            ]
        )

    @api.model
    def _answer_alerts(self, case, day):
        """Open the corrective actions of the case when their alert becomes critical."""
        for row in self._read_table("actions"):
            field_name, record = self._get_subject(row["subject"])
            alert = self.env["hr.kpi.alert"].search(
                [
                    ("kpi_id.code", "=", row["kpi"]),
                    ("period_id.kind", "=", row["kind"]),
                    (f"target_id.{field_name}", "=", record.id),
                    ("state", "=", "open"),
                    ("severity", "=", "critical"),
                    ("action_ids", "=", False),
                ],
                limit=1,
            )
            known = self._ref(f"action_{row['key']}")
            if alert and not known:
                owner = self._ref(f"user_{row['owner']}")
                action = (
                    alert.env["hr.kpi.action"]
                    .with_user(owner)
                    .create(
                        {
                            "name": self._word(case, row),
                            "alert_id": alert.id,
                            "deadline": case.dates.moved(
                                date.fromisoformat(row["deadline"])
                            ),
                        }
                    )
                )
                # sudo: what was made is kept by the loader, whoever made it
                self._keep(action.sudo(), [f"action_{row['key']}"])

    @api.model
    def _date_back(self, case, day, last_message_id):
        """Give what was written today the day it stands for, as an importer would."""
        self.env.flush_all()
        # the changes of a day are noted as those of that day, not of the loading
        self.env.cr.precommit.run()
        moment = self._get_moment(day)
        company = [("company_id", "=", self.env.company.id)]
        alerts = self.env["hr.kpi.alert"]
        alerts.search([("opened_on", "=", day), *company]).opened_at = moment
        alerts.search([("closed_on", "=", day), *company]).closed_at = moment
        messages = self.env["mail.message"].search([("id", ">", last_message_id)])
        messages.date = moment

    @api.model
    def _get_moment(self, day):
        """Return the evening of a day in UTC, never later than now."""
        zone = pytz.timezone(self.env.company._get_kpi_tz())
        evening = zone.localize(datetime.combine(day, time(18))).astimezone(pytz.utc)
        return min(evening.replace(tzinfo=None), fields.Datetime.now())

    @api.model
    def _read_figures(self, case):
        """Fill in the days between with the engine's own backfill."""
        targets = self.env["hr.kpi.target"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("period_id.date_from", "<=", case.today + timedelta(days=1)),
            ]
        )
        targets._backfill(case.today)
