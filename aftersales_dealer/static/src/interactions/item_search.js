import { Interaction } from "@web/public/interaction";
import { rpc } from "@web/core/network/rpc";

export const SEARCHED = ["part", "labour"];

/**
 * Lines of a dealer's form that propose parts and operations while their description is typed. What
 * is no proposal stays free text. A line has the fields `line_kind`, `line_name` and
 * `line_product_id`, and a datalist; the form has a field `serial`.
 */
export class ItemSearch extends Interaction {
    setup() {
        this.items = new Map();
        this.lineCount = 0;
        this.search = this.debounced(this.searchItems, 250);
    }

    /** The machine, on which the standard time of an operation depends. */
    get serial() {
        return this.el.querySelector("[name=serial]").value.trim();
    }

    field(line, name) {
        return line.querySelector(`[name=line_${name}]`);
    }

    /** Give the line a list of proposals of its own. */
    giveProposals(line) {
        const list = line.querySelector("datalist");
        this.lineCount += 1;
        list.id = `o_claim_items_${this.lineCount}`;
        this.field(line, "name").setAttribute("list", list.id);
    }

    async searchItems(line) {
        const kind = this.field(line, "kind").value;
        const term = this.field(line, "name").value.trim();
        if (!SEARCHED.includes(kind) || term.length < 2) {
            return;
        }
        const items = await this.waitFor(rpc("/my/claims/items", { term, kind, serial: this.serial }));
        const options = items.map((item) => {
            this.items.set(`${kind}:${item.name}`, item);
            const option = document.createElement("option");
            option.value = item.name;
            return option;
        });
        line.querySelector("datalist").replaceChildren(...options);
        this.chooseItem(line);
    }

    /** Take the proposal that is typed in full; tell whether there is one. */
    chooseItem(line) {
        const kind = this.field(line, "kind").value;
        const item = this.items.get(`${kind}:${this.field(line, "name").value}`);
        if (item && this.field(line, "product_id").value !== String(item.id)) {
            this.field(line, "product_id").value = item.id;
            this.takeItem(line, item);
        }
        return Boolean(item);
    }

    /** What else the proposal fills in. */
    takeItem(line, item) {}
}
