"""What the widget says in its languages, read from the source files."""

import json
import re
from pathlib import Path

MESSAGES = Path(__file__).parents[1] / "widget" / "src" / "messages"

# Unicode CLDR, cardinal plural rules. What a language leaves out here, a reader of it would see.
SLAVIC = ["one", "few", "many", "other"]
ROMANCE = ["one", "many", "other"]
CATEGORIES = {
    "ar": ["zero", "one", "two", "few", "many", "other"],
    "be": SLAVIC,
    "de": ["one", "other"],
    "en": ["one", "other"],
    "es": ROMANCE,
    "fr": ROMANCE,
    "it": ROMANCE,
    "kk": ["one", "other"],
    "pl": SLAVIC,
    "pt": ROMANCE,
    "ru": SLAVIC,
    "tr": ["one", "other"],
    "uk": SLAVIC,
    "zh": ["other"],
}
LANGUAGES = sorted(CATEGORIES)

_ENTRY = re.compile(r'^ {2}\$?(\w+):\s+("(?:[^"\\]|\\.)*"),$', re.MULTILINE)
_KEY = re.compile(r"^ {2}\$?\w+:", re.MULTILINE)


def messages(language: str) -> dict[str, str]:
    """Return what a file says, by key, in the file's order."""
    source = (MESSAGES / f"{language}.js").read_text(encoding="utf-8")
    found = _ENTRY.findall(source)
    assert len(found) == len(_KEY.findall(source)), "an entry is not written as a plain string"
    return {key: json.loads(text) for key, text in found}


def plurals(text: str) -> dict[str, str]:
    """Return the forms of ``~category~text~category~text``."""
    start, *pieces = text.split("~")
    assert start == ""
    return dict(zip(pieces[::2], pieces[1::2], strict=True))
