"""Stamps: only finished steps have one; the lock keeps two set-ups apart."""

import subprocess
import sys

import pytest

from devtools import paths, stamps
from devtools.errors import DevError


def test_a_finished_step_is_known_again():
    stamps.write("venv", digest="abc")
    assert stamps.read("venv") == {"digest": "abc"}


def test_an_unfinished_step_has_no_stamp():
    assert stamps.read("venv") == {}


def test_a_half_written_stamp_counts_as_none():
    (paths.STAMPS / "venv.json").write_text('{"digest": "ab')
    assert stamps.read("venv") == {}


def test_writing_leaves_no_temporary_file():
    stamps.write("venv", digest="abc")
    assert [file.name for file in paths.STAMPS.iterdir()] == ["venv.json"]


def test_digest_of_files_follows_their_content(tmp_path):
    file = tmp_path / "a.py"
    file.write_text("one")
    before = stamps.digest_files([file])
    assert stamps.digest_files([file]) == before
    file.write_text("two")
    assert stamps.digest_files([file]) != before


def test_the_lock_is_free_again_after_use():
    with stamps.exclusive("first"):
        pass
    with stamps.exclusive("second"):
        pass


def test_a_second_instance_is_told_who_holds_the_lock():
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, pathlib\n"
            "from devtools import paths, stamps\n"
            "paths.RUN = pathlib.Path(sys.argv[1])\n"
            "with stamps.exclusive('setting up'):\n"
            "    print('held', flush=True)\n"
            "    sys.stdin.read()\n",
            str(paths.RUN),
        ],
        cwd=paths.ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(DevError) as caught, stamps.exclusive("again"):
            pass
        holder.stdin.close()
    assert f"process {holder.pid}, setting up" in caught.value.problem
    assert "kill" in caught.value.cure


def test_a_killed_holder_leaves_the_lock_free():
    (paths.RUN / "setup.lock").write_text("process 1, setting up")
    with stamps.exclusive("after the kill"):
        assert "after the kill" in (paths.RUN / "setup.lock").read_text()


def test_locks_of_different_names_do_not_wait_for_each_other():
    with stamps.exclusive("first", "one"), stamps.exclusive("second", "two"):
        pass
    with pytest.raises(DevError, match="first"):  # noqa: SIM117 - the second must be refused
        with stamps.exclusive("first", "one"), stamps.exclusive("second", "one"):
            pass
