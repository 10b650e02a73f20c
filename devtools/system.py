"""Programs of the operating system: a browser, a PDF printer and fonts."""

import os
import shutil
from pathlib import Path

from .errors import DevError
from .process import run_logged
from .progress import say, step

# Debian package -> (is it there?, what it is for)
NEEDED = {
    "chromium": (
        lambda: any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
        "browser tests and screenshots",
    ),
    "wkhtmltopdf": (lambda: shutil.which("wkhtmltopdf"), "printing PDF documents"),
    "fonts-noto-cjk": (
        lambda: any(Path("/usr/share/fonts").rglob("NotoSansCJK*")),
        "Chinese text in PDF documents",
    ),
    "poppler-utils": (lambda: shutil.which("pdftotext"), "reading PDF documents in tests"),
}


def missing():
    """Names of the Debian packages that are not there."""
    return [package for package, (present, _reason) in NEEDED.items() if not present()]


def install_missing():
    """As root on Debian, install what is missing; the names are told before."""
    packages = missing()
    if not packages or not can_install():
        return
    reasons = "; ".join(f"{name} for {NEEDED[name][1]}" for name in packages)
    say(f"  Installing Debian packages on this machine: {reasons}.")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with step("Debian packages: " + ", ".join(packages)) as progress:
        for number, arguments in enumerate(
            (
                ["update"],
                ["install", "-y", "--no-install-recommends", *packages],
            )
        ):
            run_logged(
                ["apt-get", *arguments],
                f"system-packages-{number}.log",
                on_line=lambda line: progress.tell(line.strip()[:60]),
                env=environment,
                outlive=True,
            )


def can_install():
    """Whether ./dev may install packages: as root, with apt."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def missing_error(packages):
    """The error naming packages the user must install by hand."""
    reasons = "; ".join(f"{name} ({NEEDED[name][1]})" for name in packages)
    return DevError(
        f"Some programs are missing: {reasons}.",
        f"Install them as root: apt-get install {' '.join(packages)}",
    )


def warn_if_missing():
    """Say what will not work, when an ordinary user runs ./dev on a bare machine."""
    packages = missing()
    if packages:
        say(f"  ! {missing_error(packages)} Without them the rest works.")


def require(*packages):
    """Stop with a clear error when one of these packages is not there."""
    absent = [name for name in packages if name in missing()]
    if absent:
        raise missing_error(absent)
