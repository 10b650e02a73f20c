from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Clocks may be about other documents now: agents see those of tickets (S08).

    The rules are the company's own to change (noupdate): only those that are as shipped follow.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    shipped = {
        "aftersales_sla_clock_rule_agent": "[('ticket_id', '!=', False)]",
        "aftersales_sla_clock_log_rule_agent": "[('clock_id.ticket_id', '!=', False)]",
    }
    for name, domain in shipped.items():
        rule = env.ref(f"aftersales_service.{name}", raise_if_not_found=False)
        if rule and rule.domain_force == "[(1, '=', 1)]":
            rule.domain_force = domain
