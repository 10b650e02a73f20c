import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const PAGE = 30;

/** Everything that ever happened to an asset, newest first, with filters by kind (W01). */
export class AssetTimeline extends Component {
    static template = "aftersales_service.AssetTimeline";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ kinds: [], entries: [], next: false, chosen: [] });
        onWillStart(() => this.load());
        onWillUpdateProps((nextProps) => this.load(nextProps.record));
    }

    /** Kinds to choose from: once all of the history is there, only those that occur in it. */
    get kinds() {
        const { chosen, entries, kinds, next } = this.state;
        if (next || chosen.length) {
            return kinds;
        }
        const found = new Set(entries.map((entry) => entry.kind));
        return kinds.filter(({ kind }) => found.has(kind));
    }

    async load(record = this.props.record) {
        const page = await this.fetch(record, false);
        Object.assign(this.state, page);
    }

    async showMore() {
        const page = await this.fetch(this.props.record, this.state.next);
        this.state.entries.push(...page.entries);
        this.state.next = page.next;
    }

    async fetch(record, before) {
        if (!record.resId) {
            return { kinds: [], entries: [], next: false };
        }
        return this.orm.call(record.resModel, "get_timeline", [record.resId], {
            limit: PAGE,
            before,
            kinds: this.state.chosen,
        });
    }

    toggle(kind) {
        const { chosen } = this.state;
        this.state.chosen = chosen.includes(kind)
            ? chosen.filter((other) => other !== kind)
            : [...chosen, kind];
        return this.load();
    }

    showAll() {
        this.state.chosen = [];
        return this.load();
    }

    /** The entries of a day stand under its date. */
    get days() {
        const days = [];
        for (const entry of this.state.entries) {
            if (!days.length || days.at(-1).date !== entry.date) {
                days.push({ date: entry.date, label: entry.date_label, entries: [] });
            }
            days.at(-1).entries.push(entry);
        }
        return days;
    }

    open(entry) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: entry.model,
            res_id: entry.id,
            views: [[false, "form"]],
        });
    }
}

export const assetTimeline = { component: AssetTimeline };

registry.category("view_widgets").add("aftersales_asset_timeline", assetTimeline);
