"""The kinds of histories; each function is one."""

import random
from datetime import timedelta

from copydesk.errata.schedule import LOOK_AGAIN, SCHEDULE
from tests.histories import pages
from tests.histories.plans import (
    CORRECTED,
    EITHER,
    OPEN,
    Plan,
    Publish,
    Say,
    hours,
    instead,
    kind,
    mended,
    plan,
    unmended,
)
from tests.histories.story import Story, make_story

MINUTE = timedelta(minutes=1)
ERRORS = ("404 Not Found", "410 Gone", "403 Forbidden", "500 Error", "502 Bad Gateway", "401 No")


@kind("corrected in silence")
def _(r: random.Random, story: Story) -> Plan:
    return plan(story, (hours(r, 0.1, 60), mended(story)), ends=CORRECTED)


@kind("corrected and said so")
def _(r: random.Random, story: Story) -> Plan:
    at = hours(r, 0.1, 60)
    return plan(story, (at, mended(story)), (at + r.randrange(60) * MINUTE, Say()), ends=CORRECTED)


@kind("said so before it was published")
def _(r: random.Random, story: Story) -> Plan:
    at = hours(r, 0.1, 30)
    return plan(
        story, (at, Say()), (at + r.randrange(3, 300) * MINUTE, mended(story)), ends=CORRECTED
    )


@kind("said so and never published")
def _(r: random.Random, story: Story) -> Plan:
    return plan(story, (hours(r, 0.1, 30), Say()), ends=OPEN)


@kind("one of two errors corrected", flaws=2)
def _(r: random.Random, story: Story) -> Plan:
    left = instead(pages.article(story, [1]), 1)
    return plan(story, (hours(r, 0.1, 60), left), ends=(CORRECTED, OPEN))


@kind("one of two corrected, both said", flaws=2)
def _(r: random.Random, story: Story) -> Plan:
    at, left = hours(r, 0.1, 60), instead(pages.article(story, [1]), 1)
    return plan(story, (at, left), (at + MINUTE, Say(0)), (at, Say(1)), ends=(CORRECTED, OPEN))


@kind("corrected elsewhere only")
def _(r: random.Random, story: Story) -> Plan:
    """Another paragraph is mended, the reported one is not."""
    text = story.printed([0])
    text[4] = text[4].replace("(", "[", 1)
    page = pages.answer(pages.document(story.title, text, language=story.language))
    return plan(story, (hours(r, 0.1, 60), instead(page, 0)), ends=OPEN)


@kind("rewritten around the error")
def _(r: random.Random, story: Story) -> Plan:
    """New paragraphs before and behind; the sentence stays as it is."""
    other = make_story(r, story.language).printed([])
    flaw, text = story.flaws[0], story.printed([0])
    text = [*other[:2], text[flaw.paragraph], *other[2:]]
    page = pages.answer(pages.document(story.title, text, language=story.language))
    return plan(story, (hours(r, 0.1, 60), instead(page, 0)), ends=OPEN)


@kind("rewritten altogether")
def _(r: random.Random, story: Story) -> Plan:
    other = make_story(r, story.language).printed([])
    page = pages.answer(pages.document(story.title, other, language=story.language))
    return plan(story, (hours(r, 0.1, 60), instead(page)), ends=EITHER)


@kind("sentence deleted")
def _(r: random.Random, story: Story) -> Plan:
    page = pages.article(story.without_sentence())
    return plan(story, (hours(r, 0.1, 60), instead(page)), ends=EITHER)


@kind("word deleted")
def _(r: random.Random, story: Story) -> Plan:
    flaw, text = story.flaws[0], story.printed([0])
    text[flaw.paragraph] = text[flaw.paragraph].replace(f" {flaw.wrong}", "", 1)
    page = pages.answer(pages.document(story.title, text, language=story.language))
    return plan(story, (hours(r, 0.1, 60), instead(page)), ends=CORRECTED)


@kind("paragraph deleted")
def _(r: random.Random, story: Story) -> Plan:
    text = story.printed([])
    del text[story.flaws[0].paragraph]
    page = pages.answer(pages.document(story.title, text, language=story.language))
    return plan(story, (hours(r, 0.1, 60), instead(page)), ends=EITHER)


@kind("block moved")
def _(r: random.Random, story: Story) -> Plan:
    text = story.printed([0])
    text.append(text.pop(story.flaws[0].paragraph))
    page = pages.answer(pages.document(story.title, text, language=story.language))
    return plan(story, (hours(r, 0.1, 60), instead(page, 0)), ends=OPEN)


@kind("article taken down")
def _(r: random.Random, story: Story) -> Plan:
    gone = pages.refused(r.choice(ERRORS[:3]))
    return plan(story, (hours(r, 0.1, 60), instead(gone, 0)), ends=OPEN)


@kind("article taken down, and said so")
def _(r: random.Random, story: Story) -> Plan:
    at, gone = hours(r, 0.1, 30), pages.refused(r.choice(ERRORS[:3]))
    return plan(story, (at, instead(gone)), (at + MINUTE, Say()), ends=CORRECTED)


@kind("error pages for a while")
def _(r: random.Random, story: Story) -> Plan:
    at = hours(r, 0.1, 20)
    broken = instead(pages.refused(r.choice(ERRORS)), 0)
    return plan(story, (at, broken), (at + hours(r, 0.1, 40), unmended(story)), ends=OPEN)


@kind("corrected behind error pages")
def _(r: random.Random, story: Story) -> Plan:
    at = hours(r, 0.1, 20)
    broken = instead(pages.refused(r.choice(ERRORS)), 0)
    return plan(story, (at, broken), (at + hours(r, 0.1, 40), mended(story)), ends=CORRECTED)


@kind("connections dropped for a while")
def _(r: random.Random, story: Story) -> Plan:
    at = hours(r, 0.1, 20)
    dropped = instead(pages.DROPPED, 0)
    return plan(story, (at, dropped), (at + hours(r, 0.1, 40), unmended(story)), ends=OPEN)


@kind("no answer for a while")
def _(r: random.Random, story: Story) -> Plan:
    at = hours(r, 0.5, 20)
    back = (at + hours(r, 0.1, 3), mended(story))
    return plan(story, (at, instead(None, 0)), back, ends=CORRECTED, is_slow=True)


@kind("a wall and back")
def _(r: random.Random, story: Story) -> Plan:
    at, wall = hours(r, 0.1, 20), pages.answer(r.choice(list(pages.WALLS.values())))
    return plan(story, (at, instead(wall, 0)), (at + hours(r, 1, 40), unmended(story)), ends=OPEN)


@kind("a wall for good")
def _(r: random.Random, story: Story) -> Plan:
    wall = pages.answer(r.choice(list(pages.WALLS.values())))
    return plan(story, (hours(r, 0.1, 20), instead(wall, 0)), ends=OPEN)


@kind("corrected behind a wall")
def _(r: random.Random, story: Story) -> Plan:
    at, wall = hours(r, 0.1, 20), pages.answer(r.choice(list(pages.WALLS.values())))
    return plan(
        story, (at, instead(wall, 0)), (at + hours(r, 1, 40), mended(story)), ends=CORRECTED
    )


@kind("the first lines only")
def _(r: random.Random, story: Story) -> Plan:
    """A short version, which the error is not in."""
    first = pages.answer(
        pages.document(story.title, story.printed([])[:1], language=story.language)
    )
    return plan(story, (hours(r, 0.1, 40), instead(first, 0)), ends=OPEN)


@kind("led to the front page")
def _(r: random.Random, story: Story) -> Plan:
    home = pages.answer(pages.document("Gazette", story.printed([])[:2] * 3))

    def reply(request: bytes) -> bytes:
        return home if request.startswith(b"GET / ") else pages.redirect("/")

    return plan(story, (hours(r, 0.1, 40), instead(reply, 0)), ends=OPEN)


@kind("led to another article")
def _(r: random.Random, story: Story) -> Plan:
    other = pages.article(make_story(r, story.language))

    def reply(request: bytes) -> bytes:
        return other if request.startswith(b"GET /other ") else pages.redirect("/other")

    return plan(story, (hours(r, 0.1, 40), instead(reply, 0)), ends=OPEN)


@kind("moved, then corrected")
def _(r: random.Random, story: Story) -> Plan:
    def moved(data: bytes) -> pages.Answer:
        away = pages.redirect("/archive/letters", "301 Moved Permanently")
        return lambda request: data if request.startswith(b"GET /archive/") else away

    at = hours(r, 0.1, 20)
    return plan(
        story,
        (at, instead(moved(pages.article(story, [0])), 0)),
        (at + hours(r, 1, 40), instead(moved(pages.article(story)))),
        ends=CORRECTED,
    )


@kind("corrected and reverted")
def _(r: random.Random, story: Story) -> Plan:
    at = hours(r, 0.1, 20)
    return plan(story, (at, mended(story)), (at + hours(r, 30, 60), unmended(story)), ends=OPEN)


@kind("corrected, reverted, corrected")
def _(r: random.Random, story: Story) -> Plan:
    at = hours(r, 0.1, 10)
    again = at + hours(r, 30, 60)
    return plan(
        story,
        (at, mended(story)),
        (again, unmended(story)),
        (again + hours(r, 110, 120), mended(story)),
        ends=CORRECTED,
    )


@kind("a preview of four minutes")
def _(r: random.Random, story: Story) -> Plan:
    """Shown just when the page is read, and gone before the second look."""
    events: list[tuple[timedelta, Publish | Say]] = []
    at, preview = timedelta(0), Publish(mended(story).answer, (0,))
    for wait in SCHEDULE[: r.randrange(1, 5)]:
        at += wait
        events += [(at - MINUTE, preview), (at + 3 * MINUTE, unmended(story))]
        at += LOOK_AGAIN
    return plan(story, *events, ends=OPEN)


@kind("a cache of old and new copies")
def _(r: random.Random, story: Story) -> Plan:
    old, new, turn = pages.article(story, [0]), pages.article(story), [0]

    def reply(request: bytes) -> bytes:
        del request
        turn[0] += 1
        return old if turn[0] % 2 else new

    at = hours(r, 0.1, 20)
    return plan(
        story, (at, instead(reply)), (at + hours(r, 0.5, 20), mended(story)), ends=CORRECTED
    )


CHARSETS = {
    "en": (("windows-1252", "windows-1252"), ("utf-16", None), ("utf-8-sig", None)),
    "ru": (("windows-1251", "windows-1251"), ("koi8-r", "koi8-r"), ("windows-1251", "utf-8"),
           ("utf-8", "windows-1251"), ("utf-8", None)),
}  # fmt: skip


def _in_charset(r: random.Random, story: Story, *wrong: int) -> bytes:
    charset, label = r.choice(CHARSETS[story.language])
    return pages.article(story, wrong, charset=charset, label=label)


@kind("another charset")
def _(r: random.Random, story: Story) -> Plan:
    return plan(story, (hours(r, 0.1, 40), instead(_in_charset(r, story, 0), 0)), ends=OPEN)


@kind("corrected in another charset")
def _(r: random.Random, story: Story) -> Plan:
    return plan(story, (hours(r, 0.1, 40), instead(_in_charset(r, story))), ends=CORRECTED)


@kind("garbled for a while")
def _(r: random.Random, story: Story) -> Plan:
    """Decoded twice on its way: no reader could tell a word of it."""
    text = pages.document(story.title, story.printed([0]), language=story.language)
    garbled = pages.answer(text.encode().decode("latin-1"))
    at = hours(r, 0.1, 40)
    return plan(
        story, (at, instead(garbled, 0)), (at + hours(r, 1, 20), unmended(story)), ends=OPEN
    )


@kind("not modified, then corrected")
def _(r: random.Random, story: Story) -> Plan:
    return plan(
        story,
        (timedelta(0), instead(pages.tagged(pages.article(story, [0]), '"one"'), 0)),
        (hours(r, 1, 60), instead(pages.tagged(pages.article(story), '"two"'))),
        ends=CORRECTED,
    )


@kind("corrected, and the tag stays")
def _(r: random.Random, story: Story) -> Plan:
    """A server that says "not modified" to everybody, for ever."""
    old, new = pages.article(story, [0]), pages.article(story)
    return plan(
        story,
        (timedelta(0), instead(pages.tagged(old, '"x"', is_stubborn=True), 0)),
        (hours(r, 1, 40), instead(pages.tagged(new, '"x"', is_stubborn=True))),
        ends=CORRECTED,
    )


@kind("too many requests")
def _(r: random.Random, story: Story) -> Plan:
    at, wait = hours(r, 0.1, 20), r.randrange(60, 7200)
    busy = pages.refused(r.choice(("429 Too Many Requests", "503 Busy")), f"Retry-After: {wait}")
    return plan(
        story, (at, instead(busy, 0)), (at + hours(r, 1, 20), mended(story)), ends=CORRECTED
    )


@kind("busy, and said so")
def _(r: random.Random, story: Story) -> Plan:
    """The word decides: the page says nothing for a quarter of an hour."""
    at, busy = hours(r, 0.1, 20), pages.refused("503 Busy", "Retry-After: 86400")
    return plan(story, (at, instead(busy)), (at + MINUTE, Say()), ends=CORRECTED)
