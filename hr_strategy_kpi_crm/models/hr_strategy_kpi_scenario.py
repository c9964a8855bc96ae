from collections import defaultdict
from datetime import datetime, time
from itertools import product

import pytz

from odoo import api, models
from odoo.fields import Command
from odoo.tools import SQL

SALES_PEOPLE = tuple(f"sales_{number}" for number in range(1, 7))
NARROWED = ("CRM_NEW_CUSTOMERS", "CRM_LEAD_CONVERSION")
OPEN, WON, LOST = "pending", "won", "lost"


class HrStrategyKpiScenario(models.AbstractModel):
    """The example's leads, customers and visits."""

    _inherit = "hr.strategy.kpi.scenario"

    @api.model
    def _get_addons(self):
        return [*super()._get_addons(), "hr_strategy_kpi_crm"]

    @api.model
    def _get_steps(self):
        steps = super()._get_steps()
        before_targets = steps.index("_load_targets")
        steps[before_targets:before_targets] = [
            "_load_sales_team",
            "_narrow_sales_kpis",
            "_load_leads",
            "_load_customers_and_visits",
        ]
        return steps

    @api.model
    def _load_sales_team(self, case):
        words = {"name": "Data centre", "name_zh": "数据中心"}
        tag = self.env["crm.tag"].create({"name": words["name"]})
        self._translate(tag, [words])
        self._keep(tag, ["tag_data_centre"])
        members = [self._ref(f"user_{person}").id for person in SALES_PEOPLE]
        team = self.env["crm.team"].create(
            {
                "name": "Data centre sales",
                "company_id": self.env.company.id,
                "user_id": self._ref("user_marketing_manager").id,
                "member_ids": [Command.set(members)],
            }
        )
        self._translate(team, [{"name": team.name, "name_zh": "数据中心销售"}])
        self._keep(team.crm_team_member_ids, [f"member_{one}" for one in SALES_PEOPLE])
        self._keep(team, ["team_data_centre"])

    @api.model
    def _narrow_sales_kpis(self, case):
        """Count leads of the line of business only, as the case's company does.

        Not where another company is measured by these KPIs: its figures would change.
        """
        line = ("tag_ids", "in", self._ref("tag_data_centre").ids)
        for code in NARROWED:
            kpi = self._get_kpi(code)
            if self.env["hr.kpi.target"].search_count(
                [("kpi_id", "=", kpi.id)], limit=1
            ):
                continue
            vals = {"domain": repr([*kpi._parse_domain(kpi.domain), line])}
            if kpi.aggregate == "ratio":
                below = kpi._parse_domain(kpi.denominator_domain)
                vals["denominator_domain"] = repr([*below, line])
            self._change(kpi, vals)

    # ------------------------------------------------------------------- leads

    @api.model
    def _load_leads(self, case):
        """Leads of a quarter come on its first working day, 20 to each person.

        Those won are won on the first working day of their month, the others are lost
        by the end of the quarter; what lies after today has not happened yet.
        """
        fates = self._plan_leads(case)
        leads = self._create_leads(case, fates)
        self._set_fates(leads, fates)

    @api.model
    def _plan_leads(self, case):
        """Return [(person, day received, day decided or None, status)]."""
        waiting = defaultdict(list)
        fates = []
        for row in self._read_table("sales"):
            year, month = int(row["year"]), int(row["month"])
            day = case.dates.first_working_day(year, month)
            if day > case.today:
                break
            if row["leads"]:
                self._lose_waiting(case, waiting, fates)
                end = case.dates.last_working_day(year, month + 2)
                for person, count in zip(SALES_PEOPLE, row["leads"].split()):
                    waiting[person] = [(person, day, end)] * int(count)
            for person in SALES_PEOPLE:
                for _deal in range(int(row[person])):
                    _person, received, _end = waiting[person].pop()
                    fates.append((person, received, day, WON))
        self._lose_waiting(case, waiting, fates)
        return sorted(fates, key=lambda fate: (fate[1], fate[2] or case.today, fate[0]))

    @api.model
    def _lose_waiting(self, case, waiting, fates):
        for person, left in waiting.items():
            for _person, received, end in left:
                lost = end <= case.today
                fates.append(
                    (person, received, *((end, LOST) if lost else (None, OPEN)))
                )
        waiting.clear()

    @api.model
    def _create_leads(self, case, fates):
        names = self._get_company_names(case)
        tag, team = self._ref("tag_data_centre"), self._ref("team_data_centre")
        won = [number for number, fate in enumerate(fates) if fate[3] == WON]
        customers = self._create_customers([next(names) for _deal in won], "won")
        partners = dict(zip(won, customers, strict=True))
        asked = "机柜托管" if case.chinese else "Cabinet hosting"
        vals_list = []
        for number, (person, _received, _decided, _status) in enumerate(fates):
            partner = partners.get(number)
            prospect = partner.name if partner else next(names)
            vals_list.append(
                {
                    "name": f"{asked}: {prospect}",
                    "type": "opportunity",
                    "company_id": self.env.company.id,
                    "team_id": team.id,
                    "user_id": self._ref(f"user_{person}").id,
                    "tag_ids": [Command.set(tag.ids)],
                    "partner_id": partner and partner.id,
                    "partner_name": prospect,
                    "expected_revenue": 40_000 + 5_000 * (number % 9),
                }
            )
        leads = self.env["crm.lead"].create(vals_list)
        return self._keep(
            leads, [f"lead_{number}" for number, _lead in enumerate(leads)]
        )

    @api.model
    def _set_fates(self, leads, fates):
        """Say when leads came and how they ended, as a migration would: by SQL.

        Odoo dates a new lead and a won one now, and counts each in the statistics of
        its lead scoring, which removing the example could not undo.
        """
        won_stage = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        ends = {
            OPEN: (None, None, True),
            WON: (won_stage.id, 100.0, True),
            LOST: (None, 0.0, False),
        }
        rows = [
            (
                lead.id,
                self._at(received, 9),
                decided and self._at(decided, 17),
                status,
                *ends[status],
            )
            for lead, (_person, received, decided, status) in zip(
                leads, fates, strict=True
            )
        ]
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE crm_lead l
                      SET create_date = v.received, date_open = v.received,
                          date_last_stage_update = COALESCE(v.decided, v.received),
                          date_closed = v.decided, won_status = v.status,
                          stage_id = COALESCE(v.stage_id, l.stage_id),
                          probability = COALESCE(v.probability, l.probability),
                          automated_probability =
                              COALESCE(v.probability, l.automated_probability),
                          active = v.active
                     FROM unnest(%s::int[], %s::timestamp[], %s::timestamp[],
                                 %s::varchar[], %s::int[], %s::float8[], %s::bool[])
                       AS v(id, received, decided, status, stage_id, probability,
                            active)
                    WHERE l.id = v.id""",
                *(list(column) for column in zip(*rows)),
            )
        )
        leads.invalidate_recordset()
        for name in ("day_open", "day_close"):
            self.env.add_to_compute(leads._fields[name], leads)

    # --------------------------------------------------------------- customers

    @api.model
    def _load_customers_and_visits(self, case):
        """The customers of the success managers; most are visited every month."""
        names = self._get_company_names(case, reverse=True)
        events = []
        for row in self._read_table("customers"):
            person, user = row["person"], self._ref(f"user_{row['person']}")
            customers = self._create_customers(
                [next(names) for _one in range(int(row["customers"]))], person
            )
            customers.user_id = user
            self._date_customers(customers, case.dates.first_working_day(2022, 1))
            for month in range(1, 13):
                day = case.dates.first_working_day(2023, month)
                if day <= case.today:
                    visited = customers[: int(row["visited"])]
                    events += self._prepare_visits(case, user, visited, day)
        quiet = self.env["calendar.event"].with_context(
            no_mail_to_attendees=True, dont_notify=True
        )
        visits = quiet.create(events)
        self._keep(visits, [f"visit_{number}" for number, _visit in enumerate(visits)])

    @api.model
    def _prepare_visits(self, case, user, customers, day):
        purpose = "客户回访" if case.chinese else "Visit"
        return [
            {
                "name": f"{purpose}: {customer.name}",
                "start": self._at(day, 9 + number // 4, 15 * (number % 4)),
                "stop": self._at(day, 9 + number // 4, 15 * (number % 4) + 14),
                "user_id": user.id,
                "partner_ids": [Command.set([user.partner_id.id, customer.id])],
            }
            for number, customer in enumerate(customers)
        ]

    @api.model
    def _create_customers(self, names, group):
        customers = self.env["res.partner"].create(
            [
                {"name": name, "is_company": True, "company_id": self.env.company.id}
                for name in names
            ]
        )
        keys = [
            f"customer_{group}_{number}" for number, _one in enumerate(customers, 1)
        ]
        return self._keep(customers, keys)

    @api.model
    def _date_customers(self, customers, day):
        """Customers of long standing; the ORM knows only those entered now."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET create_date = %s WHERE id = ANY(%s)",
                self._at(day, 9),
                customers.ids,
            )
        )
        customers.invalidate_recordset(["create_date"])

    @api.model
    def _get_company_names(self, case, reverse=False):
        """Yield company names; after all combinations, the same with a number."""
        rows = self._read_table("names")
        parts = {
            part: [self._word(case, row) for row in rows if row["part"] == part]
            for part in ("first", "second")
        }
        pairs = list(product(parts["second"], parts["first"]))
        if reverse:
            pairs.reverse()
        space = "" if case.chinese else " "
        for number in range(1, 100):
            for second, first in pairs:
                ending = f" {number}" if number > 1 else ""
                yield f"{first}{space}{second}{ending}"

    @api.model
    def _at(self, day, hour, minute=0):
        """Return a time of day in the company's zone, as naive UTC."""
        zone = pytz.timezone(self.env.company._get_kpi_tz())
        moment = zone.localize(datetime.combine(day, time(hour, minute)))
        return moment.astimezone(pytz.utc).replace(tzinfo=None)
