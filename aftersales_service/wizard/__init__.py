from . import aftersales_acceptance
from . import aftersales_warranty_void
from . import aftersales_parts_quote
