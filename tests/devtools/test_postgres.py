"""Which server is used, and where its socket is."""

from pathlib import Path

import pytest

from devtools import databases, paths, postgres
from devtools.errors import DevError


@pytest.fixture(autouse=True)
def no_variables(monkeypatch):
    """No PG* variables, and no remembered socket folder."""
    for name in (*postgres.VARIABLES, "PGDATABASE"):
        monkeypatch.delenv(name, raising=False)
    postgres.socket_folder.cache_clear()
    yield
    postgres.socket_folder.cache_clear()


def test_without_variables_the_server_is_ours(monkeypatch):
    monkeypatch.setattr(paths, "POSTGRES", Path("/short/postgres"))
    assert not postgres.is_external()
    environment = postgres.environment()
    assert environment["PGHOST"] == "/short/postgres"
    assert environment["PGUSER"] == "odoo"


def test_the_users_variables_win(monkeypatch):
    monkeypatch.setenv("PGHOST", "db.example.org")
    monkeypatch.setenv("PGDATABASE", "something")
    assert postgres.is_external()
    environment = postgres.environment()
    assert environment["PGHOST"] == "db.example.org"
    assert "PGDATABASE" not in environment


def test_a_long_path_gets_a_short_socket_folder(monkeypatch):
    monkeypatch.setattr(paths, "POSTGRES", Path("/" + "x" * 100 + "/postgres"))
    folder = postgres.socket_folder()
    assert len(f"{folder}/.s.PGSQL.5432") <= postgres.SOCKET_PATH_LIMIT
    assert folder != paths.POSTGRES


def test_an_unreachable_server_is_told_with_its_cure(monkeypatch):
    monkeypatch.setenv("PGHOST", "127.0.0.1")
    monkeypatch.setenv("PGPORT", "9")
    with pytest.raises(DevError, match="not reachable") as caught, postgres.running():
        pass
    assert "PGHOST" in caught.value.cure


@pytest.mark.parametrize("name", ["a b", "", "postgres", "template1", "-x", "x" * 64, "a;b"])
def test_bad_database_names_are_refused(name):
    with pytest.raises(DevError):
        databases.check_name(name)


@pytest.mark.parametrize("name", ["demo", "demo-2", "Demo_3.x"])
def test_good_database_names_are_accepted(name):
    databases.check_name(name)
