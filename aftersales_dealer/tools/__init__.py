from . import claim_checks
