"""The tests shared out among processes: none is lost, and one that fails fails the whole."""

import shutil
import subprocess
import sys

import pytest

from devtools import paths, sharing

# In place of pytest-odoo, which needs a database.
OPTIONS = """
import pytest

def pytest_addoption(parser):
    parser.addoption("--odoo-database")

@pytest.fixture
def database(request):
    return request.config.getoption("--odoo-database")
"""
PASSES = "def test_database(database, worker_id):\n    assert database == 'x_' + worker_id\n"
FAILS = "def test_wrong():\n    assert False\n"
DIES = "import os\n\ndef test_end():\n    os._exit(3)\n"


@pytest.fixture
def run(tmp_path):
    """Run pytest on files of some contents with our conftest.py; return the finished process."""

    def run_files(*contents, jobs=2):
        for number, content in enumerate(contents):
            (tmp_path / f"test_{number}.py").write_text(content)
        shutil.copy(paths.ROOT / "conftest.py", tmp_path)
        (tmp_path / "pytest_options.py").write_text(OPTIONS)
        plugins = ["-p", "no:odoo", "-p", "pytest_options", "-p", "no:cacheprovider"]
        command = [sys.executable, "-m", "pytest", *plugins, "--odoo-database=x", "--verbose"]
        return subprocess.run(
            [*command, *sharing.options(jobs), str(tmp_path)],
            cwd=tmp_path,
            env={"PYTHONPATH": f"{tmp_path}:{paths.ROOT}", "PATH": ""},
            capture_output=True,
            text=True,
            check=False,
        )

    return run_files


def test_each_process_has_its_own_database(run):
    done = run(PASSES, PASSES, PASSES)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


def test_one_process_is_left_alone(run):
    done = run(PASSES.replace("'x_' + worker_id", "'x'"), jobs=1)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_failure_in_one_process_fails_the_run(run):
    done = run(PASSES, FAILS, PASSES)
    assert done.returncode == 1
    assert "1 failed, 2 passed" in done.stdout


def test_a_process_that_dies_fails_the_run(run):
    done = run(PASSES, DIES)
    assert done.returncode == 1
    assert "crashed while running" in done.stdout


def test_files_that_start_a_browser_are_one_part(tmp_path):
    plain, first, second = (tmp_path / f"test_{name}.py" for name in ("a", "b", "c"))
    plain.write_text("def test_tour():\n    pass\n")
    first.write_text("class A:\n    def test_a(self):\n        self.start_tour('/odoo', 'x')\n")
    second.write_text("class B:\n    def test_b(self):\n        self.browser_js('/odoo', 'x')\n")
    assert sharing.part(plain) == str(plain)
    assert sharing.part(first) == sharing.part(second) == "browser"


def test_chosen_tests_run_in_one_process():
    assert sharing.default_jobs(["-k", "serial"]) == 1


@pytest.mark.parametrize(
    ("cores", "gigabytes", "jobs"), [(1, 16, 1), (2, 16, 2), (2, 4, 1), (64, 256, 4), (2, 1, 1)]
)
def test_all_tests_use_cores_and_memory(monkeypatch, cores, gigabytes, jobs):
    sizes = {"SC_PHYS_PAGES": gigabytes * 2**20, "SC_PAGE_SIZE": 2**10}
    monkeypatch.setattr(sharing.os, "sched_getaffinity", lambda _pid: set(range(cores)))
    monkeypatch.setattr(sharing.os, "sysconf", sizes.get)
    assert sharing.default_jobs([]) == jobs


def test_databases_are_named_after_their_process():
    assert [sharing.database("run", worker) for worker in sharing.workers(1)] == ["run"]
    assert [sharing.database("run", worker) for worker in sharing.workers(2)] == [
        "run_gw0",
        "run_gw1",
    ]
