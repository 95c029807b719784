"""``python -m copydesk``: the same as the command ``copydesk``."""

from copydesk.cli import main

main(prog_name="copydesk")
