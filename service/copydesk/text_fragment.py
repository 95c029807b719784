"""A link that scrolls to the very words: a text fragment of our own making.

https://wicg.github.io/scroll-to-text-fragment/: needs no script on the page. Browsers match whole
words only, so a quote within a word is widened to it.
"""

import re
from urllib.parse import quote as escape

CONTEXT_WORDS = 3
LONGEST_WHOLE = 100
"""Characters of a quote that a text fragment names whole; a longer one by its start and end."""
RANGE_WORDS = 4
_LONGEST_WORD = 40
_CUT_AT = 250


def text_fragment(url: str, quote: str, prefix: str = "", suffix: str = "") -> str:
    """Return a link that scrolls to ``quote`` and marks it, in browsers that can do that.

    By https://wicg.github.io/scroll-to-text-fragment/: matches begin and end at word borders, so a
    part of a word grows to the word; no part may cross a block, so a quote with line breaks, or a
    long one, is named by its first and last words. A fragment the address had is replaced.
    """
    before, words, after = _whole_words(prefix, quote, suffix)
    if not words:
        return url
    context = before.rpartition("\n")[2].split()
    if len(prefix) >= _CUT_AT and "\n" not in before:
        context = context[1:]  # the first one may be half a word: the context was cut there
    following = after.partition("\n")[0].split()
    if len(suffix) >= _CUT_AT and "\n" not in after:
        following = following[:-1]
    parts = _fragment_range(words)
    context, following = context[-CONTEXT_WORDS:], following[:CONTEXT_WORDS]
    if context and len(context[-1]) <= _LONGEST_WORD:
        parts.insert(0, _fragment_part(context) + "-")
    if following and len(following[0]) <= _LONGEST_WORD:
        parts.append("-" + _fragment_part(following))
    return f"{url.partition('#')[0]}#:~:text={','.join(parts)}"


def _whole_words(prefix: str, quote: str, suffix: str) -> tuple[str, str, str]:
    """Move what is missing of the first and last word from the context to the quote.

    Marks alone have no word to begin with: they take along what they are attached to.
    """
    marks = re.search(r"\w", quote) is None
    left = re.search(r"\S+\Z" if marks else r"\w+\Z", prefix)
    right = re.match(r"\S+" if marks else r"\w+", suffix)
    if left and (marks or re.match(r"\w", quote)) and len(left[0]) <= _LONGEST_WORD:
        prefix, quote = prefix[: left.start()], left[0] + quote
    if right and (marks or re.search(r"\w\Z", quote)) and len(right[0]) <= _LONGEST_WORD:
        quote, suffix = quote + right[0], suffix[right.end() :]
    return prefix, quote.strip(), suffix


def _fragment_range(words: str) -> list[str]:
    lines = [line for line in words.split("\n") if line.strip()]
    if len(lines) == 1 and len(words) <= LONGEST_WHOLE:
        return [_fragment_part(words.split())]
    first, last = lines[0].split(), lines[-1].split()
    if len(lines) == 1 and len(first) <= 2 * RANGE_WORDS:
        return [_fragment_part(first)]
    return [_fragment_part(first[:RANGE_WORDS]), _fragment_part(last[-RANGE_WORDS:])]


def _fragment_part(words: list[str]) -> str:
    # The hyphen is unreserved in a URL but separates here, as do the comma and the ampersand.
    return escape(" ".join(words), safe="").replace("-", "%2D")
