import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { getSparkPoints } from "../../format/kpi_format";

/** The last readings as a line without axes: a hint, the numbers are elsewhere. */
export class KpiSparklineField extends Component {
    static template = "hr_strategy_kpi.KpiSparklineField";
    static props = { ...standardFieldProps };

    get points() {
        return getSparkPoints(this.props.record.data[this.props.name]);
    }

    get line() {
        return this.points.map((point) => point.join(",")).join(" ");
    }

    get last() {
        return this.points.at(-1);
    }

    get label() {
        return _t("The last %s readings", this.points.length);
    }
}

export const kpiSparklineField = {
    component: KpiSparklineField,
    displayName: _t("KPI sparkline"),
    supportedTypes: ["json"],
    isEmpty: () => false,
    listViewWidth: 115,
};

registry.category("fields").add("kpi_sparkline", kpiSparklineField);
