"""All tables under one name, so that a caller need not know which file a table lives in."""

from copydesk.store.base import Base
from copydesk.store.correction import Correction, Evidence
from copydesk.store.erratum import (
    PAGE_RULES_FROM,
    Erratum,
    ErratumWord,
    HistoryEntry,
    Kind,
    Proof,
    Report,
    Shelf,
    State,
    VerdictKind,
)
from copydesk.store.host import ReadHost
from copydesk.store.installation import Installation
from copydesk.store.message import Message, MessageState, Purpose
from copydesk.store.people import (
    Author,
    Desk,
    Editor,
    EditorRole,
    Role,
    SignInLink,
    SignInSession,
)
from copydesk.store.search import ErratumTally, SearchTodo
from copydesk.store.site import Article, ArticleAlias, Site
from copydesk.store.work import DailySalt, JobState, LimitCounter, OutboxJob

__all__ = [
    "PAGE_RULES_FROM",
    "Article",
    "ArticleAlias",
    "Author",
    "Base",
    "Correction",
    "DailySalt",
    "Desk",
    "Editor",
    "EditorRole",
    "Erratum",
    "ErratumTally",
    "ErratumWord",
    "Evidence",
    "HistoryEntry",
    "Installation",
    "JobState",
    "Kind",
    "LimitCounter",
    "Message",
    "MessageState",
    "OutboxJob",
    "Proof",
    "Purpose",
    "ReadHost",
    "Report",
    "Role",
    "SearchTodo",
    "Shelf",
    "SignInLink",
    "SignInSession",
    "Site",
    "State",
    "VerdictKind",
]
