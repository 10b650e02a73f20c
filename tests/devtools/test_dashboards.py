"""The committed dashboards are the ones that ``devtools/dashboards.py`` writes."""

import json

from devtools import dashboards


def committed(name):
    path = dashboards.FILES / f"{name}_dashboard.json"
    return json.loads(path.read_text(encoding="utf-8"))


def test_service_dashboard_is_current():
    assert committed("service") == json.loads(json.dumps(dashboards.service_dashboard()))


def test_settlement_dashboard_is_current():
    assert committed("settlement") == json.loads(json.dumps(dashboards.settlement_dashboard()))
