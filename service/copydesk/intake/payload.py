"""The body of a report: bytes in, a ``ReportDraft`` out, or ``Invalid`` naming the fields.

A malformed *optional* field never costs the report: the field is dropped and the rest is kept.
"""

import hashlib
import unicodedata
import uuid
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from copydesk.address import check_address
from copydesk.errors import FieldError, Invalid
from copydesk.intake.strict_json import parse_strict
from copydesk.store.tables import Kind
from copydesk.urls import normalise_url

MAX_BODY_BYTES = 64 * 1024
MAX_INTEGER = 2**31 - 1
"""What a column holds on PostgreSQL; in milliseconds, 24 days."""


def _tidy(value: object) -> object:
    """Keep text as sent but for its normal form (NFC), line ends and outer space."""
    if isinstance(value, str):
        value = value.replace("\r\n", "\n").replace("\r", "\n")
        return unicodedata.normalize("NFC", value).strip()
    return value


def _one_line(value: str) -> str:
    """Make a title or a name one line: it may come near a mail header."""
    return " ".join(value.split())


def _absolute(value: str) -> str:
    normalise_url(value)
    return value


def _own_uuid(value: str) -> str:
    return str(uuid.UUID(value))


Text2000 = Annotated[str, BeforeValidator(_tidy), StringConstraints(max_length=2000)]
# 300, not 256: the widget sends 256 characters, and NFC may lengthen a text.
Context = Annotated[str, StringConstraints(max_length=300)]
Url = Annotated[
    str, BeforeValidator(_tidy), StringConstraints(max_length=2048), AfterValidator(_absolute)
]
Offset = Annotated[int, Field(ge=0, le=10**9)]


def _context(value: object) -> object:
    """Keep the inner space of a context: the quote's own border runs through it."""
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


class QuoteDraft(BaseModel):
    """The words the reader selected and where they stand."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    exact: Annotated[str, BeforeValidator(_tidy), StringConstraints(min_length=1, max_length=1000)]
    prefix: Annotated[Context, BeforeValidator(_context)] = ""
    suffix: Annotated[Context, BeforeValidator(_context)] = ""
    start: Offset | None = None
    end: Offset | None = None
    nth: Annotated[int, Field(ge=1, le=10**6)] | None = None
    of: Annotated[int, Field(ge=1, le=10**6)] | None = None


class ReportDraft(BaseModel):
    """What a reader sent, checked and tidied, before anything is known about it."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    site: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    url: Url
    quote: QuoteDraft
    id: Annotated[str, StringConstraints(max_length=64), AfterValidator(_own_uuid)] = ""
    canonical_url: Url = ""
    title: Annotated[
        str, BeforeValidator(_tidy), StringConstraints(max_length=500), AfterValidator(_one_line)
    ] = ""
    byline: Annotated[
        str, BeforeValidator(_tidy), StringConstraints(max_length=300), AfterValidator(_one_line)
    ] = ""
    # BCP 47 tags are ASCII letters, digits and hyphens (RFC 5646 §2.1).
    lang: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{0,35}$")] = ""
    suggestion: Text2000 = ""
    kind: Annotated[Kind, BeforeValidator(Kind)] = Kind.LANGUAGE
    comment: Text2000 = ""
    about: Literal["", "page"] = ""
    """``page``: the error is what can't be selected, the comment says what, the quote is only the
    headline. Empty: the error is in the words of the quote."""
    reader_email: Annotated[str, BeforeValidator(_tidy), AfterValidator(check_address)] = ""
    elapsed_ms: Annotated[int, Field(ge=0, le=MAX_INTEGER)] | None = None
    website: Annotated[str, StringConstraints(max_length=2000)] = ""
    altcha: Annotated[str, StringConstraints(max_length=2000)] = ""
    """A solved challenge, for a service that asks for one (``proof_of_work.py``)."""

    def body_hash(self) -> str:
        """Return what tells a repeat from another body under the same id."""
        # A field that is newer than stored hashes counts only where it says something: a repeat
        # that comes after an upgrade is a repeat all the same.
        # A proof never counts: a repeat brings another one, or none.
        left_out = {"altcha"} if self.about else {"altcha", "about"}
        return hashlib.sha256(self.model_dump_json(exclude=left_out).encode()).hexdigest()


REQUIRED = {("site",), ("url",), ("quote",), ("quote", "exact")}


def parse_report(body: bytes, *, is_lenient: bool = True) -> ReportDraft:
    """Read a report. Raises ``Invalid`` when the body or a required field can't be used.

    Not lenient: an optional field that can't be used is named as well instead of dropped, for a
    sender who still has the form before the eyes and can correct it.
    """
    values = parse_strict(body)
    for _ in range(2):
        try:
            return ReportDraft.model_validate(values)
        except ValidationError as error:
            broken = {tuple(str(part) for part in item["loc"]): item for item in error.errors()}
            wrong = [loc for loc in broken if not is_lenient or _is_required(loc)]
            if wrong:
                raise Invalid(
                    "The report was not accepted.",
                    errors=tuple(FieldError(".".join(loc), _words(broken[loc])) for loc in wrong),
                ) from None
            for loc in broken:
                _drop(values, loc)
    raise AssertionError("unreachable: every broken optional field has been dropped")


def _is_required(location: tuple[str, ...]) -> bool:
    return location[:2] in REQUIRED or location in REQUIRED


def _drop(values: dict[str, Any], location: tuple[str, ...]) -> None:
    if location[0] == "quote":
        # A broken optional part of the quote; the caller's object is ours, parsed just now.
        values["quote"].pop(location[1], None)
    else:
        values.pop(location[0], None)


def _words(item: Any) -> str:
    """Say what was expected, never what was sent."""
    kind, context = item["type"], item.get("ctx", {})
    if kind == "missing":
        return "is required"
    if kind == "string_too_long":
        return f"must have at most {context['max_length']} characters"
    if kind == "string_too_short":
        return "must not be empty"
    if kind == "string_type":
        return "must be text"
    if kind in {"model_type", "dict_type", "model_attributes_type"}:
        return "must be an object"
    return "must be an absolute http or https address"
