from . import report_call_register
