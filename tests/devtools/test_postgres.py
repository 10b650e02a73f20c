"""Which server is used, and where its socket is."""

from pathlib import Path

import pytest

from devtools import databases, postgres, postgres_place
from devtools.errors import DevError


@pytest.fixture(autouse=True)
def no_variables(monkeypatch):
    """No PG* variables, and no remembered socket folder."""
    for name in (*postgres.VARIABLES, "PGDATABASE"):
        monkeypatch.delenv(name, raising=False)
    postgres_place.socket_folder.cache_clear()
    yield
    postgres_place.socket_folder.cache_clear()


def test_without_variables_the_server_is_ours(monkeypatch):
    monkeypatch.setattr(postgres_place, "data_folder", lambda: Path("/short/postgres"))
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
    long_path = Path("/" + "x" * 100 + "/postgres")
    monkeypatch.setattr(postgres_place, "data_folder", lambda: long_path)
    folder = postgres_place.socket_folder()
    assert len(f"{folder}/.s.PGSQL.5432") <= postgres_place.SOCKET_PATH_LIMIT
    assert folder != long_path


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
