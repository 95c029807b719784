"""What a reader downloads."""

import gzip
from pathlib import Path

from tests.bench.figures import line

FOLDER = Path(__file__).parents[2] / "service" / "copydesk" / "static" / "widget"


def run() -> None:
    """Print the sizes of the built files."""
    for path in sorted(FOLDER.glob("*.js")):
        data = path.read_bytes()
        line(f"widget {path.name}, bytes", raw=len(data), gzip=len(gzip.compress(data, 9)))
