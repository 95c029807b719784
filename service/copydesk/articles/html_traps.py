"""Pages that are built to keep the parser busy: counted, in one pass, before it runs.

The parser is quick on pages and quadratic on a few shapes that no page has: 100,000 nested blocks
take it a minute, 100,000 attributes more than one. It can't be interrupted. Counting them is an
estimate that may be too high and never too low: a tag counts as open until its end tag is surely
one. Hence the care for comments, scripts and quoted attributes, in which an end tag is only text
(WHATWG HTML §13.2.5), and for tables, out of which it does not reach (§13.2.4.2).
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from copydesk.i18n import N_

MAX_NESTING_WORK = 20_000_000
"""Sum over all tags of how deep each stands; a large page comes to some 500,000."""
MAX_FORMATTING_WORK = 1_000_000
"""Sum over all tags of open formatting elements: HTML copies each into every following block."""
MAX_OPTIONS = 20_000
MAX_ATTRIBUTE_WORK = 25_000_000
"""Sum over all tags of the square of their attributes: each is compared with those before it."""

_SPACE = r"[\t\n\f\r ]"
_VALUE = r"""(?:"[^"]*+"?+|'[^']*+'?+|[^\t\n\f\r >"'][^\t\n\f\r >]*+)?+"""
_ATTRIBUTE = rf"[\t\n\f\r /]*+[^\t\n\f\r />][^\t\n\f\r />=]*+(?:{_SPACE}*+={_SPACE}*+{_VALUE})?+"
_ONE_ATTRIBUTE = re.compile(_ATTRIBUTE)
_TOKEN = re.compile(
    r"<!--(?:-?>|.*?--!?>|.*)"
    r"|<!\[CDATA\[[^>]*+"
    r"|<[!?][^>]*+|</[^a-zA-Z][^>]*+"
    rf"|<(/?)([a-zA-Z][^\t\n\f\r />]*+)((?:{_ATTRIBUTE})*+)",
    re.DOTALL,
)
_IN_SCRIPT = re.compile(rf"<!---*>|<!--|-->|</?script(?={_SPACE}|[/>])", re.IGNORECASE)
_END_OF_TEXT = {
    name: re.compile(rf"</{name}(?={_SPACE}|[/>])", re.IGNORECASE)
    for name in ("style", "title", "textarea", "xmp", "iframe", "noembed", "noframes")
}
_VOID = frozenset(
    "area base br col embed hr img input link meta source track wbr".split()  # noqa: SIM905
)
# Elements whose next sibling closes them: unclosed ones do not nest.
_CLOSES_ITSELF = frozenset({"p", "li", "dt", "dd", "option", "tr", "td", "th"})
_FORMATTING = frozenset(
    "a b big code em font i nobr s small strike strong tt u".split()  # noqa: SIM905
)
_FOREIGN = frozenset({"svg", "math"})
# HTML again, within SVG and MathML.
_BACK_IN_HTML = frozenset(
    "foreignobject desc title mi mo mn ms mtext annotation-xml".split()  # noqa: SIM905
)
_BARRIERS = _FOREIGN | {"table", "template", "object", "marquee", "applet"}


class PageUnreadable(Exception):
    """The page can't be parsed in reasonable time."""


@dataclass
class _Barrier:
    """An element out of which no end tag reaches, and what was open before it."""

    name: str
    opened: Counter[str]
    depth: int
    formatting: int


@dataclass
class _Estimate:
    """What is open at most, and what it came to until now."""

    depth: int = 0
    formatting: int = 0
    opened: Counter[str] = field(default_factory=Counter)
    barriers: list[_Barrier] = field(default_factory=list)
    foreign: int = 0
    nesting_work: int = 0
    formatting_work: int = 0
    attribute_work: int = 0
    options: int = 0

    def start(self, name: str, attributes: str) -> None:
        """Count a start tag."""
        if name in _BARRIERS or (self.foreign and name in _BACK_IN_HTML):
            self.barriers.append(_Barrier(name, self.opened, self.depth, self.formatting))
            self.opened = Counter()
            self.foreign += name in _FOREIGN
            self.depth += 1
        elif name not in _VOID and name not in _CLOSES_ITSELF:
            self.opened[name] += 1
            self.depth += 1
            self.formatting += name in _FORMATTING
        self.options += name == "option"
        if len(attributes) > 1000:  # fewer cost nothing, and counting costs time
            self.attribute_work += len(_ONE_ATTRIBUTE.findall(attributes)) ** 2
        self.weigh()

    def end(self, name: str) -> None:
        """Count an end tag, if what it closes is surely open."""
        if self.barriers and self.barriers[-1].name == name:
            before = self.barriers.pop()
            self.opened, self.depth = before.opened, before.depth
            self.formatting = before.formatting
            self.foreign -= name in _FOREIGN
        elif self.opened[name] > 0:
            self.opened[name] -= 1
            self.depth -= 1
            self.formatting -= name in _FORMATTING
        self.weigh()

    def weigh(self) -> None:
        """Add up; raises ``PageUnreadable`` for what no page has."""
        self.nesting_work += self.depth
        self.formatting_work += self.formatting
        if (
            self.nesting_work > MAX_NESTING_WORK
            or self.formatting_work > MAX_FORMATTING_WORK
            or self.attribute_work > MAX_ATTRIBUTE_WORK
            or self.options > MAX_OPTIONS
        ):
            raise PageUnreadable(N_("the page is built in a way that no page is"))


def refuse_traps(html: str) -> None:
    """Raise ``PageUnreadable`` if parsing ``html`` could take long."""
    estimate = _Estimate()
    position, only_text_until = 0, 0
    while True:
        match = _TOKEN.search(html, position)
        if match is None:
            return
        position = match.end()
        if match[2] is None:
            if estimate.foreign and match[0].startswith("<![CDATA["):
                only_text_until = max(only_text_until, _find(html, "]]>", match.start()))
            continue
        name = match[2].lower()
        if not match[1]:
            estimate.start(name, match[3])
            text_until = _end_of_text(html, name, position)
            if estimate.foreign:
                # Perhaps text and perhaps not: its start tags count, its end tags don't.
                only_text_until = max(only_text_until, text_until)
            else:
                position = text_until
        elif position > only_text_until:
            estimate.end(name)


def _end_of_text(html: str, name: str, position: int) -> int:
    """Return where the text ends that a tag ``name`` begins: at ``position`` if it begins none."""
    if name == "plaintext":
        return len(html)
    if name == "script":
        return _end_of_script(html, position)
    pattern = _END_OF_TEXT.get(name)
    if pattern is None:
        return position
    match = pattern.search(html, position)
    return match.start() if match else len(html)


def _end_of_script(html: str, position: int) -> int:
    """Follow the states of script data (§13.2.5.15 and later): in a comment, a script may nest."""
    in_comment = in_script = False
    for match in _IN_SCRIPT.finditer(html, position):
        mark = match[0].lower()
        if mark == "<!--":
            in_comment = True
        elif mark.endswith(">"):
            in_comment = in_script = False
        elif mark == "<script":
            in_script = in_comment
        elif in_script:
            in_script = False
        else:
            return match.start()
    return len(html)


def _find(html: str, mark: str, position: int) -> int:
    found = html.find(mark, position)
    return len(html) if found < 0 else found
