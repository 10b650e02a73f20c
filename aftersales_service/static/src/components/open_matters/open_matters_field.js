import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** What is open now about an asset (W01): one line each, with a link to its record. */
export class OpenMattersField extends Component {
    static template = "aftersales_service.OpenMattersField";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get matters() {
        const { resModel, resId, data } = this.props.record;
        return (data[this.props.name] || []).map((matter) => ({
            ...matter,
            key: `${matter.model},${matter.id},${matter.title}`,
            isLink: matter.model !== resModel || matter.id !== resId,
        }));
    }

    open(matter) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: matter.model,
            res_id: matter.id,
            views: [[false, "form"]],
        });
    }
}

export const openMattersField = {
    component: OpenMattersField,
    displayName: _t("Open Matters"),
    supportedTypes: ["json"],
};

registry.category("fields").add("aftersales_open_matters", openMattersField);
