"""For every test of the repository: what a run of all of them needs.

- A browser test that could not run is a failure. Odoo skips its browser tests where Chromium or
  websocket-client is missing or Chromium does not start, which would look like success.
- Processes that share the tests out (`./dev test --jobs`) have a database each.
- A busy machine fails no property test: not the time an example takes is what they are about.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

from devtools import sharing

NO_BROWSER = ("Chrome", "chrome", "websocket-client")

settings.register_profile(
    "busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("busy machine")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Turn a test skipped for want of a browser into a failed one."""
    outcome = yield
    report = outcome.get_result()
    reason = str(call.excinfo.value) if call.excinfo else ""
    if report.skipped and any(word in reason for word in NO_BROWSER):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} needs a browser and did not run: {reason}"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config):
    """Give one of several processes its own database before pytest-odoo opens it.

    Left to itself pytest-odoo would copy one with PostgreSQL's client programs, which need not
    be there.
    """
    worker = os.environ.pop("PYTEST_XDIST_WORKER", None)
    if worker:
        config.option.odoo_database = sharing.database(config.option.odoo_database, worker)
    return (yield)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Share the tests out file by file; see ``sharing``."""
    return sharing.scheduler(config, log)
