"""Addresses that two parsers read differently, other schemes, and other ports."""

from tests.attacks.case import Case, plain

PARSERS = (
    "http://127.0.0.1\\@news.example/", "http://news.example\\@127.0.0.1/",
    "http://127.0.0.1\\.news.example/", "http://news.example:80\\@127.0.0.1:80/",
    "http:\\\\127.0.0.1\\", "http:/\\127.0.0.1/", "http://\\127.0.0.1/", "http://127.0.0.1\\/x",
    "http://news.example@127.0.0.1/", "http://127.0.0.1@news.example/",
    "http://news.example:80@127.0.0.1/", "http://a:b@127.0.0.1/", "http://@127.0.0.1/",
    "http://:@127.0.0.1/", "http://news.example@@127.0.0.1/", "http://127.0.0.1:80@news.example/",
    "http://news.example%40127.0.0.1/", "http://news.example%2f@127.0.0.1/",
    "http://127.0.0.1#@news.example/", "http://127.0.0.1?@news.example/",
    "http://127.0.0.1;@news.example/", "http://127.0.0.1%23@news.example/",
    "http://[::1]@news.example/", "http://news.example@[::1]/", "http://[news.example]/",
    "http://news.example]/", "http://[::1/", "http://::1]/",
    "http://127.0.0.1:80:80/", "http://127.0.0.1:/", "http://127.0.0.1:080/",
    "http:///127.0.0.1/", "http:/127.0.0.1/", "http:127.0.0.1/", "http:////127.0.0.1/",
    "//127.0.0.1/", "127.0.0.1/", "127.0.0.1:80/", "/etc/passwd", "", "http://", "http:///",
    " http://127.0.0.1/", "\thttp://127.0.0.1/", "\x01http://127.0.0.1/", "http://127.0.0.1 /",
    "http://127.0.0.1\t/", "http://127.0\n.0.1/", "http://127.0.0.1\r\n/", "ht\ttp://127.0.0.1/",
    "http://\u3000127.0.0.1/", "http://127.0.0.1\x00.news.example/",
    "http://news.example\x00@127.0.0.1/", "http://127.0.0.1\u2044@news.example/",
    "http://127.0.0.1／news.example/", "http://news.example／@127.0.0.1/",
    "http://127.0.0.1？@news.example/", "http://127.0.0.1＃@news.example/",
    "http://news.example＠127.0.0.1/", "http://news.example：80＠127.0.0.1/",
    "http://127.0.0.1\u2024news.example/", "http://127.0.0.1℀news.example/",
    "http://127.0.0.1, news.example/", "http://127.0.0.1|news.example/", "http://{127.0.0.1}/",
    "http://<127.0.0.1>/", 'http://"127.0.0.1"/', "http://*/", "http://~127.0.0.1/",
    "http://127.0.0.1~news.example/", "http://-127.0.0.1/", "http://news_example.127.0.0.1/",
    "HTTP://127.0.0.1/", "hTTpS://127.0.0.1/", "http://127.0.0.1/" + "a" * 5000,
    "http://" + "a" * 300 + ".example/", "http://" + "a." * 200 + "example/",
    "http://" + "1" * 5000 + "/", "http://[" + "0:" * 500 + "1]/",
)  # fmt: skip

SPLITTING = (
    "http://news.example/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "http://news.example/\r\nX-Admin: 1",
    "http://news.example/\nGET http://127.0.0.1/ HTTP/1.1",
    "http://news.example\r\nSLAVEOF 127.0.0.1 6379\r\n/",
    "http://news.example/?a=\r\nb",
    "http://news.example/\ud800",
)

SCHEMES = (
    "file:///etc/passwd", "file://127.0.0.1/etc/passwd", "FILE:///etc/passwd",
    "gopher://127.0.0.1:70/_GET", "ftp://127.0.0.1/", "ftps://127.0.0.1/", "sftp://127.0.0.1/",
    "tftp://127.0.0.1/", "dict://127.0.0.1:11211/stats", "ldap://127.0.0.1/", "smb://127.0.0.1/",
    "ws://127.0.0.1/", "wss://127.0.0.1/", "data:text/html,<p>Ferry", "javascript:alert(1)",
    "about:blank", "blob:http://127.0.0.1/1", "view-source:http://127.0.0.1/",
    "jar:http://127.0.0.1!/", "netdoc:///etc/passwd", "url:http://127.0.0.1/",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/info", "unix:///var/run/docker.sock",
    "mailto:ada@news.example", "tel:1", "httpx://127.0.0.1/", "http2://127.0.0.1/",
)  # fmt: skip

ODD_PORTS: tuple[int, ...] = (
    0,
    1,
    7,
    21,
    22,
    23,
    25,
    53,
    81,
    110,
    111,
    135,
    139,
    389,
    444,
    445,
    587,
    873,
    2375,
)
ODD_PORTS += (2379, 3000, 3306, 5432, 5984, 6379, 6443, 8000, 8080, 8443, 9200, 11211, 27017, 65535)
WRITTEN_PORTS = ("65616", "65616443", "-80", "+80x", "80x", "0x50", "８０", "８０８０", "8 0")
"""65616 is 2^16 + 80."""


def cases() -> list[Case]:
    """Return all of them; harmless ones among the ports would be read and are not listed."""
    ports = (*ODD_PORTS, *WRITTEN_PORTS)
    return [
        *plain("parser", PARSERS),
        *plain("splitting", SPLITTING),
        *plain("scheme", SCHEMES),
        *plain("port", tuple(f"http://news.example:{port}/" for port in ports)),
        *plain("port", tuple(f"https://news.example:{port}/" for port in (22, 80_443, 8443))),
    ]
