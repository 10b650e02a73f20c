"""Finding Odoo 19, or fetching Debian's package of it.

Odoo is on no Python index. Debian's package depends on newer Debian packages, so it is
downloaded with a private apt configuration (signatures verified, the machine's own apt left
alone) and unpacked into this checkout's folder, together with the packages its web assets are
links into.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from . import paths, stamps
from .errors import DevError
from .process import run_logged
from .progress import step

SERIES = (19, 0)
# Some of Odoo's web assets are links into these; newer FontAwesome and Inconsolata packages
# have other file names, so they come from the Debian release the links fit.
PACKAGES = (
    "odoo-19/sid",
    "fonts-montserrat/sid",
    "fonts-font-awesome/bookworm",
    "fonts-inconsolata/bookworm",
    "fonts-ocr-b/bookworm",
    "fonts-roboto-unhinted/bookworm",
    "libjs-jquery/bookworm",
    "libjs-jquery-form/bookworm",
    "libjs-underscore/bookworm",
)
# Debian leaves this file out; without one the web client reports an error on every page.
ABSENT_ASSET = "addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def locate():
    """The folder that holds the package `odoo`, or None when it has to be fetched."""
    named = os.environ.get("ODOO_PATH")
    if named:
        return _folder_at(Path(named).expanduser().resolve())
    found = _importable() or _unpacked()
    if found:
        check_version(found)
    return found


def _folder_at(path):
    """The folder for an ODOO_PATH, which may name a checkout, its parent or the package."""
    for folder in (path, path.parent, path / "usr/lib/python3/dist-packages"):
        if (folder / "odoo" / "release.py").is_file():
            check_version(folder)
            return folder
    raise DevError(
        f"ODOO_PATH is {path}, but there is no Odoo in it.",
        "Set it to the folder that contains the folder odoo/ with its file release.py.",
    )


def _importable():
    """The folder of an Odoo that the Python running ./dev can import itself."""
    if sys.prefix == str(paths.VENV):
        return None
    spec = importlib.util.find_spec("odoo")
    for place in (spec and spec.submodule_search_locations) or ():
        if (Path(place) / "release.py").is_file():
            return Path(place).parent
    return None


def _unpacked():
    """The folder of the Odoo fetched by an earlier run."""
    if stamps.read("odoo").get("packages") == list(PACKAGES):
        return paths.ODOO_UNPACKED / "usr/lib/python3/dist-packages"
    return None


def version_of(folder):
    """The version of an Odoo as (major, minor), read without importing it."""
    text = (folder / "odoo" / "release.py").read_text(encoding="utf-8")
    match = re.search(r"^version_info\s*=\s*\(\s*'?(?:saas~)?(\d+)'?\s*,\s*(\d+)", text, re.M)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def check_version(folder):
    """Raise a clear error unless this is Odoo 19.0."""
    version = version_of(folder)
    if version != SERIES:
        raise DevError(
            f"The Odoo in {folder} is version {version[0]}.{version[1]}, "
            "but these addons are for Odoo 19.0.",
            "Set ODOO_PATH to the folder of an Odoo 19.0, or leave it unset and run ./dev "
            "outside that Python environment to have one fetched.",
        )


def addons_folders(folder):
    """The addons folders of an Odoo: its checkout's and its package's."""
    return [path for path in (folder / "addons", folder / "odoo" / "addons") if path.is_dir()]


def fetch():
    """Download and unpack Debian's Odoo 19; the stamp is written when all is in place."""
    archive = debian_archive()
    downloads = paths.APT / "downloads"
    for folder in (downloads, paths.APT / "lists/partial", paths.APT / "cache/archives/partial"):
        folder.mkdir(parents=True, exist_ok=True)
    options = _write_apt_configuration(archive)
    with step("Odoo 19: download Debian's package (signatures verified)") as progress:
        for log, arguments in (("update", ["update"]), ("download", ["download", *PACKAGES])):
            run_logged(
                ["apt-get", *options, *arguments],
                f"odoo-{log}.log",
                on_line=lambda line: progress.tell(line.strip()[:60]),
                cwd=downloads,
            )
    with step("Odoo 19: unpack"):
        _unpack(downloads)
    stamps.write("odoo", packages=list(PACKAGES))
    shutil.rmtree(paths.APT)
    return _unpacked()


def debian_archive():
    """The address of the Debian archive in this machine's own apt configuration."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise _not_debian()
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"],
        capture_output=True,
        text=True,
        check=False,
    )
    for address in listed.stdout.split():
        if re.search(r"/debian/?$", address):
            return address
    raise _not_debian()


def _not_debian():
    """The error for a machine without a Debian archive."""
    return DevError(
        "Odoo 19 was not found, and this machine's apt names no Debian archive to fetch it from.",
        "Get Odoo 19 Community (a checkout of its branch 19.0, or its package) and name its "
        "folder: ODOO_PATH=/path/to/odoo ./dev up",
    )


def _write_apt_configuration(archive):
    """Write the private apt configuration; return apt-get's options to use it."""
    signed = f"Signed-By: {KEYRING}\n" if KEYRING.is_file() else ""
    (paths.APT / "debian.sources").write_text(
        f"Types: deb\nURIs: {archive}\nSuites: sid bookworm\nComponents: main\n{signed}"
    )
    (paths.APT / "apt.conf").write_text(
        f"""\
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::State::Lists "{paths.APT}/lists";
Dir::Cache "{paths.APT}/cache";
Dir::Etc::SourceList "{paths.APT}/debian.sources";
Dir::Etc::SourceParts "/dev/null";
APT::Sandbox::User "";
APT::Get::List-Cleanup "false";
Acquire::Retries "2";
Acquire::Languages "none";
APT::Update::Error-Mode "any";
"""
    )
    return ["-q", "-c", str(paths.APT / "apt.conf")]


def _unpack(downloads):
    """Unpack all packages beside their final place, then move them there in one go."""
    building = paths.DEV / "odoo.new"
    shutil.rmtree(building, ignore_errors=True)
    for package in sorted(downloads.glob("*.deb")):
        run_logged(["dpkg-deb", "-x", package, building], f"unpack-{package.stem}.log")
    folder = building / "usr/lib/python3/dist-packages"
    check_version(folder)
    asset = folder / "odoo" / ABSENT_ASSET
    asset.parent.mkdir(parents=True, exist_ok=True)
    asset.touch()
    _check_links(folder)
    shutil.rmtree(paths.ODOO_UNPACKED, ignore_errors=True)
    building.rename(paths.ODOO_UNPACKED)


def _check_links(folder):
    """Raise an error when a web asset links to a file that is not there."""
    broken = [
        link for link in folder.rglob("static/**/*") if link.is_symlink() and not link.exists()
    ]
    if broken:
        names = ", ".join(link.name for link in broken[:5])
        raise DevError(
            f"Debian's Odoo package has {len(broken)} web assets that link to nothing ({names}).",
            "The archive's packages have changed: update PACKAGES in devtools/odoo_source.py, "
            "or use another Odoo 19 with ODOO_PATH=/path/to/odoo.",
        )
