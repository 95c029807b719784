"""What kind of page was served: an article, or a wall, an error page, a shell in its place. Pure.

Servers answer 200 to all of these. Words that are missing from such a page say nothing of the
article, so a reading of it is *unsure* and closes nothing; words that stand on it stand there.
Each rule needs both a sign (words of one of the lists) and the absence of a story, because a good
page holds a cookie banner, a sign-in form and a link to its subscriptions as well.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from copydesk.articles import page_phrases as phrases
from copydesk.i18n import N_


class PageKind(StrEnum):
    """What was served; the value is the code that is kept and shown."""

    ARTICLE = "article"
    CONSENT = "consent-wall"
    LOGIN = "login-wall"
    ROBOT = "robot-check"
    NOT_FOUND = "soft-404"
    SHELL = "empty-shell"
    SHRUNK = "shrunk"


REASONS = {
    PageKind.CONSENT: N_("a consent wall stands before the article"),
    PageKind.LOGIN: N_("the article is behind a login or a subscription"),
    PageKind.ROBOT: N_("the site asks whether a robot is reading"),
    PageKind.NOT_FOUND: N_("the page says that it was not found"),
    PageKind.SHELL: N_("the page has no text before its scripts run"),
    PageKind.SHRUNK: N_("the page has lost most of its text since it was last read"),
}
"""Why such a page says nothing; English here, in the desk's language when it is shown."""

SHELL_AT_MOST = 200
"""Characters of story below which a page that scripts fill in counts as not filled in."""
NO_STORY = 500
"""Characters below which what is there may be the wall itself."""
SHORT_STORY = 900
"""Characters below which a story that is said to be for subscribers is only its beginning."""
LEAST_TO_SHRINK = 400
SHRUNK_TO = 0.5
LONGEST_SIGN = 240
"""Characters of a line that can be a wall's notice; a longer one is a paragraph about walls."""
PROSE = 40
"""Characters that make a line a paragraph."""

# What sets a page's own name apart from the site's in a title.
_PARTS = re.compile(r"\s[-–—|·/]\s|\||(?<=[^\d\s])[.!]\s")


@dataclass(frozen=True)
class Traits:
    """What the judgement needs of a page, in clean text."""

    headings: tuple[str, ...]
    """Its title and first headings."""
    text: str
    article_text: str
    has_password_field: bool = False
    has_empty_mount: bool = False
    """Whether an element that scripts fill in (``<div id=root>``) stands there empty."""
    script_notice: str = ""
    """What its ``<noscript>`` elements say."""
    is_for_subscribers: bool = False
    """Whether its JSON-LD says ``isAccessibleForFree: false``."""


def kind_of(page: Traits) -> PageKind:
    """Return what kind of page it is by the first rule that holds."""
    for kind, rule in _RULES:
        if rule(page):
            return kind
    return PageKind.ARTICLE


def has_shrunk(length: int, last_length: int) -> bool:
    """Say whether the story lost most of its characters since its page was last read.

    A short text may well lose half of itself by one correction, so it is never held to have.
    """
    return last_length >= LEAST_TO_SHRINK and length < SHRUNK_TO * last_length


def _is_robot_check(page: Traits) -> bool:
    says_so = any(phrases.ROBOT.search(heading.lower()) for heading in page.headings)
    says_so = says_so or any(phrases.ROBOT.search(line) for line in _signs(page.text))
    return says_so and len(page.text) < NO_STORY


def _is_not_found(page: Traits) -> bool:
    if len(page.article_text) >= SHORT_STORY:
        return False
    # "Page not found | The Gazette": one whole part of the title, not a word in a headline.
    parts = [
        part.strip(" .!…«»\"'")
        for heading in page.headings
        for part in _PARTS.split(heading.lower())
    ]
    return any(part and phrases.NOT_FOUND.fullmatch(part) for part in parts)


def _is_consent_wall(page: Traits) -> bool:
    if not any(phrases.ACCEPT.search(line) for line in _signs(page.text)):
        return False
    story = [line.lower() for line in page.article_text.split("\n") if len(line) >= PROSE]
    about_privacy = sum(phrases.PRIVACY.search(line) is not None for line in story)
    return about_privacy > 0 and 2 * about_privacy >= len(story)


def _is_login_wall(page: Traits) -> bool:
    length = len(page.article_text)
    if any(phrases.TO_READ_ON.search(line) for line in _signs(page.article_text)):
        return True
    is_beginning = length < SHORT_STORY
    if is_beginning and any(phrases.TO_READ_ON.search(line) for line in _signs(page.text)):
        return True
    if page.is_for_subscribers and is_beginning:
        return True
    is_form = any(
        phrases.LOGIN.fullmatch(part.strip())
        for heading in page.headings
        for part in _PARTS.split(heading.lower())
    )
    return page.has_password_field and is_form and length < NO_STORY


def _is_shell(page: Traits) -> bool:
    if len(page.article_text) >= SHELL_AT_MOST:
        return False
    notices = [page.script_notice.lower(), *_signs(page.text)]
    return page.has_empty_mount or any(phrases.NEEDS_SCRIPTS.search(notice) for notice in notices)


def _signs(text: str) -> list[str]:
    return [line.lower() for line in text.split("\n") if len(line) <= LONGEST_SIGN]


_RULES = (
    (PageKind.ROBOT, _is_robot_check),
    (PageKind.NOT_FOUND, _is_not_found),
    (PageKind.CONSENT, _is_consent_wall),
    (PageKind.LOGIN, _is_login_wall),
    (PageKind.SHELL, _is_shell),
)
