"""A company with its pipeline, the same on every run: fixed days, seeded chance.

People come through the ORM; the leads, too many for it, in one INSERT.
"""

from datetime import date, timedelta
from typing import NamedTuple

from odoo import Command

DAY = date(2026, 6, 19)  # the refresh reads June up to here
MOVE = date(2026, 6, 10)  # when every tenth person changes department
MONTHS = 24


class Size(NamedTuple):
    people: int
    departments: int
    leads: int


SIZES = {"S": Size(30, 8, 1_000), "M": Size(500, 30, 50_000)}

LEADS = """
INSERT INTO crm_lead (name, partner_name, type, priority, user_id, company_id, stage_id,
                      active, won_status, probability, expected_revenue,
                      create_uid, write_uid, create_date, write_date, date_closed)
SELECT 'Opportunity ' || g, 'Customer ' || g %% 997, 'opportunity', '1',
       (%(users)s)[who], %(company)s,
       CASE won_status WHEN 'won' THEN %(won)s ELSE %(open)s END,
       won_status <> 'lost', won_status,
       CASE won_status WHEN 'won' THEN 100 WHEN 'lost' THEN 0 ELSE 40 END,
       revenue, 1, 1, created, created,
       CASE WHEN won_status <> 'pending' THEN closed END
  FROM (SELECT g, who, created, closed, revenue,
               CASE WHEN closed >= %(end)s THEN 'pending'
                    WHEN chance < 0.46 THEN 'won' ELSE 'lost' END AS won_status
          FROM (SELECT g, created, random() AS chance,
                       1 + floor(%(people)s * power(random(), 1.3))::int AS who,
                       created - ln(1 - random() * 0.999) * interval '40 days'
                           AS closed,
                       round(exp(6.5 + 2.2 * random())::numeric, 2) AS revenue
                  FROM (SELECT g, %(end)s::timestamp - random() * %(months)s
                                      * interval '1 month' AS created
                          FROM generate_series(1, %(leads)s) g) made) drawn) decided
"""


def generate(env, size):
    """Make people, pipeline, KPIs and targets; return the targets."""
    env = env(
        context={
            "tracking_disable": True,
            "no_reset_password": True,
            "mail_create_nosubscribe": True,
        }
    )
    env.company.kpi_tz = "UTC"
    departments = _make_departments(env, size.departments)
    employees = _make_people(env, size.people, departments)
    _make_leads(env, size.leads, employees.user_id)
    return _make_targets(env, _make_kpis(env), employees, departments)


def _make_departments(env, count):
    departments = env["hr.department"]
    for number in range(count):
        parent = departments[(number - 1) // 5].id if number else False
        departments += departments.create(
            {"name": f"Department {number}", "parent_id": parent}
        )
    return departments


def _make_people(env, count, departments):
    """Everybody with a log-in, eight to a manager, every tenth in two departments."""
    groups = env.ref("base.group_user") + env.ref("sales_team.group_sale_salesman")
    users = env["res.users"].create(
        [
            {
                "name": f"Person {number}",
                "login": f"person{number}",
                "email": f"person{number}@example.com",
                "group_ids": [Command.set(groups.ids)],
            }
            for number in range(count)
        ]
    )
    employees = env["hr.employee"].create(
        [
            {
                "name": user.name,
                "user_id": user.id,
                "department_id": departments[number * 7 % len(departments)].id,
                "date_version": DAY - timedelta(days=1000),
            }
            for number, user in enumerate(users)
        ]
    )
    for number, employee in enumerate(employees):
        if number:
            employee.parent_id = employees[(number - 1) // 8]
        if number % 10 == 5:
            new = departments[(number * 7 + 3) % len(departments)]
            employee.create_version({"date_version": MOVE, "department_id": new.id})
    for number, department in enumerate(departments):
        department.manager_id = employees[number % count]
    return employees


def _make_leads(env, count, users):
    stages = env["crm.stage"].search([])
    env.flush_all()
    env.cr.execute("SELECT setseed(0.42)")
    env.cr.execute(
        LEADS,
        {
            "users": users.ids,
            "people": len(users),
            "company": env.company.id,
            "won": stages.filtered("is_won")[:1].id,
            "open": stages.filtered(lambda stage: not stage.is_won)[:1].id,
            "end": DAY + timedelta(days=1),
            "months": MONTHS,
            "leads": count,
        },
    )


def _make_kpis(env):
    """Won count, won revenue and win rate, made as an officer makes them: no code."""
    common = {
        "source": "record",
        "model_name": "crm.lead",
        "domain": "[('won_status', '=', 'won')]",
        "include_archived": True,
        "date_field": "date_closed",
        "subject_path": "user_id",
    }
    return env["hr.kpi"].create(
        [
            {**common, "name": "Won", "code": "BENCH_WON"},
            {
                **common,
                "name": "Revenue",
                "code": "BENCH_REVENUE",
                "aggregate": "sum",
                "unit": "money",
                "measure_field": "expected_revenue",
            },
            {
                **common,
                "name": "Win rate",
                "code": "BENCH_RATE",
                "aggregate": "ratio",
                "unit": "percent",
                "denominator_domain": "[('won_status', 'in', ['won', 'lost'])]",
            },
        ]
    )


def _make_targets(env, kpis, employees, departments):
    period = env["hr.kpi.period"]._get_or_create("month", DAY)
    subjects = [{"employee_id": employee.id} for employee in employees]
    subjects += [{"department_id": department.id} for department in departments]
    heads = [1] * len(employees) + [len(employees) / len(departments)] * len(
        departments
    )
    subjects.append({})
    heads.append(len(employees))
    wanted = dict(zip(kpis, ((2.0, True), (4000.0, True), (0.45, False))))
    return env["hr.kpi.target"].create(
        [
            {
                **subject,
                "kpi_id": kpi.id,
                "period_id": period.id,
                "company_id": env.company.id,
                "target": target * head if adds_up else target,
            }
            for kpi, (target, adds_up) in wanted.items()
            for subject, head in zip(subjects, heads)
        ]
    )
