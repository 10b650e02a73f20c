from . import aftersales_dealer_reason
from . import aftersales_claim_reason
