"""The set-up: what is finished is kept, what was interrupted is done again."""

import pytest

from devtools import odoo_source, paths, setup, stamps, system, virtualenv
from devtools.errors import DevError


@pytest.fixture
def fake_steps(tmp_path, monkeypatch):
    """A set-up whose long steps only note that they were done; the list of them."""
    done = []

    def step(name, result=None):
        def run():
            done.append(name)
            return result

        return run

    def make_environment():
        done.append("environment")
        paths.VENV_PYTHON.parent.mkdir(parents=True, exist_ok=True)
        paths.VENV_PYTHON.touch()
        stamps.write("venv", digest=virtualenv.digest())

    monkeypatch.setattr(paths, "VENV", tmp_path / "venv")
    monkeypatch.setattr(paths, "VENV_PYTHON", tmp_path / "venv" / "bin" / "python")
    monkeypatch.setattr(odoo_source, "locate", lambda: None)
    monkeypatch.setattr(odoo_source, "fetch", step("odoo", tmp_path / "odoo"))
    monkeypatch.setattr(virtualenv, "make", make_environment)
    monkeypatch.setattr(system, "install_missing", step("programs"))
    monkeypatch.setattr(system, "warn_if_missing", lambda: None)
    monkeypatch.setattr(setup, "NEEDED_MEGABYTES", 0)
    return done


def test_a_fresh_checkout_gets_everything(fake_steps, tmp_path):
    setup.ensure()
    assert sorted(fake_steps) == ["environment", "odoo", "programs"]
    assert virtualenv.linked_odoo() == tmp_path / "odoo"


def test_a_finished_set_up_is_kept(fake_steps, tmp_path, monkeypatch):
    setup.ensure()
    fake_steps.clear()
    monkeypatch.setattr(odoo_source, "locate", lambda: tmp_path / "odoo")
    setup.ensure()
    assert fake_steps == []


def test_an_interrupted_environment_is_made_again(fake_steps, tmp_path, monkeypatch):
    setup.ensure()
    fake_steps.clear()
    stamps.remove("venv")
    monkeypatch.setattr(odoo_source, "locate", lambda: tmp_path / "odoo")
    setup.ensure()
    assert "environment" in fake_steps
    assert "odoo" not in fake_steps


def test_changed_requirements_renew_the_environment(fake_steps, tmp_path, monkeypatch):
    setup.ensure()
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("another-package\n")
    monkeypatch.setattr(paths, "REQUIREMENTS", requirements)
    assert not virtualenv.is_ready()


def test_a_failed_step_leaves_the_finished_ones(fake_steps, monkeypatch):
    def fail():
        raise DevError("No network.", "Get one.")

    monkeypatch.setattr(odoo_source, "fetch", fail)
    with pytest.raises(DevError, match="No network"):
        setup.ensure()
    assert virtualenv.is_ready()


def test_too_little_disk_is_told_at_once(fake_steps, monkeypatch):
    monkeypatch.setattr(setup, "NEEDED_MEGABYTES", 2**40)
    with pytest.raises(DevError, match="nearly full"):
        setup.ensure()
    assert fake_steps == []


def test_an_unpacked_odoo_without_stamp_is_fetched_again(monkeypatch):
    monkeypatch.delenv("ODOO_PATH", raising=False)
    monkeypatch.setattr(odoo_source, "_importable", lambda: None)
    (paths.DEV / "odoo" / "usr").mkdir(parents=True)
    assert odoo_source.locate() is None


def test_missing_programs_are_named_with_the_command(monkeypatch):
    monkeypatch.setattr(system, "missing", lambda: ["chromium", "wkhtmltopdf"])
    with pytest.raises(DevError, match="chromium") as caught:
        system.require("chromium")
    assert "apt-get install chromium" in caught.value.cure
