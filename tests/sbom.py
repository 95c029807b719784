"""The bill of materials of what `run.py` installs, in CycloneDX 1.6 (JSON).

``python -m tests.sbom [--postgres] [FILE]``. Made of a hashed lock (``--postgres``: of the one with
the extras that are shipped) and of what the installed packages say of themselves; the same lock
gives the same bytes, so that two bills can be compared. The road not taken: cyclonedx-py, which
brings more packages along than this file has functions.
"""

import json
import re
import sys
import tomllib
import uuid
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"
POSTGRES_LOCK = ROOT / "requirements-postgres.lock"
WITH_POSTGRES = "--postgres"
SHIPPED_EXTRAS = ("postgres", "server")
_LINE = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)(?:\s*;\s*([^\\]+))?")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Locked:
    """One line of the lock."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    """SHA-256 of each file that may be installed."""

    @property
    def purl(self) -> str:
        """Its package URL (purl-spec, type pypi: the name in small letters, hyphens)."""
        return f"pkg:pypi/{self.name}@{self.version}"


def locked(path: Path = LOCK) -> list[Locked]:
    """Return what a lock names, in its order."""
    found: list[Locked] = []
    for block in re.split(
        r"^(?=[A-Za-z0-9])", path.read_text(encoding="utf-8"), flags=re.MULTILINE
    ):
        line = _LINE.match(block)
        if line is not None:
            name, version, marker = line.groups()
            found.append(
                Locked(
                    canonicalize_name(name),
                    version,
                    (marker or "").strip(),
                    tuple(_HASH.findall(block)),
                )
            )
    return found


def bill(path: Path = LOCK) -> dict[str, Any]:
    """Return the bill of materials of a lock."""
    packages = locked(path)
    by_name = {package.name: package for package in packages}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    own = f"pkg:pypi/{project['name']}@{project['version']}"
    components = [_component(package) for package in packages]
    asked = _asked(project)
    direct = sorted(by_name[one.name].purl for one in asked if one.name in by_name)
    extras = {one.name: one.extras for one in asked}
    written = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": project["name"],
                "version": project["version"],
                "purl": own,
                "licenses": [{"license": {"id": project["license"]}}],
            }
        },
        "components": components,
        "dependencies": [
            {"ref": own, "dependsOn": direct},
            *(
                {
                    "ref": package.purl,
                    "dependsOn": sorted(_needs(package, by_name, extras.get(package.name, set()))),
                }
                for package in packages
            ),
        ],
    }
    # Of its content: the same bill has the same number.
    number = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(written, sort_keys=True))
    return {"serialNumber": f"urn:uuid:{number}"} | written


def _component(package: Locked) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": package.purl,
        "name": package.name,
        "version": package.version,
        "purl": package.purl,
        "externalReferences": [
            {
                "type": "distribution",
                "url": f"https://pypi.org/project/{package.name}/{package.version}/",
                "hashes": [{"alg": "SHA-256", "content": one} for one in package.hashes],
            }
        ],
    }
    licence = _licence(package.name)
    if licence:
        component["licenses"] = [{"license": {"name": licence}}]
    if package.marker:
        component["properties"] = [{"name": "python:marker", "value": package.marker}]
    return component


def _licence(name: str) -> str:
    """Return what an installed package says of its licence, in one line; nothing if it is long."""
    installed = _installed(name)
    if installed is None:
        return ""
    said = installed.metadata
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in said.get_all("Classifier") or []
        if line.startswith("License :: ")
    ]
    text = ", ".join(classifiers)
    for field in ("License", "License-Expression"):
        # The first may be a whole text, the last is the one that is meant (PEP 639).
        if field in said and (field == "License-Expression" or not text):
            text = said[field]
    return text if "\n" not in text and len(text) < 100 else ""


def _asked(project: dict[str, Any]) -> list[Requirement]:
    """Return what the project asks for itself, with its extras that are shipped."""
    texts = list(project["dependencies"])
    for extra in SHIPPED_EXTRAS:
        texts += project["optional-dependencies"][extra]
    found = [Requirement(text) for text in texts]
    for one in found:
        one.name = canonicalize_name(one.name)
    return found


def _needs(package: Locked, by_name: dict[str, Locked], extras: set[str]) -> set[str]:
    installed = _installed(package.name)
    found = set()
    for text in (installed.requires if installed else None) or []:
        requirement, name = Requirement(text), canonicalize_name(Requirement(text).name)
        marker = requirement.marker
        is_meant = marker is None or any(marker.evaluate({"extra": one}) for one in {"", *extras})
        if name in by_name and is_meant:
            found.add(by_name[name].purl)
    return found


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:  # of another system
        return None


def main(arguments: list[str]) -> None:
    """Write the bill to the file that is named, or to standard output."""
    lock = POSTGRES_LOCK if WITH_POSTGRES in arguments else LOCK
    files = [argument for argument in arguments if argument != WITH_POSTGRES]
    text = json.dumps(bill(lock), indent=2, ensure_ascii=False) + "\n"
    if files:
        Path(files[0]).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main(sys.argv[1:])
