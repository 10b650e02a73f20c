"""The project's own lint checks find what they are for."""

import pytest

from devtools import paths
from devtools.lint import file_checks, logs

MODEL = """
from odoo import models

class Ticket(models.Model):
    _name = 'aftersales.ticket'

class Mixin(models.AbstractModel):
    _name = 'aftersales.mixin'

class Partner(models.Model):
    _inherit = 'res.partner'
"""


@pytest.fixture
def addon(tmp_path, monkeypatch):
    """An addon with one model and one test."""
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "ADDON_NAMES", ("aftersales_service",))
    folder = tmp_path / "aftersales_service"
    for part in ("models", "security", "tests"):
        (folder / part).mkdir(parents=True)
    (folder / "__manifest__.py").write_text("{}")
    (folder / "models" / "ticket.py").write_text(MODEL)
    (folder / "tests" / "test_ticket.py").write_text("")
    return folder


def test_a_model_without_rights_is_found(addon):
    assert [line.split(":")[2].strip() for line in file_checks.access_rights()] == [
        "aftersales.ticket has no access rights"
    ]


def test_a_model_with_rights_is_fine(addon):
    (addon / "security" / "ir.model.access.csv").write_text(
        "id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink\n"
        "access_ticket,ticket,model_aftersales_ticket,base.group_user,1,0,0,0\n"
    )
    assert file_checks.access_rights() == []
    assert file_checks.csv_files() == []


def test_a_test_that_is_not_imported_is_found(addon):
    assert "test_ticket.py" in file_checks.test_imports()[0]
    (addon / "tests" / "__init__.py").write_text("from . import test_ticket\n")
    assert file_checks.test_imports() == []


@pytest.mark.parametrize("rows", ["name\nx\n", "id,name\na\n", "id,name\na,1\na,2\n"])
def test_a_faulty_csv_is_found(addon, rows):
    (addon / "security" / "x.csv").write_text(rows)
    assert len(file_checks.csv_files()) == 1


def test_broken_xml_is_found(addon):
    (addon / "models" / "x.xml").write_text("<odoo><record></odoo>")
    assert "x.xml" in file_checks.xml_files()[0]


LOG = """\
2026-11-21 20:00:00,000 7 WARNING aftersales_demo odoo.tools.config: nothing of ours
2026-11-21 20:00:00,000 7 INFO aftersales_demo odoo.modules: loading aftersales_service
2026-11-21 20:00:00,000 7 WARNING aftersales_demo odoo.models: model aftersales.ticket has no rules
2026-11-21 20:00:00,000 7 ERROR aftersales_demo odoo.tests: a test failed
Traceback (most recent call last):
  File "addons/aftersales_dealer/models/claim.py", line 1
ValueError: wrong
"""


def test_log_lines_that_name_our_modules_are_found():
    found = logs.problems(LOG)
    assert len(found) == 2
    assert "aftersales.ticket has no rules" in found[0]
    assert found[1].endswith("ValueError: wrong")
