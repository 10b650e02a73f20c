"""`./dev test`: databases come and go with the run, whatever its outcome."""

import os
from contextlib import nullcontext

import pytest

from devtools import databases, postgres, system, templates, testing


@pytest.fixture
def runs(monkeypatch):
    """A ./dev test without databases and pytest; notes what would be done."""
    noted = {"copied": [], "dropped": [], "pytest": [], "code": 0, "there": []}

    def run_pytest(name, arguments):
        noted["pytest"].append((name, arguments))
        return noted["code"]

    def copy(_source, target):
        noted["copied"].append(target)

    def drop(name, force=False):
        noted["dropped"].append(name)

    monkeypatch.setattr(system, "require", lambda *_: None)
    monkeypatch.setattr(postgres, "running", nullcontext)
    monkeypatch.setattr(templates, "ensure", lambda demo: "template")
    monkeypatch.setattr(templates, "run_odoo", lambda *_: None)
    monkeypatch.setattr(databases, "copy", copy)
    monkeypatch.setattr(databases, "drop", drop)
    monkeypatch.setattr(databases, "names", lambda: [(name, 1) for name in noted["there"]])
    monkeypatch.setattr(testing, "_pytest", run_pytest)
    return noted


def test_each_process_gets_a_copy_that_is_dropped(runs):
    assert testing.run([], jobs=2) == 0
    name = f"{testing.PREFIX}{os.getpid()}"
    assert runs["copied"] == runs["dropped"] == [f"{name}_gw0", f"{name}_gw1"]


def test_all_tests_are_followed_by_those_of_optional_modules(runs):
    testing.run([], jobs=2)
    (_all, options), (database, chosen) = runs["pytest"]
    assert "--numprocesses=2" in options
    assert (database, chosen) == (runs["copied"][0], [testing.OPTIONAL_TESTS])


def test_a_failed_run_ends_there_with_its_code(runs):
    runs["code"] = 1
    assert testing.run([], jobs=2) == 1
    assert len(runs["pytest"]) == 1
    assert runs["dropped"] == runs["copied"]


def test_chosen_tests_use_one_database(runs):
    assert testing.run(["-k", "serial"]) == 0
    assert runs["pytest"] == [(runs["copied"][0], ["-k", "serial"])]


def test_databases_are_kept_when_asked(runs):
    testing.run([], keep_databases=True, jobs=2)
    assert runs["dropped"] == []


def test_left_over_databases_of_ended_runs_are_dropped(runs):
    alive, ended = f"{testing.PREFIX}{os.getppid()}_gw0", f"{testing.PREFIX}4194305_gw1"
    runs["there"] = [alive, ended, f"{testing.PREFIX}4194306", "aftersales_demo"]
    testing.run(["-k", "serial"])
    assert runs["dropped"][:-1] == [ended, f"{testing.PREFIX}4194306"]
