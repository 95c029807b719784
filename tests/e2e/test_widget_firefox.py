"""The widget in Firefox: what another engine could do in another way."""

import base64
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.firefox import Firefox, FirefoxPage, find_firefox, running_firefox
from tests.newsroom import SELECT, SELECTED, html_of
from tests.proof import challenge
from tests.widget_fixtures import SELECT_MARKED, SOURCES, TYPES, Paper, Recorder

pytestmark = pytest.mark.browser

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "describe.json").read_text("utf-8"))
FIELDS = ("exact", "prefix", "suffix", "nth", "of")
TEXT = (
    "<p>It rained. The old ⟦brigde⟧ was closed! Nobody cared.</p>"
    "<input id=search><p id=rich contenteditable>Rich</p><button id=last>Last</button>"
)
ROOT = 'document.querySelector("copydesk-widget").shadowRoot'
OPEN = 'document.querySelector("copydesk-widget")?.shadowRoot.querySelector("dialog[open]")'
GONE = '!document.querySelector("copydesk-widget")'


@pytest.fixture(scope="module")
def firefox() -> Iterator[Firefox]:
    """Start a Firefox; the tests are skipped, and say why, where there is none."""
    path = os.environ.get("FIREFOX") or find_firefox()
    if path is None:
        pytest.skip("no Firefox found: install it (Debian: apt-get install firefox-esr)")
    with (
        # It writes to its profile until its very end.
        tempfile.TemporaryDirectory(prefix="copydesk-firefox-", ignore_cleanup_errors=True) as home,
        running_firefox(path, Path(home)) as running,
    ):
        yield running


Visit = Callable[..., FirefoxPage]


@pytest.fixture
def visit(firefox: Firefox, recorder: Recorder, paper: Paper) -> Iterator[Visit]:
    """Return a function that puts a page up, with the widget on it, and goes there."""
    with firefox.page() as page:

        def visit(
            body: str,
            *,
            tag: str = "",
            html: str = 'lang="en"',
            head: str = "",
            headers: dict[str, str] | None = None,
        ) -> FirefoxPage:
            script = (
                f'<script src="{recorder.base}/copydesk.js" data-site="gazette" {tag}></script>'
            )
            text = f"<!doctype html><html {html}><head>{head}{script}</head><body>{body}</body>"
            paper.pages["article"] = (f"{text}</html>", headers or {})
            page.goto(f"{paper.base}/article")
            return page

        yield visit


def select(page: FirefoxPage, *, is_backward: bool = False) -> None:
    page.evaluate(SELECT_MARKED, is_backward)


def open_dialog(page: FirefoxPage) -> None:
    page.press("Control+Enter")
    page.wait_for(OPEN)
    page.wait_for("performance.getEntriesByType('resource').some((e) => /extras/.test(e.name))")
    # What is loaded has yet to run; until then nobody hears the keys.
    page.wait_for(f"{ROOT}.querySelector('[name=suggestion]')?.oninput !== null")


def send(page: FirefoxPage, recorder: Recorder) -> dict[str, Any]:
    """Send the open dialog as it is, close it, and return what was sent."""
    page.evaluate(f"() => {ROOT}.querySelector('[name=send]').click()")
    page.wait_for(f"{ROOT}.querySelector('output a')")
    page.evaluate(f"() => {ROOT}.querySelector('[name=cancel]').click()")
    page.wait_for(GONE)
    return recorder.bodies[-1]


def test_from_the_key_press_to_the_thanks(visit: Visit, recorder: Recorder) -> None:
    page = visit(TEXT)
    select(page)
    open_dialog(page)
    assert page.evaluate(f"() => {ROOT}.querySelector('blockquote').innerText") == (
        "The old brigde was closed!"
    )
    # The focus is in the correction, with all of it selected.
    page.type("bridge")
    page.press("Tab")
    page.press("Tab")
    page.type("Look it up")
    page.press("Control+Enter")
    page.wait_for(f"{ROOT}.querySelector('output a')")
    (body,) = recorder.bodies
    assert (body["suggestion"], body["comment"]) == ("bridge", "Look it up")
    assert body["quote"]["exact"] == "brigde"
    assert body["id"].count("-") == 4
    assert "Cookie" not in recorder.requests[0]


@pytest.mark.parametrize("way", ["Escape", "Cancel"])
def test_it_leaves_the_page_as_it_was(visit: Visit, way: str) -> None:
    page = visit(TEXT)
    page.evaluate("() => document.querySelector('#last').focus()")
    select(page)
    before = page.evaluate(SELECTED)
    open_dialog(page)
    if way == "Escape":
        page.press("Escape")
    else:
        page.evaluate(f"() => {ROOT}.querySelector('[name=cancel]').click()")
    page.wait_for(GONE)
    assert page.evaluate("() => document.activeElement.id") == "last"
    assert page.evaluate(SELECTED) == before


@pytest.mark.parametrize("field", ["search", "rich"])
def test_nothing_happens_in_a_field(visit: Visit, field: str) -> None:
    page = visit(TEXT)
    page.evaluate("(id) => document.getElementById(id).focus()", field)
    page.press("Control+Enter")
    asked = page.evaluate("() => performance.getEntriesByType('resource').map((e) => e.name)")
    assert [name.rpartition("/")[2] for name in asked if "copydesk" in name or "/w/" in name] == [
        "copydesk.js"
    ]


@pytest.mark.parametrize("keys", ["Control+Shift+Enter", "Control+Alt+Enter", "Enter", "Alt+Enter"])
def test_other_keys_are_not_ours(visit: Visit, keys: str) -> None:
    page = visit(TEXT)
    select(page)
    page.press(keys)
    assert page.evaluate(f"() => {GONE}")


def test_no_key_reaches_the_page(visit: Visit) -> None:
    page = visit(TEXT)
    page.evaluate(
        "() => { window.seen = []; for (const type of ['keydown', 'keyup', 'keypress'])"
        " document.addEventListener(type, (event) => seen.push(event.key)); }"
    )
    select(page)
    open_dialog(page)
    page.evaluate("() => { seen.length = 0; }")
    page.type("jk?")
    assert page.evaluate("() => seen") == []


@pytest.mark.parametrize("is_backward", [False, True], ids=["forward", "backward"])
def test_every_vector(visit: Visit, recorder: Recorder, *, is_backward: bool) -> None:
    page = visit("")
    got = {}
    for vector in VECTORS:
        page.evaluate("html => { document.body.innerHTML = html; }", vector["html"])
        select(page, is_backward=is_backward)
        page.evaluate("() => { copydesk.open(); }")
        page.wait_for(OPEN)
        quote = send(page, recorder)["quote"]
        got[vector["name"]] = {name: quote[name] for name in FIELDS}
    assert got == {v["name"]: {name: v[name] for name in FIELDS} for v in VECTORS}


@pytest.mark.parametrize(
    ("words", "within", "exact"),
    [
        ("raillway", None, "raillway"),
        ("sittting", "jn-note", "sittting"),
        ("numberred from", "jn-note >>> jn-deep", "numberred from"),
    ],
)
def test_words_in_components(
    visit: Visit, recorder: Recorder, paper: Paper, words: str, within: str | None, exact: str
) -> None:
    page = visit("")
    paper.pages["components"] = (html_of("components.en", recorder.base), {})
    page.goto(f"{paper.base}/components")
    page.evaluate(SELECT, [words, False, within])
    open_dialog(page)
    assert send(page, recorder)["quote"]["exact"] == exact


def test_the_strictest_policy_is_kept(visit: Visit, recorder: Recorder) -> None:
    page = visit(
        "<p>The old ⟦&lt;img src=x onerror=pwn()&gt;⟧ was closed.</p>",
        head="<script nonce=n>window.violations = []; document.addEventListener("
        "'securitypolicyviolation', (event) =>"
        " violations.push(`${event.violatedDirective} ${event.blockedURI}`));</script>",
        tag="data-button",
        headers={
            # Firefox asks for the page's icon by itself, and calls that a violation, too.
            "Content-Security-Policy": "default-src 'none'; img-src 'self'; "
            f"script-src 'nonce-n' {recorder.base}; connect-src {recorder.base}; "
            "require-trusted-types-for 'script'; trusted-types 'none'",
        },
    )
    page.wait_for('document.querySelector("copydesk-widget")?.shadowRoot.querySelector("button")')
    select(page)
    page.press("Control+Enter")
    opened = '[...document.querySelectorAll("copydesk-widget")].at(-1).shadowRoot'
    page.wait_for(f"{opened}.querySelector('dialog[open]')")
    # The keys send once the dialog's second file is there.
    page.wait_for(f"{opened}.querySelector('[name=suggestion]').oninput")
    page.press("Control+Enter")
    page.wait_for(f"{opened}.querySelector('output a')")
    assert page.evaluate("() => violations") == []
    # The style sheet is there under the policy, too.
    assert page.evaluate(
        f"() => getComputedStyle({opened}.querySelector('dialog')).borderTopLeftRadius"
    ) == ("14px")
    assert [line for line in page.said if line.startswith("error")] == []


def test_the_bar_after_a_touch(visit: Visit, recorder: Recorder) -> None:
    page = visit(TEXT)
    page.tap(200, 400)
    select(page)
    bar = f'document.querySelector("copydesk-widget") && {ROOT}.querySelector("button")'
    page.wait_for(bar)
    x, y, bottom = page.evaluate(
        f"() => {{ const b = ({bar}).getBoundingClientRect();"
        " return [b.x + b.width / 2, b.y + b.height / 2, innerHeight - b.bottom]; }"
    )
    assert bottom == 0
    page.tap(x, y)
    page.wait_for('[...document.querySelectorAll("copydesk-widget")]'
                  '.some((e) => e.shadowRoot.querySelector("dialog[open]"))')  # fmt: skip
    assert page.evaluate(
        '() => [...document.querySelectorAll("copydesk-widget")].at(-1)'
        '.shadowRoot.querySelector("mark").textContent'
    ) == ("brigde")


def test_a_report_waits_on_the_device_and_is_sent(visit: Visit, recorder: Recorder) -> None:
    recorder.sequence = [503]
    recorder.headers = {"Retry-After": "1"}
    page = visit(TEXT)
    page.evaluate(
        "() => { window.sent = 0; document.addEventListener('copydesk:sent', () => sent++); }"
    )
    select(page)
    open_dialog(page)
    page.press("Control+Enter")
    page.wait_for(f"/Saved on this device/.test({ROOT}.querySelector('output').textContent)")
    page.wait_for("sent == 1")
    first, second = recorder.bodies
    assert first == second
    assert page.evaluate("() => Object.keys(localStorage)") == []


@pytest.mark.parametrize("policy", ["", SOURCES, SOURCES + TYPES])
def test_a_report_is_paid_for(visit: Visit, recorder: Recorder, policy: str) -> None:
    asked = challenge(44, 650)
    recorder.sequence = [428]
    recorder.answer = recorder.receipt() | {"challenge": asked}
    headers = {"Content-Security-Policy": policy.format(recorder.base)} if policy else {}
    page = visit(TEXT, headers=headers)
    select(page)
    open_dialog(page)
    sent = send(page, recorder)
    solution = json.loads(base64.b64decode(sent["altcha"]))
    del asked["maxnumber"]
    assert solution == asked | {"number": 650}
    assert sent == recorder.bodies[0] | {"altcha": sent["altcha"]}


def test_without_what_browsers_have_had_only_since(visit: Visit, recorder: Recorder) -> None:
    """Our floor is Firefox 101; what is taken away here came later, or may be switched off."""
    page = visit(
        TEXT,
        head="""<script>
          delete Selection.prototype.getComposedRanges;
          delete AbortSignal.timeout;
          delete AbortSignal.any;
          delete Navigator.prototype.locks;
          delete window.requestIdleCallback;
          delete Crypto.prototype.randomUUID;
          delete window.Highlight;
        </script>""",
    )
    select(page)
    open_dialog(page)
    body = send(page, recorder)
    assert body["quote"]["exact"] == "brigde"
    assert len(body["id"]) == 36
    assert [line for line in page.said if line.startswith("error")] == []


def test_below_the_floor_it_says_so_and_throws_nothing(visit: Visit) -> None:
    page = visit(
        TEXT, head="<script>delete CSSStyleSheet.prototype.replaceSync; window.errors = [];"
        "addEventListener('error', (e) => errors.push(e.message));"
        "addEventListener('unhandledrejection', (e) => errors.push(`${e.reason}`));</script>",
    )  # fmt: skip
    select(page)
    page.evaluate("() => copydesk.open()")
    assert page.evaluate("() => errors") == []
    warnings = [line for line in page.said if "Copydesk" in line]
    assert len(warnings) == 1
    assert warnings[0].startswith("warn")
    assert [line for line in page.said if line.startswith("alert")]
