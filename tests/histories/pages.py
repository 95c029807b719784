"""What a newsroom's server answers, byte by byte."""

import html
from collections.abc import Callable, Sequence

from tests.histories.story import Story

Answer = Callable[[bytes], bytes | None]
"""From a request to the bytes of the answer; None: nothing, and the connection stays open."""

DROPPED = b""

WALLS = {
    "consent": "<title>Gazette</title><div><p>We and our partners store cookies to show you "
    "adverts.</p><button>Accept all</button></div>",
    "login": "<title>Sign in</title><h1>Sign in</h1><form><input type=password></form>",
    "paywall": "<title>Letters</title><article><p>The harbour master, who has kept the book for "
    "years, has not been seen.</p><p>Subscribe to continue reading</p></article>",
    "robot": "<title>Just a moment...</title><p>Checking your browser</p>",
    "soft-404": "<title>Page not found - Gazette</title><h1>Sorry</h1>",
    "shell": "<title>Gazette</title><div id=root></div><script src=/app.js></script>",
}


def document(title: str, paragraphs: Sequence[str], *, language: str = "en", head: str = "") -> str:
    """Return an article's HTML."""
    blocks = "".join(f"<p>{html.escape(text)}</p>\n" for text in paragraphs)
    return (
        f"<!doctype html><html lang={language}><head><title>{html.escape(title)} | Gazette</title>"
        f"{head}</head><body><nav><a href=/>Gazette</a></nav><article><h1>{html.escape(title)}</h1>"
        f"\n{blocks}</article><footer><p>Harbour Street 1</p></footer></body></html>"
    )


def answer(
    body: str,
    *,
    charset: str = "utf-8",
    label: str | None = "utf-8",
    status: str = "200 OK",
    headers: Sequence[str] = (),
) -> bytes:
    """Return an HTML answer; ``label``: the charset that its header names, None for no name."""
    data = body.encode(charset, "xmlcharrefreplace")
    kind = "text/html" + (f"; charset={label}" if label else "")
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(data)}"]
    return "\r\n".join([*lines, "Connection: close", *headers, "", ""]).encode() + data


def article(story: Story, wrong: Sequence[int] = (), **changes: object) -> bytes:
    """Return the story's page with those of its flaws that are still there."""
    body = document(story.title, story.printed(wrong), language=story.language)
    return answer(body, **changes)  # type: ignore[arg-type]


def always(data: bytes | None) -> Answer:
    """Answer the same to everybody."""

    def reply(request: bytes) -> bytes | None:
        del request
        return data

    return reply


def refused(status: str, *headers: str) -> Answer:
    """Answer with an error page."""
    return always(answer(f"<h1>{status}</h1>", status=status, headers=headers))


def redirect(target: str, status: str = "302 Found") -> bytes:
    """Lead elsewhere."""
    return answer("", status=status, headers=[f"Location: {target}"])


def tagged(data: bytes, etag: str, *, is_stubborn: bool = False) -> Answer:
    """Answer "not modified" to whoever knows ``etag``; a stubborn server to whoever knows any."""
    head, _, rest = data.partition(b"\r\n")
    full = head + f"\r\nETag: {etag}\r\n".encode() + rest

    def reply(request: bytes) -> bytes:
        known = b"if-none-match: " + etag.lower().encode()
        asked = request.lower()
        if known in asked or (is_stubborn and b"if-none-match" in asked):
            return b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"
        return full

    return reply
