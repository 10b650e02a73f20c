from . import aftersales_dealer_reason
