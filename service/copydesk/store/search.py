"""What the desk's lists stand on: counts of errata, and what the index of words still owes.

Triggers write both tables, in the transaction that causes it (migration 0004), so no caller has to
know of them and none can forget them: not the ORM, not a bulk statement, not a line of SQL typed
by an operator.
"""

from sqlalchemy.orm import Mapped, mapped_column

from copydesk.store.base import Base, Choice
from copydesk.store.erratum import Kind, Shelf


class ErratumTally(Base):
    """One change of how many errata of a site and kind lie on a shelf; the sum is the count.

    Changes are only ever added and folded into their sum later (``tally.fold``). A counter that is
    updated in place would make all reports of one site wait for each other's commit on PostgreSQL.
    """

    __tablename__ = "erratum_tally"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int]
    shelf: Mapped[Shelf] = mapped_column(Choice(Shelf))
    kind: Mapped[Kind] = mapped_column(Choice(Kind))
    change: Mapped[int]


class SearchTodo(Base):
    """An erratum whose words, or the shelf they lie on, are not in the index yet."""

    __tablename__ = "search_todo"

    id: Mapped[int] = mapped_column(primary_key=True)
    erratum_id: Mapped[int]
