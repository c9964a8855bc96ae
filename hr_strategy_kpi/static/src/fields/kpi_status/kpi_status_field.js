import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { getStatusLook, isKnown } from "../../format/kpi_format";

/** A status in a word, an icon and a colour; stale is grey and wins, with its cause. */
export class KpiStatusField extends Component {
    static template = "hr_strategy_kpi.KpiStatusField";
    static props = { ...standardFieldProps };

    get status() {
        return this.props.record.data[this.props.name];
    }

    get isStale() {
        return Boolean(this.props.record.data.is_stale);
    }

    /** There is a figure, but its verdict falls at the end of the period. */
    get isWaiting() {
        return this.status === "no_data" && isKnown(this.props.record.data.actual);
    }

    get look() {
        return getStatusLook(this.status, this.isStale);
    }

    get statusLabel() {
        if (this.isWaiting) {
            return _t("Not Judged Yet");
        }
        const { selection } = this.props.record.fields[this.props.name];
        return selection.find(([key]) => key === this.status)?.[1] || _t("No Goal");
    }

    get label() {
        if (!this.isStale) {
            return this.statusLabel;
        }
        return this.status || isKnown(this.props.record.data.actual)
            ? _t("Stale")
            : _t("Not Read Yet");
    }

    get title() {
        if (this.isStale) {
            const reason = this.props.record.data.stale_reason || "";
            return this.status
                ? _t("%(reason)s Last: %(status)s.", {
                      reason,
                      status: this.statusLabel,
                  })
                : reason;
        }
        return this.isWaiting
            ? _t("There is a figure. It is judged at the end of the period.")
            : undefined;
    }
}

export const kpiStatusField = {
    component: KpiStatusField,
    displayName: _t("KPI status"),
    supportedTypes: ["selection"],
    supportedOptions: [
        { label: _t("Without freshness"), name: "no_stale", type: "boolean" },
    ],
    isEmpty: () => false,
    listViewWidth: [130, 155],
    fieldDependencies: ({ options }) =>
        options.no_stale
            ? []
            : [
                  { name: "is_stale", type: "boolean", readonly: true },
                  { name: "stale_reason", type: "char", readonly: true },
              ],
};

registry.category("fields").add("kpi_status", kpiStatusField);
