"""Text stays text, and the strictest page policy is kept."""

import pytest
from tests.widget_fixtures import Recorder, Visit

pytestmark = pytest.mark.browser

HOSTILE = (
    "&lt;img src=x onerror=pwn()&gt;&lt;svg onload=pwn()&gt;&lt;script&gt;pwn()&lt;/script&gt;"
    "\"'--&gt;&lt;/textarea&gt;&lt;a href=javascript:pwn()&gt;x&lt;/a&gt;"
)


@pytest.mark.parametrize("has_policy", [False, True])
def test_hostile_text_is_shown_and_never_run(
    visit: Visit, recorder: Recorder, *, has_policy: bool
) -> None:
    headers = {}
    if has_policy:
        headers["Content-Security-Policy"] = (
            f"default-src 'none'; script-src {recorder.base}; connect-src {recorder.base}; "
            "require-trusted-types-for 'script'; trusted-types 'none'"
        )
    reader = visit(
        f"<p>{HOSTILE} ⟦{HOSTILE}⟧ {HOSTILE}</p>",
        head=f'<title>{HOSTILE}</title><meta name=author content="{HOSTILE.replace(chr(34), "")}">',
        headers=headers,
    )
    reader.page.evaluate(
        """() => {
          window.calls = []; window.pwn = () => calls.push("pwn"); window.alert = window.pwn;
          window.violations = [];
          document.addEventListener("securitypolicyviolation",
            (event) => violations.push(event.violatedDirective + " " + event.blockedURI));
        }"""
    )
    errors: list[str] = []
    reader.page.on("pageerror", lambda error: errors.append(str(error)))
    recorder.answer = recorder.receipt()
    recorder.answer["erratum"] |= {"state": "declined", "note": "<img src=x onerror=pwn()>"}
    reader.select()
    reader.open()
    shown = "<img src=x onerror=pwn()><svg onload=pwn()><script>pwn()</script>"
    assert reader.dialog.locator("mark").inner_text().startswith(shown)
    assert reader.field("suggestion").input_value().startswith(shown)
    assert reader.dialog.locator("img, svg, script, a, iframe").count() == 0
    reader.field("comment").fill(shown)
    reader.send()
    reader.page.locator("copydesk-widget a").wait_for()
    assert reader.dialog.locator("img, svg, script, iframe").count() == 0
    assert "<img src=x onerror=pwn()>" in reader.status.inner_text()
    assert recorder.bodies[0]["quote"]["exact"].startswith(shown)
    assert reader.page.evaluate("[calls, violations]") == [[], []]
    assert errors == []
    # The style sheet is there under the policy, too.
    assert reader.dialog.evaluate("e => getComputedStyle(e).borderRadius") == "14px"


def test_it_works_under_a_nonce_with_strict_dynamic(visit: Visit, recorder: Recorder) -> None:
    reader = visit(
        "<p>The old ⟦brigde⟧.</p>",
        html='lang="ru"',
        tag='data-site="gazette" nonce="abc" data-button',
        headers={
            "Content-Security-Policy": "default-src 'none'; script-src 'nonce-abc' "
            f"'strict-dynamic'; connect-src {recorder.base}; "
            "require-trusted-types-for 'script'; trusted-types 'none'"
        },
    )
    reader.page.locator("copydesk-widget button").wait_for()
    reader.select()
    reader.open()
    assert reader.dialog.locator("h2").inner_text() == "Сообщить об ошибке"
    reader.send()
    reader.page.locator("copydesk-widget a").wait_for()


def test_on_a_page_without_https_the_id_is_a_uuid_all_the_same(
    visit: Visit, recorder: Recorder
) -> None:
    reader = visit("<p>The old ⟦brigde⟧.</p>")
    reader.page.evaluate("crypto.randomUUID = undefined")
    reader.select()
    reader.open()
    reader.send()
    reader.page.locator("copydesk-widget a").wait_for()
    parts = recorder.bodies[0]["id"].split("-")
    assert [len(part) for part in parts] == [8, 4, 4, 4, 12]
    assert int("".join(parts), 16)
