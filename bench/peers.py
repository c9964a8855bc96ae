"""What the engine is compared with: core gamification, and SQL written by hand.

Both do the same work as one `_refresh()` as far as they can. The SQL writes the same
rows of the same tables, so that it has the same indexes and foreign keys to serve.
"""

from generate import DAY

# Attribution by the version of the day, every level, value, status, day's measurement.
READ = """
WITH ver AS (
    SELECT e.id AS employee_id, e.user_id, v.department_id, v.date_version AS since,
           lead(v.date_version) OVER w AS until
      FROM hr_employee e JOIN hr_version v ON v.employee_id = e.id AND v.active
     WHERE e.company_id = %(company)s
    WINDOW w AS (PARTITION BY e.id ORDER BY v.date_version)
), lead AS (
    SELECT ver.employee_id, ver.department_id, l.won_status = 'won' AS won,
           l.expected_revenue AS revenue
      FROM crm_lead l
      LEFT JOIN ver ON ver.user_id = l.user_id AND ver.since <= l.date_closed::date
                   AND (ver.until IS NULL OR l.date_closed::date < ver.until)
     WHERE l.won_status IN ('won', 'lost') AND l.company_id = %(company)s
       AND l.date_closed >= %(first)s AND l.date_closed < %(last)s::date + 1
), subject AS (
    SELECT 'employee:' || employee_id AS key, won, revenue FROM lead
    UNION ALL
    SELECT 'department:' || ancestor, won, revenue
      FROM lead JOIN hr_department d ON d.id = lead.department_id,
           unnest(string_to_array(trim('/' from d.parent_path), '/')) ancestor
    UNION ALL
    SELECT 'company:' || %(company)s, won, revenue FROM lead
), total AS (
    SELECT key, count(*) FILTER (WHERE won) AS won, count(*) AS closed,
           coalesce(sum(revenue) FILTER (WHERE won), 0) AS revenue
      FROM subject GROUP BY key
), read AS (
    SELECT t.id, t.target, t.kpi_id = %(rate)s AS is_rate,
           CASE t.kpi_id WHEN %(won)s THEN coalesce(total.won, 0)
                         WHEN %(revenue)s THEN coalesce(total.revenue, 0)
                         ELSE total.won::float8 / nullif(total.closed, 0)
           END::float8 AS value,
           CASE WHEN t.kpi_id = %(rate)s THEN coalesce(total.won, 0) END AS above,
           CASE WHEN t.kpi_id = %(rate)s THEN coalesce(total.closed, 0) END AS below
      FROM hr_kpi_target t LEFT JOIN total ON total.key = t.subject_key
     WHERE t.id = ANY(%(targets)s)
), judged AS (
    SELECT *, CASE
        WHEN value IS NULL THEN 'no_data'
        WHEN value > target + 1e-9 THEN 'exceeded'
        WHEN is_rate AND value >= target - 1e-9 THEN 'on_track'
        WHEN is_rate THEN CASE WHEN value / target >= 0.8 THEN 'at_risk'
                               ELSE 'off_track' END
        WHEN value >= target * %(share)s THEN 'on_track'
        WHEN value = floor(value) AND target <= 5 AND target * %(share)s - value < 1
        THEN 'on_track'
        WHEN value / (target * %(share)s) >= 0.95 THEN 'on_track'
        WHEN value / (target * %(share)s) >= 0.8 THEN 'at_risk'
        ELSE 'off_track' END AS status
      FROM read
)"""
UPDATE = f"""{READ}
UPDATE hr_kpi_target t
   SET actual = j.value, numerator = j.above, denominator = j.below, status = j.status
  FROM judged j
 WHERE t.id = j.id AND (t.actual, t.numerator, t.denominator, t.status)
       IS DISTINCT FROM (j.value, j.above, j.below, j.status)"""
MEASUREMENT = """
INSERT INTO hr_kpi_measurement AS m (target_id, date, value, numerator, denominator)
SELECT id, %(last)s, actual, numerator, denominator
  FROM hr_kpi_target WHERE id = ANY(%(targets)s)
    ON CONFLICT (target_id, date) DO UPDATE
   SET value = EXCLUDED.value, numerator = EXCLUDED.numerator,
       denominator = EXCLUDED.denominator
 WHERE (m.value, m.numerator, m.denominator)
       IS DISTINCT FROM (EXCLUDED.value, EXCLUDED.numerator, EXCLUDED.denominator)"""


class Sql:
    """The same figures by two statements."""

    def __init__(self, targets):
        company, period = targets.company_id, targets.period_id
        days = company._get_kpi_working_days(period.date_from, period.date_to)
        kpis = {kpi.code: kpi.id for kpi in targets.kpi_id}
        self.arguments = {
            "company": company.id,
            "targets": targets.ids,
            "first": period.date_from,
            "last": DAY,
            "share": sum(day <= DAY for day in days) / len(days),
            "won": kpis["BENCH_WON"],
            "revenue": kpis["BENCH_REVENUE"],
            "rate": kpis["BENCH_RATE"],
        }

    def refresh(self, env):
        """Return how many targets it changed."""
        env.cr.execute(UPDATE, self.arguments)
        changed = env.cr.rowcount
        env.cr.execute(MEASUREMENT, self.arguments)
        return changed


class Gamification:
    """Goals of the same people; of a rate, which it does not know, the closed leads."""

    def __init__(self, targets, batch):
        self.env, self.batch = targets.env, batch
        self.goals = self.env["gamification.goal"]
        period = targets.period_id
        for code, vals in {
            "BENCH_WON": self._counting("won"),
            "BENCH_REVENUE": {
                **self._counting("won"),
                "computation_mode": "sum",
                "field_id": self._field("expected_revenue"),
            },
            "BENCH_RATE": self._counting("won", "lost"),
        }.items():
            definition = self.env["gamification.goal.definition"].create(
                {"name": code, **vals}
            )
            people = targets.filtered(
                lambda target, code=code: (
                    target.kpi_id.code == code and target.employee_id
                )
            )
            self.goals += self.goals.create(
                [
                    {
                        "definition_id": definition.id,
                        "user_id": target.employee_id.user_id.id,
                        "target_goal": target.target,
                        "start_date": period.date_from,
                        "end_date": DAY,
                        "state": "inprogress",
                    }
                    for target in people
                ]
            )

    def _field(self, name):
        return self.env["ir.model.fields"]._get("crm.lead", name).id

    def _counting(self, *statuses):
        domain = [("won_status", "in", statuses), ("active", "in", [True, False])]
        common = {
            "model_id": self.env["ir.model"]._get("crm.lead").id,
            "field_date_id": self._field("date_closed"),
            "computation_mode": "count",
        }
        if not self.batch:
            mine = "('user_id', '=', user.id)"
            return {**common, "domain": f"[{mine}, {str(domain)[1:]}"}
        return {
            **common,
            "domain": str(domain),
            "batch_mode": True,
            "batch_distinctive_field": self._field("user_id"),
            "batch_user_expression": "user.id",
        }

    def refresh(self, env):
        self.goals.with_env(env).update_goal()

    def reset(self, env):
        goals = self.goals.with_env(env)
        goals.write({"current": 0, "state": "inprogress", "closed": False})

    def values(self, env):
        """Return {(KPI code, user id): value}."""
        return {
            (goal.definition_id.name, goal.user_id.id): goal.current
            for goal in self.goals.with_env(env)
        }
