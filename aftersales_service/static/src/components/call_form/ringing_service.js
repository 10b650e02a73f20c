import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** The telephone rings: the caller's name and a button that takes the call, wherever one is (T01). */
export const ringingService = {
    dependencies: ["bus_service", "notification", "action"],
    start(env, { bus_service, notification, action }) {
        const shown = new Map();
        const hide = (id) => {
            shown.get(id)?.();
            shown.delete(id);
        };
        bus_service.subscribe("aftersales_service/call", ({ id, title, ringing }) => {
            hide(id);
            if (!ringing) {
                return;
            }
            const take = () => {
                hide(id);
                return action.doActionButton({
                    type: "object",
                    name: "action_take",
                    resModel: "aftersales.call",
                    resId: id,
                });
            };
            const close = notification.add(title, {
                title: _t("The hotline rings"),
                type: "info",
                sticky: true,
                buttons: [{ name: _t("Take the call"), primary: true, onClick: take }],
            });
            shown.set(id, close);
        });
    },
};

registry.category("services").add("aftersales_ringing", ringingService);
