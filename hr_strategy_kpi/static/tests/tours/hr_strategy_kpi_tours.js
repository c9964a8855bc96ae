import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

function field(name) {
    return `.o_field_widget[name='${name}']`;
}

function select(name, label) {
    return [
        { trigger: `${field(name)} input`, run: "click" },
        { trigger: `.o_select_menu_item:contains('${label}')`, run: "click" },
        { trigger: `${field(name)} input:value('${label}')` },
    ];
}

/** An officer says what is counted, sees what it finds, and saves. */
tours.add("hr_strategy_kpi_officer", {
    url: "/odoo/kpi-library",
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: `${field("name")} textarea`, run: "edit New contacts" },
        { trigger: ".o_kpi_preview:contains('values are typed in')" },
        ...select("source", "Records in Odoo"),
        { trigger: `${field("model_id")} input`, run: "edit Contact" },
        {
            trigger: ".o-autocomplete a:contains(/^Contact$/)",
            run: "click",
        },
        {
            content: "who and when are proposed",
            trigger: `${field("subject_path")}:contains('Salesperson')`,
        },
        {
            content: "the preview reads before anything is saved",
            trigger: ".o_kpi_preview_rows tr:contains('visible to you')",
        },
        {
            trigger: ".o_form_status_indicator .o_form_button_save",
            run: "click",
        },
        { trigger: ".o_form_saved" },
        { trigger: "button:contains('Assign Targets'):enabled", run: "click" },
        {
            trigger: ".modal .o_field_widget[name='target'] input",
            run: "edit 3",
        },
        { trigger: ".modal button[name='action_assign']", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains('New contacts')" },
        { trigger: ".o_data_row .o_kpi_status:contains('Exceeded')" },
    ],
});

/** A person sees what they have reached, and follows a number down to its records. */
tours.add("hr_strategy_kpi_person", {
    url: "/odoo/my-kpis",
    steps: () => [
        {
            trigger:
                ".o_kanban_record:contains('Contacts won') .o_kpi_gauge:contains('3')",
        },
        {
            trigger: ".o_kanban_record:contains('Contacts won') .o_kpi_explain",
            run: "click",
        },
        { trigger: ".modal .o_kpi_explanation:contains('Salesperson')" },
        { trigger: ".modal .o_kpi_explanation:contains('time zone Asia/Shanghai')" },
        { trigger: ".modal button[name='action_open_records']", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains('Won Contact 3')" },
        { trigger: ".o_list_view:not(:has(.o_data_row:contains('Foreign Contact')))" },
        {
            trigger: ".o_list_view .o_data_cell:contains('Won Contact 1')",
            run: "click",
        },
        { trigger: ".o_form_view .o_field_widget[name='name']" },
    ],
});

/** A manager answers an alert with an action; it closes when the figure recovers. */
tours.add("hr_strategy_kpi_manager", {
    url: "/odoo/team-kpis",
    steps: () => [
        {
            trigger: ".o_kanban_record:contains('Stock of leads') .fa-bell",
            run: "click",
        },
        { trigger: ".o_data_row:contains('Critical') td[name='kpi_id']", run: "click" },
        { trigger: "button[name='action_open_action']", run: "click" },
        {
            trigger: ".modal .o_field_widget[name='name'] input",
            run: "edit Call the old customers",
        },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        {
            trigger: ".o_form_view .o_arrow_button_current:contains('Acknowledged')",
        },
        { trigger: ".o_data_row:contains('Call the old customers')" },
        {
            content: "the figure recovers",
            trigger: ".o_field_widget[name='target_id'] a",
            run: "click",
        },
        { trigger: ".o_kpi_status:contains('Off Track')" },
        { trigger: "button:contains('Type Values')", run: "click" },
        { trigger: ".modal .o_data_row td[name='value']", run: "click" },
        { trigger: ".modal .o_data_row td[name='value'] input", run: "edit 12" },
        { trigger: ".modal button[name='action_save']", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: ".o_form_view .o_kpi_status:contains('Exceeded')" },
        { trigger: ".oe_stat_button:contains('Alerts')", run: "click" },
        { trigger: ".o_data_row:contains('Closed') td[name='kpi_id']", run: "click" },
        { trigger: ".o_field_widget[name='close_note']:contains('has recovered')" },
    ],
});
