"""Name servers that lie: inside addresses, mixed answers, and another answer the second time."""

from tests.attacks.case import PUBLIC, PUBLIC_TOO, PUBLIC_V6, Case

URL = "http://news.example/"

INSIDE = (
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "0.9.9.9", "10.0.0.1", "172.16.0.1", "172.31.255.255",
    "192.168.0.1", "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.8", "192.0.0.170",
    "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1",
    "239.1.1.1", "240.0.0.1", "255.255.255.255",
    "::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::7f00:1",
    "::ffff:0:7f00:1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1",
    "2002:7f00:1::", "2002:a00:1::1", "2001:0:7f00:1::", "2001:db8::1", "3fff::1", "2001:10::1",
    "fe80::1", "fe80::1%lo", "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1", "100::1", "5f00::1",
)  # fmt: skip
_MORE = tuple(f"93.184.215.{number}" for number in range(15, 214))


def cases() -> list[Case]:
    """Return single answers, mixed ones in both orders, and answers that change."""
    single = [Case(f"answer: {address}", URL, ((address,),)) for address in INSIDE]
    first = (
        "127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1", "::1", "fd00::1",
        "64:ff9b::7f00:1",
    )  # fmt: skip
    mixed = [
        Case(f"mixed: {order}", URL, (order,))
        for inside in first
        for order in ((PUBLIC, inside), (inside, PUBLIC), (PUBLIC_V6, PUBLIC, inside))
    ]
    changing = [
        Case(f"rebinding: {then}", URL, then, is_read=then[0] == (PUBLIC,))
        for inside in first
        for then in (((PUBLIC,), (inside,)), ((inside,), (PUBLIC,)))
    ]
    # A reader that asks again for the next hop meets the second answer there, and only there.
    hopping = [
        Case(f"rebinding at hop {hop}: {inside}", URL, ((PUBLIC,),) * hop + ((inside,),),
             ("/next",) * hop)
        for hop in (1, 2, 5)
        for inside in ("127.0.0.1", "10.0.0.1", "::1")
    ]  # fmt: skip
    many = [
        Case("many: a private one behind four public ones", URL, ((PUBLIC,) * 4 + ("10.0.0.1",),)),
        Case("many: 200 addresses, the last one private", URL, ((PUBLIC, *_MORE, "10.0.0.1"),)),
        Case("many: 200 addresses, the first one private", URL, (("10.0.0.1", PUBLIC, *_MORE),)),
        Case("many: two that are public", URL, ((PUBLIC, PUBLIC_TOO),), is_read=True),
        Case("no address at all", URL, ((),)),
        Case("nonsense for an address", URL, (("news.example",), ("",), ("127.0.0.1:80",))),
    ]
    return [*single, *mixed, *changing, *hopping, *many]
