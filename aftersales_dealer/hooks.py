def uninstall_hook(env):
    """Clocks of claims and of dealers' promises go with the addon: without it nobody could tell
    what they are about, and targets with clocks are not deleted.
    """
    kinds = ("arranged", "supervised", "decide", "pay")
    clocks = env["aftersales.sla.clock"].with_context(active_test=False)
    clocks.search(["|", ("claim_id", "!=", False), ("kind", "in", kinds)]).unlink()
