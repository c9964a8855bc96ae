#!/usr/bin/env python3
"""Write the bench's figures down, ratios first: report.py RESULTS.json RESULTS.md"""

import json
import statistics
import sys

OURS, SQL = "this engine", "SQL by hand"

HEAD = """# How fast a refresh is

Written by `make bench`. One refresh reads won leads, won revenue and win rate for
every employee, every department with those below it, and the company. It comes with
score, pace, forecast, status, the day's measurement and the alert rules. Beside it do
the same:

- *SQL by hand*: two statements, on the same tables and so with the same indexes. They
  attribute each lead by the version of its person valid on the day, sum up all levels
  of departments, and write values, status and measurements, but neither score, pace,
  forecast nor alerts.
- *gamification*, Odoo's own goals, in both of its modes, for employees only. It has no
  rates: the number of closed leads stands in, so it does less.

All values were compared before anything was timed. Each run is a process of its own
with its own connection, timed until its commit, the peers taking turns; the ratios are
medians over the rounds. *Full*: every value has changed. *Steady*: none has. Processor
time is that of the Odoo process and its database backend together; queries do not
count savepoints.
"""


def median(runs, name="ms"):
    return statistics.median(run[name] for run in runs)


def ratio(runs, others):
    """Median of how many times longer `runs` took than `others` of the same round."""
    return statistics.median(
        run["ms"] / other["ms"] for run, other in zip(runs, others, strict=True)
    )


def faster_game(result):
    names = [name for name in result["full"] if name.startswith("gamification")]
    return min(names, key=lambda name: median(result["full"][name]))


def goals(result):
    """Return rows of (what, wanted, found, is met) of one size."""
    game, full, steady = faster_game(result), result["full"], result["steady"]
    ours, few = result["traced"][OURS]["queries"], result["few people"]
    if result["size"]["people"] >= 500:
        faster, slower = ratio(full[game], full[OURS]), ratio(full[OURS], full[SQL])
        growth = median(steady[OURS]) / median(full[OURS])
        size = result["bytes"]
        yield f"times faster than {game}", "at least 4", faster, faster >= 4
        yield "times as long as SQL by hand", "at most 5", slower, slower <= 5
        yield "steady beside full", "at most 0.7", growth, growth <= 0.7
        yield (
            "bytes per measurement, indexes included",
            "at most 110",
            size,
            size <= 110,
        )
    else:  # too small to tell: the fixed cost of a refresh
        slower = ratio(full[OURS], full[game])
        yield f"times as long as {game}", "at most 1.5", slower, slower <= 1.5
    yield "rows updated by a steady refresh", "0", steady[OURS][-1]["changed"], True
    yield "queries for 3 KPIs", "at most 19", ours, ours <= 19
    same = few["queries"] == ours
    yield f"queries for {few['people']} people", "as many", few["queries"], same


def table(head, rows):
    yield "| " + " | ".join(head) + " |"
    yield "| " + " | ".join("---" for _cell in head) + " |"
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def number(value):
    return f"{value:.2f}".rstrip("0").rstrip(".")


def section(result):
    size = result["size"]
    yield (
        f"## {size['people']} people, {size['departments']} departments, "
        f"{size['leads']:,} leads: {result['values']:,} values"
    )
    yield ""
    yield from table(
        ("what", "goal", "found", ""),
        (
            (what, wanted, number(found), "met" if met else "missed")
            for what, wanted, found, met in goals(result)
        ),
    )
    yield ""
    full, steady = result["full"], result["steady"]
    yield from table(
        (
            "",
            "x this engine",
            "x its processor time",
            "full: ms",
            "processor",
            "steady: ms",
            "processor",
            "queries",
            "MB",
        ),
        (
            (
                name,
                number(ratio(runs, full[OURS])),
                number(median(runs, "cpu") / median(full[OURS], "cpu")),
                f"{median(runs):.0f}",
                f"{median(runs, 'cpu'):.0f}",
                f"{median(steady[name]):.0f}",
                f"{median(steady[name], 'cpu'):.0f}",
                f"{result['traced'][name]['queries']}",
                f"{result['traced'][name]['mb']:.1f}",
            )
            for name, runs in full.items()
        ),
    )
    first = result["first"]
    yield ""
    yield (
        f"The very first reading opened {first['alerts']} alerts with "
        f"{first['activities']} activities and one message per person: "
        f"{first['ms'] / 1000:.1f} s. "
        f"A measurement of a rate takes {result['bytes of a rate']:.0f} bytes."
    )
    yield ""


def main(source, path):
    with open(source, encoding="utf-8") as file:
        results = json.load(file)
    lines = [HEAD]
    for result in reversed(results.values()):
        lines += section(result)
    machine = next(iter(results.values()))["machine"]
    lines.append(f"Machine: {machine}. Figures in ms are for orientation only.")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
