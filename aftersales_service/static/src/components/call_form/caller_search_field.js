import { Component, onMounted, useRef } from "@odoo/owl";
import { AutoComplete } from "@web/core/autocomplete/autocomplete";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** One field finds the caller by whatever is known: number, name, serial, ticket (T02). */
export class CallerSearchField extends Component {
    static template = "aftersales_service.CallerSearchField";
    static components = { AutoComplete };
    static props = { ...standardFieldProps, placeholder: { type: String, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.root = useRef("root");
        onMounted(() => {
            // The telephone knew who calls: there is nobody to search for.
            if (this.props.record.data.caller_id) {
                this.goOn();
            }
        });
    }

    get sources() {
        return [
            {
                placeholder: _t("Searching…"),
                options: (text) => this.search(text),
                optionSlot: "option",
            },
        ];
    }

    async search(text) {
        if (text.length < 2) {
            return [];
        }
        const { record } = this.props;
        const found = await this.orm.silent.call(record.resModel, "find_caller", [text]);
        return found.map((suggestion) => ({
            data: suggestion,
            label: suggestion.label,
            onSelect: () => this.choose(suggestion),
        }));
    }

    async choose({ label, values }) {
        await this.props.record.update({ ...values, [this.props.name]: label });
        this.goOn();
    }

    /** What was found shows and hides other questions: a focus set before that is lost. */
    goOn() {
        const drawn = (next) => browser.requestAnimationFrame(next);
        drawn(() => drawn(() => this.focusNext()));
    }

    /** The next question of the script is where the answer is still missing. */
    focusNext() {
        const { data } = this.props.record;
        const missing = ["caller_name", "asset_id", "symptom_id"].find((name) =>
            name === "caller_name" ? !data.caller_id && !data.caller_name : !data[name]
        );
        const form = this.root.el?.closest(".o_form_view");
        form?.querySelector(`.o_field_widget[name='${missing || "call_words"}'] :is(input, textarea)`)?.focus();
    }
}

registry.category("fields").add("aftersales_caller_search", {
    component: CallerSearchField,
    displayName: _t("Caller Search"),
    supportedTypes: ["char"],
    extractProps: ({ placeholder }) => ({ placeholder }),
});
