from odoo import api, fields, models
from odoo.tools import format_date
from odoo.tools.misc import formatLang


class AftersalesAsset(models.Model):
    """The cover bar: every promise about an asset from start to end, and what is left (W01)."""

    _inherit = "aftersales.asset"

    cover_bar = fields.Json(
        string="Cover",
        compute="_compute_cover_bar",
        help="What covers the asset, from when until when, with the days that are left.",
    )

    @api.depends("warranty_ids.term_ids", "warranty_ids.state")
    @api.depends_context("lang", "tz")
    def _compute_cover_bar(self):
        # Whoever may see the asset may know whether it is covered, as by ``get_entitlement``; the
        # documents behind it stay closed to those without rights on them.
        covers = self.sudo()._get_covers()
        for asset in self:
            asset.cover_bar = asset._get_cover_bar(covers.get(asset._origin.id, []))

    def _get_cover_bar(self, covers):
        """Return what the cover bar shows of ``covers`` (list of ``coverage.Cover``).

        :return: ``{'today', 'covers': [{'key', 'kind', 'kind_label', 'label', 'start', 'end',
            'state', 'status', 'text', 'days'}], 'summary', 'summary_state'}`` with ISO dates;
            ``state`` one of running, ended, later, waiting
        """
        today = fields.Date.context_today(self)
        bars = [self._get_cover_vals(cover, today) for cover in covers]
        order = {"running": 0, "later": 1, "waiting": 2, "ended": 3}
        bars.sort(key=lambda bar: (bar["special"], order[bar["state"]], bar["end"] or "9999"))
        state, summary = self._get_cover_summary(bars)
        return {
            "today": fields.Date.to_string(today),
            "today_label": format_date(self.env, today),
            "covers": bars,
            "summary": summary,
            "summary_state": state,
        }

    @api.model
    def _get_cover_vals(self, cover, today):
        """Return the bar of one ``coverage.Cover``."""
        state = self._get_cover_state(cover, today)
        days = (cover.last_day - today).days if cover.last_day else False
        kind = "component" if cover.kind == "warranty" and cover.is_special else cover.kind
        label, status = self._get_cover_kinds()[kind], self._get_cover_status(cover, state, days)
        return {
            "key": f"{cover.kind}-{'-'.join(map(str, cover.key))}",
            "kind": kind,
            "kind_label": label,
            "label": cover.label,
            "special": cover.is_special,
            "start": fields.Date.to_string(cover.date_start) or False,
            "end": fields.Date.to_string(cover.last_day) or False,
            "state": state,
            "days": days,
            "status": status,
            "text": self._get_cover_text(cover, label, status),
        }

    @api.model
    def _get_cover_state(self, cover, today):
        """Return running, ended, later (starts on a later day) or waiting (for its event)."""
        if not cover.date_start:
            return "waiting"
        if cover.date_start > today:
            return "later"
        return "ended" if cover.last_day and cover.last_day < today else "running"

    @api.model
    def _get_cover_kinds(self):
        """Return {kind of bar: label}."""
        return {
            "campaign": self.env._("Campaign"),
            "warranty": self.env._("Warranty"),
            "component": self.env._("Components"),
            "part": self.env._("Fitted part"),
            "contract": self.env._("Contract"),
            "abnormal": self.env._("Short life"),
            "goodwill": self.env._("Goodwill"),
        }

    @api.model
    def _get_cover_status(self, cover, state, days):
        """Return in a few words how long a cover still runs."""
        if state == "waiting":
            return self.env._("Not started yet")
        if state == "later":
            return self.env._("Starts on %s", format_date(self.env, cover.date_start))
        if state == "ended":
            return self.env._("Ended on %s", format_date(self.env, cover.last_day))
        return self._get_days_left(days)

    @api.model
    def _get_days_left(self, days):
        """Return ``days`` that are left in words; False is an open end."""
        if days is False:
            return self.env._("Open end")
        if days == 0:
            return self.env._("Last day today")
        if days == 1:
            return self.env._("1 day left")
        return self.env._("%s days left", formatLang(self.env, days, digits=0))

    @api.model
    def _get_cover_text(self, cover, kind, status):
        """Return all about one cover in words: for pointers, and for those who hear the page."""
        aspects = {
            self.env._("parts"): cover.parts,
            self.env._("labour"): cover.labour,
            self.env._("travel"): cover.travel,
        }
        lines = [f"{kind} {cover.label}", status]
        if cover.date_start:
            end = format_date(self.env, cover.last_day) if cover.last_day else "…"
            lines.append(f"{format_date(self.env, cover.date_start)} – {end}")
        if cover.meter_limit:
            limit = formatLang(self.env, cover.meter_limit, digits=0)
            lines.append(self.env._("or until a meter reading of %s", limit))
        paid = [name for name, covered in aspects.items() if covered]
        lines.append(self.env._("Covers: %s", ", ".join(paid) or "–"))
        return "\n".join(lines)

    @api.model
    def _get_cover_summary(self, bars):
        """Return (state, words) for the whole product: what runs longest speaks for all."""
        whole = [bar for bar in bars if not bar["special"]]
        running = [bar for bar in whole if bar["state"] == "running"]
        if running:
            best = max(running, key=lambda bar: bar["end"] or "9999")
            ending = best["end"] and best["days"] <= 60
            return ("ending" if ending else "running"), best["status"]
        for state in ("later", "waiting"):
            for bar in whole:
                if bar["state"] == state:
                    return state, bar["status"]
        if whole:
            return "ended", max(whole, key=lambda bar: bar["end"])["status"]
        return "none", self.env._("No cover")
