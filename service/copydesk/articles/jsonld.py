"""What a page says of itself in JSON-LD (schema.org), however carelessly it was written."""

import html
import json
import re
from collections.abc import Iterator
from typing import Any, TypeGuard

from selectolax.lexbor import LexborHTMLParser

MAX_SCRIPTS = 20
MAX_CHARACTERS = 300_000
MAX_NODES = 5_000

Node = dict[str, Any]

_WRAPPING = re.compile(r"(?://|/\*)?\s*(?:<!\[CDATA\[|\]\]>|<!--|-->)\s*(?:\*/)?")
_NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
# Under these keys stand other articles than the page's own: lists, readers' comments, sources.
_OTHERS = frozenset(
    {"itemListElement", "comment", "citation", "mentions", "isBasedOn", "isRelatedTo", "review"}
)
_ARTICLE = re.compile(r"(?:^|[/:])(?:\w*Article|\w*BlogPosting|Report)$")


def article_nodes(tree: LexborHTMLParser) -> tuple[list[Node], dict[str, Node]]:
    """Return the nodes of Article types and all nodes by their ``@id``."""
    articles: list[Node] = []
    by_id: dict[str, Node] = {}
    for script in tree.css("script[type='application/ld+json' i]")[:MAX_SCRIPTS]:
        for node in _nodes(_parse(script.text(deep=True) or "")):
            identity = node.get("@id")
            # A node that only points carries nothing but the id.
            if isinstance(identity, str) and len(node) > 1:
                by_id.setdefault(identity, node)
            if any(_ARTICLE.search(kind) for kind in types_of(node)):
                articles.append(node)
    return articles, by_id


def types_of(node: Node) -> list[str]:
    """Return the ``@type`` of a node, which may be one or several."""
    kinds = node.get("@type")
    return [kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if _is_text(kind)]


def author_names(node: Node, by_id: dict[str, Node]) -> list[str]:
    """Return the authors of an article as written: persons only, an organisation never."""
    names: list[str] = []
    for author in _items(node.get("author") or node.get("creator")):
        known = author
        if isinstance(author, dict) and isinstance(author.get("@id"), str):
            known = author if "name" in author else by_id.get(author["@id"], author)
        if _is_text(known) and "://" not in known:  # a profile's address names nobody
            names.append(html.unescape(known))
        elif isinstance(known, dict):
            kinds = types_of(known)
            if not kinds or any(kind.endswith("Person") for kind in kinds):
                names += _names_of(known)
    return names


def publisher_names(tree: LexborHTMLParser) -> list[str]:
    """Return what the articles call their publishers: never an author."""
    articles, by_id = article_nodes(tree)
    names: list[str] = []
    for article in articles:
        for publisher in _items(article.get("publisher")):
            if isinstance(publisher, dict):
                names += _names_of(by_id.get(str(publisher.get("@id")), publisher))
    return names


def _names_of(node: Node) -> list[str]:
    names = [html.unescape(name) for name in _items(node.get("name")) if _is_text(name)]
    given, family = text_of(node, "givenName"), text_of(node, "familyName")
    return names or ([html.unescape(f"{given} {family}")] if given and family else [])


def _items(value: object) -> list[Any]:
    """Return the items of a list, also of one spelt ``{"@list": […]}`` or ``{"@value": …}``."""
    if isinstance(value, dict) and ("@list" in value or "@value" in value):
        value = value.get("@list", value.get("@value"))
    return value if isinstance(value, list) else [value]


def text_of(node: Node, key: str) -> str:
    """Return a text value, the first one of a list, or nothing."""
    value = node.get(key)
    value = value[0] if isinstance(value, list) and value else value
    # JSON can name characters that HTML can't hold and a database refuses.
    return _NOT_TEXT.sub("", value) if isinstance(value, str) else ""


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str)


def _parse(source: str) -> object:
    if len(source) > MAX_CHARACTERS:
        return None
    bare = _WRAPPING.sub("", source).strip(" \t\r\n;")
    plain = html.unescape(bare) if "&quot;" in bare and '"' not in bare else bare
    # As written first: what follows may take something out of a text as well.
    for text in (source, plain, _TRAILING_COMMA.sub(r"\1", plain).replace("\\'", "'")):
        try:
            # Not strict: raw line ends within strings are common.
            return json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(root: object) -> Iterator[Node]:
    """Yield every object in a document, in its order, at most 5,000 of them."""
    stack = [root]
    left = MAX_NODES
    while stack and left:
        value = stack.pop()
        left -= 1
        if isinstance(value, dict):
            yield value
            inner = [value[key] for key in value if key not in _OTHERS]
            stack.extend(reversed(inner))
        elif isinstance(value, list):
            stack.extend(reversed(value))
