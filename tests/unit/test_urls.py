"""One spelling for one page, and links to a word."""

import pytest

from copydesk.text_fragment import text_fragment
from copydesk.urls import (
    MAX_URL,
    host_of,
    is_home_page,
    normalise_url,
    origin_of,
    same_host,
)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("HTTPS://News.Example:443/A#part", "https://news.example/A"),
        ("http://news.example", "http://news.example/"),
        ("http://news.example:8080/a", "http://news.example:8080/a"),
        (
            "https://новости.рф/статья",
            "https://xn--b1amnebsh.xn--p1ai/%D1%81%D1%82%D0%B0%D1%82%D1%8C%D1%8F",
        ),
        ("https://news.example./a", "https://news.example/a"),
        ("https://news.example/a/./b/../c", "https://news.example/a/c"),
        ("https://news.example/a/%2E%2e/c", "https://news.example/c"),
        ("https://news.example/../..", "https://news.example/"),
        ("https://news.example/%7euser/%d0%b0", "https://news.example/~user/%D0%B0"),
        ("https://news.example/news.php?id=12", "https://news.example/news.php?id=12"),
        ("https://news.example/?b=2&a=1&b=1", "https://news.example/?a=1&b=2&b=1"),
        (
            "https://news.example/a?utm_source=x&yclid=1&ysclid=2&gclid=3&gbraid=4&wbraid=5&erid=9",
            "https://news.example/a",
        ),
        (
            "https://news.example/a?fbclid=6&msclkid=7&_openstat=8&from=tg&mc_cid=1&pk_kwd=2&igsh=3&UTM_TERM=q",
            "https://news.example/a",
        ),
        ("https://news.example/a?", "https://news.example/a"),
        ("http://[2001:DB8::1]:8080/", "http://[2001:db8::1]:8080/"),
        ("http://192.0.2.7/a", "http://192.0.2.7/a"),
    ],
)
def test_one_page_has_one_spelling(sent: str, expected: str) -> None:
    assert normalise_url(sent) == expected
    assert normalise_url(expected) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "news.example/a",
        "/a",
        "ftp://news.example/a",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http:///a",
        "https:news.example",
        "https://reader:pass@news.example/",
        "http://127.0.0.1\\@news.example/",
        "http://news.example/a b",
        " http://news.example/",
        "http://news.example/\n",
        "http://news.exa\tmple/",
        "http://news.example/\x00",
        "http://news.example:0/",
        "http://news.example:65536/",
        "http://news.example:x/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://127.0.0.1.5/",
        "http://[::1%25eth0]/",
        "http://[v1.a]/",
        "http://a..b/",
        "http://-a.example/",
        "http://%31.example/",
        "http://news.example/" + "a" * MAX_URL,
        "http://news.example/" + "я" * 400,
        "http://news.example/\ud800",
    ],
)
def test_what_two_parsers_could_read_in_two_ways_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        normalise_url(url)


def test_full_width_digits_are_an_address_like_any_other() -> None:
    assert host_of("http://１２７.0.0.1/") == "127.0.0.1"


def test_host_and_origin_name_the_port_only_when_it_is_unusual() -> None:
    assert host_of("https://News.example:443/a") == "news.example"
    assert host_of("http://news.example:443/a") == "news.example:443"
    assert host_of("//news.example:8080") == "news.example:8080"
    assert host_of("//news.example:443") == "news.example"
    assert origin_of("https://News.example:8443/a?b") == "https://news.example:8443"
    assert same_host("https://news.example/a", "http://NEWS.example/b")
    assert not same_host("https://news.example/a", "http://news.example:8080/b")
    assert not same_host("https://news.example/a", "null")


def test_front_pages() -> None:
    assert is_home_page("https://news.example")
    assert is_home_page("https://news.example/index.php?utm_source=x")
    assert not is_home_page("https://news.example/?p=12")
    assert not is_home_page("https://news.example/a")


PAGE = "https://news.example/a"


@pytest.mark.parametrize(
    ("quote", "prefix", "suffix", "fragment"),
    [
        (
            "recieved",
            "The harbour master ",
            " a letter on Monday.",
            "The%20harbour%20master-,recieved,-a%20letter%20on",
        ),
        ("ie", "harbour master rec", "ved a letter", "harbour%20master-,recieved,-a%20letter"),
        (",", "on Monday", " but", "on-,Monday%2C,-but"),
        ("well-known", "a, b ", " & so", "a%2C%20b-,well%2Dknown,-%26%20so"),
        ("Word", "Headline\n", "\nNext block", "Word"),
        ("one two\nthree four five six seven", "", "", "one%20two,four%20five%20six%20seven"),
        ("слово", "", "", "%D1%81%D0%BB%D0%BE%D0%B2%D0%BE"),
    ],
)
def test_a_link_scrolls_to_the_word(quote: str, prefix: str, suffix: str, fragment: str) -> None:
    assert text_fragment(PAGE, quote, prefix, suffix) == f"{PAGE}#:~:text={fragment}"


def test_a_long_quote_is_named_by_its_ends() -> None:
    quote = " ".join(f"word{number}" for number in range(40))
    link = text_fragment(PAGE + "#part", quote)
    assert link == f"{PAGE}#:~:text=word0%20word1%20word2%20word3,word36%20word37%20word38%20word39"


def test_half_a_word_at_the_cut_of_a_context_is_left_out() -> None:
    prefix = "x" * 250 + " master "
    assert text_fragment(PAGE, "word", prefix) == f"{PAGE}#:~:text=master-,word"


def test_a_very_long_word_is_not_pulled_in() -> None:
    assert text_fragment(PAGE, "word", "漢" * 200) == f"{PAGE}#:~:text=word"
