import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const { DateTime } = luxon;
const SHOWN = 5;

/**
 * The cover bar (W01): each promise about an asset as a bar from its start to its end, with today's
 * mark. Everything the bars tell is written beside them as well.
 */
export class CoverBarField extends Component {
    static template = "aftersales_service.CoverBarField";
    static props = { ...standardFieldProps };

    setup() {
        this.state = useState({ all: false });
    }

    get value() {
        return this.props.record.data[this.props.name] || { covers: [] };
    }

    get bars() {
        const scale = this.scale;
        const covers = this.state.all ? this.value.covers : this.value.covers.slice(0, SHOWN);
        return covers.map((cover) => {
            const left = cover.start ? scale.position(cover.start) : 0;
            const right = cover.end ? scale.position(cover.end) : 100;
            return {
                ...cover,
                style: `left: ${left}%; width: ${Math.max(right - left, 1)}%`,
            };
        });
    }

    get hiddenCount() {
        return this.state.all ? 0 : Math.max(this.value.covers.length - SHOWN, 0);
    }

    get moreLabel() {
        return _t("%s more", this.hiddenCount);
    }

    get todayStyle() {
        return `left: ${this.scale.position(this.value.today)}%`;
    }

    /** The days shown, from the first start to the last end, today always among them. */
    get scale() {
        const { covers, today } = this.value;
        const days = covers
            .flatMap((cover) => [cover.start, cover.end])
            .concat(today)
            .filter(Boolean)
            .map((day) => DateTime.fromISO(day).toMillis());
        const first = Math.min(...days);
        const last = Math.max(...days);
        const span = Math.max(last - first, 24 * 3600 * 1000);
        return {
            first: DateTime.fromMillis(first).toLocaleString(DateTime.DATE_MED),
            last: DateTime.fromMillis(last).toLocaleString(DateTime.DATE_MED),
            position: (day) =>
                Math.round(((DateTime.fromISO(day).toMillis() - first) / span) * 1000) / 10,
        };
    }

    get summaryClass() {
        return (
            {
                running: "text-success",
                ending: "text-warning",
                ended: "text-danger",
                none: "text-danger",
            }[this.value.summary_state] || "text-info"
        );
    }

    get summaryIcon() {
        return (
            {
                running: "fa-check-circle",
                ending: "fa-exclamation-circle",
                ended: "fa-times-circle",
                none: "fa-times-circle",
            }[this.value.summary_state] || "fa-clock-o"
        );
    }
}

export const coverBarField = {
    component: CoverBarField,
    displayName: _t("Cover Bar"),
    supportedTypes: ["json"],
};

registry.category("fields").add("aftersales_cover_bar", coverBarField);
