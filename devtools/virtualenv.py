"""The virtual environment with the packages of requirements.txt."""

import shutil
import sys
from pathlib import Path

from . import paths, stamps
from .process import run_logged
from .progress import step

PIP_STEPS = ("Collecting", "Building", "Installing")


def digest():
    """What the environment is made from: the requirements and the Python."""
    return stamps.digest(paths.REQUIREMENTS.read_text(), sys.version, paths.VENV)


def is_ready():
    """Whether the environment is complete and up to date."""
    return stamps.read("venv").get("digest") == digest() and paths.VENV_PYTHON.exists()


def make():
    """Make the environment, or bring it up to date."""
    stamps.remove("venv")
    with step("Python packages") as progress:
        if not _works():
            shutil.rmtree(paths.VENV, ignore_errors=True)
            run_logged([sys.executable, "-m", "venv", paths.VENV], "venv.log")
            stamps.write("venv-python", version=sys.version)
        pip = [paths.VENV_PYTHON, "-m", "pip", "install", "--disable-pip-version-check"]
        run_logged(
            [*pip, "--retries", "2", "-r", paths.REQUIREMENTS],
            "pip.log",
            on_line=lambda line: line.startswith(PIP_STEPS) and progress.tell(line.strip()[:60]),
        )
    stamps.write("venv", digest=digest())


def _works():
    """Whether there is an environment for this Python to build upon."""
    return stamps.read("venv-python").get("version") == sys.version and paths.VENV_PYTHON.exists()


def linked_odoo():
    """The folder of the Odoo that the environment imports."""
    return Path(stamps.read("odoo-link")["folder"])


def link_odoo(folder):
    """Make the Odoo in a folder importable in the environment."""
    for site_packages in paths.VENV.glob("lib/python*/site-packages"):
        (site_packages / "odoo-19.pth").write_text(f"{folder}\n")
    stamps.write("odoo-link", folder=str(folder), python=str(paths.VENV))
