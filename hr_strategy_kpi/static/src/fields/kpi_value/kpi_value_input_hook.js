import { useEffect, useRef } from "@odoo/owl";
import { getActiveHotkey } from "@web/core/hotkeys/hotkey_service";
import { useBus } from "@web/core/utils/hooks";

/**
 * Input of a number that may be absent. The core's hook takes 0 and false for the same
 * when it commits on Tab, and would lose one of them.
 *
 * @param {Object} params
 * @param {Component} params.component a field component
 * @param {() => string} params.getText
 * @param {(text: string) => number|false} params.parse throws on what is no number
 */
export function useNullableInput({ component, getText, parse }) {
    const ref = useRef("input");
    const { model } = component.props.record;
    let lastText = null;

    const isDirty = () => ref.el && lastText !== null && ref.el.value !== lastText;

    async function commit() {
        if (!isDirty()) {
            return;
        }
        const { name, record } = component.props;
        let value;
        try {
            value = parse(ref.el.value);
        } catch {
            record.setInvalidField(name);
            return;
        }
        lastText = ref.el.value;
        if (value === record.data[name]) {
            ref.el.value = lastText = getText();
        } else {
            await record.update({ [name]: value });
        }
        model.bus.trigger("FIELD_IS_DIRTY", false);
    }

    function onInput() {
        const { name, record } = component.props;
        model.bus.trigger("FIELD_IS_DIRTY", isDirty());
        if (record.isFieldInvalid(name)) {
            record.resetFieldValidity(name);
        }
    }

    function onKeydown(ev) {
        if (["tab", "shift+tab", "enter"].includes(getActiveHotkey(ev))) {
            commit();
        }
    }

    useEffect(
        (el) => {
            if (!el) {
                return;
            }
            el.addEventListener("input", onInput);
            el.addEventListener("change", commit);
            el.addEventListener("keydown", onKeydown);
            return () => {
                el.removeEventListener("input", onInput);
                el.removeEventListener("change", commit);
                el.removeEventListener("keydown", onKeydown);
            };
        },
        () => [ref.el]
    );
    useEffect(() => {
        // read first, so that the value is always observed
        const text = getText();
        const { name, record } = component.props;
        if (ref.el && !isDirty() && !record.isFieldInvalid(name)) {
            ref.el.value = lastText = text;
        }
    });
    useBus(model.bus, "WILL_SAVE_URGENTLY", commit);
    useBus(model.bus, "NEED_LOCAL_CHANGES", (ev) => ev.detail.proms.push(commit()));
    return ref;
}
