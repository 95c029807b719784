"""What the page itself says: fetch it, read it, find the words in it."""

from copydesk.articles.locate import Verdict, locate
from copydesk.articles.metadata import PageFacts, SiteRules, read_page

__all__ = ["PageFacts", "SiteRules", "Verdict", "locate", "read_page"]
