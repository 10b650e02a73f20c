from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Teams that existed before confirmations have the usual one (T15)."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    template = env.ref("aftersales_service.mail_template_ticket_received")
    teams = env["aftersales.team"].with_context(active_test=False)
    teams.search([("confirm_template_id", "=", False)]).confirm_template_id = template
