from odoo import SUPERUSER_ID, api

OWN = "[('dealer_id', '=', user.commercial_partner_id.id)]"
OWNED = "('dealer_id', 'in', user.owned_dealer_id.ids)"
ISSUED = "('state', 'in', ('issued', 'confirmed', 'disputed', 'settled', 'reversed'))"
DOMAINS = {
    "aftersales_claim_rule_portal": OWN,
    "aftersales_claim_line_rule_portal": OWN,
    "aftersales_claim_check_rule_portal": f"[{OWN[1:-1]}, ('internal', '=', False)]",
    "aftersales_claim_version_rule_portal": OWN,
    "aftersales_claim_version_line_rule_portal": OWN,
    "aftersales_part_return_rule_portal": OWN,
    "aftersales_part_return_line_rule_portal": OWN,
    "aftersales_notice_rule_portal": f"[{OWNED}, {ISSUED}]",
    "aftersales_notice_line_rule_portal": f"[{OWNED}, {ISSUED}]",
    "aftersales_deposit_move_rule_portal": f"[{OWNED}, ('state', 'in', ('posted', 'reversed'))]",
    "aftersales_dealer_agreement_rule_portal": f"[{OWNED}, ('state', '=', 'running')]",
}


def migrate(cr, version):
    """Rules are noupdate: money is for the dealer's owners now, and the dealer is compared
    directly, which an index answers (D14).
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name, domain in DOMAINS.items():
        rule = env.ref(f"aftersales_dealer.{name}", raise_if_not_found=False)
        if rule:
            rule.domain_force = domain
