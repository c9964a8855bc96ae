"""The acceptance case as far as arithmetic alone can show it.

Company, year 2023, working days Monday to Friday without holidays: what is asserted
here is asserted again through the engine, on records.
"""

from collections import Counter
from datetime import date

import pytest
from kpi_tools.allocation import balance, prorate, split
from kpi_tools.forecast import exceed_chance, funnel, project, reached, run_rate
from kpi_tools.formula import Reference, evaluate, parse
from kpi_tools.periods import elapsed, span_of, weekdays
from kpi_tools.rollup import combine, growth, ratio, weighted
from kpi_tools.scoring import (
    Marks,
    Thresholds,
    attainment,
    expected,
    grade,
    pace,
    score,
    status,
)

DAYS = weekdays(date(2023, 1, 1), date(2023, 12, 31))
LIMITS = [("A", 110), ("B", 100), ("C", 80), ("D", None)]
THRESHOLDS = Thresholds()

# code: direction, red flag, baseline, target, stretch (percentages as in the case)
KPIS = {
    "market share growth": ("higher", 0, 2, 25, 30),
    "revenue growth": ("higher", 10, 20, 35, 40),
    "data-centre share": ("higher", 50, 55, 60, 65),
    "new customers quarter": ("higher", 6, 12, 18, 24),
    "new customers year": ("higher", 24, 48, 72, 96),
    "own customers quarter": ("higher", 1, 2, 3, 4),
    "own customers year": ("higher", 4, 8, 12, 16),
    "conversion": ("higher", 10, 15, 18, 20),
    "retention": ("higher", 78, 82, 88, 92),
    "visits": ("higher", 80, 90, 100, None),
    "issues resolved": ("higher", 85, 90, 95, 100),
    "downtime": ("lower", 1.5, 1.0, 0.5, 0.2),
    "complaints": ("lower", 45, 30, 20, 10),
    "requirement": ("lower", 30, 24, 20, 16),
    "defects": ("lower", 1.5, 1.0, 0.8, 0.5),
    "iterations month": ("higher", 1, 2, 3, 4),
    "iterations year": ("higher", 12, 24, 36, 48),
    "cycle": ("lower", 5, 4, 3, 2.5),
    "certification": ("higher", 30, 40, 70, 90),
    "collection": ("higher", 85, 90, 95, 100),
    "on time": ("higher", 80, 90, 95, 100),
    "days": ("lower", 10, 7, 5, 3),
}
# shown as percentages, fractions in the database
RATES = {
    "market share growth",
    "revenue growth",
    "data-centre share",
    "conversion",
    "retention",
    "visits",
    "issues resolved",
    "downtime",
    "defects",
    "certification",
    "collection",
    "on time",
}


def marks_of(code, unit=1):
    direction, *marks = KPIS[code]
    return direction, Marks(*(None if mark is None else mark * unit for mark in marks))


def score_of(code, actual, fractions=False):
    unit = 0.01 if fractions and code in RATES else 1
    direction, marks = marks_of(code, unit)
    return score(actual * unit, marks, direction)


def days_of(kind, day):
    span = span_of(kind, day)
    return elapsed(DAYS, span.date_from, span.date_to, day)


# --- section 2 and 6: statuses by date

# day, KPI, actual, expected by now, pace %, status
PACED = [
    (date(2023, 7, 31), "new customers quarter", 6, 5.82, 103.2, "on_track"),
    (date(2023, 8, 23), "new customers quarter", 10, 10.52, 95.0, "on_track"),
    (date(2023, 8, 24), "new customers quarter", 10, 10.80, 92.6, "at_risk"),
    (date(2023, 8, 31), "new customers quarter", 10, 12.18, 82.1, "at_risk"),
    (date(2023, 9, 1), "new customers quarter", 10, 12.46, 80.2, "at_risk"),
    (date(2023, 9, 4), "new customers quarter", 10, 12.74, 78.5, "off_track"),
    (date(2023, 9, 29), "new customers quarter", 10, 18, 55.6, "off_track"),
    (date(2023, 10, 31), "new customers quarter", 12, 6.09, 197.0, "on_track"),
    (date(2023, 12, 29), "new customers quarter", 20, 18, 111.1, "exceeded"),
    (date(2023, 8, 31), "own customers quarter", 2, 2.03, 98.5, "on_track"),
    (date(2023, 8, 31), "own customers quarter", 1, 2.03, 49.2, "off_track"),
    (date(2023, 10, 31), "iterations month", 2, 3, 66.7, "off_track"),
    (date(2023, 11, 30), "iterations month", 3, 3, 100.0, "on_track"),
]


@pytest.mark.parametrize("day, code, actual, due, share, judged", PACED)
def test_paced_status(day, code, actual, due, share, judged):
    gone, total = days_of("month" if "month" in code else "quarter", day)
    direction, marks = marks_of(code)
    assert round(expected(marks.target, gone, total), 2) == due
    assert f"{100 * pace(actual, marks.target, gone, total):.1f}" == f"{share:.1f}"
    assert judged == status(actual, marks, direction, THRESHOLDS, "flow", gone, total)


def test_each_quarter_has_65_working_days():
    assert {days_of("quarter", date(2023, m, 28))[1] for m in range(1, 13)} == {65}


def test_5_may_12_a_month():
    gone, total = days_of("month", date(2023, 5, 5))
    assert (gone, total) == (5, 23)
    assert round(expected(12, gone, total), 2) == 2.61
    assert round(100 * pace(2, 12, gone, total), 1) == 76.7
    marks = Marks(target=12)
    judged = status(2, marks, "higher", THRESHOLDS, "flow", gone, total)
    assert judged == "off_track"
    week = span_of("week", date(2023, 5, 5))
    week_days, _days = elapsed(DAYS, week.date_from, week.date_to, date(2023, 5, 5))
    assert f"{expected(12, week_days, total):.1f}" == "2.6"


# day, KPI, kind, actual, status, score
LEVELS = [
    (date(2023, 8, 31), "downtime", "level", 1.20, "off_track", 36),
    (date(2023, 10, 31), "retention", "end", 85, "at_risk", 80),
    (date(2023, 11, 30), "retention", "end", 90, "exceeded", 110),
    (date(2023, 12, 29), "conversion", "end", 100 * 20 / 120, "at_risk", 82.22),
]


@pytest.mark.parametrize("unit", [1, 0.01])
@pytest.mark.parametrize("day, code, kind, actual, judged, points", LEVELS)
def test_level_status(unit, day, code, kind, actual, judged, points):
    direction, marks = marks_of(code, unit)
    actual *= unit
    gone, total = days_of("month", day)
    assert judged == status(actual, marks, direction, THRESHOLDS, kind, gone, total)
    assert round(score(actual, marks, direction), 2) == points
    if kind == "end":
        early = status(actual, marks, direction, THRESHOLDS, kind, gone - 1, total)
        assert early == "no_data"


def test_template_retention_88_of_85_is_exceeded():
    marks = Marks(target=0.85)
    assert status(0.88, marks, "higher", THRESHOLDS, "end", 20, 20) == "exceeded"


def test_n4_satisfaction_80_of_90_is_off_track():
    marks = Marks(baseline=90, target=90)
    assert status(80, marks, "higher", THRESHOLDS, "level", 3, 20) == "off_track"
    assert status(90, marks, "higher", THRESHOLDS, "level", 3, 20) == "on_track"


@pytest.mark.parametrize(
    "code, actual, points",
    [
        ("new customers quarter", 10, 40),
        ("new customers quarter", 20, 106.67),
        ("retention", 85, 80),
        ("retention", 90, 110),
        ("iterations month", 2, 60),
        ("iterations month", 3, 100),
    ],
)
def test_scores_of_the_year(code, actual, points):
    assert round(score_of(code, actual), 2) == points
    assert round(score_of(code, actual, fractions=True), 2) == points


def test_attainments():
    of = {actual: attainment(actual, Marks(target=18), "higher") for actual in (10, 20)}
    assert [round(100 * share, 1) for share in of.values()] == [55.6, 111.1]
    share = attainment(28, Marks(target=25), "higher")
    assert round(100 * share, 1) == 112.0
    assert round(attainment(20, Marks(target=15), "higher"), 3) == 1.333
    assert attainment(6, Marks(target=8), "higher") == 0.75


# --- section 1 and 5: readings, proposals and splits


def test_x1_three_a_month_each_is_36_too_much():
    assert balance(18, 0, [3 * 3] * 6).too_much == 36
    assert balance(18, 0, [3] * 6) == (18, 0, 0, 0)


def test_x2_cycle_from_four_weeks_to_three():
    assert growth(3.0, 4.0) == -0.25
    assert round(growth(3.2, 4.0), 9) == -0.2


def test_x7_three_of_twenty_is_below_the_rate_asked():
    assert ratio([(3, 20)])[2] == 0.15 < 0.18
    assert round(funnel(20, 0.18), 9) == 3.6


def test_x8_ten_percent_of_the_way():
    before, now = 0.07843, 0.08
    target = before * 1.2
    assert round(100 * target, 3) == 9.412
    assert round(growth(now, before), 2) == 0.02
    assert round((now - before) / (target - before), 2) == 0.10


def test_p1_p2_pipeline():
    quarter = funnel(100, ratio([(30, 100)])[2])
    assert (quarter, quarter / 3, quarter / 3 * 1.2) == (30, 10, 12)
    assert funnel(120, ratio([(48, 320)])[2]) == 18


def test_p3_p4_splits():
    assert split(18, [1] * 6) == [3] * 6
    assert balance(18, 0, split(18, [1] * 6)) == (18, 0, 0, 0)
    assert split(18, [1] * 7) == [3, 3, 3, 3, 2, 2, 2]
    assert split(18, [1] * 6, reserved=2) == [3, 3, 3, 3, 2, 2]
    assert balance(18, 2, [3, 3, 3, 3, 2, 2]) == (16, 2, 0, 0)


def test_p5_joiner_and_part_time():
    present, total = days_of("quarter", date(2023, 10, 31))
    assert (total - present, total) == (43, 65)
    joiner = prorate(3, 43, 65)
    assert round(joiner, 2) == 1.98
    assert round(balance(18, 0, [3] * 6 + [joiner]).too_much, 2) == 1.98
    half = prorate(3, 65, 65, share=0.5)
    assert half == 1.5
    assert balance(18, 0, [3] * 6 + [half]).too_much == 1.5


def test_p6_beyond_history():
    history = [52, 55, 57, 58, 60, 60, 60, 61, 62, 63, 64, 68]
    history = [thousand * 1000 for thousand in history]
    mean = combine("average", history)
    assert mean == 60_000
    assert round(100 * growth(100_000, mean), 1) == 66.7
    assert reached(history, 100_000) == (0, 12)
    assert exceed_chance(history, 100_000) == 0
    assert funnel(50, 0.15, 8000) == 60_000


def test_p7_cannot_say():
    assert funnel(None, None) is None
    assert project([], 3) is None
    assert exceed_chance([], 1) is None
    assert run_rate(None, 5, 23) is None


# --- section 6: the year and its roll-ups

WINS = {
    # person: Q1, Q2, Jul, Aug, Oct, Nov, Dec
    1: [4, 5, 1, 1, 3, 1, 1],
    2: [4, 4, 1, 1, 2, 1, 1],
    3: [3, 4, 1, 1, 2, 1, 0],
    4: [3, 3, 1, 1, 2, 1, 0],
    5: [3, 3, 1, 0, 2, 0, 1],
    6: [3, 3, 1, 0, 1, 1, 0],
}


def test_wins_of_people_are_those_of_the_department():
    months = list(zip(*WINS.values(), strict=True))
    assert [combine("sum", month) for month in months] == [20, 22, 6, 4, 12, 5, 3]
    people = [combine("sum", wins) for wins in WINS.values()]
    assert people == [16, 14, 12, 11, 10, 9]
    assert combine("sum", people) == 72
    rates = [round(100 * ratio([(won, 80)])[2], 2) for won in people]
    assert rates == [20, 17.5, 15, 13.75, 12.5, 11.25]
    assert ratio((won, 80) for won in people)[2] == 72 / 480


def test_year_of_levels():
    assert combine("last", [90, 85, 90, 90]) == 90
    assert combine("sum", [9, 9, 3, 3, 3, 2, 3, 4]) == 36
    months = [0.4] * 7 + [1.2, 0.4, 0.35, 0.35, 0.3]
    hours = [(percent / 100 * 40_000, 40_000) for percent in months]
    assert round(100 * ratio(hours)[2], 9) == 0.45
    assert ratio([(7, 10)])[2] == 0.7


# parts, rate shown, mean of the rates that must not appear
ROLLUPS = {
    "visits": ([(288, 288), (180, 192)], 100, 97.5, 96.9),
    "defects": (
        [(20, 4000), (12, 2000), (13, 2000), (16, 2000), (16, 2000), (22, 2000)],
        100,
        0.707,
        0.742,
    ),
    "downtime": ([(hours, 120_000) for hours in (240, 420, 600, 900)], 100, 0.45, None),
    "complaints": (
        [(40 * 10, 40), (40 * 15, 40), (20 * 20, 20), (20 * 25, 20), (80 * 15, 80)],
        1,
        15.5,
        17.0,
    ),
    "requirements": (
        [
            (n * hours, n)
            for n, hours in [
                (30, 16), (30, 17), (30, 18), (20, 20), (20, 22), (10, 25), (60, 18),
            ]
        ],
        1,
        18.5,
        19.4,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ROLLUPS)
def test_rollup(name):
    parts, unit, shown, not_shown = ROLLUPS[name]
    digits = 3 if name == "defects" else 2 if name == "downtime" else 1
    value = unit * ratio(parts)[2]
    assert f"{value:.{digits}f}" == f"{shown:.{digits}f}"
    if not_shown is not None:
        mean = unit * combine("average", [num / den for num, den in parts])
        # 96.875 is shown as 96.9, 19.43 as 19.4, 17.0 as 17.0
        assert (
            f"{mean:.{digits}f}" == f"{not_shown:.{digits}f}" != f"{value:.{digits}f}"
        )


def test_roll_up_totals():
    assert ratio(ROLLUPS["defects"][0])[:2] == (99, 14_000)
    assert ratio(ROLLUPS["downtime"][0])[:2] == (2160, 480_000)


REVENUE = {2022: [2.2, 2.4, 2.6, 2.8], 2023: [3.0, 3.3, 3.6, 3.9]}
DATA_CENTRE = [1.770, 2.000, 2.218, 2.460]


def test_f8_market_share_growth():
    text = "DC / MARKET / (DC[-1y] / MARKET[-1y]) - 1"
    values = {
        Reference("DC"): combine("sum", DATA_CENTRE),
        Reference("MARKET"): 82.5,
        Reference("DC", years=-1): 5.5,
        Reference("MARKET", years=-1): 68.75,
    }
    formula = parse(text)
    assert formula.references == set(values)
    share = evaluate(formula, values).value
    assert f"{100 * share:.1f}" == "28.0"
    direction, marks = marks_of("market share growth")
    assert f"{100 * attainment(100 * share, marks, direction):.0f}" == "112"
    dc, market = Reference("DC"), Reference("MARKET")
    now = evaluate(parse("DC / MARKET"), values)
    assert (f"{100 * now.value:.2f}", now[1:]) == (
        "10.24",
        (values[dc], values[market]),
    )
    assert ratio([(5.5, 68.75)])[2] == 0.08


def test_revenue_growth_year_to_date():
    formula = parse("REVENUE / REVENUE[-1y] - 1")
    shown = []
    for quarters in (1, 2, 3, 4):
        values = {
            Reference("REVENUE"): combine("sum", REVENUE[2023][:quarters]),
            Reference("REVENUE", years=-1): combine("sum", REVENUE[2022][:quarters]),
        }
        shown.append(f"{100 * evaluate(formula, values).value:.1f}")
    assert shown == ["36.4", "37.0", "37.5", "38.0"]


def test_data_centre_share():
    parts = zip(DATA_CENTRE, REVENUE[2023], strict=True)
    assert f"{100 * ratio(parts)[2]:.1f}" == "61.2"


# --- section 7: the appraisal of the year

SHARE = 100 * 8.448 / 13.8
DEFECTS = 100 * 99 / 14_000
APPRAISALS = [
    # person, (KPI, actual, score, weight), (the same), final, grade
    ("general manager",
        ("market share growth", 28, 112, 50),
        ("revenue growth", 38, 112, 50), 112, "A"),
    ("finance manager",
        ("data-centre share", SHARE, 104.87, 50),
        ("revenue growth", 38, 112, 50), 108.43, "B"),
    ("accountant", ("days", 5, 100, 50), ("collection", 95, 100, 50), 100, "B"),
    ("commercial specialist",
        ("collection", 98, 112, 50), ("days", 4, 110, 50), 111, "A"),
    ("marketing manager",
        ("new customers year", 72, 100, 60), ("retention", 90, 110, 40), 104, "B"),
    ("sales person 1",
        ("own customers year", 16, 120, 80), ("conversion", 20, 120, 20), 120, "A"),
    ("sales person 2",
        ("own customers year", 14, 110, 80),
        ("conversion", 17.5, 93.33, 20), 106.67, "B"),
    ("sales person 3",
        ("own customers year", 12, 100, 80), ("conversion", 15, 60, 20), 92, "C"),
    ("sales person 4",
        ("own customers year", 11, 90, 80), ("conversion", 13.75, 45, 20), 81, "C"),
    ("sales person 5",
        ("own customers year", 10, 80, 80), ("conversion", 12.5, 30, 20), 70, "D"),
    ("sales person 6",
        ("own customers year", 9, 70, 80), ("conversion", 11.25, 15, 20), 59, "D"),
    ("customer success manager 1",
        ("visits", 100, 100, 50), ("issues resolved", 98, 112, 50), 106, "B"),
    ("customer success manager 2",
        ("visits", 93.75, 75, 50), ("issues resolved", 95, 100, 50), 87.5, "C"),
    ("data centre manager",
        ("retention", 90, 110, 60), ("downtime", 0.45, 103.33, 40), 107.33, "B"),
    ("operations engineer 1",
        ("downtime", 0.2, 120, 50), ("complaints", 10, 120, 50), 120, "A"),
    ("operations engineer 2",
        ("downtime", 0.35, 110, 50), ("complaints", 15, 110, 50), 110, "A"),
    ("operations engineer 3",
        ("downtime", 0.5, 100, 50), ("complaints", 20, 100, 50), 100, "B"),
    ("operations engineer 4",
        ("downtime", 0.75, 80, 50), ("complaints", 25, 80, 50), 80, "C"),
    ("service desk",
        ("complaints", 15, 110, 50), ("issues resolved", 98, 112, 50), 111, "A"),
    ("engineering manager",
        ("iterations year", 36, 100, 50), ("cycle", 3.0, 100, 50), 100, "B"),
    ("R&D engineer 1",
        ("requirement", 16, 120, 50), ("defects", 0.5, 120, 50), 120, "A"),
    ("R&D engineer 2",
        ("requirement", 17, 115, 50), ("defects", 0.6, 113.33, 50), 114.17, "A"),
    ("R&D engineer 3",
        ("requirement", 18, 110, 50), ("defects", 0.65, 110, 50), 110, "A"),
    ("R&D engineer 4",
        ("requirement", 20, 100, 50), ("defects", 0.8, 100, 50), 100, "B"),
    ("R&D engineer 5", ("requirement", 22, 80, 50), ("defects", 0.8, 100, 50), 90, "C"),
    ("R&D engineer 6", ("requirement", 25, 50, 50), ("defects", 1.1, 48, 50), 49, "D"),
    ("tester", ("defects", DEFECTS, 106.19, 50), ("on time", 97, 108, 50), 107.1, "B"),
    ("product manager",
        ("requirement", 18, 110, 50), ("on time", 98, 112, 50), 111, "A"),
    ("HR & admin manager",
        ("certification", 70, 100, 50), ("on time", 97, 108, 50), 104, "B"),
    ("HR specialist", ("on time", 99, 116, 50), ("on time", 97, 108, 50), 112, "A"),
]  # fmt: skip


@pytest.mark.parametrize("fractions", [False, True], ids=["percent", "fraction"])
@pytest.mark.parametrize("row", APPRAISALS, ids=lambda row: row[0])
def test_appraisal(row, fractions):
    _person, *lines, final, label = row
    points = [score_of(code, actual, fractions) for code, actual, *_rest in lines]
    assert [round(one, 2) for one in points] == [line[2] for line in lines]
    result = weighted(zip(points, (line[3] for line in lines), strict=True))
    assert f"{result:.2f}" == f"{final:.2f}"
    assert grade(result, LIMITS) == label


def test_grades_of_thirty_people():
    assert len(APPRAISALS) == 30
    grades = Counter()
    for _person, *lines, _final, _label in APPRAISALS:
        pairs = [(score_of(code, actual), weight) for code, actual, _s, weight in lines]
        grades[grade(weighted(pairs), LIMITS)] += 1
    assert grades == {"A": 11, "B": 11, "C": 5, "D": 3}
    assert round(100 * grades["A"] / 30 - 20, 1) == 16.7


def test_quarters_and_year_combined():
    quarters = [score_of("own customers quarter", won) for won in (4, 5, 2, 5)]
    assert quarters == [120, 120, 60, 120]
    mean = weighted((points, 1) for points in quarters)
    year = score_of("own customers year", 16)
    assert (mean, year) == (105, 120)
    assert weighted([(mean, 50), (year, 50)]) == 112.5
