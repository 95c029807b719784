"""A small newspaper: what a publication looks like that carries the widget."""

from copydesk.demo.newspaper.app import create_newspaper
from copydesk.demo.newspaper.edition import Edition, NotPrintable, Printed
from copydesk.demo.newspaper.papers import (
    Article,
    BylineStyle,
    Misprint,
    Newspaper,
    newspapers,
    past,
    planted,
)

__all__ = [
    "Article",
    "BylineStyle",
    "Edition",
    "Misprint",
    "Newspaper",
    "NotPrintable",
    "Printed",
    "create_newspaper",
    "newspapers",
    "past",
    "planted",
]
