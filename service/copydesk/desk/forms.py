"""Read a desk form: text without control characters, within its column, with mistakes by field."""

import re
from collections.abc import Callable
from typing import TypeVar

from werkzeug.datastructures import MultiDict

from copydesk.address import check_address
from copydesk.i18n import LANGUAGES
from copydesk.web import gettext as _

T = TypeVar("T")

# PostgreSQL takes no NUL, and no name or address has a use for the others (C0, DEL).
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_PUBLIC_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")

MAX_ROW_ID = 2**31 - 1
MAX_LINES = 50


def clean(value: str, limit: int) -> str:
    """Return the text as a person meant it: plain line ends, no control characters, cut."""
    return _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n")).strip()[:limit]


def is_public_id(value: str) -> bool:
    """Say whether this can name an erratum at all."""
    return _PUBLIC_ID.fullmatch(value) is not None


class DeskForm:
    """One submitted form. ``mistakes`` holds a sentence for each field that is wrong."""

    def __init__(self, data: MultiDict[str, str]) -> None:
        self._data = data
        self.mistakes: dict[str, str] = {}

    def __bool__(self) -> bool:
        """Say whether everything read so far was right."""
        return not self.mistakes

    def text(self, name: str, limit: int, *, required: bool = False) -> str:
        """Read one line."""
        value = clean(self._data.get(name, ""), limit).replace("\n", " ")
        if required and not value:
            self.mistakes[name] = _("Please fill this in.")
        return value

    def lines(self, name: str, limit: int, *, required: bool = False) -> list[str]:
        """Read one entry a line, without empty and repeated ones."""
        raw = clean(self._data.get(name, ""), (limit + 1) * MAX_LINES).split("\n")
        values = list(dict.fromkeys(clean(line, limit) for line in raw if line.strip()))
        if required and not values:
            self.mistakes[name] = _("Please fill this in.")
        return values[:MAX_LINES]

    def ticked(self, name: str) -> bool:
        """Read a checkbox."""
        return name in self._data

    def address(self, name: str) -> str:
        """Read an e-mail address."""
        value = self.text(name, 300, required=True)
        try:
            return check_address(value)
        except ValueError:
            self.mistakes[name] = _("This is not an e-mail address.")
            return value

    def language(self, name: str) -> str:
        """Read one of our languages, or nothing."""
        value = self.text(name, 16)
        return value if value in LANGUAGES else ""

    def row_id(self, name: str) -> int | None:
        """Read a row's id, or nothing."""
        value = self.text(name, 12)
        if not value.isascii() or not value.isdecimal() or int(value) > MAX_ROW_ID:
            return None
        return int(value)

    def checked(self, name: str, values: list[str], read: Callable[[str], T]) -> list[T]:
        """Read each value with ``read``; a ``ValueError`` becomes the field's mistake."""
        found = []
        for value in values:
            try:
                found.append(read(value))
            except ValueError as error:
                # Their texts never repeat the input; the value here is the editor's own.
                self.mistakes[name] = f"{value}: {error}"
        return found
