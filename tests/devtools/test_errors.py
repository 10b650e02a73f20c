"""Errors: what other programs print is told in one paragraph with its cure."""

import errno
import sys

import pytest

from devtools import errors, paths, process


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("E: Temporary failure resolving 'deb.example.org'", "no network"),
        ("Failed to establish a new connection: [Errno 101]", "no network"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("The virtual environment was not created: ensurepip is not available", "virtual"),
        ("The following signatures couldn't be verified: NO_PUBKEY 0E98404D", "signature"),
    ],
)
def test_known_failures_are_explained(output, expected):
    found = errors.diagnose(f"some line\n{output}\nanother line")
    assert expected in found.problem
    assert found.cure


def test_unknown_output_is_not_explained_away():
    assert errors.diagnose("SyntaxError: invalid syntax") is None


def test_a_full_disk_is_explained():
    found = errors.from_os_error(OSError(errno.ENOSPC, "No space left on device"))
    assert "disk is full" in found.problem


def test_a_missing_file_is_a_programming_error():
    assert errors.from_os_error(FileNotFoundError(errno.ENOENT, "gone")) is None


def test_a_failed_command_shows_its_last_lines_and_log():
    script = "print('the reason'); raise SystemExit(3)"
    with pytest.raises(errors.DevError) as caught:
        process.run_logged([sys.executable, "-c", script], "try.log")
    assert "the reason" in caught.value.problem
    assert "exit code 3" in caught.value.problem
    assert str(paths.LOGS / "try.log") in caught.value.cure


def test_a_command_without_network_is_told_as_such():
    script = "print('Could not resolve host'); raise SystemExit(100)"
    with pytest.raises(errors.DevError) as caught:
        process.run_logged([sys.executable, "-c", script], "try.log")
    assert "network" in caught.value.problem
