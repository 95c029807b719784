"""Addresses of the inside, written in every way that some parser understands."""

from tests.attacks.case import Case, plain

NUMBERS = (
    # 127.0.0.1
    "127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7F.1",
    "0x7f.0x0.0x0.0x1", "0177.0.0.1", "0177.0.0.01", "017700000001", "00000177.0.0.1",
    "127.0.0.01", "127.000.000.001", "0x7f.0.1", "127.0x1", "127.127.127.127", "127.255.255.255",
    # wrap-around: 2^32 and 2^8 more than loopback
    "6425673729", "0x17f000001", "383.256.256.257", "127.0.0.257", "-1", "127.0.0.-255",
    # the metadata services of clouds
    "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518",
    "0xa9.254.0251.254", "100.100.100.200", "192.0.0.192",
    # this network, private, carrier-grade NAT, benchmark, documentation, multicast, broadcast
    "0", "0x0", "00", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.1", "167772161", "172.16.0.1",
    "172.31.255.255", "192.168.1.1", "3232235777", "100.64.0.1", "100.127.255.254", "198.18.0.1",
    "198.19.255.255", "192.0.2.1", "198.51.100.7", "203.0.113.9", "192.88.99.1", "224.0.0.1",
    "239.255.255.250", "240.0.0.1", "255.255.255.255", "4294967295",
)  # fmt: skip

NUMBERS_V6 = (
    "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::1%25lo]", "[::1%lo]",
    # IPv4 inside: mapped, compatible, translated (SIIT), NAT64, 6to4, Teredo, ISATAP
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::FFFF:10.0.0.1]", "[::ffff:169.254.169.254]",
    "[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]", "[::7f00:1]", "[::a9fe:a9fe]",
    "[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::a00:1]", "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:a00:1::1]", "[2002:a9fe:a9fe::]",
    "[2001:0:7f00:1::]", "[2001:0:4136:e378:8000:63bf:80ff:fffe]", "[fe80::5efe:127.0.0.1]",
    # link-local, site-local, unique local, multicast, discard, documentation, other protocols
    "[fe80::1]", "[fe80::1%25eth0]", "[fe80::1%eth0]", "[febf::1]", "[fec0::1]", "[fc00::1]",
    "[fd00:ec2::254]", "[ff02::1]", "[ff0e::1]", "[100::1]", "[2001:db8::1]", "[3fff::1]",
    "[5f00::1]", "[2001:2::1]", "[2001:10::1]", "[2001:20::1]",
    # no addresses, though some parser may find one in them
    "[v1.127.0.0.1]", "[127.0.0.1]", "[::1]x", "[[::1]]", "[::1.]", "[]", "[::ffff:127.1]",
    "[::ffff:0x7f000001]", "::1", "0:0:0:0:0:ffff:127.0.0.1",
)  # fmt: skip

LETTERS = (
    "１２７.0.0.1", "１２７．０．０．１", "127。0。0。1", "127｡0｡0｡1", "①②⑦.0.0.1", "⑫7.0.0.1",
    "¹²⁷.0.0.1", "𝟏𝟐𝟕.𝟎.𝟎.𝟏", "١٢٧.٠.٠.١", "१२७.०.०.१", "0ｘ7f000001", "０ｘ７ｆ.1",
    "127.0.0\u00ad.1", "127.0.0\u200b.1", "127.0\u2060.0.1", "127\ufe0f.0.0.1", "127.0.0.1\u200d",
    "［::1］", "[：：１]",
    "127%2e0%2e0%2e1", "%31%32%37.0.0.1", "127.0.0.1%00", "127.0.0.1%2e", "%6cocalhost",
    "xn--127-0-0-1", "xn--", "xn--a", "xn--127.0.0.1", "xn--0.0.0.0", "xn--1ug.example",
    "127.0.0.1..", ".127.0.0.1", "127..0.0.1", "127.0.0.1.0x", "a.0x7f", "news.example.1",
)  # fmt: skip

# Names like any other: what they resolve to is judged, and here it is public.
HARMLESS = frozenset(
    f"http://{host}/" for host in ("१२७.०.०.१", "xn--127-0-0-1", "xn--a", "xn--1ug.example")
)

# What the machine's own resolver, or a name server that everybody can rent, says of these names.
NAMES = {
    "localhost": "127.0.0.1", "LOCALHOST": "127.0.0.1", "localhost.": "127.0.0.1",
    "localhost..": "127.0.0.1", "x.localhost": "127.0.0.1", "localhost.localdomain": "127.0.0.1",
    "ip6-localhost": "::1", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ": "127.0.0.1", "ｌｏｃａｌｈｏｓｔ": "127.0.0.1",
    "lo\u00adcalhost": "127.0.0.1", "loca\u200blhost": "127.0.0.1", "ℓocalhost": "127.0.0.1",
    "localhoﬆ": "127.0.0.1", "127.0.0.1.rent.example": "127.0.0.1", "7f000001.rent.example":
    "127.0.0.1", "metadata.google.internal": "169.254.169.254", "metadata": "169.254.169.254",
    "kubernetes.default.svc": "10.96.0.1", "host.docker.internal": "172.17.0.1",
    "router.lan": "192.168.0.1", "printer.local": "169.254.3.4", "db": "10.0.0.5",
    "xn--80ak6aa92e.example": "10.0.0.7", "xn--nws-bma.example": "127.0.0.1",
}  # fmt: skip


def cases() -> list[Case]:
    """Return every spelling, over http, and the plainest over https as well."""
    hosts = (*NUMBERS, *NUMBERS_V6, *LETTERS)
    named = [
        Case(f"name: {host!r}", f"http://{host}/", names=((address,),))
        for host, address in NAMES.items()
    ]
    return [
        *plain("spelling", tuple(f"http://{host}/" for host in hosts), HARMLESS),
        *plain("spelling", tuple(f"https://{host}/" for host in ("127.0.0.1", "[::1]", "0x7f.1"))),
        *named,
    ]
