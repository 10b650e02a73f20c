from odoo import fields, models


class AftersalesAsset(models.Model):
    """Certificates, contracts, campaigns, goodwill and acceptances: on an asset's timeline, and
    among what is open about it (W01).
    """

    _inherit = "aftersales.asset"

    def _get_timeline_sources(self):
        return {
            **super()._get_timeline_sources(),
            "certificate": (
                self.env._("Warranty cards"),
                "fa-certificate",
                self._get_certificate_events,
            ),
            "contract": (self.env._("Contracts"), "fa-handshake-o", self._get_contract_events),
            "campaign": (self.env._("Campaigns"), "fa-bullhorn", self._get_campaign_events),
            "goodwill": (self.env._("Goodwill"), "fa-gift", self._get_goodwill_events),
        }

    def _get_certificate_events(self, limit, before):
        """Certificates handed out."""
        return self._get_dated_events(
            "aftersales.warranty",
            [("asset_id", "=", self.id)],
            "date_issued",
            limit,
            before,
            lambda w: self.env._("Warranty card %s issued", w.name),
        )

    def _get_contract_events(self, limit, before):
        """Came under a contract, left it before its time, or saw its end."""
        sentences = {
            "date_start": self.env._("Contract %s started"),
            "date_left": self.env._("Left contract %s"),
            "date_moved": self.env._("Contract %s went on to the replacement"),
            "date_end": self.env._("Contract %s ended"),
        }
        mine = [("asset_id", "=", self.id), ("contract_id.state", "!=", "draft")]
        whole = [("date_left", "=", False), ("date_moved", "=", False)]
        yesterday = fields.Date.subtract(fields.Date.context_today(self), days=1)
        past = [*whole, ("date_end", "<=", yesterday)]  # the last day is covered yet
        events = []
        for name, sentence in sentences.items():
            events += self._get_dated_events(
                "aftersales.contract.line",
                mine + (past if name == "date_end" else []),
                name,
                limit,
                before,
                lambda line, sentence=sentence: sentence % line.contract_id.name,
            )
        return self._open_instead(events, "contract_id")

    def _get_campaign_events(self, limit, before):
        """The customer was informed, the work is done."""
        sentences = {
            "date_informed": self.env._("Customer informed of campaign %s"),
            "date_done": self.env._("Campaign %s done"),
        }
        events = []
        for name, sentence in sentences.items():
            events += self._get_dated_events(
                "aftersales.campaign.line",
                [("asset_id", "=", self.id)],
                name,
                limit,
                before,
                lambda line, sentence=sentence: sentence % line.campaign_id.display_name,
            )
        return self._open_instead(events, "campaign_id")

    def _open_instead(self, events, name):
        """Let ``events`` of lines open the document ``name`` they belong to."""
        for event in events:
            document = self.env[event["model"]].browse(event["id"])[name]
            event.update(model=document._name, id=document.id)
        return events

    def _get_goodwill_events(self, limit, before):
        """Approved."""
        return self._get_dated_events(
            "aftersales.goodwill",
            [("asset_id", "=", self.id)],
            "date_approved",
            limit,
            before,
            lambda goodwill: self.env._("Goodwill %s approved", goodwill.name),
        )

    def _get_open_matters(self):
        matters = super()._get_open_matters()
        self._add_open_campaigns(matters)
        self._add_open_goodwill(matters)
        self._add_open_acceptances(matters)
        return matters

    def _add_open_campaigns(self, matters):
        """Campaigns under way that are not done on the asset."""
        if not self.env["aftersales.campaign.line"].has_access("read"):
            return
        found = self._get_open_campaign_lines()
        for asset in self:
            for line in found.get(asset._origin.id, ()):
                labels = dict(line._fields["state"]._description_selection(self.env))
                matters[asset._origin.id].append(
                    self._open_matter(
                        line.campaign_id,
                        self.env._("Campaign %s", line.campaign_id.display_name),
                        labels[line.state],
                        line.campaign_id.date_end,
                        "fa-bullhorn",
                    )
                )

    def _add_open_goodwill(self, matters):
        """Goodwill that somebody has to decide on."""
        for goodwill in self._search_readable(
            "aftersales.goodwill", [("asset_id", "in", self.ids), ("state", "=", "requested")]
        ):
            matters[goodwill.asset_id.id].append(
                self._open_matter(
                    goodwill,
                    self.env._("Goodwill %s", goodwill.name),
                    goodwill._get_state_label(goodwill.state),
                    goodwill.date_requested,
                    "fa-gift",
                    is_due=False,
                )
            )

    def _add_open_acceptances(self, matters):
        """Acceptances that one of the two sides has not signed yet."""
        lines = self._search_readable(
            "aftersales.acceptance.line",
            [
                ("asset_id", "in", self.ids),
                ("document_id.state", "in", ("draft", "to_sign", "to_countersign")),
            ],
        )
        for line in lines:
            document = line.document_id
            matters[line.asset_id.id].append(
                self._open_matter(
                    document,
                    self.env._("Acceptance %s", document.name),
                    document._get_state_label(document.state),
                    document.date,
                    "fa-pencil-square-o",
                    is_due=False,
                )
            )
