"""``copydesk demo``."""

import click


@click.command()
@click.option("--port", default=8000, show_default=True, help="Of the service; the others follow.")
def demo(port: int) -> None:
    """Run service, worker, a small newspaper and a mail catcher in one process."""
    # Here, because reading the newspaper and its texts was a tenth of every command's start.
    from copydesk.demo.main import run_demo  # noqa: PLC0415

    run_demo(port=port)
