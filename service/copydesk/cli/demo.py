"""``copydesk demo``."""

import click

from copydesk.demo.main import run_demo


@click.command()
@click.option("--port", default=8000, show_default=True, help="Of the service; the others follow.")
def demo(port: int) -> None:
    """Run service, worker, a small newspaper and a mail catcher in one process."""
    run_demo(port=port)
