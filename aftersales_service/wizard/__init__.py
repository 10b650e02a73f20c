from . import aftersales_acceptance
from . import aftersales_warranty_void
