import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { formatKpiValue, getCurrencyId, isKnown } from "../../format/kpi_format";

/** What came in this week and what the pace asks of it. */
export class KpiWeekField extends Component {
    static template = "hr_strategy_kpi.KpiWeekField";
    static props = { ...standardFieldProps };

    format(value, signed = false) {
        const { unit, company_id } = this.props.record.data;
        const currencyId = getCurrencyId(company_id?.id);
        return formatKpiValue(value, { unit, currencyId, short: true, signed });
    }

    get text() {
        const actual = this.props.record.data[this.props.name];
        const needed = this.props.record.data.week_needed;
        if (!isKnown(actual)) {
            return "";
        }
        const shown = this.format(actual, true);
        return isKnown(needed)
            ? _t("This week %(actual)s, needs %(needed)s", {
                  actual: shown,
                  needed: this.format(needed),
              })
            : _t("This week %s", shown);
    }
}

export const kpiWeekField = {
    component: KpiWeekField,
    displayName: _t("KPI week"),
    supportedTypes: ["float"],
    fieldDependencies: [
        { name: "unit", type: "selection", readonly: true },
        { name: "week_needed", type: "float", readonly: true },
    ],
};

registry.category("fields").add("kpi_week", kpiWeekField);
