from itertools import chain

from werkzeug.exceptions import BadRequest

from odoo import models
from odoo.http import request

OURS = "odoo.addons.aftersales_"


class IrHttp(models.AbstractModel):
    """Our pages answer a forged text as a bad request, not as an error of the server (W14, D14)."""

    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        super()._pre_dispatch(rule, args)
        module = rule.endpoint.original_endpoint.__module__
        if rule.endpoint.routing["type"] != "http" or not module.startswith(OURS):
            return
        sent = request.httprequest
        # No keyboard types it, and PostgreSQL keeps no text with it.
        texts = chain(*sent.args.listvalues(), *sent.form.listvalues())
        if any("\x00" in text for text in texts):
            raise BadRequest()
