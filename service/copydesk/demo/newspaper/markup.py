"""The newspaper's small markup: ``**bold**`` and ``*italic*``, also inside a word.

Parsed into runs that a template prints as text: whatever is typed into the edit form can never
become an element.
"""

import re
from dataclasses import dataclass

_SPAN = re.compile(r"\*\*(?P<bold>[^*]+)\*\*|\*(?P<italic>[^*]+)\*")


@dataclass(frozen=True)
class Run:
    """A stretch of text in one style."""

    text: str
    style: str = ""
    """``bold``, ``italic`` or empty."""


def parse(source: str) -> list[Run]:
    """Split a paragraph's source into runs; an asterisk without a partner stays as it is."""
    runs = []
    end = 0
    for span in _SPAN.finditer(source):
        if span.start() > end:
            runs.append(Run(source[end : span.start()]))
        style = str(span.lastgroup)
        runs.append(Run(span.group(style), style))
        end = span.end()
    if end < len(source):
        runs.append(Run(source[end:]))
    return runs


def plain(source: str) -> str:
    """Return a paragraph's words without the markup."""
    return "".join(run.text for run in parse(source))
