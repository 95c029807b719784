"""Bytes that a machine thinks of, into whatever reads what strangers send.

``python3 run.py bench fuzz`` gives each target a minute (``python -m tests.bench.fuzz 600``: so
many seconds). Atheris keeps what reaches new lines of our code and varies that. Anything raised but
the refusal that a target documents is a find, printed with its bytes; so is a promise broken.

It is not made for all machines and versions of Python, so it is installed when it is asked for.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from tests.bench.figures import line

SECONDS = 60
COMMAND = (sys.executable, "-m", "tests.bench.fuzz")
HEADERS = {"subject", "from", "to", "mime-version", "content-type"}

_RUNS = re.compile(r"Done (\d+) runs|#(\d+)\s")


def run(seconds: int = SECONDS) -> None:
    """Print how much was tried and what was found."""
    if find_spec("atheris") is None:
        line("fuzz", skipped="python3 run.py bench fuzz installs what it needs")
        return
    for target in TARGETS:
        with tempfile.TemporaryDirectory(prefix="copydesk-fuzz-") as folder:
            limits = [f"-max_total_time={seconds}", "-max_len=4096"]
            done = subprocess.run(
                [*COMMAND, target, f"-artifact_prefix={folder}/", *limits],
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
            )
            finds = [path.read_bytes() for path in Path(folder).iterdir()]
        runs = max((int(one or two) for one, two in _RUNS.findall(done.stderr)), default=0)
        has_failed = not runs or (done.returncode != 0 and not finds)
        line(
            f"fuzz: {target}",
            seconds=seconds,
            runs=runs,
            finds=len(finds),
            bar=0,
            **({"NOT RUN": done.stderr.strip()[-200:]} if has_failed else {}),
        )
        for find in finds:
            line("", bytes=repr(find[:200]), error=done.stderr.strip().splitlines()[-1][:200])


def _address(data: bytes) -> None:
    """An address has one normal form, or is refused; its parts are those of the whole."""
    from copydesk.urls import host_of, normalise_url, origin_of, same_host

    text = data.decode("utf-8", "surrogateescape")
    try:
        plain = normalise_url(text)
    except ValueError:
        return
    assert normalise_url(plain) == plain
    assert same_host(plain, text)
    assert origin_of(plain).endswith(host_of(plain))


def _report(data: bytes) -> None:
    """A body is a report that can be stored, or is refused naming fields."""
    from copydesk.errors import Invalid
    from copydesk.intake.payload import parse_report

    try:
        draft = parse_report(data)
    except Invalid:
        return
    draft.model_dump_json().encode()
    assert "\x00" not in draft.quote.exact


def _mail(data: bytes) -> None:
    """Whatever readers typed, a mail has the headers that we wrote and no others."""
    from email import message_from_bytes

    from copydesk.notify.headers import HeaderRefused, build, mailbox, one_line

    text = data.decode("utf-8", "surrogateescape")
    title, _, rest = text.partition("|")
    name, _, address = rest.partition("|")
    try:
        mail = build(
            {
                "Subject": one_line(title),
                "From": mailbox(name, "copydesk@errata.example"),
                "To": mailbox(name, address or "ada@news.example"),
            },
            one_line(rest),
            "<p>",
        )
    except HeaderRefused:
        return
    assert {header.lower() for header in message_from_bytes(mail)} <= HEADERS


TARGETS: dict[str, Callable[[bytes], None]] = {
    "address": _address,
    "report": _report,
    "mail": _mail,
}


def _fuzz(target: Callable[[bytes], None], arguments: list[str]) -> None:
    import atheris

    with atheris.instrument_imports(include=["copydesk"]):
        target(b"https://news.example/a")
    atheris.Setup([sys.argv[0], *arguments], target)
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in TARGETS:
        _fuzz(TARGETS[sys.argv[1]], sys.argv[2:])
    else:
        run(*(int(number) for number in sys.argv[1:]))
