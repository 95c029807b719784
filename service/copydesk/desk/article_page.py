"""``/desk/articles/<id>``: all errata of one article in the order of its text."""

from datetime import datetime

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copydesk.desk.edge import back_to, blueprint, member, say
from copydesk.desk.erratum_page import edit_url
from copydesk.desk.find import find_article
from copydesk.desk.forms import MAX_ROW_ID
from copydesk.desk.shown import in_rows
from copydesk.errata.locking import lock_article
from copydesk.errata.schedule import read_now
from copydesk.outbox import enqueue
from copydesk.store.site import SIGNPOST
from copydesk.store.tables import Article, ArticleAlias, Erratum, Proof, Report, Role, State
from copydesk.web import gettext as _
from copydesk.web import services

MOST_ERRATA = 500


@blueprint.get(f"/articles/<int(max={MAX_ROW_ID}):article_id>")
def article(article_id: int) -> ResponseReturnValue:
    """Show the article: what is wrong with it, who wrote it and how we know."""
    with services().database.reading() as session:
        found = find_article(session, article_id)
        if found.id != article_id:
            return redirect(url_for("desk.article", article_id=found.id))
        errata = _errata(session, found)
        aliases = session.scalars(
            select(ArticleAlias.url)
            .where(
                ArticleAlias.article_id == found.id,
                ~ArticleAlias.url.startswith(SIGNPOST, autoescape=True),
            )
            .order_by(ArticleAlias.id)
        )
        return render_template(
            "desk/article.html",
            article=found,
            rows=in_rows(session, errata),
            aliases=list(aliases),
            edit_url=edit_url(found.site.edit_url_template, found),
            may_recheck=member().access.may(Role.EDITOR, found.site_id),
        )


@blueprint.post(f"/articles/<int(max={MAX_ROW_ID}):article_id>/recheck")
def recheck(article_id: int) -> ResponseReturnValue:
    """Have the page read again now, for every erratum that is not settled."""
    now = services().clock()

    def step(session: Session) -> int:
        found = find_article(session, article_id, Role.EDITOR)
        lock_article(session, found.id)
        # One reading serves all that were found on the page; the same minute's wish makes an
        # impatient second click harmless.
        wish = f"desk:{int(now.timestamp()) // 60}"
        rows = _unsettled(session, found)
        proved = [row for row in rows if row.proof is Proof.FOUND and not row.is_about_page]
        is_granted = bool(proved) and read_now(session, proved[0], now=now, wish=wish)
        for row in proved if is_granted else ():
            row.recheck_due_at = now
        others = [row for row in rows if row.proof is not Proof.FOUND]
        return is_granted + sum(_prove_again(session, row, now) for row in others)

    count = services().database.write(step)
    if count:
        say(_("The page is being read again. Reload in a moment to see what it says."))
    else:
        say(_("There is nothing to look for, or the page was asked for a minute ago."))
    return back_to(url_for("desk.article", article_id=article_id))


def _prove_again(session: Session, erratum: Erratum, now: datetime) -> bool:
    """Owe one more try to find it on the page."""
    minute = int(now.timestamp()) // 60
    newest = session.scalar(
        select(func.max(Report.id)).where(Report.erratum_id == erratum.id, Report.spam_reason == "")
    )
    key = f"read:{erratum.id}:desk:{minute}"
    if newest is None:
        return False
    payload = {"erratum_id": erratum.id, "report_id": newest}
    return enqueue(session, "read_article", key, payload, now=now)


def _unsettled(session: Session, found: Article) -> list[Erratum]:
    return list(
        session.scalars(
            select(Erratum)
            .where(
                Erratum.article_id == found.id,
                Erratum.state.in_((State.OPEN, State.CONFIRMED)),
            )
            .order_by(Erratum.id)
            .limit(MOST_ERRATA)
        )
    )


def _errata(session: Session, found: Article) -> list[Erratum]:
    return list(
        session.scalars(
            select(Erratum)
            .where(Erratum.article_id == found.id, Erratum.state != State.MERGED)
            # Whoever has no place in the text comes last; the two databases differ on that.
            .order_by(Erratum.start.is_(None), Erratum.start, Erratum.id)
            .limit(MOST_ERRATA)
        )
    )
