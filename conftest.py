"""For every test of the repository: a browser test that could not run is a failure.

Odoo skips its browser tests where Chromium or websocket-client is missing or Chromium does not
start, which would look like success.
"""

import pytest

NO_BROWSER = ("Chrome", "chrome", "websocket-client")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Turn a test skipped for want of a browser into a failed one."""
    outcome = yield
    report = outcome.get_result()
    reason = str(call.excinfo.value) if call.excinfo else ""
    if report.skipped and any(word in reason for word in NO_BROWSER):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} needs a browser and did not run: {reason}"
