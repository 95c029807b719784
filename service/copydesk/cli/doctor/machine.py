"""This machine: secrets, files, room, Python."""

import json
import shutil
import stat
import sys
from email.message import EmailMessage
from pathlib import Path

from copydesk.cli.doctor.finding import Finding, Named, Patient
from copydesk.intake.widget_files import FOLDER as WIDGET_FOLDER

OTHERS = stat.S_IROTH | stat.S_IWOTH
GROUP = stat.S_IRGRP | stat.S_IWGRP
LEAST_ROOM = 256 * 1024 * 1024
"""Bytes: below it the next busy day may fill the disk."""
MEGABYTE = 1024 * 1024
GOOD_SECRET = 43
"""Characters of 256 bits in base64, what `copydesk init` makes more than."""


def secret(patient: Patient) -> Finding:
    """Look at the secret's length and variety; too short a one never gets this far."""
    value = patient.settings.server.secret_key.get_secret_value()
    # The length was checked when the settings were read; this finds "aaaa…" and the like.
    if len(set(value)) < 10:
        return Finding("failure", "is too simple: `copydesk init` makes a good one")
    if len(value) < GOOD_SECRET:
        return Finding("warning", f"{len(value)} characters are few: `copydesk init` makes 64")
    return Finding("ok", f"{len(value)} characters")


def settings_file(patient: Patient) -> Finding:
    """See that nobody else can read the secrets."""
    path = patient.config
    if path is None or not path.exists():
        return Finding("ok", "none: everything comes from the environment")
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & OTHERS:
        return Finding("failure", f"{path} is open to everybody ({mode:04o}): chmod 600")
    if mode & stat.S_IWGRP:
        return Finding("warning", f"{path} can be changed by its group ({mode:04o})")
    return Finding("ok", f"{path} ({mode:04o})")


def data_folder(patient: Patient) -> Finding:
    """See that nobody else can read what readers wrote."""
    path = patient.database_file
    if path is None:
        return Finding("ok", "PostgreSQL's own matter")
    folder_mode = stat.S_IMODE(path.parent.stat().st_mode)
    file_mode = stat.S_IMODE(path.stat().st_mode)
    if folder_mode & stat.S_IXOTH and file_mode & OTHERS:
        return Finding(
            "failure",
            f"{path} can be read by everybody on this machine: chmod 700 {path.parent}",
        )
    if folder_mode & stat.S_IXGRP and file_mode & GROUP:
        return Finding("warning", f"{path} can be read by its group")
    return Finding("ok", f"{path.parent} ({folder_mode:04o})")


def room(patient: Patient) -> Finding:
    """See that there is room for what comes, and for a backup."""
    path = patient.database_file
    if path is None:
        return Finding("ok", "not to be seen from here")
    return judge_room(shutil.disk_usage(path.parent).free, _size(path))


def judge_room(free: int, used: int) -> Finding:
    """Judge by the bytes that are free and those that the database has."""
    words = f"{free // MEGABYTE} MB free, the database has {used // MEGABYTE}"
    if free < LEAST_ROOM:
        return Finding("failure", f"{words}: make room")
    if free < LEAST_ROOM + used:
        return Finding("warning", f"{words}: too little for a backup beside it")
    return Finding("ok", words)


def _size(path: Path) -> int:
    return sum(part.stat().st_size for part in path.parent.glob(f"{path.name}*"))


def python(patient: Patient) -> Finding:
    """Look for the bug that turns an encoded subject into a header (CVE-2024-6923)."""
    del patient
    message = EmailMessage()
    message["Subject"] = "=?utf-8?q?a=0D=0ABcc:_b=40example.org?="
    version = ".".join(str(part) for part in sys.version_info[:3])
    if b"\nBcc:" in bytes(message):
        return Finding("warning", f"{version} has CVE-2024-6923; our own mail headers don't use it")
    return Finding("ok", version)


def widget(patient: Patient) -> Finding:
    """See that the built files of the widget are there."""
    del patient
    try:
        manifest = json.loads((WIDGET_FOLDER / "manifest.json").read_text(encoding="utf-8"))
        missing = [name for name in manifest["files"] if not (WIDGET_FOLDER / name).is_file()]
    except (OSError, ValueError, KeyError):
        return Finding("failure", "its built files are missing: reinstall the package")
    if missing:
        return Finding("failure", f"missing: {', '.join(missing)}")
    return Finding("ok", f"{len(manifest['files'])} files")


EXAMINATIONS: Named = (
    ("secret", secret),
    ("settings file", settings_file),
    ("data folder", data_folder),
    ("room", room),
    ("Python", python),
    ("widget", widget),
)
