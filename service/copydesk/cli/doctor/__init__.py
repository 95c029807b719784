"""``copydesk doctor``: is everything as it must be? One line per check, exit 1 when one failed."""

import json
from collections.abc import Iterator
from dataclasses import asdict

import click
from sqlalchemy.exc import SQLAlchemyError

from copydesk.cli.context import Context, no_database, pass_context
from copydesk.cli.doctor import data, machine, network, work
from copydesk.cli.doctor.finding import Finding, Patient
from copydesk.errors import CopydeskError
from copydesk.settings import configured_path

_COLOURS = {"ok": "green", "warning": "yellow", "failure": "red"}

EXAMINATIONS = (
    *data.EXAMINATIONS,
    *work.EXAMINATIONS,
    *network.EXAMINATIONS,
    *machine.EXAMINATIONS,
)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@pass_context
def doctor(context: Context, *, as_json: bool) -> None:
    """Check database, outbox, mail, addresses, secrets, files and this machine."""
    if context.missing_file is not None:
        # To look further would make an empty one.
        findings = [Finding("failure", no_database(context.missing_file), "database")]
    else:
        findings = list(examine(Patient(context.services, context.config or configured_path())))
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            mark = click.style(f"{finding.level:8}", fg=_COLOURS[finding.level])
            click.echo(f"{mark} {finding.name:14} {finding.words}")
    if any(finding.level == "failure" for finding in findings):
        raise SystemExit(1)


def examine(patient: Patient) -> Iterator[Finding]:
    """Run every check; one that fails does not keep the others from running."""
    for name, examination in EXAMINATIONS:
        try:
            finding = examination(patient)
        except (SQLAlchemyError, CopydeskError, OSError) as error:
            finding = Finding("failure", f"can't be examined: {type(error).__name__}")
        yield Finding(finding.level, finding.words, name)
