import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import {
    formatKpiInput,
    formatKpiValue,
    getCurrencyId,
    isKnown,
    parseKpiValue,
} from "../../format/kpi_format";
import { useNullableInput } from "./kpi_value_input_hook";

/**
 * A number that may be absent, in the unit of its KPI. Reads `direction` and
 * `company_id` too where the view has them.
 */
export class KpiValueField extends Component {
    static template = "hr_strategy_kpi.KpiValueField";
    static props = {
        ...standardFieldProps,
        placeholder: { type: String, optional: true },
        short: { type: Boolean, optional: true },
        signed: { type: Boolean, optional: true },
        unit: { type: String, optional: true },
        unitField: { type: String, optional: true },
    };

    setup() {
        useNullableInput({
            component: this,
            getText: () => formatKpiInput(this.value, this.options),
            parse: (text) => parseKpiValue(text, this.options),
        });
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get options() {
        const { data } = this.props.record;
        return {
            unit: this.props.unit || data[this.props.unitField],
            direction: this.props.unit ? undefined : data.direction,
            currencyId: getCurrencyId(data.company_id?.id),
            short: this.props.short,
            signed: this.props.signed,
        };
    }

    get formattedValue() {
        return formatKpiValue(this.value, this.options);
    }

    get fullValue() {
        return this.props.short
            ? formatKpiValue(this.value, { ...this.options, short: false })
            : undefined;
    }

    get suffix() {
        const { unit, currencyId } = this.options;
        const number = isKnown(this.value) ? this.value : 0;
        if (unit === "percent") {
            return "%";
        }
        const full = formatKpiValue(number, { unit, currencyId });
        return full.replace(formatKpiValue(number, {}), "").trim();
    }
}

const supportedOptions = [
    { label: _t("Unit field"), name: "unit_field", type: "string", default: "unit" },
    { label: _t("Fixed unit"), name: "unit", type: "string" },
    { label: _t("Short"), name: "short", type: "boolean" },
    { label: _t("With a plus"), name: "signed", type: "boolean" },
];

export const kpiValueField = {
    component: KpiValueField,
    displayName: _t("KPI value"),
    supportedTypes: ["float"],
    supportedOptions,
    isEmpty: () => false,
    listViewWidth: [115, 150],
    fieldDependencies: ({ options }) =>
        options.unit
            ? []
            : [
                  {
                      name: options.unit_field || "unit",
                      type: "selection",
                      readonly: true,
                  },
              ],
    extractProps: ({ options, placeholder }) => ({
        placeholder,
        short: Boolean(options.short),
        signed: Boolean(options.signed),
        unit: options.unit,
        unitField: options.unit_field || "unit",
    }),
};

function withUnit(unit, displayName) {
    return {
        ...kpiValueField,
        displayName,
        listViewWidth: [95, 120],
        fieldDependencies: [],
        extractProps: (info) => ({ ...kpiValueField.extractProps(info), unit }),
    };
}

const fields = registry.category("fields");
fields.add("kpi_value", kpiValueField);
fields.add("kpi_percent", withUnit("percent", _t("KPI rate")));
fields.add("kpi_score", withUnit("score", _t("KPI score")));

// totals of groups: rates and scores average, values of different KPIs do not
const formatters = registry.category("formatters");
formatters.add("kpi_value", () => "");
formatters.add("kpi_percent", (value) => formatKpiValue(value, { unit: "percent" }));
formatters.add("kpi_score", (value) => formatKpiValue(value, { unit: "score" }));
