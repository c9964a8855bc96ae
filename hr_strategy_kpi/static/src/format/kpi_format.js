import { formatCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { formatFloat } from "@web/core/utils/numbers";
import { parseFloat, parsePercentage } from "@web/views/fields/parsers";

export const ABSENT = "–";
const TOLERANCE = 1e-9;

/** Zero is a number, false and undefined are none. */
export function isKnown(value) {
    return typeof value === "number" && !Number.isNaN(value);
}

function isWhole(value) {
    return Math.abs(value - Math.round(value)) < TOLERANCE;
}

function formatNumber(value, maxDigits = 2) {
    return formatFloat(value, { digits: [16, maxDigits], trailingZeros: false });
}

/** Returns 473.4k and 473k, never 473.0k. */
function getShortDigits(value) {
    const power = Math.floor(Math.log10(Math.abs(value)) / 3);
    return isWhole(Math.round((value / 1000 ** power) * 10) / 10) ? 0 : 1;
}

function addUnit(text, unit) {
    switch (unit) {
        case "minute":
            return _t("%s min", text);
        case "hour":
            return _t("%s h", text);
        case "day":
            return _t("%s days", text);
        case "week":
            return _t("%s weeks", text);
        case "point":
            return _t("%s points", text);
    }
    return text;
}

export function getCurrencyId(companyId) {
    const company = user.allowedCompanies.find((c) => c.id === companyId);
    return (company || user.activeCompany)?.currency_id;
}

function formatMoney(value, { currencyId, short }) {
    if (short && Math.abs(value) >= 10000) {
        return formatCurrency(value, currencyId, {
            humanReadable: true,
            digits: [16, getShortDigits(value)],
        });
    }
    return formatCurrency(value, currencyId, isWhole(value) ? { digits: [16, 0] } : {});
}

/**
 * Returns the value of a KPI as text: rates as percentages, money in the company's
 * currency, times with their unit; what is absent as a dash and zero as 0.
 *
 * @param {number|false} value as stored: rates are fractions
 * @param {Object} [options]
 * @param {string} [options.unit] of the KPI, or "score" for one decimal
 * @param {string} [options.direction] "boolean" reads as yes or no
 * @param {number} [options.currencyId]
 * @param {boolean} [options.short] at most one decimal, big numbers shortened
 * @param {boolean} [options.signed] with a plus
 */
export function formatKpiValue(value, options = {}) {
    if (!isKnown(value)) {
        return ABSENT;
    }
    const { unit, direction, short, signed } = options;
    if (direction === "boolean") {
        return value ? _t("yes") : _t("no");
    }
    const plus = signed && value > 0 ? "+" : "";
    if (unit === "percent") {
        return `${plus}${formatNumber(value * 100, 1)} %`;
    }
    if (unit === "score") {
        return plus + formatFloat(value, { digits: [16, 1] });
    }
    if (unit === "money") {
        return plus + formatMoney(value, options);
    }
    const text =
        short && Math.abs(value) >= 10000
            ? formatFloat(value, {
                  humanReadable: true,
                  decimals: getShortDigits(value),
              })
            : formatNumber(value, short ? 1 : 2);
    return addUnit(plus + text, unit).toString();
}

/** Returns the text to edit a value by: no unit, no thousands cut away. */
export function formatKpiInput(value, { unit } = {}) {
    if (!isKnown(value)) {
        return "";
    }
    const shown = unit === "percent" ? value * 100 : value;
    // without the noise of binary fractions; what nobody edits is not written back
    const digits = [16, unit === "money" ? 2 : 6];
    return formatFloat(shown, { digits, trailingZeros: false });
}

/**
 * Returns the number a person typed, false for nothing. "85" and "85 %" of a rate are
 * both 0.85.
 *
 * @throws {InvalidNumberError} what is no number
 */
export function parseKpiValue(text, { unit } = {}) {
    const typed = text.trim();
    if (!typed || typed === ABSENT) {
        return false;
    }
    if (unit === "percent") {
        const value = parsePercentage(typed.replace(/\s*[%％]$/, ""));
        return Number(value.toPrecision(12));
    }
    return parseFloat(typed);
}

/** Returns the parts of a half-circle gauge; null when there is nothing to compare. */
export function getGauge({ actual, target, target_low, target_high }, direction) {
    const isRange = direction === "range";
    const goal = isRange ? target_high : target;
    if (direction === "boolean" || !isKnown(actual) || !isKnown(goal)) {
        return null;
    }
    const scale = Math.max(Math.abs(goal) * 1.25, Math.abs(actual)) || 1;
    const share = (value) => Math.min(1, Math.max(0, value / scale));
    const marks = isRange && isKnown(target_low) ? [target_low, goal] : [goal];
    return { fill: share(actual), marks: marks.map(share) };
}

/** Returns the point of a half circle at a share of its way, left to right. */
export function getArcPoint(share, radius = 40, centre = 50) {
    const angle = Math.PI * (1 - share);
    const x = centre + radius * Math.cos(angle);
    const y = centre - radius * Math.sin(angle);
    return [x, y].map((n) => Number(n.toFixed(2)));
}

export function getArcPath(share, radius = 40, centre = 50) {
    const [x, y] = getArcPoint(share, radius, centre);
    return `M ${centre - radius} ${centre} A ${radius} ${radius} 0 0 1 ${x} ${y}`;
}

/** Returns the points of a sparkline in a box, lowest value at the bottom. */
export function getSparkPoints(values, width = 100, height = 24, pad = 2) {
    const numbers = (values || []).filter(isKnown);
    if (numbers.length < 2) {
        return [];
    }
    const low = Math.min(...numbers);
    const range = Math.max(...numbers) - low;
    const step = (width - 2 * pad) / (numbers.length - 1);
    return numbers.map((value, index) => {
        const part = range ? (value - low) / range : 0.5;
        const y = height - pad - part * (height - 2 * pad);
        return [pad + index * step, y].map((n) => Number(n.toFixed(2)));
    });
}

const STATUS_LOOKS = {
    exceeded: { icon: "fa-star", badge: "text-bg-info", text: "text-info" },
    on_track: { icon: "fa-check", badge: "text-bg-success", text: "text-success" },
    at_risk: {
        icon: "fa-exclamation-triangle",
        badge: "text-bg-warning",
        text: "text-warning",
    },
    off_track: { icon: "fa-arrow-down", badge: "text-bg-danger", text: "text-danger" },
};
const NO_DATA = { icon: "fa-minus", badge: "text-bg-light", text: "text-muted" };
const STALE = { icon: "fa-clock-o", badge: "text-bg-secondary", text: "text-muted" };

/** Returns how a status looks; a stale figure is grey, whatever it last was. */
export function getStatusLook(status, isStale = false) {
    if (isStale) {
        return STALE;
    }
    return STATUS_LOOKS[status] || NO_DATA;
}
