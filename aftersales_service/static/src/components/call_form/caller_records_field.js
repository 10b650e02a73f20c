import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The customer's records beside the call: machines to choose from, and all else to look into. */
export class CallerRecordsField extends Component {
    static template = "aftersales_service.CallerRecordsField";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get chosenAsset() {
        return this.props.record.data.asset_id?.id;
    }

    stateClass(line) {
        return (
            {
                running: "text-bg-success",
                kept: "text-bg-success",
                ending: "text-bg-warning",
                warning: "text-bg-warning",
                ended: "text-bg-secondary",
                none: "text-bg-secondary",
                late: "text-bg-danger",
                broken: "text-bg-danger",
            }[line.state_kind] || "text-bg-light"
        );
    }

    /** A machine is what the call is about; everything else is looked at without losing the call. */
    choose(part, line) {
        if (part.key === "assets") {
            return this.props.record.update({ asset_id: { id: line.id, display_name: line.label } });
        }
        return this.open(line.model, line.id, line.label || line.name);
    }

    open(model, id, name) {
        return this.action.doAction(
            {
                type: "ir.actions.act_window",
                name,
                res_model: model,
                res_id: id,
                views: [[false, "form"]],
                target: "new",
            },
            {}
        );
    }
}

registry.category("fields").add("aftersales_caller_records", {
    component: CallerRecordsField,
    displayName: _t("Caller's Records"),
    supportedTypes: ["json"],
});
