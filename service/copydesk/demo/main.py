"""``copydesk demo``: start everything, print where it is, wait."""

import os
import tempfile
from pathlib import Path

import click

from copydesk.demo.stage import Ports, Stage, on_stage, sqlite_url
from copydesk.i18n import pick_language, translations
from copydesk.logs import configure_logs
from copydesk.settings import LogSettings
from copydesk.stop_signals import stop_told


def run_demo(*, port: int = 8000) -> None:
    """Run the demo until Ctrl+C or SIGTERM; its database and mails are forgotten afterwards.

    ``port``: of the service; newspaper, mailbox and mail catcher take the next ones. A taken port
    is skipped and said so; 0 takes any. Raises ``OSError`` when there are no free ports.
    """
    configure_logs(LogSettings(level="warning", format="console"))
    _ = translations(_terminal_language()).gettext
    with stop_told() as wait:
        ports = Ports.choose(port)
        if port and ports.service != port:
            words = _("Port %(port)s is taken; the service listens on %(other)s instead.")
            click.echo(words % {"port": port, "other": ports.service})
        with (
            tempfile.TemporaryDirectory(prefix="copydesk-demo-") as folder,
            on_stage(sqlite_url(Path(folder)), ports=ports, announce=_introduce),
        ):
            click.echo(_("Ready. Ctrl+C stops it and forgets everything."))
            wait()
            click.echo(_("Stopping …"))


def _introduce(stage: Stage) -> None:
    _ = translations(_terminal_language()).gettext
    links = [
        (_("Newspaper in Russian"), stage.article_url("chayka", "pristan")),
        (_("Newspaper in English"), stage.article_url("lantern", "clock")),
        (_("Desk (signs you in, once)"), stage.sign_in_url()),
        (_("Mailbox of everybody"), f"{stage.mail_url}/"),
    ]
    width = max(len(name) for name, _url in links)
    steps = [
        _("Open a newspaper, select a wrong word, press Ctrl+Enter (Cmd+Enter on a Mac)."),
        _("Correct the word in the dialog, leave any address, send."),
        _("Open the mailbox: the author has been told, with the word marked in its sentence."),
        _("Mend the word: “Edit this article” is below every article."),
        _("Press “I have corrected it” in the author's mail: the reader is thanked by mail."),
    ]
    lines = ["", _("Copydesk is running. Nothing leaves this machine."), ""]
    lines += [f"  {name:<{width}}  {url}" for name, url in links]
    lines += ["", _("The way of one report:")]
    lines += [f"  {number}. {step}" for number, step in enumerate(steps, start=1)]
    lines += ["", _("Three days of reports, mails and corrections are being made up …")]
    click.echo("\n".join(lines))


def _terminal_language() -> str:
    named = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return pick_language(next(filter(None, named), ""))
