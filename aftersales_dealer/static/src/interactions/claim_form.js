import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";
import { ItemSearch, SEARCHED } from "./item_search";

/**
 * The dealer's claim form: adds and removes lines, proposes parts and operations with their agreed
 * prices, keeps the total, and takes the user's signature on a canvas. The server checks everything
 * again; this only helps to fill the form.
 */
export class ClaimForm extends ItemSearch {
    static selector = ".o_claim_form";
    dynamicContent = {
        _root: {
            "t-on-click": this.onClick,
            "t-on-input": this.onInput,
            "t-on-change": this.onChange,
        },
        ".o_claim_signature": {
            "t-on-pointerdown": this.onPenDown,
            "t-on-pointermove": this.onPenMove,
            "t-on-pointerup": this.onPenUp,
            "t-on-pointerleave": this.onPenUp,
        },
    };

    setup() {
        super.setup();
        this.canvas = this.el.querySelector(".o_claim_signature");
        this.signature = this.el.querySelector("input[name=signature]");
        this.drawing = false;
    }

    start() {
        const format = { style: "currency", currency: this.el.dataset.currency };
        this.money = new Intl.NumberFormat(document.documentElement.lang || "en", format);
        for (const line of this.lines) {
            this.prepareLine(line);
        }
        this.showTotal();
        this.restoreSignature();
    }

    get lines() {
        return this.el.querySelectorAll(".o_claim_lines > .o_claim_line");
    }

    onClick(ev) {
        if (ev.target.closest(".o_claim_add")) {
            const template = this.el.querySelector(".o_claim_line_template");
            const line = template.content.querySelector(".o_claim_line").cloneNode(true);
            this.el.querySelector(".o_claim_lines").append(line);
            this.prepareLine(line);
            this.setKind(line);
            this.field(line, "kind").focus();
        } else if (ev.target.closest(".o_claim_remove")) {
            ev.target.closest(".o_claim_line").remove();
        } else if (ev.target.closest(".o_claim_clear")) {
            this.clearSignature();
        }
        this.showTotal();
    }

    onInput(ev) {
        const line = ev.target.closest(".o_claim_line");
        if (line && ev.target.name === "line_name") {
            this.field(line, "product_id").value = "";
            if (!this.chooseItem(line)) {
                this.search(line);
            }
        }
        this.showTotal();
    }

    onChange(ev) {
        const line = ev.target.closest(".o_claim_line");
        if (line && ev.target.name === "line_kind") {
            this.field(line, "product_id").value = "";
            this.field(line, "name").value = "";
            this.setKind(line);
        } else if (line && ev.target.name === "line_name") {
            this.chooseItem(line);
        }
        this.showTotal();
    }

    /** Give the line a list of proposals of its own, and the words of its kind. */
    prepareLine(line) {
        this.giveProposals(line);
        this.showKind(line);
        if (!this.field(line, "id").value && !Number(this.field(line, "price_unit").value)) {
            this.setKind(line);
        }
    }

    showKind(line) {
        const kind = this.field(line, "kind").value;
        const units = { labour: _t("Hours"), travel: _t("Kilometres") };
        const labels = { labour: _t("Operation"), part: _t("Part") };
        line.querySelector(".o_claim_line_unit").textContent = units[kind] || _t("Quantity");
        line.querySelector(".o_claim_line_label").textContent = labels[kind] || _t("Description");
        this.field(line, "name").placeholder = SEARCHED.includes(kind) ? _t("Type to search") : "";
        this.field(line, "name").required = kind === "part";
    }

    setKind(line) {
        this.showKind(line);
        const kind = this.field(line, "kind").value;
        const rates = { labour: this.el.dataset.labourRate, travel: this.el.dataset.travelRate };
        this.field(line, "price_unit").value = rates[kind] || 0;
        this.showSerials(line, false);
        const names = { labour: _t("Labour"), travel: _t("Travel"), freight: _t("Freight"), other: "" };
        if (!this.field(line, "name").value) {
            this.field(line, "name").value = names[kind] || "";
        }
    }

    showSerials(line, shown) {
        for (const el of line.querySelectorAll(".o_claim_serial")) {
            el.classList.toggle("d-none", !shown);
        }
    }

    takeItem(line, item) {
        const kind = this.field(line, "kind").value;
        this.field(line, "price_unit").value = item.price;
        if (kind === "labour" && item.hours) {
            this.field(line, "quantity").value = item.hours;
        }
        this.showSerials(line, kind === "part" && item.serial);
        this.showTotal();
    }

    showTotal() {
        let total = 0;
        for (const line of this.lines) {
            const amount = Number(this.field(line, "quantity").value) * Number(this.field(line, "price_unit").value);
            const rounded = Math.round((amount + Number.EPSILON) * 100) / 100;
            line.querySelector(".o_claim_line_amount").textContent = this.money.format(rounded);
            total += rounded;
        }
        this.el.querySelector(".o_claim_total").textContent = this.money.format(total);
    }

    penAt(ev) {
        const box = this.canvas.getBoundingClientRect();
        return [
            ((ev.clientX - box.left) * this.canvas.width) / box.width,
            ((ev.clientY - box.top) * this.canvas.height) / box.height,
        ];
    }

    onPenDown(ev) {
        ev.preventDefault();
        this.drawing = true;
        const pen = this.canvas.getContext("2d");
        pen.lineWidth = 4;
        pen.lineCap = "round";
        pen.strokeStyle = "#1f2937";
        pen.beginPath();
        pen.moveTo(...this.penAt(ev));
    }

    onPenMove(ev) {
        if (this.drawing) {
            const pen = this.canvas.getContext("2d");
            pen.lineTo(...this.penAt(ev));
            pen.stroke();
        }
    }

    onPenUp() {
        if (this.drawing) {
            this.drawing = false;
            this.signature.value = this.canvas.toDataURL("image/png");
        }
    }

    clearSignature() {
        this.canvas.getContext("2d").clearRect(0, 0, this.canvas.width, this.canvas.height);
        this.signature.value = "";
    }

    /** Show again what was signed before the server sent the form back. */
    restoreSignature() {
        if (this.signature.value.startsWith("data:image/png")) {
            const image = new Image();
            image.onload = () => this.canvas.getContext("2d").drawImage(image, 0, 0);
            image.src = this.signature.value;
        }
    }
}

registry.category("public.interactions").add("aftersales_dealer.claim_form", ClaimForm);
