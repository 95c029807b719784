/** Where a link from a mail or the desk leads: the words themselves, marked on their page. */

import css from "./highlight.css";
import { find } from "./find.js";
import { make } from "../make.js";
import { mount } from "../mount.js";
import { pageText } from "./page_text.js";
import { SKIPPED } from "../text.js";

/** Characters of a mark that is hard to see without a ring around it. */
const TINY = 2;

/**
 * Find the words that the link in the address is about and mark them; say so where something else
 * stands there now.
 *
 * Rejects, for the loader to tell the console, when the service is away or doesn't know the link.
 * @param {{theme?: string}} options
 */
export async function open({ theme }) {
  const token = /copydesk=([\w.~-]+)/.exec(location.hash)?.[1];
  const answer = await fetch(new URL("../../api/v1/spots/" + token, import.meta.url), {
    credentials: "omit",
  });
  if (!answer.ok) throw answer.status;
  const { quote, words, language } = await answer.json();
  if (document.readyState == "loading") {
    await new Promise((done) => addEventListener("DOMContentLoaded", done));
  }

  let due = 0;
  const rest = async () => {
    // Not at every step: browsers make a timer within a timer wait for 4 ms.
    if (performance.now() > due) {
      await new Promise((done) => setTimeout(done));
      due = performance.now() + 16;
    }
  };
  const [text, rangeOf] = pageText();
  await rest();
  const [kind, start, end = 0] = await find(
    text,
    quote,
    () => import(new URL("judge.js", import.meta.url).href),
    rest,
  );

  const ring = make("i", {});
  const part = make("section", {}, ring);
  const host = mount(part, css, language, theme);
  /** @type {HTMLElement[]} */
  const marks = [];
  const close = () => {
    host.remove();
    CSS.highlights?.delete("copydesk");
    for (const mark of marks) mark.replaceWith(...mark.childNodes);
    listening.abort();
  };
  const listening = new AbortController();
  addEventListener("keydown", ({ key }) => key == "Escape" && close(), listening);

  if (kind != "there") {
    const output = make("output", {});
    part.append(make("div", {}, output, make("button", { onclick: close }, words.close)));
    // A live region is read out when it changes, not when it comes.
    setTimeout(() => output.append(words[kind]), 99);
  }
  if (start == null) return;
  // Words that are gone stood behind the character before them.
  const isGone = start == end;
  const range = rangeOf(isGone && start ? start - 1 : start, end || 1);
  if (!isGone) mark(range, marks);
  const place = () => {
    const { x, y, width, height } = range.getBoundingClientRect();
    ring.style.cssText = `left:${x + scrollX}px;top:${y + scrollY}px;width:${width}px;height:${height}px`;
  };
  // First whatever the words scroll in, then the words: a long paragraph is no place.
  for (const element of [range.startContainer.parentElement, ring]) {
    // At once: at load nothing is to be seen moving, whatever the reader's system prefers.
    element.scrollIntoView({ block: "center", behavior: "instant" });
    place();
  }
  addEventListener("resize", place, listening);
  if (end - start < TINY) ring.className = "ring";
}

/**
 * Mark a range without changing the page, where the browser can.
 * @param {Range} range
 * @param {HTMLElement[]} marks takes the elements that it had to put in
 */
function mark(range, marks) {
  if (CSS.highlights) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    CSS.highlights.set("copydesk", new Highlight(range));
    return;
  }
  const { startContainer, startOffset, endContainer, endOffset } = range;
  const texts = document.createNodeIterator(document.body, NodeFilter.SHOW_TEXT);
  const parts = [];
  for (let text; (text = /** @type {any} */ (texts.nextNode())); ) {
    if (range.intersectsNode(text) && text.data.trim() && !SKIPPED.test(text.parentNode.nodeName)) {
      const part = new Range();
      part.setStart(text, text == startContainer ? startOffset : 0);
      part.setEnd(text, text == endContainer ? endOffset : text.length);
      parts.push(part);
    }
  }
  for (const part of parts) {
    marks.push(make("mark", {}));
    part.surroundContents(/** @type {HTMLElement} */ (marks.at(-1)));
  }
  range.setStartBefore(marks[0]);
  range.setEndAfter(/** @type {HTMLElement} */ (marks.at(-1)));
}
