"""What we install is few, locked by hash, new enough, and written down."""

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from tests.sbom import LOCK, ROOT, bill, locked

POSTGRES_LOCK = ROOT / "requirements-postgres.lock"
TEST_LOCK = ROOT / "requirements-test.lock"
LOCKS = (LOCK, POSTGRES_LOCK, TEST_LOCK)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MOST_DIRECT = 25

# The lowest version without what is known against it. Raise a line when an advisory comes; never
# lower one.
FLOORS = {
    "argon2-cffi": "25.1.0",
    "brotli": "1.2.0",  # CVE-2025-6176: a bomb
    "certifi": "2024.7.4",  # CVE-2024-39689: a root that lost its trust
    "flask": "3.1.3",  # CVE-2026-27205: no Vary: Cookie
    "flask-cors": "6.0.5",  # CVE-2024-6839, -6844, -6866 and others: matching of origins and paths
    "gunicorn": "23.0.0",  # CVE-2024-6827: request smuggling
    "idna": "3.7",  # CVE-2024-3651: a name that takes for ever
    "itsdangerous": "2.2.0",
    "jinja2": "3.1.6",  # CVE-2025-27516
    "mako": "1.2.2",  # CVE-2022-40023
    "requests": "2.33.0",  # CVE-2026-25645, CVE-2024-47081: a netrc leak
    "sqlalchemy": "2.1.0",
    "urllib3": "2.6.3",  # CVE-2025-66418, -66471, CVE-2026-21441: bombs, also after a redirect
    "waitress": "3.0.2",  # CVE-2024-49768, -49769
    "werkzeug": "3.1.6",  # CVE-2024-34069, -49766, CVE-2025-66221, CVE-2026-21860, -27199
}


def names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(one).name) for one in requirements}


def test_we_depend_on_few_directly() -> None:
    extras = PROJECT["optional-dependencies"]
    direct = names(PROJECT["dependencies"]) | names(extras["postgres"]) | names(extras["server"])
    assert len(direct) <= MOST_DIRECT, sorted(direct)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_line_of_a_lock_has_its_hashes(lock: Path) -> None:
    packages = locked(lock)
    text = lock.read_text(encoding="utf-8")
    assert len(packages) == len(re.findall(r"^\S+==", text, re.MULTILINE)) > 30
    assert [package.name for package in packages if not package.hashes] == []
    # Nothing from an address of its own, nothing unpinned.
    assert not re.search(r"^(?!#|\s|$)(?![\w.\[\]-]+==)", text, re.MULTILINE)


@pytest.mark.parametrize("lock", [LOCK, POSTGRES_LOCK], ids=lambda path: path.name)
def test_what_is_shipped_is_what_was_tested(lock: Path) -> None:
    tested = {package.name: package.version for package in locked(TEST_LOCK)}
    shipped = {package.name: package.version for package in locked(lock)}
    assert {name: tested.get(name) for name in shipped} == shipped


def test_the_lock_holds_what_the_project_asks_for() -> None:
    shipped = {package.name: package.version for package in locked(POSTGRES_LOCK)}
    assert {package.name for package in locked()} <= set(shipped)
    extras = PROJECT["optional-dependencies"]
    for text in [*PROJECT["dependencies"], *extras["postgres"], *extras["server"]]:
        wanted = Requirement(text)
        assert wanted.specifier.contains(shipped[canonicalize_name(wanted.name)]), text


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_nothing_is_older_than_its_last_known_flaw(lock: Path) -> None:
    found = {package.name: package.version for package in locked(lock)}
    old = {
        name: found[name]
        for name, floor in FLOORS.items()
        if name in found and Version(found[name]) < Version(floor)
    }
    assert old == {}


def test_every_floor_is_of_something_we_install() -> None:
    assert set(FLOORS) <= {package.name for package in locked(TEST_LOCK)}


def test_the_bill_of_materials_is_the_lock() -> None:
    written = bill()
    assert (written["bomFormat"], written["specVersion"]) == ("CycloneDX", "1.6")
    components = {(one["name"], one["version"]) for one in written["components"]}
    assert components == {(package.name, package.version) for package in locked()}
    for one in written["components"]:
        assert one["purl"] == one["bom-ref"] == f"pkg:pypi/{one['name']}@{one['version']}"
        assert one["externalReferences"][0]["hashes"]
    refs = {one["purl"] for one in written["components"]}
    own = written["metadata"]["component"]["bom-ref"]
    assert {one["ref"] for one in written["dependencies"]} == refs | {own}
    assert {needed for one in written["dependencies"] for needed in one["dependsOn"]} <= refs
    direct = next(one["dependsOn"] for one in written["dependencies"] if one["ref"] == own)
    assert len(direct) == len(PROJECT["dependencies"])


def test_everything_in_the_bill_is_reached_from_the_project() -> None:
    """A package nobody asks for would be one too many; ``hatchling`` builds the wheel."""
    written = bill()
    needs = {one["ref"]: one["dependsOn"] for one in written["dependencies"]}
    by_name = {one["name"]: one["purl"] for one in written["components"]}
    reached: set[str] = set()
    waiting = [written["metadata"]["component"]["bom-ref"], by_name["hatchling"]]
    while waiting:
        ref = waiting.pop()
        if ref not in reached:
            reached.add(ref)
            waiting += needs[ref]
    here = {one["purl"] for one in written["components"] if "properties" not in one}
    assert here - reached == set()


def test_the_same_lock_gives_the_same_bill(tmp_path: Path) -> None:
    file = tmp_path / "bom.json"
    subprocess.run([sys.executable, "-m", "tests.sbom", str(file)], cwd=ROOT, check=True)
    assert json.loads(file.read_text(encoding="utf-8")) == bill()


def test_what_is_installed_is_what_is_locked() -> None:
    for package in locked():
        if not package.marker:
            assert version(package.name) == package.version
