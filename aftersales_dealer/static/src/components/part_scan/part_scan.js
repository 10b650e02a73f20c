import { Component, onMounted, onWillStart, useRef, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const MODEL = "aftersales.part.return";

/**
 * Receive a shipment of old parts with a barcode scanner that types like a keyboard: packing list,
 * boxes, parts, done. Everything scanned is on the server at once; the screen only shows it.
 */
export class PartScan extends Component {
    static template = "aftersales_dealer.PartScan";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.input = useRef("code");
        this.state = useState({ shipment: false, message: "", tone: "", last: "", busy: false });
        this.display = { controlPanel: {} };
        this.queue = Promise.resolve();
        useBus(useService("barcode").bus, "barcode_scanned", (ev) => this.scan(ev.detail.barcode));
        const { return_id } = this.props.action.params || {};
        const shipmentId = return_id || this.props.action.context?.active_id;
        onWillStart(() => shipmentId && this.call("get_scan_values", [shipmentId]));
        onMounted(() => this.focus());
    }

    focus() {
        this.input.el?.focus();
    }

    /** Scans are taken one after the other, however fast they come. */
    scan(code) {
        this.queue = this.queue
            .then(() => this.call("scan_code", [code, this.state.shipment?.id || false]))
            .catch((error) => {
                this.queue = Promise.resolve();
                throw error;
            });
        return this.queue;
    }

    async call(method, args, kwargs = {}) {
        this.state.busy = true;
        try {
            const found = await this.orm.call(MODEL, method, args, kwargs);
            this.state.message = found.message || this.state.message;
            this.state.tone = found.message ? found.tone : this.state.tone;
            this.state.last = method === "scan_code" ? args[0].trim().toUpperCase() : "";
            if (found.shipment) {
                this.state.shipment = found.shipment;
            }
        } finally {
            this.state.busy = false;
            this.focus();
        }
    }

    onKeydown(ev) {
        if (ev.key === "Enter" && ev.target.value.trim()) {
            ev.preventDefault();
            const code = ev.target.value;
            ev.target.value = "";
            this.scan(code);
        }
    }

    setDamaged(part, ev) {
        return this.call("scan_set", [this.state.shipment.id, part.id], {
            damaged: ev.target.checked,
        });
    }

    setQuantity(part, ev) {
        const quantity = Number(ev.target.value);
        if (Number.isFinite(quantity) && quantity >= 0) {
            return this.call("scan_set", [this.state.shipment.id, part.id], { quantity });
        }
        ev.target.value = part.received;
    }

    finish() {
        return this.call("scan_finish", [this.state.shipment.id]);
    }

    next() {
        Object.assign(this.state, { shipment: false, message: "", tone: "" });
        this.focus();
    }

    openShipment() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: MODEL,
            res_id: this.state.shipment.id,
            views: [[false, "form"]],
        });
    }

    get open() {
        return this.state.shipment && this.state.shipment.state === "shipped";
    }

    get counts() {
        const parts = this.state.shipment.parts;
        const scanned = parts.filter((part) => (this.open ? part.scanned : part.received > 0)).length;
        return { total: parts.length, scanned, missing: parts.length - scanned };
    }

    isLast(part) {
        return part.label === this.state.last;
    }
}

registry.category("actions").add("aftersales_dealer.part_scan", PartScan);
