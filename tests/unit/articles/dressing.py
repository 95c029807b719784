"""A page's text as a newsroom may serve it: the same words, other mark-up and other spellings."""

import html
import random
import unicodedata

_INLINE = ("b", "i", "em", "a href='#'", "span class=x", "mark", "font color=red")
_NOTHING = (
    "<script>let a = '<p>no text</p>';</script>",
    "<!-- no text -->",
    "<noscript>no</noscript>",
)


def dressed(text: str, chance: random.Random) -> str:
    """Return HTML whose clean text is ``text``: split by tags, hyphenated softly, decomposed."""
    blocks = [_block(line, chance) for line in text.split("\n")]
    return f"<!doctype html><body>\n{''.join(blocks)}</body>"


def _block(line: str, chance: random.Random) -> str:
    tag = chance.choice(("p", "div", "li", "td", "h2", "blockquote"))
    words = [_word(word, chance) for word in line.split(" ")]
    pieces = [words[0]]
    for word in words[1:]:
        pieces.append(
            chance.choice((" ", " ", " ", "&nbsp;", "\n   ", " \u2009", "&ensp; ", " <br-x>"))
        )
        pieces.append(word)
    shown = "".join(pieces)
    if tag == "td":
        return f"<table><tr><td>{shown}</td></tr></table>\n"
    return f"<{tag}>{shown}</{tag}>{chance.choice(_NOTHING) if chance.random() < 0.1 else ''}\n"


def _word(word: str, chance: random.Random) -> str:
    """Dress one word: most are left alone."""
    kind = chance.random()
    cut = chance.randint(1, len(word)) if word else 0
    head, tail = word[:cut], word[cut:]
    if kind < 0.1:
        tag = chance.choice(_INLINE)
        return f"<{tag}>{_escaped(head)}</{tag.split()[0]}>{_escaped(tail)}"
    # A letter with its own marks is one; these signs may stand between letters only.
    if kind < 0.3 and head.isalnum() and tail.isalnum():
        sign = chance.choice(("&shy;", "\u200b", "&#8204;", "\ufeff", "<wbr>"))
        return _escaped(head) + sign + _escaped(tail)
    if kind < 0.5:
        return _escaped(unicodedata.normalize("NFD", word))
    return _escaped(word)


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)
