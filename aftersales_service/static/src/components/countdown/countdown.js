import { Component, onWillUnmount, reactive, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const { DateTime } = luxon;
const TICK = 20 * 1000;

/** One clock for all countdowns of the page: it ticks while one is shown, and asks no server. */
const clock = reactive({ now: DateTime.now() });
let shown = 0;
let timer = null;

export function useMinuteClock() {
    shown += 1;
    if (!timer) {
        clock.now = DateTime.now();
        timer = setInterval(() => (clock.now = DateTime.now()), TICK);
    }
    onWillUnmount(() => {
        shown -= 1;
        if (!shown) {
            clearInterval(timer);
            timer = null;
        }
    });
    return useState(clock);
}

/** Return `minutes` (a number ≥ 0) as people say it: "5 min", "2 h 5 min", "3 d 4 h". */
export function formatMinutes(minutes) {
    const days = Math.floor(minutes / 1440);
    const hours = Math.floor((minutes % 1440) / 60);
    const rest = Math.floor(minutes % 60);
    if (days) {
        return _t("%(days)s d %(hours)s h", { days, hours });
    }
    if (hours) {
        return _t("%(hours)s h %(minutes)s min", { hours, minutes: rest });
    }
    return _t("%(minutes)s min", { minutes: rest });
}

/** What is left until a promise is due: coloured, in words, and running (S03). */
export class Countdown extends Component {
    static template = "aftersales_service.Countdown";
    static props = {
        deadline: { optional: true }, // luxon DateTime or false
        state: { type: String, optional: true }, // as `sla_state` of the ticket
        promise: { type: String, optional: true },
    };

    setup() {
        this.clock = useMinuteClock();
    }

    get minutes() {
        return this.props.deadline.diff(this.clock.now).as("minutes");
    }

    /** What the promise is now: the clock may have passed the deadline since the page was read. */
    get state() {
        const { deadline, state } = this.props;
        if (deadline && ["running", "warning"].includes(state) && this.minutes < 0) {
            return "late";
        }
        return state || "none";
    }

    get label() {
        const { deadline } = this.props;
        if (this.state === "paused" && !deadline) {
            return _t("Paused");
        }
        if (!deadline) {
            return { late: _t("Late"), broken: _t("Broken"), kept: _t("Kept") }[this.state] || "";
        }
        return this.minutes < 0
            ? _t("%s late", formatMinutes(-this.minutes))
            : _t("%s left", formatMinutes(this.minutes));
    }

    get look() {
        return {
            running: { css: "text-success", icon: "fa-clock-o" },
            warning: { css: "badge text-bg-warning", icon: "fa-hourglass-half" },
            late: { css: "badge text-bg-danger", icon: "fa-exclamation-circle" },
            broken: { css: "text-danger", icon: "fa-times" },
            paused: { css: "text-info", icon: "fa-pause" },
            kept: { css: "text-muted", icon: "fa-check" },
        }[this.state];
    }

    get title() {
        const { deadline, promise } = this.props;
        const due = deadline ? deadline.toLocaleString(DateTime.DATETIME_MED) : "";
        return [promise, due].filter(Boolean).join(" · ");
    }
}

/** The countdown in lists, boards and forms: on the deadline field of a ticket. */
export class CountdownField extends Component {
    static template = "aftersales_service.CountdownField";
    static components = { Countdown };
    static props = { ...standardFieldProps };

    get promise() {
        const { data, fields } = this.props.record;
        const found = fields.sla_kind?.selection?.find(([key]) => key === data.sla_kind);
        return found ? found[1] : "";
    }
}

export const countdownField = {
    component: CountdownField,
    displayName: _t("Countdown"),
    supportedTypes: ["datetime"],
    fieldDependencies: [
        { name: "sla_state", type: "selection", readonly: true },
        { name: "sla_kind", type: "selection", readonly: true },
    ],
};

registry.category("fields").add("aftersales_countdown", countdownField);
