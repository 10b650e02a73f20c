import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";

/** Whether a request ended on the page where users log in. */
function isLogin(answer) {
    return answer.redirected && new URL(answer.url).pathname.endsWith("/web/login");
}

/**
 * A dealer's form with photos: what the camera takes is added to what was chosen before, and a
 * refusal is shown without loading the page again, so that photos, lines and signature stay. Without
 * scripts the form is sent as any other.
 */
export class DealerForm extends Interaction {
    static selector = ".o_dealer_form";
    dynamicContent = {
        _root: { "t-on-submit.prevent": this.onSubmit },
        ".o_dealer_photo_add": { "t-on-change": this.onPhotos },
    };

    start() {
        this.showPhotos();
    }

    get photos() {
        return this.el.querySelector("input[type=file][name=photos]");
    }

    /** Add the photos of the button pressed to those of the form. */
    onPhotos(ev) {
        const all = new DataTransfer();
        for (const file of [...this.photos.files, ...ev.target.files]) {
            all.items.add(file);
        }
        this.photos.files = all.files;
        ev.target.value = "";
        this.showPhotos();
    }

    showPhotos() {
        const names = this.el.querySelector(".o_dealer_photo_names");
        if (names && this.photos) {
            names.textContent = [...this.photos.files].map((file) => file.name).join(", ");
        }
    }

    async onSubmit(ev) {
        if (this.sending) {
            return;
        }
        this.sending = true;
        const buttons = this.el.querySelectorAll("button[type=submit]");
        const body = new FormData(this.el, ev.submitter);
        buttons.forEach((button) => (button.disabled = true));
        try {
            if (this.isLoggedOut) {
                body.set("csrf_token", await this.renewToken());
            }
            const answer = await this.waitFor(fetch(this.el.action, { method: "POST", body }));
            this.isLoggedOut = answer.status === 400 || isLogin(answer);
            if (answer.redirected && !this.isLoggedOut) {
                window.location = answer.url;
                return;
            }
            const page = new DOMParser().parseFromString(await answer.text(), "text/html");
            const refusal = page.querySelector("[role=alert].alert-danger")?.textContent;
            this.showError(
                this.isLoggedOut
                    ? _t("You were logged out. What you typed is still here: log in again in another window, then try again.")
                    : refusal
            );
        } catch {
            this.showError(_t("There is no connection. What you typed is still here: try again."));
        }
        this.sending = false;
        buttons.forEach((button) => (button.disabled = false));
    }

    /** Return the token of a new session; that of the form ended with its own. */
    async renewToken() {
        const answer = await this.waitFor(fetch(window.location.href));
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const old = this.el.querySelector("input[name=csrf_token]");
        return (page.querySelector(".o_dealer_form input[name=csrf_token]") || old).value;
    }

    showError(text) {
        const box = this.el.querySelector(".o_dealer_form_error");
        box.textContent = text || _t("This could not be sent. Try again, or reload the page.");
        box.classList.remove("d-none");
        box.scrollIntoView({ block: "center" });
    }
}

registry.category("public.interactions").add("aftersales_dealer.dealer_form", DealerForm);
