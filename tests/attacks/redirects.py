"""Pages that lead elsewhere: at each hop, with each status, to every kind of inside."""

from tests.attacks.case import Case

URL = "http://news.example/"

INSIDE = (
    "http://127.0.0.1/", "http://127.0.0.1:80/admin", "https://127.0.0.1/", "//127.0.0.1/",
    "http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/",
    "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://192.168.1.1/",
    "http://100.64.0.1/", "http://0.0.0.0/", "http://0/", "http://[::1]/", "https://[::1]/",
    "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/",
    "http://[fe80::1%25lo]/", "http://[fd00:ec2::254]/", "http://localhost/", "//localhost/",
    "http://LOCALHOST./", "http://news.example@127.0.0.1/", "http://127.0.0.1\\@news.example/",
    "http://news.example\\@127.0.0.1/", "/\\127.0.0.1/", "\\\\127.0.0.1\\", "\\/127.0.0.1/",
    "///127.0.0.1/", "http:///127.0.0.1/", "http:127.0.0.1/", "http://127%2e0%2e0%2e1/",
    "http://１２７.0.0.1/", "http://127。0。0。1/", "http://①②⑦.0.0.1/", "\thttp://127.0.0.1/",
    "ht\ttp://127.0.0.1/", "http://127.0.0.1\t/", "HTTP://127.0.0.1/",
    "file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "data:text/html,<p>Ferry",
    "dict://127.0.0.1:11211/", "javascript:alert(1)", "jar:http://127.0.0.1!/", "about:blank",
    "http://news.example:22/", "//news.example:6379/", "https://news.example:8443/",
    "http://news.example:0/", "http://news.example:65616/", "//[::1", "http://", "//", "http://[/",
)  # fmt: skip
# Relative, by RFC 3986 §5.2: they stay on the host that sent them.
HARMLESS = frozenset(
    ("///127.0.0.1/", "http:///127.0.0.1/", "http:127.0.0.1/", "http://", "//")
)  # fmt: skip
STATUSES = (301, 302, 303, 307, 308)
# Statuses that are no redirects, and headers that only browsers follow, lead nowhere.
NO_REDIRECTS = (200, 201, 202, 300, 304, 305, 306, 309, 401, 404, 407, 503)
HEADERS = (
    "Refresh: 0; url=http://127.0.0.1/", "Content-Location: http://127.0.0.1/",
    'Alt-Svc: http/1.1="127.0.0.1:80"', "Link: <http://127.0.0.1/>; rel=preload",
    "Location: http://127.0.0.1/", "X-Accel-Redirect: http://127.0.0.1/",
)  # fmt: skip


def cases() -> list[Case]:
    """Return them; ``200 name: value`` among the hops is a header of the page itself."""
    first = [
        Case(f"redirect: {target!r}", URL, hops=(target,), is_read=target in HARMLESS)
        for target in INSIDE
    ]
    statuses = [
        Case(f"redirect {status} to loopback", URL, hops=(f"{status} http://127.0.0.1/",))
        for status in STATUSES
    ]
    deep = [
        Case(f"redirect at hop {hop + 1}: {target}", URL, hops=("/on",) * hop + (target,))
        for hop in (1, 2, 4, 5)
        for target in ("http://127.0.0.1/", "//10.0.0.1/", "https://[::1]/", "file:///etc/passwd")
    ]
    no_redirects = [
        Case(f"status {status} that names loopback", URL, hops=(f"{status} http://127.0.0.1/",),
             is_read=status == 200)
        for status in NO_REDIRECTS
    ]  # fmt: skip
    headers = [
        Case(f"header {line!r}", URL, hops=(f"200 {line}",), is_read=True) for line in HEADERS
    ]
    endless = [Case("redirects without an end", URL, hops=("/again",) * 50)]
    return [*first, *statuses, *deep, *no_redirects, *headers, *endless]
