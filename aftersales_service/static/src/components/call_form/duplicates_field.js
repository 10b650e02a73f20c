import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { serializeDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Open tickets of the same matter, proposed while the agent still types (T02, T09). */
export class DuplicatesField extends Component {
    static template = "aftersales_service.DuplicatesField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
    }

    get proposals() {
        return this.props.record.data[this.props.name] || [];
    }

    get linkedId() {
        return this.props.record.data.call_follows_id?.id;
    }

    reasons(line) {
        return line.reasons.join(", ");
    }

    async addTo(line) {
        const { data, resModel } = this.props.record;
        const caller = data.caller_id?.display_name || data.caller_name || "";
        const action = await this.orm.call(resModel, "add_call", [[line.id]], {
            words: data.call_words || data.subject || "",
            caller: [caller, data.caller_phone].filter(Boolean).join(", "),
            call_id: data.call_id?.id || false,
            seconds_to_answer: data.seconds_to_answer,
            opened: data.call_opened ? serializeDateTime(data.call_opened) : false,
        });
        this.notification.add(_t("Added to %s. No new ticket was made.", line.name), {
            type: "success",
        });
        await this.props.record.discard();
        return this.action.doAction(action, { stackPosition: "replaceCurrentAction" });
    }

    link(line) {
        const follows = this.linkedId === line.id ? false : { id: line.id, display_name: line.name };
        return this.props.record.update({ call_follows_id: follows });
    }

    /** One stop of the Tab key, however many proposals: arrows move among them. */
    onKeydown(ev) {
        const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[ev.key];
        if (!step) {
            return;
        }
        const buttons = [...ev.currentTarget.querySelectorAll("button")];
        buttons[buttons.indexOf(ev.target) + step]?.focus();
        ev.preventDefault();
        ev.stopPropagation();
    }

    open(line) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: `${line.name} ${line.label}`,
            res_model: line.model,
            res_id: line.id,
            views: [[false, "form"]],
            target: "new",
        });
    }
}

registry.category("fields").add("aftersales_duplicates", {
    component: DuplicatesField,
    displayName: _t("Possible Duplicates"),
    supportedTypes: ["json"],
});
