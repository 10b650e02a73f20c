import { Component, onWillStart, onWillUnmount, useRef, useState } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Countdown } from "../countdown/countdown";

const REFRESH = 2 * 60 * 1000;

/** What I have to do today, most urgent first, on one screen and by one request. */
export class MyDay extends Component {
    static template = "aftersales_service.MyDay";
    static components = { Countdown, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.root = useRef("root");
        this.state = useState({ sections: [], loading: false });
        this.display = { controlPanel: {} };
        onWillStart(() => this.load());
        const timer = setInterval(() => !document.hidden && this.load(), REFRESH);
        onWillUnmount(() => clearInterval(timer));
    }

    async load() {
        this.state.loading = true;
        const { sections } = await this.orm.silent.call("aftersales.ticket", "get_my_day", []);
        for (const line of sections.flatMap((section) => section.lines)) {
            line.deadline = line.deadline ? deserializeDateTime(line.deadline) : false;
        }
        Object.assign(this.state, { sections, loading: false });
    }

    open(line) {
        if (line.model === "aftersales.call") {
            return this.action.doActionButton({
                type: "object",
                name: "action_take",
                resModel: line.model,
                resId: line.id,
            });
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: line.model,
            res_id: line.id,
            views: [[false, "form"]],
        });
    }

    newCall() {
        return this.action.doAction("aftersales_service.aftersales_ticket_action_call");
    }

    /** Up and down go from row to row, over the sections. */
    onKeydown(ev) {
        const step = { ArrowDown: 1, ArrowUp: -1 }[ev.key];
        if (!step) {
            return;
        }
        const rows = [...this.root.el.querySelectorAll(".o_aftersales_day_line")];
        const place = rows.indexOf(document.activeElement) + step;
        rows[Math.min(Math.max(place, 0), rows.length - 1)]?.focus();
        ev.preventDefault();
    }
}

registry.category("actions").add("aftersales_my_day", MyDay);
