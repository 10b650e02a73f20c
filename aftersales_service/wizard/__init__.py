from . import aftersales_acceptance
from . import aftersales_warranty_void
from . import aftersales_parts_quote
from . import aftersales_campaign_add
from . import aftersales_campaign_decide
from . import aftersales_campaign_plan
from . import aftersales_exchange_refuse
from . import aftersales_campaign_send
