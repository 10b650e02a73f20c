from odoo import SUPERUSER_ID, api

OLD = "<p>After your confirmation the amount is deducted"
NEW = '<p t-if="object.amount_total &gt;= 0">After your confirmation the amount is deducted'
OWED = '<p t-else="">After your confirmation the amount is invoiced to you.</p>'


def migrate(cr, version):
    """Mail templates are noupdate: a notice may say now that the dealer owes (F02, F06).

    Only the sentence that shipped is replaced; what a company wrote itself stays.
    """
    env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
    template = env.ref("aftersales_dealer.mail_template_aftersales_notice", False)
    body = str(template.body_html or "") if template else ""  # markup would escape what is added
    start, found, rest = body.partition(OLD)
    sentence, end, tail = rest.partition("</p>")
    if found and end:
        template.body_html = start + NEW + sentence + end + "\n    " + OWED + tail
