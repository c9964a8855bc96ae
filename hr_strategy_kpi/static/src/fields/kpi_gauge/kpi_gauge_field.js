import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import {
    formatKpiValue,
    getArcPath,
    getArcPoint,
    getCurrencyId,
    getGauge,
    getStatusLook,
    isKnown,
} from "../../format/kpi_format";

/** What was reached beside what was wanted, on a half circle with a mark at the goal. */
export class KpiGaugeField extends Component {
    static template = "hr_strategy_kpi.KpiGaugeField";
    static props = { ...standardFieldProps };

    get data() {
        return this.props.record.data;
    }

    get gauge() {
        return getGauge(
            { ...this.data, actual: this.data[this.props.name] },
            this.data.direction
        );
    }

    get track() {
        return getArcPath(1);
    }

    get fill() {
        return this.gauge.fill > 0.005 ? getArcPath(this.gauge.fill) : "";
    }

    get marks() {
        return this.gauge.marks.map((share) => {
            const [x1, y1] = getArcPoint(share, 33);
            const [x2, y2] = getArcPoint(share, 47);
            return { x1, y1, x2, y2 };
        });
    }

    get colour() {
        return getStatusLook(this.data.status, this.data.is_stale).text;
    }

    format(value, short = true) {
        const { unit, direction, company_id } = this.data;
        const currencyId = getCurrencyId(company_id?.id);
        return formatKpiValue(value, { unit, direction, currencyId, short });
    }

    get actual() {
        return this.format(this.data[this.props.name], false);
    }

    get shortActual() {
        return this.format(this.data[this.props.name]);
    }

    get goal() {
        const { direction, target, target_low, target_high } = this.data;
        if (direction === "range") {
            return isKnown(target_low) || isKnown(target_high)
                ? _t("%(low)s to %(high)s", {
                      low: this.format(target_low),
                      high: this.format(target_high),
                  })
                : "";
        }
        return isKnown(target) ? this.format(target) : "";
    }

    get goalLine() {
        if (!this.goal) {
            return _t("no target");
        }
        const { direction } = this.data;
        if (direction === "lower") {
            return _t("at most %s", this.goal);
        }
        return direction === "higher" ? _t("of %s", this.goal) : this.goal;
    }

    get label() {
        return `${this.actual} ${this.goalLine}`;
    }
}

export const kpiGaugeField = {
    component: KpiGaugeField,
    displayName: _t("KPI gauge"),
    supportedTypes: ["float"],
    isEmpty: () => false,
    fieldDependencies: [
        { name: "unit", type: "selection", readonly: true },
        { name: "direction", type: "selection", readonly: true },
        { name: "status", type: "selection", readonly: true },
        { name: "is_stale", type: "boolean", readonly: true },
        { name: "target", type: "float", readonly: true },
        { name: "target_low", type: "float", readonly: true },
        { name: "target_high", type: "float", readonly: true },
    ],
};

registry.category("fields").add("kpi_gauge", kpiGaugeField);
