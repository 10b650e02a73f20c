def migrate(cr, version):
    """Each claim draws its own lot; dealers do not see what is internal."""
    cr.execute("UPDATE aftersales_claim SET check_draw = random() * 100")
    cr.execute(
        "UPDATE ir_rule SET domain_force = %s WHERE id = (SELECT res_id FROM ir_model_data"
        " WHERE module = 'aftersales_dealer' AND name = 'aftersales_claim_check_rule_portal')",
        ("[('dealer_id', 'child_of', user.commercial_partner_id.id), ('internal', '=', False)]",),
    )
