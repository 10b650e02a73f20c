"""Two kinds of visits ask the customer's opinion themselves, or are none of the customer's wishes:
nobody is asked by mail about them (Q01).
"""

from odoo import SUPERUSER_ID, api

NOT_ASKED = ("return_visit", "spot_check")


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in NOT_ASKED:
        visit_type = env.ref(f"aftersales_service.aftersales_visit_type_{name}", False)
        if visit_type:
            visit_type.rating_ask = False
