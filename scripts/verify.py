"""Our figures beside plain SQL; run by `odoo_script.py DATABASE verify.py`.

For each case KPI, subject and period: what a refresh reads, and what a hand-written
query over Odoo's own tables finds. A KPI that the database has no target of is given
some for the time of the run. Nothing is kept. Ends with "N equal, M different", and
with exit code 1 if there is a difference.
"""

import ast
import sys
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import pytz

TOLERANCE = 1e-9
ROW = "{:24} {:28} {:14} {:>26} {:>26}  {}"

# which records belong to a subject: {person} compares an employee e with the record,
# {team} is its sales team, {day} the day that decides where the person worked
WHO = {
    "company": "TRUE",
    "employee": """EXISTS (
        SELECT 1 FROM hr_employee e WHERE e.id = %(subject)s AND {person})""",
    "team": "{team} = %(subject)s",
    "department": """EXISTS (
        SELECT 1 FROM hr_employee e
          JOIN hr_version v ON v.id = COALESCE(
               (SELECT id FROM hr_version WHERE employee_id = e.id AND active
                   AND date_version <= {day} ORDER BY date_version DESC LIMIT 1),
               (SELECT id FROM hr_version WHERE employee_id = e.id AND active
                 ORDER BY date_version LIMIT 1))
          JOIN hr_department d ON d.id = v.department_id
         WHERE {person} AND e.company_id = %(company)s
           AND '/' || d.parent_path LIKE '%%/' || %(subject)s || '/%%')""",
}
LOCAL_DAY = "(({}) AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date"
OURS = """({0}.company_id = %(company)s OR ({0}.company_id IS NULL AND EXISTS (
    SELECT 1 FROM hr_employee o WHERE o.user_id = {0}.user_id
       AND o.company_id = %(company)s)))"""
TAGGED = """(%(tags)s::int[] IS NULL OR EXISTS (
    SELECT 1 FROM crm_tag_rel t WHERE t.lead_id = l.id AND t.tag_id = ANY(%(tags)s)))"""


def leads(what, condition, day, source="crm_lead l"):
    """Return a query over the leads of a subject."""
    who = {"person": "e.user_id = l.user_id", "team": "l.team_id", "day": day}
    ours = f"{OURS.format('l')} AND {TAGGED}"
    return f"SELECT {what} FROM {source} WHERE {condition} AND {ours} AND [who]", who


CLOSED = "l.date_closed >= %(first)s AND l.date_closed < %(last)s"
CREATED = "l.create_date >= %(first)s AND l.create_date < %(last)s"
CLOSING_DAY, CREATION_DAY = (
    LOCAL_DAY.format("l.date_closed"),
    LOCAL_DAY.format("l.create_date"),
)
WON = f"l.won_status = 'won' AND {CLOSED}"
OPEN = """l.type = 'opportunity' AND l.create_date < %(last)s AND (
    l.won_status = 'pending' AND l.active
    OR NOT (l.won_status = 'pending' AND l.active)
       AND COALESCE(l.date_closed, l.create_date) >= %(last)s)"""
# one lead per customer, the first that was won
FIRST_WON = f"""(
    SELECT DISTINCT ON (COALESCE(p.commercial_partner_id, -w.id)) w.*
      FROM crm_lead w LEFT JOIN res_partner p ON p.id = w.partner_id
     WHERE w.won_status = 'won' AND {OURS.format("w")}
     ORDER BY COALESCE(p.commercial_partner_id, -w.id), w.date_closed, w.id) l"""
RESPONSE = """(SELECT min(m.date) FROM mail_message m
     JOIN res_users u ON u.partner_id = m.author_id AND NOT u.share AND u.id <> 1
    WHERE m.model = 'crm.lead' AND m.res_id = l.id AND m.is_internal IS NOT TRUE
      AND (m.message_type IN ('email_outgoing', 'sms')
           OR m.message_type = 'comment' AND m.subtype_id = %(mt_comment)s
           OR m.mail_activity_type_id IS NOT NULL
              AND m.subtype_id = %(mt_activities)s))"""
WORKING_HOURS = f"""(SELECT COALESCE(sum(GREATEST(0, EXTRACT(EPOCH FROM
        LEAST({RESPONSE}, (d + a.hour_to * interval '1 hour') AT TIME ZONE %(tz)s
              AT TIME ZONE 'UTC')
        - GREATEST(l.create_date, (d + a.hour_from * interval '1 hour')
              AT TIME ZONE %(tz)s AT TIME ZONE 'UTC')) / 3600)), 0)
   FROM resource_calendar_attendance a,
        generate_series(l.create_date::date - 1, {RESPONSE}::date + 1, '1 day') d
  WHERE a.calendar_id = %(calendar)s AND a.day_period <> 'lunch'
    AND a.dayofweek::int = EXTRACT(ISODOW FROM d) - 1)"""
MET = """COALESCE(
    (SELECT p.commercial_partner_id FROM crm_lead o JOIN res_partner p
         ON p.id = o.partner_id WHERE o.id = m.opportunity_id),
    (SELECT min(p.commercial_partner_id) FROM calendar_event_res_partner_rel r
       JOIN res_partner p ON p.id = r.res_partner_id AND p.partner_share
      WHERE r.calendar_event_id = m.id
        AND p.id NOT IN (SELECT work_contact_id FROM hr_employee
                          WHERE work_contact_id IS NOT NULL)
        AND p.commercial_partner_id NOT IN (SELECT partner_id FROM res_company)))"""
HELD = "m.active AND m.start >= %(first)s AND m.start < %(last)s"
HELD_DAY = LOCAL_DAY.format("m.start")
TEAM = "(SELECT sale_team_id FROM res_users WHERE id = {})"
EMPLOYED = """EXISTS (SELECT 1 FROM hr_employee o WHERE o.user_id = {}
    AND o.company_id = %(company)s)"""


def meetings():
    who = {
        "person": "e.user_id = m.user_id",
        "team": TEAM.format("m.user_id"),
        "day": HELD_DAY,
    }
    ours = EMPLOYED.format("m.user_id")
    query = f"""SELECT count(*) FROM calendar_event m
        WHERE {HELD} AND {MET} IS NOT NULL AND {ours} AND [who]"""
    return query, who


def visited():
    who = {
        "person": "e.user_id = c.user_id",
        "team": TEAM.format("c.user_id"),
        "day": HELD_DAY,
    }
    query = f"""SELECT count(DISTINCT c.id) FROM calendar_event m
        JOIN res_partner c ON c.id = {MET}
        WHERE {HELD} AND {EMPLOYED.format("c.user_id")} AND [who]"""
    return query, who


def own_customers():
    who = {
        "person": "e.user_id = c.user_id",
        "team": TEAM.format("c.user_id"),
        "day": "%(until)s",
    }
    query = f"""SELECT count(*) FROM res_partner c
        WHERE c.active AND c.parent_id IS NULL AND c.create_date < %(last)s
          AND {EMPLOYED.format("c.user_id")} AND [who]"""
    return query, who


def typed_in(what, tail=""):
    """Return a query over the approved entries of a KPI."""
    who = {"person": "e.id = x.employee_id", "team": "x.team_id", "day": "x.date"}
    query = f"""SELECT {what} FROM hr_kpi_entry x
        WHERE x.kpi_id = %(kpi)s AND x.state = 'approved' AND x.company_id = %(company)s
          AND x.date >= %(date_from)s AND x.date <= %(until)s
          AND (x.subject_key = %(key)s OR [who]) {tail}"""
    return query, who


RATIO = (typed_in("sum(x.numerator)"), typed_in("sum(x.denominator)"))
AVERAGE = (typed_in("sum(x.value)"), typed_in("count(x.value)"))
LAST = (typed_in("x.value", "ORDER BY x.date DESC, x.id DESC LIMIT 1"), None)

# {code: (query of the figure or of what stands above the line, query of what is below)}
QUERIES = {
    "CRM_WON_COUNT": (leads("count(*)", WON, CLOSING_DAY), None),
    "CRM_WON_REVENUE": (
        leads("COALESCE(sum(l.expected_revenue), 0)", WON, CLOSING_DAY),
        None,
    ),
    "CRM_WIN_RATE": (
        leads("count(*)", WON, CLOSING_DAY),
        leads("count(*)", f"l.won_status IN ('won', 'lost') AND {CLOSED}", CLOSING_DAY),
    ),
    "CRM_NEW_CUSTOMERS": (leads("count(*)", CLOSED, CLOSING_DAY, FIRST_WON), None),
    "CRM_LEAD_CONVERSION": (
        leads("count(*)", WON, CLOSING_DAY),
        leads("count(*)", CREATED, CREATION_DAY),
    ),
    "CRM_DEAL_CYCLE": (
        leads(
            "sum(EXTRACT(EPOCH FROM l.date_closed - l.create_date)) / 86400",
            f"{WON} AND l.date_closed >= l.create_date",
            CLOSING_DAY,
        ),
        leads("count(*)", f"{WON} AND l.date_closed >= l.create_date", CLOSING_DAY),
    ),
    "CRM_FIRST_RESPONSE": (
        leads(
            f"sum({WORKING_HOURS})",
            f"{CREATED} AND {RESPONSE} IS NOT NULL",
            CREATION_DAY,
        ),
        leads("count(*)", f"{CREATED} AND {RESPONSE} IS NOT NULL", CREATION_DAY),
    ),
    "CRM_PIPELINE": (
        leads("COALESCE(sum(l.expected_revenue), 0)", OPEN, "%(until)s"),
        None,
    ),
    "CRM_PIPELINE_WEIGHTED": (
        leads(
            "COALESCE(sum(l.prorated_revenue), 0)",
            "l.type = 'opportunity' AND l.won_status = 'pending' AND l.active",
            "%(until)s",
        ),
        None,
    ),
    "CRM_COVERAGE": (
        leads("COALESCE(sum(l.expected_revenue), 0)", OPEN, "%(until)s"),
        leads(
            "COALESCE(sum(l.expected_revenue), 0) / 4",
            "l.won_status = 'won' AND l.date_closed < %(last)s "
            "AND l.date_closed + interval '1 year' >= %(last)s",
            "%(until)s",
        ),
    ),
    "CRM_MEETINGS": (meetings(), None),
    "CRM_VISIT_COVERAGE": (visited(), own_customers()),
    "QA_DEFECT_RATE": RATIO,
    "QA_TEST_ON_TIME": RATIO,
    "RD_RELEASE_ON_TIME": RATIO,
    "HR_TRAINING_PLAN": RATIO,
    "HR_HIRING_ON_TIME": RATIO,
    "FIN_COLLECTION_ON_TIME": RATIO,
    "FIN_MONTH_CLOSE_DAYS": AVERAGE,
    "FIN_CONTRACT_ANSWER_DAYS": AVERAGE,
    "CS_SATISFACTION": LAST,
}
PRESENT_ONLY = {"CRM_PIPELINE_WEIGHTED"}


class Figure(NamedTuple):
    value: float | None
    above: float | None = None
    below: float | None = None

    def __str__(self):
        if self.value is None:
            return "no data"
        text = f"{self.value:.6g}"
        return text if self.below is None else f"{text} = {self.above:g}/{self.below:g}"

    def equals(self, other):
        return all(
            one is other_one
            or (
                None not in (one, other_one)
                and abs(one - other_one) <= TOLERANCE * max(1, abs(one), abs(other_one))
            )
            for one, other_one in zip(self, other, strict=True)
        )


def verify(env):
    """Print the comparison; return (equal, different)."""
    env.flush_all()
    env.cr.execute("SAVEPOINT verify")
    try:
        targets = get_targets(env)
        targets.filtered(lambda target: not target.is_locked)._refresh()
        print(ROW.format("KPI", "whose", "period", "ours", "plain SQL", ""))
        equal = different = 0
        for target in targets:
            ours, theirs = get_ours(target), get_plain(target)
            is_same = ours.equals(theirs)
            equal, different = equal + is_same, different + (not is_same)
            print(
                ROW.format(
                    target.kpi_id.code,
                    target.subject_name[:28],
                    target.period_id.display_name[:14],
                    str(ours),
                    str(theirs),
                    "" if is_same else "DIFFERENT",
                )
            )
    finally:
        env.cr.execute("ROLLBACK TO SAVEPOINT verify")
        env.transaction.clear()
    print(f"{equal} equal, {different} different")
    return equal, different


def get_targets(env):
    """Return the targets there are, and some of every KPI that has none."""
    kpis = env["hr.kpi"].search([("code", "in", list(QUERIES))])
    found = env["hr.kpi.target"].search(
        [("kpi_id", "in", kpis.ids), ("period_id.date_from", "<=", date.today())],
        order="kpi_id, company_id, period_id, subject_type, id",
    )
    by_company = found.grouped("company_id") or {env.company: found}
    company = max(by_company, key=lambda one: len(by_company[one]))
    return found | make_targets(kpis - found.kpi_id, company)


def make_targets(kpis, company):
    """Give KPIs a target for this and the last quarter, of everybody."""
    env = kpis.with_company(company).env
    today = company._get_kpi_today()
    quarters = env["hr.kpi.period"]._generate(
        "quarter", today - timedelta(days=92), today, company
    )
    quarters = quarters.filtered(lambda quarter: quarter.state != "closed")[-2:]
    subjects = [{}]
    for field, model, domain in (
        ("department_id", "hr.department", []),
        ("employee_id", "hr.employee", [("user_id", "!=", False)]),
        ("team_id", "crm.team", []),
    ):
        records = env[model].search([("company_id", "=", company.id), *domain])
        subjects += [{field: record.id} for record in records]
    return env["hr.kpi.target"].create(
        [
            {
                "kpi_id": kpi.id,
                "period_id": quarter.id,
                "company_id": company.id,
                **subject,
            }
            for kpi in kpis
            for quarter in quarters
            for subject in subjects
        ]
    )


def get_ours(target):
    from odoo.addons.hr_strategy_kpi.fields import number

    value = number(target.actual)
    if QUERIES[target.kpi_id.code][1] is None or value is None:
        return Figure(value)
    return Figure(value, number(target.numerator), number(target.denominator))


def get_plain(target):
    """Return what plain SQL finds for a target."""
    above, below = QUERIES[target.kpi_id.code]
    params = get_params(target)
    if target.kpi_id.code in PRESENT_ONLY and params["until"] < params["today"]:
        return Figure(None)
    if below is None:
        return Figure(ask(target, above, params))
    above, below = ask(target, above, params), ask(target, below, params)
    return Figure(above / below, above, below) if below else Figure(None)


def get_params(target):
    company, period = target.company_id, target.period_id
    zone = pytz.timezone(company.resource_calendar_id.tz or "UTC")
    if company.kpi_tz:
        zone = pytz.timezone(company.kpi_tz)
    today = datetime.now(zone).date()
    until = max(period.date_from, min(period.date_to, today))
    tags = [
        tag
        for leaf in ast.literal_eval(target.kpi_id.domain or "[]")
        if leaf[0] == "tag_ids"
        for tag in leaf[2]
    ]
    xmlid = target.env["ir.model.data"]._xmlid_to_res_id
    return {
        "company": company.id,
        "kpi": target.kpi_id.id,
        "key": target.subject_key,
        "date_from": period.date_from,
        "subject": int(target.subject_key.partition(":")[2]),
        "calendar": company.resource_calendar_id.id,
        "tz": zone.zone,
        "today": today,
        "until": until,
        "first": midnight(period.date_from, zone),
        "last": midnight(until + timedelta(days=1), zone),
        "tags": tags or None,
        "mt_comment": xmlid("mail.mt_comment"),
        "mt_activities": xmlid("mail.mt_activities"),
    }


def midnight(day, zone):
    """Return the UTC moment at which a day begins in a zone."""
    local = zone.localize(datetime.combine(day, time.min))
    return local.astimezone(pytz.utc).replace(tzinfo=None)


def ask(target, query, params):
    text, who = query
    text = text.replace("[who]", WHO[target.subject_type].format(**who))
    target.env.cr.execute(text, params)
    row = target.env.cr.fetchone()
    return None if row is None or row[0] is None else float(row[0])


if "env" in globals():
    _equal, _different = verify(env)  # noqa: F821
    if _different or not _equal:
        sys.exit(1)
