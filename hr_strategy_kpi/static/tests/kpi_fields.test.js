import { describe, expect, test } from "@odoo/hoot";
import { animationFrame, press, queryAllTexts } from "@odoo/hoot-dom";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    clickSave,
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");

class Target extends models.Model {
    _name = "kpi.target";
    name = fields.Char();
    unit = fields.Selection({
        selection: [
            ["count", "Number"],
            ["percent", "Percent"],
        ],
    });
    direction = fields.Selection({ selection: [["higher", "Higher is better"]] });
    actual = fields.Float();
    target = fields.Float();
    target_low = fields.Float();
    target_high = fields.Float();
    week_needed = fields.Float();
    path = fields.Char();
    due = fields.Date();
    spark = fields.Json();
    is_stale = fields.Boolean();
    stale_reason = fields.Char();
    status = fields.Selection({
        selection: [
            ["on_track", "On Track"],
            ["off_track", "Off Track"],
            ["no_data", "No Data"],
        ],
    });
    _records = [
        {
            id: 1,
            name: "rate",
            unit: "percent",
            direction: "higher",
            actual: 0.5,
            target: 0.85,
            target_low: false,
            target_high: false,
            spark: [1, 2, 3],
            status: "on_track",
        },
        {
            id: 2,
            name: "count",
            unit: "count",
            direction: "higher",
            actual: 0,
            target: false,
            target_low: false,
            target_high: false,
            spark: [],
            status: "off_track",
            is_stale: true,
            stale_reason: "Not read yet.",
        },
    ];
    _views = {
        form: `<form><field name="name"/><field name="target" widget="kpi_value"/></form>`,
    };
}

defineMailModels();
defineModels([Target]);

// the mock server fills empty floats with 0: the real one sends false
function keepAbsent(records) {
    for (const record of records) {
        for (const name of ["target", "target_low", "target_high"]) {
            if (record.id === 2 && name in record) {
                record[name] = false;
            }
        }
    }
    return records;
}

function mountTargets(params) {
    onRpc("web_search_read", async ({ parent }) => {
        const result = await parent();
        keepAbsent(result.records);
        return result;
    });
    onRpc("web_read", async ({ parent }) => keepAbsent(await parent()));
    return mountView({ resModel: "kpi.target", ...params });
}

test("list: percent, zero and absent", async () => {
    await mountTargets({
        type: "list",
        arch: `<list>
            <field name="actual" widget="kpi_value"/>
            <field name="target" widget="kpi_value"/>
            <field name="status" widget="kpi_status"/>
            <field name="spark" widget="kpi_sparkline"/>
        </list>`,
    });
    expect(".o_data_row:eq(0) .o_kpi_value:eq(0)").toHaveText("50 %");
    expect(".o_data_row:eq(0) .o_kpi_value:eq(1)").toHaveText("85 %");
    expect(".o_data_row:eq(1) .o_kpi_value:eq(0)").toHaveText("0");
    expect(".o_data_row:eq(1) .o_kpi_value:eq(1)").toHaveText("–");
    expect(".o_kpi_sparkline").toHaveCount(1);
    expect(".o_data_row:eq(0) .o_kpi_status").toHaveClass("text-bg-success");
    expect(".o_data_row:eq(1) .o_kpi_status").toHaveClass("text-bg-secondary");
    expect(".o_data_row:eq(1) .o_kpi_status").toHaveText(/^Stale/);
    expect(".o_data_row:eq(1) .o_kpi_status").toHaveAttribute(
        "data-tooltip",
        "Not read yet. Last: Off Track."
    );
});

test("a figure that is judged later is not called missing", async () => {
    Target._records[0].status = "no_data";
    await mountTargets({
        type: "list",
        arch: `<list>
            <field name="actual" widget="kpi_value"/>
            <field name="status" widget="kpi_status"/>
        </list>`,
    });
    expect(".o_data_row:eq(0) .o_kpi_status").toHaveText(/^Not Judged Yet/);
});

async function typeAndLeave(text) {
    await contains(".o_field_widget[name=target] input").edit(text, { confirm: false });
    await press("Tab");
    await animationFrame();
}

test("form: a rate is typed as a percentage", async () => {
    onRpc("web_save", ({ args }) => expect.step(args[1]));
    await mountTargets({ type: "form", resId: 1 });
    expect(".o_field_widget[name=target] input").toHaveValue("85");
    await typeAndLeave("90.5%");
    expect(".o_field_widget[name=target] input").toHaveValue("90.5");
    await clickSave();
    expect.verifySteps([{ target: 0.905 }]);
});

test("form: an emptied input is absent", async () => {
    onRpc("web_save", ({ args }) => expect.step(args[1]));
    await mountTargets({ type: "form", resId: 1 });
    await typeAndLeave("");
    await clickSave();
    expect.verifySteps([{ target: false }]);
});

test("form: zero in an empty input stays zero, also by the Tab key", async () => {
    onRpc("web_save", ({ args }) => expect.step(args[1]));
    await mountTargets({ type: "form", resId: 2 });
    expect(".o_field_widget[name=target] input").toHaveValue("");
    await typeAndLeave("0");
    expect(".o_field_widget[name=target] input").toHaveValue("0");
    await clickSave();
    expect.verifySteps([{ target: 0 }]);
});

test("form: what is no number is marked and not saved", async () => {
    onRpc("web_save", () => expect.step("web_save"));
    await mountTargets({ type: "form", resId: 1 });
    await typeAndLeave("many");
    expect(".o_field_widget[name=target]").toHaveClass("o_field_invalid");
    expect(".o_form_button_save").not.toBeEnabled();
    await typeAndLeave("70");
    expect(".o_field_widget[name=target]").not.toHaveClass("o_field_invalid");
    await clickSave();
    expect.verifySteps(["web_save"]);
});

test("kanban: gauge with what is wanted, dash without a goal", async () => {
    await mountTargets({
        type: "kanban",
        arch: `<kanban><templates><t t-name="card">
            <field name="actual" widget="kpi_gauge"/>
        </t></templates></kanban>`,
    });
    expect(".o_kpi_gauge:eq(0) svg").toHaveCount(1);
    expect(".o_kpi_gauge:eq(0)").toHaveAttribute("aria-label", "50 % of 85 %");
    expect(".o_kpi_gauge:eq(1) svg").toHaveCount(0);
    expect(".o_kpi_gauge:eq(1)").toHaveAttribute("aria-label", "0 no target");
});

test("form: a path offers fields of the right types only", async () => {
    await mountTargets({
        type: "form",
        resId: 1,
        arch: `<form>
            <field name="path" widget="kpi_path" options="{'types': ['date']}"/>
        </form>`,
    });
    await contains(".o_model_field_selector").click();
    expect(queryAllTexts(".o_model_field_selector_popover_item_name")).toEqual(["Due"]);
});
