"""Two articles turn out to be one: their errata come together, and nothing that was said is lost.

An AMP page and its article, a print version, page two: each may have been reported before a
reading of the pages showed that they are one text.
"""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from copydesk.errata.history import SERVICE, record
from copydesk.errata.overlap import Claim, same_error
from copydesk.errata.quote import quote_of
from copydesk.errata.schedule import LIVE, owe_next
from copydesk.errata.triage import claim_corrected, confirm, is_waiting_for_recheck, merge
from copydesk.outbox import enqueue
from copydesk.store.site import signpost
from copydesk.store.tables import Article, ArticleAlias, Erratum, ErratumWord, Proof, Report, State


def merge_articles(session: Session, article_id: int, into_id: int, *, now: datetime) -> bool:
    """Make all that is known of one article part of another one of the same site.

    The same error in both becomes one erratum if both are still to be settled; else both stay, for
    the desk's judgement on the one says nothing that could be undone for the other. Reports,
    history and messages stay with their errata. The first article's addresses lead to the second,
    and its row goes. False when one of the two is gone already.

    Both rows are locked in the order of their ids: a report that comes in for either waits, and two
    merges in opposite directions can't both happen.
    """
    rows = {
        article.id: article
        for article in session.scalars(
            select(Article)
            .where(Article.id.in_((article_id, into_id)))
            .order_by(Article.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    article, into = rows.get(article_id), rows.get(into_id)
    if article is None or into is None or article is into or article.site_id != into.site_id:
        return False
    there = _errata(session, into)
    taken = {(one.fingerprint_version, one.fingerprint): one for one in there}
    for erratum in _errata(session, article):
        twin = taken.get((erratum.fingerprint_version, erratum.fingerprint))
        other = _settled(session, twin) if twin else _same(erratum, there)
        if twin is not None:
            # Both had the key that leads new reports to an erratum: it stays with the live one.
            _give_up_key(erratum if twin.state in LIVE or erratum.state not in LIVE else twin)
            session.flush()
        erratum.article_id = into.id
        erratum.article = into
        _move_words(session, erratum, into)
        record(
            session, erratum, who=SERVICE, what="moved", now=now, note=article.canonical_url[:2048]
        )
        session.flush()
        if other is not None and other.state in LIVE and erratum.state in LIVE:
            _join(session, erratum, other, now)
    _move_addresses(session, article, into)
    owe_next(session, into.id, now=now, mark=f"joined:{article.id}")
    session.execute(delete(Article).where(Article.id == article.id))
    session.expunge(article)
    return True


def _errata(session: Session, article: Article) -> list[Erratum]:
    statement = select(Erratum).where(Erratum.article_id == article.id).order_by(Erratum.id)
    return list(
        session.scalars(statement.with_for_update().execution_options(populate_existing=True))
    )


def _settled(session: Session, erratum: Erratum) -> Erratum:
    # By its id: the relationship may have been read before a merge a moment ago.
    into = erratum.merged_into_id
    return erratum if into is None else session.get_one(Erratum, into)


def _same(erratum: Erratum, others: list[Erratum]) -> Erratum | None:
    if erratum.state not in LIVE or erratum.is_about_page:
        return None
    claim = Claim(quote_of(erratum), erratum.suggestion)
    for other in others:
        is_comparable = other.state in LIVE and not other.is_about_page
        if is_comparable and same_error(Claim(quote_of(other), other.suggestion), claim):
            return other
    return None


def _give_up_key(erratum: Erratum) -> None:
    """Let no new report be led here by its fingerprint; no hash of the rules looks like this."""
    erratum.fingerprint = f"moved:{erratum.public_id}"


def _join(session: Session, erratum: Erratum, other: Erratum, now: datetime) -> None:
    """Make one erratum of two: of the better proved one, else the one that was there."""
    is_better = erratum.proof is Proof.FOUND and other.proof is not Proof.FOUND
    goes, stays = (other, erratum) if is_better else (erratum, other)
    claimed_by = goes.correction_claimed_by if is_waiting_for_recheck(goes) else ""
    if goes.state is State.CONFIRMED and stays.state is State.OPEN:
        confirm(session, stays, who=SERVICE, now=now, note=goes.public_id)
    stays.assignee_id = stays.assignee_id or goes.assignee_id
    newest = session.scalar(
        select(Report.id).where(Report.erratum_id == goes.id).order_by(Report.id.desc()).limit(1)
    )
    merge(session, goes, stays, who=SERVICE, now=now)
    session.flush()
    if claimed_by:
        claim_corrected(session, stays, who=claimed_by, now=now)
    if stays.proof is not Proof.FOUND and newest is not None:
        # The reading that was owed for the one that went would find a signpost and do nothing.
        key = f"read:{stays.id}:{newest}"
        payload = {"erratum_id": stays.id, "report_id": newest}
        enqueue(session, "read_article", key, payload, now=now)


def _move_words(session: Session, erratum: Erratum, into: Article) -> None:
    session.execute(
        update(ErratumWord)
        .where(ErratumWord.erratum_id == erratum.id)
        .values(article_id=into.id)
        .execution_options(synchronize_session=False)
    )


def _move_addresses(session: Session, article: Article, into: Article) -> None:
    """Lead to ``into`` whatever led to ``article``: its addresses, and its page on the desk."""
    session.execute(
        update(ArticleAlias)
        .where(ArticleAlias.article_id == article.id)
        .values(article_id=into.id)
        .execution_options(synchronize_session=False)
    )
    for url in (article.canonical_url, signpost(article.id)):
        here = ArticleAlias.site_id == into.site_id, ArticleAlias.url == url
        known = session.scalar(select(ArticleAlias).where(*here))
        if known is None:
            session.add(ArticleAlias(site_id=into.site_id, article_id=into.id, url=url))
        elif url == signpost(article.id):
            # SQLite may give the number of a row that is gone to a new one: the last one counts.
            known.article_id = into.id
    session.flush()
