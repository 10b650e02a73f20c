from . import aftersales_dealer_reason
from . import aftersales_claim_reason
from . import aftersales_dealer_statement
from . import aftersales_notice_decide
from . import aftersales_notice_prepare
from . import aftersales_dealer_reason_authorisation
from . import aftersales_dealer_reason_dispatch
from . import aftersales_claim_bulk
