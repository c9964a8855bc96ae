"""Time a refresh beside its peers; odoo_script.py DATABASE bench.py SIZE RESULTS.

DATABASE is fresh, with the addons and gamification. Values are compared before anything
is timed. The figures go to the JSON file RESULTS.
"""

import json
import math
import os
import platform
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from generate import DAY, SIZES, generate
from peers import Gamification, Sql
from report import OURS, SQL
from stopwatch import environment, measure, race, vacuum

ROUNDS = 5
FIGURES = ("actual", "numerator", "denominator", "status")
RESET = """
UPDATE hr_kpi_target
   SET actual = -1, numerator = NULL, denominator = NULL, attainment = NULL,
       score = NULL, pace = NULL, forecast = NULL, unassigned = NULL, status = NULL;
TRUNCATE hr_kpi_measurement"""


class Bench:
    def __init__(self, env, size):
        self.env, self.size, self.registry = env, SIZES[size], env.registry
        print(f"size {size}: {self.size}", flush=True)
        self.targets = generate(env, self.size)
        self.sql = Sql(self.targets)
        self.games = {
            "gamification, batch": Gamification(self.targets, batch=True),
            "gamification, one by one": Gamification(self.targets, batch=False),
        }
        vacuum(env, "crm_lead", "hr_kpi_target", "hr_employee", "hr_version")
        vacuum(env, "gamification_goal", "res_users", "hr_department")

    # ----------------------------------------------------------------- works

    def ours(self, env):
        return len(self.targets.with_env(env)._refresh(as_of=DAY))

    def works(self):
        return {
            OURS: self.ours,
            SQL: self.sql.refresh,
            **{name: game.refresh for name, game in self.games.items()},
        }

    def reset(self, env, name):
        """Make every value of this work's wrong."""
        if name in self.games:
            self.games[name].reset(env)
            env.flush_all()
            vacuum(env, "gamification_goal")
        else:
            env.cr.execute(RESET)
            vacuum(env, "hr_kpi_target", "hr_kpi_measurement")

    # ---------------------------------------------------------------- results

    def run(self):
        result = {"size": self.size._asdict(), "values": len(self.targets)}
        result["goals"] = len(next(iter(self.games.values())).goals)
        result["first"] = self.first()
        self.assert_equal()
        works = self.works()
        result["traced"] = {name: self.traced(name, works[name]) for name in works}
        result["full"] = race(self.registry, ROUNDS, works, self.reset)
        self.ours(self.env)
        self.env.cr.commit()
        result["steady"] = race(self.registry, ROUNDS, works)
        if any(run["changed"] for run in result["steady"][OURS]):
            raise AssertionError("a refresh of what has not changed updated rows")
        result["few people"] = self.few_people()
        result["bytes"] = self.bytes_per_measurement("BENCH_WON")
        result["bytes of a rate"] = self.bytes_per_measurement("BENCH_RATE")
        result["machine"] = self.machine()
        return result

    def first(self):
        """The very first reading, which opens, tells and praises all there is."""
        found = measure(self.registry, self.ours)
        self.env.cr.execute("SELECT count(*) FROM hr_kpi_alert")
        found["alerts"] = self.env.cr.fetchone()[0]
        self.env.cr.execute(
            "SELECT count(*) FROM mail_activity WHERE res_model = 'hr.kpi.alert'"
        )
        found["activities"] = self.env.cr.fetchone()[0]
        return found

    def traced(self, name, work):
        """Count statements and memory of a work once, with all its values wrong."""
        self.reset(self.env, name)
        self.env.cr.commit()
        return measure(self.registry, work, trace=True)

    def assert_equal(self):
        """All peers, each from reset rows, come to the same values."""
        env, found = self.env, {}
        for name, work in self.works().items():
            self.reset(env, name)
            work(env)
            env.flush_all()
            env.invalidate_all()
            if name not in self.games:
                found[name] = {t: [t[field] for field in FIGURES] for t in self.targets}
        for target, ours in found[OURS].items():
            theirs = found[SQL][target]
            same = ours[3] == theirs[3] and all(
                a is b or math.isclose(a, b, abs_tol=1e-6)
                for a, b in zip(ours, theirs[:3])
            )
            if not same:
                raise AssertionError(f"{target.display_name}: {ours} is not {theirs}")
        for name, game in self.games.items():
            values = game.values(env)
            for target in self.targets.filtered("employee_id"):
                code = target.kpi_id.code
                ours = target.denominator if code == "BENCH_RATE" else target.actual
                theirs = values[code, target.employee_id.user_id.id]
                if not math.isclose(ours, theirs, abs_tol=1e-6):
                    raise AssertionError(f"{name}, {target.display_name}: {theirs}")
        env.cr.commit()
        print("  all values are equal", flush=True)

    def few_people(self):
        """A tenth of the people: what the number of queries depends on."""
        people = self.targets.employee_id.sorted("id")[: self.size.people // 10]
        few = self.targets.filtered(
            lambda target: not target.employee_id or target.employee_id in people
        )
        found = self.traced(
            OURS, lambda env: len(few.with_env(env)._refresh(as_of=DAY))
        )
        return {**found, "people": len(people)}

    def bytes_per_measurement(self, code, days=200):
        """Table and indexes after a day's readings at a time, indexed anew."""
        env = self.env
        env.cr.execute("TRUNCATE hr_kpi_measurement")
        for day in range(days):
            env.cr.execute(
                """INSERT INTO hr_kpi_measurement
                    (target_id, date, value, numerator, denominator)
                SELECT t.id, %s::date + %s, t.actual, t.numerator, t.denominator
                  FROM hr_kpi_target t JOIN hr_kpi k ON k.id = t.kpi_id
                 WHERE k.code = %s""",
                [DAY, day, code],
            )
        vacuum(env, "hr_kpi_measurement")
        env.cr.execute("REINDEX TABLE hr_kpi_measurement")
        env.cr.execute(
            """SELECT pg_total_relation_size('hr_kpi_measurement')::float8 / count(*)
                 FROM hr_kpi_measurement"""
        )
        return env.cr.fetchone()[0]

    def machine(self):
        self.env.cr.execute(
            """SELECT name, current_setting(name) FROM pg_settings
            WHERE name IN ('server_version', 'shared_buffers', 'fsync',
                           'synchronous_commit')"""
        )
        pg = dict(self.env.cr.fetchall())
        version = pg.pop("server_version").split()[0]
        pg = ", ".join(f"{name} {value}" for name, value in sorted(pg.items()))
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
        return (
            f"{os.cpu_count()} cores, {memory:.0f} GB, "
            f"Python {platform.python_version()}, PostgreSQL {version} ({pg})"
        )


size, path = sys.argv[1:]
results = {}
if os.path.exists(path):
    with open(path, encoding="utf-8") as file:
        results = json.load(file)
results[size] = Bench(environment(env.cr), size).run()  # noqa: F821
with open(path, "w", encoding="utf-8") as file:
    json.dump(results, file, indent=1)
