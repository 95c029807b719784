"""The history of an erratum, and the work behind it, in words."""

from copydesk.store.tables import HistoryEntry
from copydesk.web import gettext as _


def happened(entry: HistoryEntry) -> str:
    """Return what an entry says; a word we have no label for stands for itself."""
    labels = {
        "received": _("reported it"),
        "proved": _("looked for the words on the page"),
        "notified": _("decided whom to tell"),
        "undeliverable": _("could not deliver a mail"),
        "claimed": _("said that it is corrected"),
        "still_there": _("read the page again: still on the page"),
        "seems_corrected": _("read the page again: seems to be corrected"),
        "confirm": _("confirmed the error"),
        "correct": _("closed it as corrected"),
        "decline": _("declined it: not an error"),
        "reopen": _("reopened it"),
        "merge": _("merged it into another erratum"),
        "absorbed": _("merged another erratum into it"),
        "moved": _("found its article at another address, too"),
        "spam": _("marked it as spam"),
        "spam_report": _("folded a report away as spam"),
        "assign": _("assigned it"),
        "unassign": _("took the assignment back"),
        "snooze": _("snoozed it"),
        "wake": _("woke it up"),
        "note": _("left a note"),
        "not_mine": _("said that it is not theirs"),
        "signed_off": _("signed off from these mails"),
    }
    return labels.get(entry.what, entry.what.replace("_", " "))


def actor(who: str) -> str:
    """Return who did it; the service and readers have no name of their own."""
    return {"service": _("Copydesk"), "reader": _("A reader")}.get(who, who)


def job_name(kind: str) -> str:
    """Return what a job does; a kind we have no label for stands for itself."""
    names = {
        "read_article": _("Read the article"),
        "notify": _("Choose who is told"),
        "deliver": _("Send a mail"),
        "digest": _("Put a digest together"),
        "thank": _("Thank a reader"),
        "recheck": _("Read the page again"),
        "merge_articles": _("Make two articles one"),
        "housekeeping": _("Tidy up"),
    }
    return names.get(kind, kind.replace("_", " "))
