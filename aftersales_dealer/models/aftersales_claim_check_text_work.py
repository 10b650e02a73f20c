from odoo import models


class AftersalesClaimCheck(models.Model):
    """The words of the checks against the world and of the signals (D08, D19)."""

    _inherit = "aftersales.claim.check"

    def _get_sentences(self, values):
        return {
            **super()._get_sentences(values),
            **self._get_distance_sentences(values),
            **self._get_origin_sentences(values),
            **self._get_peer_sentences(values),
            **self._get_signal_sentences(values),
            **self._get_night_sentences(values),
        }

    def _format_arguments(self, arguments):
        values = super()._format_arguments(arguments)
        if "signals" in values:
            labels = dict(
                self.env["aftersales.claim.signal"]._fields["code"]._description_selection(self.env)
            )
            values["signals"] = ", ".join(labels.get(code, code) for code in arguments["signals"])
        if "unit" in values:
            units = {"hour": self.env._("hours"), "trip": self.env._("trips")}
            values["unit"] = units.get(arguments["unit"], self.env._("km"))
        return values

    def _get_distance_sentences(self, v):
        return {
            "distance_none": lambda: self.env._("No travel is claimed."),
            "distance_unit": lambda: self.env._(
                "Travel is agreed in %(unit)s: the distance says nothing about it.", **v
            ),
            "distance_unknown": lambda: self.env._(
                "The distance was not checked: %(dealer)s or %(site)s has no coordinates.", **v
            ),
            "distance_road": lambda: self.env._(
                "Within %(allowed)s km there and back between %(dealer)s and %(site)s "
                "(%(straight)s km in a straight line, trips: %(trips)s).",
                **v,
            ),
            "distance_agreed": lambda: self.env._(
                "Within the %(most)s %(unit)s that the agreement grants a claim at most.", **v
            ),
            "distance_road_above": lambda: self.env._(
                "%(line)s: %(claimed)s km claimed. From %(dealer)s to %(site)s it is "
                "%(straight)s km in a straight line: there and back × %(factor)s, and %(km)s km, "
                "trips: %(trips)s, makes %(allowed)s km.",
                **v,
            ),
            "distance_agreed_above": lambda: self.env._(
                "%(line)s: %(claimed)s %(unit)s claimed, of the %(most)s %(unit)s that the "
                "agreement grants a claim at most %(allowed)s are left.",
                **v,
            ),
        }

    def _get_origin_sentences(self, v):
        return {
            "genuine_none": lambda: self.env._("No part is claimed."),
            "genuine_serial_own": lambda: self.env._(
                "%(line)s: serial %(serial)s was delivered to this dealer on %(date)s.", **v
            ),
            "genuine_serial_later": lambda: self.env._(
                "%(line)s: serial %(serial)s was delivered to this dealer on %(date)s only, after "
                "the repair.",
                **v,
            ),
            "genuine_serial_other": lambda: self.env._(
                "%(line)s: serial %(serial)s was delivered to somebody else.", **v
            ),
            "genuine_serial_never": lambda: self.env._(
                "%(line)s: serial %(serial)s never left the company.", **v
            ),
            "genuine_product_own": lambda: self.env._(
                "%(line)s: delivered to this dealer since %(date)s.", **v
            ),
            "genuine_product_later": lambda: self.env._(
                "%(line)s: delivered to this dealer since %(date)s only, after the repair.", **v
            ),
            "genuine_product_never": lambda: self.env._(
                "%(line)s: the company never delivered this part to the dealer.", **v
            ),
        }

    def _get_peer_sentences(self, v):
        return {
            "outlier_none": lambda: self.env._("Near what other dealers claim for the same."),
            "outlier_few": lambda: self.env._(
                "Not compared: fewer than %(count)s claims of two other dealers for the same.", **v
            ),
            "outlier_line": lambda: self.env._(
                "%(line)s: %(amount)s claimed, %(times)s times what other dealers usually claim "
                "for it on this machine: %(median)s ± %(spread)s (%(claims)s claims of "
                "%(dealers)s dealers). Up to %(limit)s is usual.",
                **v,
            ),
            "outlier_claim": lambda: self.env._(
                "%(amount)s claimed, %(times)s times what other dealers usually claim for this "
                "symptom on this machine: %(median)s ± %(spread)s (%(claims)s claims of "
                "%(dealers)s dealers). Up to %(limit)s is usual.",
                **v,
            ),
        }

    def _get_signal_sentences(self, v):
        return {
            "signal_photo_found": lambda: self.env._(
                "The photo %(photo)s is on %(claim)s by %(dealer)s, too.", **v
            ),
            "signal_picture_found": lambda: self.env._(
                "%(photo)s shows the same picture as %(other)s on %(claim)s by %(dealer)s "
                "(%(bits)s of 64 points differ).",
                **v,
            ),
            "signal_hours_found": lambda: self.env._(
                "%(hours)s h claimed; on this machine other dealers claim %(standard)s h, up to "
                "%(most)s h is usual (%(claims)s claims of %(dealers)s dealers).",
                **v,
            ),
            "signal_expiry_found": lambda: self.env._(
                "Failed on %(date)s, %(left)s days before the warranty ends on %(last)s.", **v
            ),
            "signal_limit_found": lambda: self.env._(
                "%(amount)s is less than %(percent)s %% under the limit of automatic approval, "
                "%(limit)s.",
                **v,
            ),
            "signal_contact_found": lambda: self.env._(
                "The user and the dealer share %(contact)s.", **v
            ),
            "signal_found_open": lambda: self.env._("Open or confirmed: %(signals)s.", **v),
        }

    def _get_night_sentences(self, v):
        return {
            "signal_refusal_found": lambda: self.env._(
                "%(part)s of %(whole)s claims were refused: %(rate)s %%; of other dealers "
                "%(others)s %%.",
                **v,
            ),
            "signal_cluster_found": lambda: self.env._(
                "%(part)s of %(whole)s claims are less than %(percent)s %% under the limit of "
                "%(limit)s: %(rate)s %%; of other dealers %(others)s %%.",
                **v,
            ),
            "signal_day_found": lambda: self.env._(
                "%(part)s repairs on %(date)s; usually %(usual)s on a day with repairs.", **v
            ),
        }
