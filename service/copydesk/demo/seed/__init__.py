"""The people of the two newspapers and what happened to them lately."""

from copydesk.demo.seed.people import ADMIN, add_people
from copydesk.demo.seed.story import Storyteller

__all__ = ["ADMIN", "Storyteller", "add_people"]
