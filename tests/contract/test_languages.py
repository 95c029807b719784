"""The languages of the widget: complete, countable, small; no browser needed."""

import gzip
import json
import re
from pathlib import Path

import pytest
from annotated_types import Le

from copydesk.settings import PrivacySettings

MESSAGES = Path(__file__).parents[2] / "widget" / "src" / "messages"
MOST_BYTES = 500
FORBIDDEN = set("|`\\$")

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
# Arabic says one and two by the word itself.
NUMBER_IN_WORDS = {("ar", "one"), ("ar", "two")}
LANGUAGES = sorted(CATEGORIES)

_ENTRY = re.compile(r'^ {2}\$(\w+):\s+("(?:[^"\\]|\\.)*"),$', re.MULTILINE)


def messages(language: str) -> dict[str, str]:
    """Return what a file says, by key, in the file's order."""
    source = (MESSAGES / f"{language}.js").read_text(encoding="utf-8")
    found = _ENTRY.findall(source)
    assert len(found) == source.count("\n  $"), "an entry is not written as a plain string"
    return {key: json.loads(text) for key, text in found}


def plurals(text: str) -> dict[str, str]:
    """Return the forms of ``~category~text~category~text``."""
    start, *pieces = text.split("~")
    assert start == ""
    return dict(zip(pieces[::2], pieces[1::2], strict=True))


def test_no_language_is_without_its_categories() -> None:
    assert sorted(path.stem for path in MESSAGES.glob("*.js")) == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_says_all_that_english_says(language: str) -> None:
    said = messages(language)
    assert list(said) == list(messages("en"))
    assert all(text.strip() for text in said.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_holds_what_the_build_packs_with(language: str) -> None:
    for key, text in messages(language).items():
        assert not FORBIDDEN & set(text), key
        assert "~" not in text or key == "readers", key
        # Only the reason follows after "Not accepted: "; Chinese has its space in the colon.
        assert text == text.strip() or (key == "refused" and text.endswith(": ")), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_counts_readers_by_all_its_plural_forms(language: str) -> None:
    forms = plurals(messages(language)["readers"])
    assert list(forms) == CATEGORIES[language]
    for category, form in forms.items():
        wanted = 0 if (language, category) in NUMBER_IN_WORDS else 1
        assert form.count("#") == wanted, category


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_tells_how_long_an_address_is_kept(language: str) -> None:
    most = next(
        rule.le
        for rule in PrivacySettings.model_fields["reader_email_days"].metadata
        if isinstance(rule, Le)
    )
    assert re.findall(r"\d+", messages(language)["emailUse"]) == [str(most)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_is_small(language: str) -> None:
    packed = f"export default`{'|'.join(messages(language).values())}`".encode()
    assert len(gzip.compress(packed, 9, mtime=0)) <= MOST_BYTES
