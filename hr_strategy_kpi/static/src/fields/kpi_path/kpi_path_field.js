import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import {
    FieldSelectorField,
    fieldSelectorField,
} from "@web/views/fields/field_selector/field_selector_field";

/**
 * The core's field selector, offering only what fits: fields of some types, and the
 * many2one fields that lead to them.
 */
export class KpiPathField extends FieldSelectorField {
    static props = {
        ...FieldSelectorField.props,
        types: { type: Array, element: String, optional: true },
    };
    static defaultProps = { types: [] };

    filter(fieldDef) {
        const { types } = this.props;
        const fits = !types.length || types.includes(fieldDef.type);
        return (fits || fieldDef.type === "many2one") && super.filter(fieldDef);
    }
}

export const kpiPathField = {
    ...fieldSelectorField,
    component: KpiPathField,
    displayName: _t("KPI field path"),
    supportedOptions: [
        ...fieldSelectorField.supportedOptions,
        { label: _t("Types"), name: "types", type: "string" },
    ],
    extractProps: (info, dynamicInfo) => ({
        ...fieldSelectorField.extractProps(info, dynamicInfo),
        allowProperties: false,
        onlySearchable: true,
        types: info.options.types || [],
    }),
};

registry.category("fields").add("kpi_path", kpiPathField);
