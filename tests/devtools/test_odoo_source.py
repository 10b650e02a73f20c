"""Finding Odoo: the places ODOO_PATH may name, and the version check."""

import pytest

from devtools import odoo_source
from devtools.errors import DevError


def make_odoo(folder, version="(19, 0, 0, FINAL, 0, '')"):
    """A folder that looks like an Odoo."""
    (folder / "odoo" / "addons").mkdir(parents=True)
    (folder / "addons").mkdir()
    (folder / "odoo" / "release.py").write_text(f"version_info = {version}\n")
    return folder


@pytest.mark.parametrize("part", ["", "odoo"])
def test_odoo_path_names_a_checkout_or_its_package(tmp_path, monkeypatch, part):
    checkout = make_odoo(tmp_path / "src")
    monkeypatch.setenv("ODOO_PATH", str(checkout / part))
    assert odoo_source.locate() == checkout


def test_an_odoo_path_without_odoo_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("ODOO_PATH", str(tmp_path))
    with pytest.raises(DevError, match="there is no Odoo"):
        odoo_source.locate()


@pytest.mark.parametrize("version", ["(18, 0, 0, FINAL, 0, '')", "('saas~19', 1, 0, FINAL, 0, '')"])
def test_another_version_is_refused(tmp_path, monkeypatch, version):
    monkeypatch.setenv("ODOO_PATH", str(make_odoo(tmp_path / "src", version)))
    with pytest.raises(DevError, match="for Odoo 19.0"):
        odoo_source.locate()


def test_both_addons_folders_are_used(tmp_path):
    checkout = make_odoo(tmp_path / "src")
    expected = [checkout / "addons", checkout / "odoo" / "addons"]
    assert odoo_source.addons_folders(checkout) == expected
