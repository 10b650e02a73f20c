from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Companies get the products that paid work is quoted with; an inspection needs no quotation
    before it.
    """
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["res.company"]._set_default_paid_work()
    inspection = env.ref(
        "aftersales_service.aftersales_visit_type_inspection", raise_if_not_found=False
    )
    if inspection:
        inspection.quotation_exempt = True
