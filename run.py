#!/usr/bin/env python3
"""Set everything up and start: demo, test, check, bench, widget. Standard library only.

The first start makes ``.venv`` and installs the hashed lock (one to two minutes); after that a
stamp of what was installed makes a start immediate. The file must still parse on an old Python, to
say in clear words that it is too old: hence the quotes around some types.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
OLDEST = (3, 11)

USAGE = """\
python3 run.py demo [--port N]   service, worker, a small newspaper and a mail catcher, all embedded
python3 run.py test [pytest …]   all tests, on SQLite and PostgreSQL, in a browser if there is one
python3 run.py check             what a contributor runs before a commit: format, lint, types,
                                 imports, widget, tests
python3 run.py bench [name]      print the benchmarks
python3 run.py sbom [--postgres] [file]
                                 write the bill of materials (CycloneDX) of what is installed
python3 run.py widget            rebuild the widget (needs Node)
"""


def main(arguments: "list[str]") -> int:
    """Run one task and return its exit code."""
    tasks = {
        "demo": demo,
        "test": test,
        "check": check,
        "bench": bench,
        "sbom": sbom,
        "widget": widget,
    }
    if not arguments or arguments[0] not in tasks:
        print(USAGE, end="")
        return 0 if arguments in ([], ["--help"], ["-h"]) else 2
    if sys.version_info < OLDEST:
        found = ".".join(str(part) for part in sys.version_info[:3])
        wanted = ".".join(str(part) for part in OLDEST)
        print(f"Copydesk needs Python {wanted} or newer; this is {found} ({sys.executable}).")
        return 1
    return tasks[arguments[0]](arguments[1:])


def demo(arguments: "list[str]") -> int:
    """Start the demo."""
    return install("requirements.lock") or become("-m", "copydesk", "demo", *arguments)


def test(arguments: "list[str]") -> int:
    """Run all tests, several at a time."""
    return install("requirements-test.lock") or become("-m", "pytest", "-n", workers(), *arguments)


def bench(arguments: "list[str]") -> int:
    """Print the benchmarks. What fuzzing needs is not made for every machine, so it comes apart."""
    code = install("requirements-test.lock")
    if code == 0 and "fuzz" in arguments:
        code = install("requirements-fuzz.lock")
    return code or become("-m", "tests.bench", *arguments)


def sbom(arguments: "list[str]") -> int:
    """Write the bill of materials."""
    lock = "requirements-postgres.lock" if "--postgres" in arguments else "requirements.lock"
    return install(lock) or become("-m", "tests.sbom", *arguments)


def widget(arguments: "list[str]") -> int:
    """Type-check and rebuild the widget; the built files are committed."""
    del arguments
    npm = shutil.which("npm")
    if npm is None:
        print("Rebuilding the widget needs Node and npm; its built files are in the tree already.")
        return 1
    folder = ROOT / "widget"
    return (
        run(npm, "ci", "--ignore-scripts", cwd=folder)
        or run(npm, "run", "types", cwd=folder)
        or run(npm, "run", "build", cwd=folder)
    )


def check(arguments: "list[str]") -> int:
    """Run every check; stop at the first that fails."""
    if install("requirements-test.lock"):
        return 1
    steps = [
        (BIN / "ruff", "format", "--check", "."),
        (BIN / "ruff", "check", "."),
        (PYTHON, "-m", "mypy"),
        (BIN / "lint-imports",),
    ]
    for step in steps:
        code = run(*step)
        if code:
            return code
    if shutil.which("npm"):
        code = widget([])
        if code:
            return code
    else:
        print("No npm: the widget's types and its built files were not checked.")
    return test(arguments)


def install(lock: str) -> int:
    """Make ``.venv`` hold what ``lock`` names, and the project itself, unless it does already."""
    stamp = VENV / f"installed-{lock}"
    wanted = fingerprint(lock)
    if stamp.exists() and stamp.read_text() == wanted:
        return 0
    if not PYTHON.exists():
        print("Making .venv …")
        code = run(sys.executable, "-m", "venv", str(VENV))
        if code:
            print(
                "Python could not make a virtual environment. "
                "On Debian and Ubuntu: apt-get install python3-venv"
            )
            return code
    print(f"Installing {lock} (once; one to two minutes) …")
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "-qq"]
    code = run(*pip, "--require-hashes", "-r", str(ROOT / lock)) or run(
        *pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)
    )
    if code == 0:
        stamp.write_text(wanted)
    return code


def fingerprint(lock: str) -> str:
    """Return what an installation depends on: the lock, the project file and this Python."""
    digest = hashlib.sha256(sys.version.encode())
    for name in (lock, "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def workers() -> str:
    """Return how many tests run at a time: the browser and PostgreSQL want a core each."""
    return str(max(2, min(8, os.cpu_count() or 2)))


def run(*command: object, cwd: Path = ROOT) -> int:
    """Run a command to its end and return its exit code."""
    return subprocess.run([str(part) for part in command], cwd=cwd, check=False).returncode


def become(*arguments: str) -> int:
    """Go on as the installed Python: signals then reach what really runs. Does not return."""
    os.chdir(ROOT)
    os.execv(str(PYTHON), [str(PYTHON), *arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
