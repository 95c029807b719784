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
from tests.sbom import LOCK, POSTGRES_LOCK, ROOT, bill, locked

TEST_LOCK = ROOT / "requirements-test.lock"
FUZZ_LOCK = ROOT / "requirements-fuzz.lock"
LOCKS = (LOCK, POSTGRES_LOCK, TEST_LOCK, FUZZ_LOCK)
SHIPPED = (LOCK, POSTGRES_LOCK)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MOST_DIRECT = 25

# The lowest version without what is known against it; without a reason, nothing is, and it is what
# was looked at. Raise a line when an advisory comes; never lower one.
FLOORS = {
    "aiosmtpd": "1.4.6",  # CVE-2024-27305, -34083: smuggled mails
    "alembic": "1.17",
    "argon2-cffi": "25.1.0",
    "brotli": "1.2.0",  # CVE-2025-6176: a bomb
    "certifi": "2024.7.4",  # CVE-2024-39689: a root that lost its trust
    "flask": "3.1.3",  # CVE-2026-27205: no Vary: Cookie
    "flask-cors": "6.0.5",  # CVE-2024-6839, -6844, -6866 and others: matching of origins and paths
    "flask-wtf": "1.2.2",
    "greenlet": "3.2",
    "gunicorn": "27.0.0",  # CVE-2024-1135, -6827 (smuggling) ended with 23; 27 was measured
    "idna": "3.7",  # CVE-2024-3651: a name that takes for ever
    "itsdangerous": "2.2.0",
    "jinja2": "3.1.6",  # CVE-2025-27516
    "mako": "1.2.2",  # CVE-2022-40023
    "prometheus-client": "0.23",
    "psycopg": "3.3",
    "pydantic": "2.12",  # CVE-2024-3772 (an address that takes for ever) ended with 2.4
    "pydantic-settings": "2.12",
    "requests": "2.33.0",  # CVE-2026-25645, CVE-2024-47081: a netrc leak
    "selectolax": "1.0",
    "sqlalchemy": "2.1.0",
    "structlog": "25",
    "urllib3": "2.6.3",  # CVE-2025-66418, -66471, CVE-2026-21441: bombs, also after a redirect
    "waitress": "3.0.2",  # CVE-2024-49768, -49769
    "werkzeug": "3.1.6",  # CVE-2024-34069, -49766, CVE-2025-66221, CVE-2026-21860, -27199
}


def names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(one).name) for one in requirements}


def asked_for() -> list[str]:
    extras = PROJECT["optional-dependencies"]
    return [*PROJECT["dependencies"], *extras["postgres"], *extras["server"]]


def test_we_depend_on_few_directly() -> None:
    direct = names(asked_for())
    assert len(direct) <= MOST_DIRECT, sorted(direct)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_line_of_a_lock_has_its_hashes(lock: Path) -> None:
    packages = locked(lock)
    text = lock.read_text(encoding="utf-8")
    assert len(packages) == len(re.findall(r"^\S+==", text, re.MULTILINE))
    assert len(packages) > (30 if lock != FUZZ_LOCK else 0)
    assert [package.name for package in packages if not package.hashes] == []
    # Nothing from an address of its own, nothing unpinned.
    assert not re.search(r"^(?!#|\s|$)(?![\w.\[\]-]+==)", text, re.MULTILINE)


@pytest.mark.parametrize("lock", SHIPPED, ids=lambda path: path.name)
def test_what_is_shipped_is_what_was_tested(lock: Path) -> None:
    tested = {package.name: package.version for package in locked(TEST_LOCK)}
    shipped = {package.name: package.version for package in locked(lock)}
    assert {name: tested.get(name) for name in shipped} == shipped


def test_the_lock_holds_what_the_project_asks_for() -> None:
    shipped = {package.name: package.version for package in locked(POSTGRES_LOCK)}
    assert {package.name for package in locked()} <= set(shipped)
    for text in asked_for():
        wanted = Requirement(text)
        assert wanted.specifier.contains(shipped[canonicalize_name(wanted.name)]), text
    (fuzzing,) = map(Requirement, PROJECT["optional-dependencies"]["fuzz"])
    for package in locked(FUZZ_LOCK):  # one version for each of several Pythons
        assert (package.name, fuzzing.specifier.contains(package.version)) == (fuzzing.name, True)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_nothing_is_older_than_its_last_known_flaw(lock: Path) -> None:
    old = {
        package.name: package.version
        for package in locked(lock)
        if Version(package.version) < Version(FLOORS.get(package.name, "0"))
    }
    assert old == {}


def test_whoever_installs_without_a_lock_gets_nothing_older_either() -> None:
    asked = {canonicalize_name(one.name): one for one in map(Requirement, asked_for())}
    assert set(asked) <= set(FLOORS), "look for what is known against it"
    for name, requirement in asked.items():
        (least,) = (one.version for one in requirement.specifier if one.operator == ">=")
        assert Version(least) >= Version(FLOORS[name]), name


def test_every_floor_is_of_something_we_install() -> None:
    assert set(FLOORS) <= {package.name for package in locked(TEST_LOCK)}


@pytest.mark.parametrize("lock", SHIPPED, ids=lambda path: path.name)
def test_the_bill_of_materials_is_the_lock(lock: Path) -> None:
    written = bill(lock)
    assert (written["bomFormat"], written["specVersion"]) == ("CycloneDX", "1.6")
    components = {(one["name"], one["version"]) for one in written["components"]}
    assert components == {(package.name, package.version) for package in locked(lock)}
    for one in written["components"]:
        assert one["purl"] == one["bom-ref"] == f"pkg:pypi/{one['name']}@{one['version']}"
        assert one["externalReferences"][0]["hashes"]
    refs = {one["purl"] for one in written["components"]}
    own = written["metadata"]["component"]["bom-ref"]
    assert {one["ref"] for one in written["dependencies"]} == refs | {own}
    assert {needed for one in written["dependencies"] for needed in one["dependsOn"]} <= refs
    direct = next(one["dependsOn"] for one in written["dependencies"] if one["ref"] == own)
    asked = PROJECT["dependencies"] if lock == LOCK else asked_for()
    assert len(direct) == len(asked)


@pytest.mark.parametrize("lock", SHIPPED, ids=lambda path: path.name)
def test_everything_in_the_bill_is_reached_from_the_project(lock: Path) -> None:
    """A package nobody asks for would be one too many; ``hatchling`` builds the wheel."""
    written = bill(lock)
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


@pytest.mark.parametrize(("options", "lock"), [([], LOCK), (["--postgres"], POSTGRES_LOCK)])
def test_the_same_lock_gives_the_same_bill(tmp_path: Path, options: list[str], lock: Path) -> None:
    file = tmp_path / "bom.json"
    command = [sys.executable, "-m", "tests.sbom", *options, str(file)]
    subprocess.run(command, cwd=ROOT, check=True)
    assert json.loads(file.read_text(encoding="utf-8")) == bill(lock)


def test_what_is_installed_is_what_is_locked() -> None:
    for package in locked(POSTGRES_LOCK):
        if not package.marker:
            assert version(package.name) == package.version
