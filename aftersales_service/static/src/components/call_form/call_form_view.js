import { browser } from "@web/core/browser/browser";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

/**
 * The call form (T02): a call is kept only when the agent saves it. Leaving asks, and never makes
 * half a ticket; the saved ticket takes the form's place.
 */
export class CallFormController extends FormController {
    setup() {
        super.setup();
        this.action = useService("action");
        this.dialog = useService("dialog");
    }

    displayName() {
        return _t("New Call");
    }

    async beforeExecuteActionButton(clickParams) {
        if (clickParams.name === "action_discard_call") {
            await this.leave();
            return false;
        }
        if (clickParams.name !== "action_open_full") {
            return super.beforeExecuteActionButton(clickParams);
        }
        const record = this.model.root;
        if (await record.save({ reload: false })) {
            const action = await this.orm.call(record.resModel, clickParams.name, [[record.resId]]);
            await this.action.doAction(action, { stackPosition: "replaceCurrentAction" });
        } else {
            this.focusMissing();
        }
        return false;
    }

    /** Whoever saves by the keyboard goes on typing where something is missing. */
    focusMissing() {
        const missing = ".o_aftersales_call_form .o_field_invalid :is(input, textarea)";
        browser.requestAnimationFrame(() => document.querySelector(missing)?.focus());
    }

    /** Nothing is kept: the way to go when the words were added to another ticket. */
    async leave(action) {
        this.isLeaving = true;
        if (action) {
            return this.action.doAction(action, { stackPosition: "replaceCurrentAction" });
        }
        if (this.env.config.breadcrumbs.length > 1) {
            return this.env.config.historyBack();
        }
        return this.action.doAction("aftersales_service.aftersales_ticket_action", {
            clearBreadcrumbs: true,
        });
    }

    async beforeLeave(options = {}) {
        const record = this.model.root;
        if (this.isLeaving || options.forceLeave || !record.isNew || !(await record.isDirty())) {
            return true;
        }
        return new Promise((resolve) => {
            this.dialog.add(ConfirmationDialog, {
                title: _t("This call is not saved"),
                body: _t("Leave the form and forget what was entered?"),
                confirmLabel: _t("Forget it"),
                confirm: () => resolve(true),
                cancelLabel: _t("Stay here"),
                cancel: () => resolve(false),
                dismiss: () => resolve(false),
            });
        });
    }

    async beforeVisibilityChange() {
        // Looking something up in another tab saves no half call.
    }

    async beforeUnload(ev) {
        if (this.model.root.isNew && (await this.model.root.isDirty())) {
            ev.preventDefault();
            ev.returnValue = "Unsaved changes";
        }
    }
}

export const callFormView = { ...formView, Controller: CallFormController };

registry.category("views").add("aftersales_call_form", callFormView);
