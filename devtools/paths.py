"""Where things are: the checkout, its addons, and the one folder that holds all else."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEV = Path(os.environ.get("AFTERSALES_DEV_DIR") or ROOT / ".dev").resolve()

VENV = DEV / "venv"
VENV_PYTHON = VENV / "bin" / "python"
ODOO_UNPACKED = DEV / "odoo"
APT = DEV / "apt"
ODOO_DATA = DEV / "data"
ODOO_CONF = DEV / "odoo.conf"
STAMPS = DEV / "stamps"
LOGS = DEV / "logs"
RUN = DEV / "run"
SHOTS = DEV / "shots"

REQUIREMENTS = ROOT / "requirements.txt"
ADDON_NAMES = ("aftersales_service", "aftersales_dealer", "aftersales_reports")


def addons():
    """Names of this project's addons present in the checkout, in dependency order."""
    return [name for name in ADDON_NAMES if (ROOT / name / "__manifest__.py").is_file()]


def prepare():
    """Make the folders every command writes to."""
    for folder in (DEV, STAMPS, LOGS, RUN, ODOO_DATA):
        folder.mkdir(parents=True, exist_ok=True)
