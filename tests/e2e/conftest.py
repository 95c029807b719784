"""Fixtures that all browser tests share."""

from tests.widget_fixtures import chromium, context, paper, recorder, visit

__all__ = ["chromium", "context", "paper", "recorder", "visit"]
