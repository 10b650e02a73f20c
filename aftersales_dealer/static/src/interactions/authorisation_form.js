import { registry } from "@web/core/registry";
import { ItemSearch } from "./item_search";

/** The dealer's request for an authorisation: proposes parts and operations with what they cost. */
export class AuthorisationForm extends ItemSearch {
    static selector = ".o_authorisation_form";
    dynamicContent = {
        _root: { "t-on-input": this.onInput, "t-on-change": this.onChange },
    };

    start() {
        for (const line of this.el.querySelectorAll(".o_authorisation_line")) {
            this.giveProposals(line);
        }
    }

    onInput(ev) {
        const line = ev.target.closest(".o_authorisation_line");
        if (line && ev.target.name === "line_name") {
            this.field(line, "product_id").value = "";
            if (!this.chooseItem(line)) {
                this.search(line);
            }
        }
    }

    onChange(ev) {
        const line = ev.target.closest(".o_authorisation_line");
        if (line && ev.target.name === "line_kind") {
            this.field(line, "product_id").value = "";
            line.querySelector("datalist").replaceChildren();
        }
    }

    takeItem(line, item) {
        const amount = this.field(line, "amount");
        if (!Number(amount.value)) {
            amount.value = (item.price * (item.hours || 1)).toFixed(2);
        }
    }
}

registry.category("public.interactions").add("aftersales_dealer.authorisation_form", AuthorisationForm);
