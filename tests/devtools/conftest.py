"""A private folder in place of the checkout's .dev for every test."""

import pytest

from devtools import paths

FOLDERS = ("STAMPS", "LOGS", "RUN")


@pytest.fixture(autouse=True)
def private_folder(tmp_path, monkeypatch):
    """Let everything that writes write to a temporary folder."""
    monkeypatch.setattr(paths, "DEV", tmp_path)
    for name in FOLDERS:
        monkeypatch.setattr(paths, name, tmp_path / name.lower())
        (tmp_path / name.lower()).mkdir()
    return tmp_path
