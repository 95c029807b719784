"""The history of an erratum, and the work behind it, in words."""

from copydesk.desk.shown import explained
from copydesk.store.tables import HistoryEntry
from copydesk.web import gettext as _


def happened(entry: HistoryEntry) -> str:
    """Return what an entry says; a word we have no label for stands for itself."""
    labels = {
        "received": _("reported it"),
        "proved": _("found the words on the page"),
        "not_found": _("looked for the words on the page and did not find them"),
        "unreadable": _("could not read the page"),
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
        "discarded": _("discarded work that was given up"),
    }
    return labels.get(entry.what, entry.what.replace("_", " "))


def note_of(entry: HistoryEntry) -> str:
    """Return an entry's note; what the service itself says is in the viewer's language.

    All else is the words of a page or of a person, and stays as it is.
    """
    own = {
        "reopen": {
            "back on the page": _("back on the page"),
            "reported again": _("reported again"),
        },
        "correct": {"the page could not be checked": _("the page could not be checked")},
        "spam_report": {
            "honeypot": _("a field that people do not see was filled in"),
            "too fast": _("sent faster than a hand can"),
            "links": _("full of links"),
            "repeated text": _("the same words as many others today"),
        },
    }
    if entry.what == "discarded":
        return job_name(entry.note)
    if entry.what in {"not_found", "unreadable"}:
        return explained(entry.note)
    return own.get(entry.what, {}).get(entry.note, entry.note)


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
