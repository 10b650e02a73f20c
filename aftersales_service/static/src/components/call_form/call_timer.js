import { Component, onWillUnmount, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const { DateTime } = luxon;

/** How long the caller has been on the line. */
export class CallTimer extends Component {
    static template = "aftersales_service.CallTimer";
    static props = { ...standardWidgetProps };

    setup() {
        this.state = useState({ now: DateTime.now() });
        const timer = setInterval(() => (this.state.now = DateTime.now()), 1000);
        onWillUnmount(() => clearInterval(timer));
    }

    get label() {
        const since = this.props.record.data.call_opened;
        const seconds = since ? Math.max(this.state.now.diff(since).as("seconds"), 0) : 0;
        const minutes = Math.floor(seconds / 60);
        return `${minutes}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
    }
}

registry.category("view_widgets").add("aftersales_call_timer", { component: CallTimer });
