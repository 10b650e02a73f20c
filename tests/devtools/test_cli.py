"""The command line: options, and what is passed on."""

import subprocess
import sys

import pytest

from devtools import cli, paths


def test_up_takes_a_port():
    assert cli.parse(["up"]).port == 8069
    assert cli.parse(["up", "--port", "8070"]).port == 8070


def test_odoo_passes_everything_on():
    options = cli.parse(["odoo", "-d", "x", "--test-tags", "/repair", "--help"])
    assert options.rest == ["-d", "x", "--test-tags", "/repair", "--help"]


def test_test_passes_pytest_arguments_on():
    options = cli.parse(["test", "-k", "serial", "--keep-db", "tests"])
    assert options.rest == ["-k", "serial", "tests"]
    assert options.keep_db
    assert options.jobs is None


def test_test_takes_a_number_of_processes():
    options = cli.parse(["test", "--jobs", "3", "-x", "--", "tests"])
    assert (options.jobs, options.keep_db) == (3, False)
    assert options.rest[0] == "-x"
    with pytest.raises(SystemExit):
        cli.parse(["test", "--jobs", "0"])


def test_db_create_has_its_options():
    options = cli.parse(["db", "create", "x", "--no-demo", "--lang", "zh_CN"])
    assert (options.name, options.no_demo, options.lang) == ("x", True, "zh_CN")


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["db"], ["up", "--port", "many"]])
def test_a_wrong_command_line_ends_with_usage(arguments):
    with pytest.raises(SystemExit) as caught:
        cli.parse(arguments)
    assert caught.value.code == 2


def test_an_old_python_is_told_what_to_do(tmp_path):
    script = (paths.ROOT / "dev").read_text().replace("(3, 11)", "(9, 0)")
    (tmp_path / "dev").write_text(script)
    done = subprocess.run(
        [sys.executable, tmp_path / "dev", "up"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "too old" in done.stderr
    assert "Traceback" not in done.stderr
