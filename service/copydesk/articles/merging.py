"""The work ``merge_articles``: two addresses turned out to lead to one article."""

from sqlalchemy.orm import Session

from copydesk.clock import Clock
from copydesk.errata.one_article import merge_articles
from copydesk.outbox import Finish, Handler, Job


def make_article_merger(clock: Clock) -> Handler:
    """Return the handler of ``merge_articles``.

    All of it is one transaction: a report that comes in meanwhile is filed under the one article or
    the other and never between them.
    """

    def handle(job: Job) -> Finish:
        def finish(session: Session) -> None:
            payload = job.payload
            merge_articles(session, payload["article_id"], payload["into_id"], now=clock())

        return finish

    return handle
