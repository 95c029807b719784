/** Where on the page the words stand, and which of their equal copies they are: hints. */

import { around, CONTEXT } from "../dialog/describe.js";
import { fold, INVISIBLE } from "../text.js";

/**
 * Count on the browser's own text of the page: two native calls, where a walk over each node of a
 * page of 50,000 words takes ten times as long. That text has no line feeds between blocks, so the
 * position falls short of one character for each border where the source has no white space.
 * @param {Range} range
 * @param {import("../dialog/describe.js").Quote} quote
 */
export function count(range, { exact, prefix }) {
  const words = fold(exact);
  const pattern = RegExp(
    words
      .replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")
      .replace(/\n/g, "\\s*")
      .replace(/ /g, "\\s+"),
    "g",
  );
  const copiesIn = (/** @type {string} */ text) => {
    const seen = text.replace(INVISIBLE, "");
    const folded = /["'-]/.test(words) ? fold(seen) : seen;
    let copies = 0;
    // Those that overlap count, too: each is a place where the words could be found again.
    for (let found; (found = pattern.exec(folded)); pattern.lastIndex = found.index + 1) copies++;
    return copies;
  };

  const [upTo, rest] = around(range);
  const before = `${upTo}`;
  let start = before.replace(/\n\s+/g, "\n").trimStart().length;
  let nth = 1 + copiesIn(before);
  // From the second character on: copies that overlap the words themselves stand here.
  let of = nth + copiesIn(`${range}`.trimStart().slice(1) + rest);
  // No reader sees what is in these; JSON-LD has the whole article once more.
  const root = /** @type {any} */ (upTo.startContainer);
  for (const element of root.querySelectorAll("script,style,noscript,svg,textarea,select")) {
    const copies = copiesIn(element.textContent);
    of -= copies;
    if (range.comparePoint(element, 0) < 0) {
      nth -= copies;
      start -= element.textContent.length;
    }
  }
  // A context that is not full begins where the page begins.
  if (prefix.length < CONTEXT) start = prefix.length;
  return { start, end: start + exact.length, nth, of };
}
