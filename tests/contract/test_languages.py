"""The languages of the widget: complete, countable, small; no browser needed."""

import gzip
import re

import pytest
from annotated_types import Le
from tests.widget_languages import CATEGORIES, LANGUAGES, MESSAGES, messages, plurals

from copydesk.settings import PrivacySettings

MOST_BYTES = 500
FORBIDDEN = set("|`\\$")
# Arabic says one and two by the word itself.
NUMBER_IN_WORDS = {("ar", "one"), ("ar", "two")}


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
