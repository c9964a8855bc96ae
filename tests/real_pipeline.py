"""Bring a public CRM pipeline into Odoo as an import would, and count it by hand.

The files ("CRM Sales Opportunities", a computer hardware seller) are not part of the
project: see `DATA`. `PipelineLoader` makes records of them through the ORM; `Expected`
reads them a second time with nothing but the csv module.
"""

import csv
import os
from collections import defaultdict
from datetime import date, datetime, time, timedelta
from pathlib import Path

DATA = (
    Path(os.environ.get("KPI_DATA_DIR") or Path(__file__).parents[2] / "shared/data")
    / "crm_sales_opportunities"
)
# no summer time, so that a day is 24 hours; midnight is at 7:00 UTC
TZ = "America/Phoenix"
UTC_OFFSET = timedelta(hours=7)
# how the pipeline writes a product, and how the price list does
PRODUCTS = {"GTXPro": "GTX Pro"}


def rows(name):
    with open(DATA / f"{name}.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def moment(day, opportunity):
    """Return the UTC moment of a day: its first second for some, its last for others.

    The same for both dates of one opportunity, so that it lasts whole days.
    """
    is_first = sum(map(ord, opportunity)) % 2
    at = time(0, 0, 0) if is_first else time(23, 59, 59)
    return datetime.combine(date.fromisoformat(day), at) + UTC_OFFSET


class PipelineLoader:
    """Agents and managers as employees with users, offices and managers' teams as
    departments, offices as sales teams, products as tags, accounts as customers."""

    def __init__(self, env):
        self.env = env(context={**env.context, "tracking_disable": True})
        self.teams_csv, self.pipeline = rows("sales_teams"), rows("sales_pipeline")

    def load(self):
        self.company = self._make_company()
        self.env = self.env(
            context={**self.env.context, "allowed_company_ids": self.company.ids}
        )
        self._make_departments()
        self._make_people()
        self._make_sales_teams()
        self._make_customers()
        self._make_tags()
        self._make_leads()
        return self

    def _create(self, model, vals_by_name, key="name"):
        """Create records in one batch; return {name: record}."""
        records = self.env[model].create(
            [{key: name, **vals} for name, vals in vals_by_name.items()]
        )
        return dict(zip(vals_by_name, records, strict=True))

    def _make_company(self):
        company = self.env["res.company"].create({"name": "Hardware Seller"})
        company.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Hardware Seller: 40 hours", "tz": TZ, "company_id": company.id}
        )
        return company

    def _make_departments(self):
        office_of = {row["manager"]: row["regional_office"] for row in self.teams_csv}
        company = {"company_id": self.company.id}
        self.offices = self._create(
            "hr.department",
            {office: company for office in sorted({*office_of.values()})},
        )
        self.manager_departments = self._create(
            "hr.department",
            {
                manager: {**company, "parent_id": self.offices[office].id}
                for manager, office in sorted(office_of.items())
            },
        )

    def _make_people(self):
        manager_of = {row["sales_agent"]: row["manager"] for row in self.teams_csv}
        names = [*self.manager_departments, *manager_of]
        self.users = self._create(
            "res.users",
            {
                name: {
                    "login": f"{name.lower().replace(' ', '.')}@hardware.example.com",
                    "company_id": self.company.id,
                    "company_ids": [(6, 0, self.company.ids)],
                }
                for name in names
            },
        )
        self.managers = self._create(
            "hr.employee",
            {name: self._employee(name, name) for name in self.manager_departments},
        )
        for name, manager in self.managers.items():
            self.manager_departments[name].manager_id = manager
        self.agents = self._create(
            "hr.employee",
            {
                name: {
                    **self._employee(name, manager),
                    "parent_id": self.managers[manager].id,
                }
                for name, manager in manager_of.items()
            },
        )

    def _employee(self, name, manager):
        return {
            "user_id": self.users[name].id,
            "company_id": self.company.id,
            "department_id": self.manager_departments[manager].id,
        }

    def _make_sales_teams(self):
        members = defaultdict(list)
        for row in self.teams_csv:
            members[row["regional_office"]].append(self.users[row["sales_agent"]].id)
        self.sales_teams = self._create(
            "crm.team",
            {
                office: {
                    "company_id": self.company.id,
                    "user_id": False,
                    "member_ids": [(6, 0, ids)],
                }
                for office, ids in members.items()
            },
        )

    def _make_customers(self):
        accounts = {row["account"]: row for row in rows("accounts")}
        self.customers = self._create(
            "res.partner", {name: {"is_company": True} for name in accounts}
        )
        for name, row in accounts.items():
            if row["subsidiary_of"]:
                self.customers[name].parent_id = self.customers[row["subsidiary_of"]]

    def _make_tags(self):
        self.prices = {
            row["product"]: int(row["sales_price"]) for row in rows("products")
        }
        self.tags = self._create("crm.tag", {name: {} for name in self.prices})

    def _make_leads(self):
        """Closing dates as an import has them; Odoo lets nobody set when a lead was
        entered, so a migration writes that one into the database."""
        stage = self.env["crm.stage"]
        won = stage.search([("is_won", "=", True)], limit=1)
        still_open = stage.search([("is_won", "=", False)], limit=1)
        office_of = {
            row["sales_agent"]: row["regional_office"] for row in self.teams_csv
        }
        outcomes = {
            "Won": {"stage_id": won.id, "probability": 100},
            "Lost": {"stage_id": still_open.id, "probability": 0, "active": False},
            "Engaging": {"stage_id": still_open.id, "probability": 20},
        }
        vals_list = []
        for row in self.pipeline:
            product = PRODUCTS.get(row["product"], row["product"])
            account = self.customers.get(row["account"])
            is_won = row["deal_stage"] == "Won"
            vals = {
                "name": row["opportunity_id"],
                "type": "opportunity",
                "company_id": self.company.id,
                "user_id": self.users[row["sales_agent"]].id,
                "team_id": self.sales_teams[office_of[row["sales_agent"]]].id,
                "partner_id": account.id if account else False,
                "tag_ids": [(6, 0, self.tags[product].ids)],
                "expected_revenue": int(row["close_value"])
                if is_won
                else self.prices[product],
                **outcomes[row["deal_stage"]],
            }
            if row["close_date"]:
                vals["date_closed"] = moment(row["close_date"], row["opportunity_id"])
            vals_list.append(vals)
        self.leads = self.env["crm.lead"].create(vals_list)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead l SET create_date = v.moment "
            "FROM unnest(%s::int[], %s::timestamp[]) AS v(id, moment) "
            "WHERE l.id = v.id",
            (
                self.leads.ids,
                [
                    moment(row["engage_date"], row["opportunity_id"])
                    for row in self.pipeline
                ],
            ),
        )
        self.env.invalidate_all()


class Expected:
    """The same files, counted with the csv module: {(kind, name): {span: Figures}}."""

    def __init__(self):
        manager_of, office_of = {}, {}
        for row in rows("sales_teams"):
            manager_of[row["sales_agent"]] = row["manager"]
            office_of[row["sales_agent"]] = row["regional_office"]
        subjects = {("company", "")}
        for agent in manager_of:
            subjects |= {("agent", agent), ("manager", manager_of[agent])}
            subjects.add(("office", office_of[agent]))
        self.figures = {subject: defaultdict(Figures) for subject in subjects}
        customers = set()
        pipeline = [row for row in rows("sales_pipeline") if row["close_date"]]
        order = {row["opportunity_id"]: n for n, row in enumerate(pipeline)}
        pipeline.sort(
            key=lambda row: (
                moment(row["close_date"], row["opportunity_id"]),
                order[row["opportunity_id"]],
            )
        )
        for row in pipeline:
            agent = row["sales_agent"]
            is_new = row["deal_stage"] == "Won" and (
                not row["account"] or row["account"] not in customers
            )
            if row["deal_stage"] == "Won":
                customers.add(row["account"])
            year, month, _day = map(int, row["close_date"].split("-"))
            for span in ((year, "month", month), (year, "quarter", (month + 2) // 3)):
                for subject in (
                    ("agent", agent),
                    ("manager", manager_of[agent]),
                    ("office", office_of[agent]),
                    ("company", ""),
                ):
                    self.figures[subject][span].add(row, is_new)


class Figures:
    def __init__(self):
        self.won = self.lost = self.revenue = self.days = self.new = 0
        self.won_by_product = defaultdict(int)

    def add(self, row, is_new):
        if row["deal_stage"] == "Lost":
            self.lost += 1
            return
        self.won += 1
        self.new += is_new
        self.revenue += int(row["close_value"])
        engaged, closed = (
            date.fromisoformat(row[name]) for name in ("engage_date", "close_date")
        )
        self.days += (closed - engaged).days
        self.won_by_product[PRODUCTS.get(row["product"], row["product"])] += 1
