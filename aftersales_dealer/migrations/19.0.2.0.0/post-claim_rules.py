def migrate(cr, version):
    """Each claim draws its own lot: the default gave all old ones the same."""
    cr.execute("UPDATE aftersales_claim SET check_draw = random() * 100")
