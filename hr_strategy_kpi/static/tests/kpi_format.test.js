import { describe, expect, test } from "@odoo/hoot";
import { patchTranslations, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { currencies } from "@web/core/currency";
import { localization } from "@web/core/l10n/localization";
import {
    formatKpiInput,
    formatKpiValue,
    getArcPoint,
    getGauge,
    getSparkPoints,
    getStatusLook,
    isKnown,
    parseKpiValue,
} from "@hr_strategy_kpi/format/kpi_format";

describe.current.tags("headless");

function setUp() {
    patchTranslations();
    patchWithCleanup(localization, {
        decimalPoint: ".",
        thousandsSep: ",",
        grouping: [3, 0],
    });
    patchWithCleanup(currencies, {
        7: { symbol: "¥", position: "before", digits: [16, 2] },
    });
}

test("zero is a number and absent is a dash", () => {
    setUp();
    expect([0, 0.5, -1].map(isKnown)).toEqual([true, true, true]);
    expect([false, undefined, null, NaN].map(isKnown)).toEqual([
        false,
        false,
        false,
        false,
    ]);
    expect(formatKpiValue(0)).toBe("0");
    expect(formatKpiValue(0, { unit: "percent" })).toBe("0 %");
    expect(formatKpiValue(false, { unit: "money" })).toBe("–");
    expect(formatKpiValue(undefined)).toBe("–");
});

test("a value has the unit of its KPI", () => {
    setUp();
    expect(formatKpiValue(1234.5, { unit: "count" })).toBe("1,234.5");
    expect(formatKpiValue(0.8549, { unit: "percent" })).toBe("85.5 %");
    expect(formatKpiValue(0.85, { unit: "percent" })).toBe("85 %");
    expect(formatKpiValue(1500000, { unit: "money", currencyId: 7 })).toBe(
        "¥\u00a01,500,000"
    );
    expect(formatKpiValue(12.5, { unit: "money", currencyId: 7 })).toBe("¥\u00a012.50");
    expect(formatKpiValue(2.5, { unit: "hour" })).toBe("2.5 h");
    expect(formatKpiValue(3, { unit: "day" })).toBe("3 days");
    expect(formatKpiValue(98.25, { unit: "score" })).toBe("98.3");
    expect(formatKpiValue(1, { direction: "boolean" })).toBe("yes");
    expect(formatKpiValue(0, { direction: "boolean" })).toBe("no");
    expect(formatKpiValue(2, { signed: true })).toBe("+2");
    expect(formatKpiValue(0, { signed: true })).toBe("0");
});

test("on a card big sums are short, without empty decimals", () => {
    setUp();
    const short = (value) =>
        formatKpiValue(value, { unit: "money", currencyId: 7, short: true });
    expect(short(473000)).toBe("¥\u00a0473k");
    expect(short(473400)).toBe("¥\u00a0473.4k");
    expect(short(2000000)).toBe("¥\u00a02M");
    expect(short(-25000)).toBe("¥\u00a0-25k");
    expect(formatKpiValue(14.2857, { short: true })).toBe("14.3");
    expect(formatKpiValue(9999, { short: true })).toBe("9,999");
});

test("what is typed: nothing is absent, percent signs are optional", () => {
    setUp();
    const rate = { unit: "percent" };
    expect(parseKpiValue("85", rate)).toBe(0.85);
    expect(parseKpiValue("85%", rate)).toBe(0.85);
    expect(parseKpiValue(" 85.5 % ", rate)).toBe(0.855);
    expect(parseKpiValue("85％", rate)).toBe(0.85);
    expect(parseKpiValue("0", rate)).toBe(0);
    expect(parseKpiValue("1,234.5", { unit: "count" })).toBe(1234.5);
    expect(parseKpiValue("0", {})).toBe(0);
    expect(parseKpiValue("", {})).toBe(false);
    expect(parseKpiValue("   ", rate)).toBe(false);
    expect(() => parseKpiValue("many", {})).toThrow();
});

test("what is shown to edit reads back as the same number", () => {
    setUp();
    for (const unit of ["count", "percent", "money", "hour"]) {
        for (const value of [0, 0.07, 0.85, 1, 12.5, 1500000, -3, false]) {
            const text = formatKpiInput(value, { unit });
            expect(parseKpiValue(text, { unit })).toBe(value);
        }
    }
    expect(formatKpiInput(0.07, { unit: "percent" })).toBe("7");
    expect(formatKpiInput(0.8555, { unit: "percent" })).toBe("85.55");
    expect(formatKpiInput(380952.237143, { unit: "money" })).toBe("380,952.24");
});

test("a gauge has room beyond the goal and needs one", () => {
    expect(getGauge({ actual: 4, target: 8 }, "higher")).toEqual({
        fill: 0.4,
        marks: [0.8],
    });
    expect(getGauge({ actual: 0, target: 8 }, "lower").fill).toBe(0);
    expect(getGauge({ actual: 20, target: 8 }, "higher")).toEqual({
        fill: 1,
        marks: [0.4],
    });
    const range = getGauge({ actual: 2, target_low: 2, target_high: 4 }, "range");
    expect(range).toEqual({ fill: 0.4, marks: [0.4, 0.8] });
    expect(getGauge({ actual: 3, target: false }, "higher")).toBe(null);
    expect(getGauge({ actual: false, target: 8 }, "higher")).toBe(null);
    expect(getGauge({ actual: 1, target: 1 }, "boolean")).toBe(null);
    expect(getGauge({ actual: 0, target: 0 }, "lower").fill).toBe(0);
});

test("an arc runs from left over the top to the right", () => {
    expect(getArcPoint(0)).toEqual([10, 50]);
    expect(getArcPoint(0.5)).toEqual([50, 10]);
    expect(getArcPoint(1)).toEqual([90, 50]);
});

test("a sparkline needs two readings and fits its box", () => {
    expect(getSparkPoints([])).toEqual([]);
    expect(getSparkPoints(undefined)).toEqual([]);
    expect(getSparkPoints([5])).toEqual([]);
    expect(getSparkPoints([0, 10], 100, 24, 2)).toEqual([
        [2, 22],
        [98, 2],
    ]);
    // flat lines lie in the middle, also at zero
    expect(getSparkPoints([0, 0, 0]).map(([, y]) => y)).toEqual([12, 12, 12]);
});

test("stale is grey and wins over any colour", () => {
    expect(getStatusLook("off_track").badge).toBe("text-bg-danger");
    expect(getStatusLook("off_track", true).badge).toBe("text-bg-secondary");
    expect(getStatusLook("exceeded", true)).toBe(getStatusLook(false, true));
    const looks = ["exceeded", "on_track", "at_risk", "off_track", "no_data"].map(
        (status) => getStatusLook(status)
    );
    // colour is never the only sign
    expect(new Set(looks.map((look) => look.icon)).size).toBe(5);
});
