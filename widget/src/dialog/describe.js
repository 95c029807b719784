/** What the reader selected, as words that can be found again: the quote and its context. */

import { textOf, tidy } from "../text.js";

/**
 * The `quote` of a report but for its hints, which count.js adds.
 * @typedef {{exact: string, prefix: string, suffix: string}} Quote
 */

/** Characters of a quote that the service takes. */
const MOST_EXACT = 1000;
/** Characters of context on each side; the service takes 300, since NFC may lengthen a text. */
export const CONTEXT = 256;

/**
 * Describe a range; nothing when it holds no text.
 *
 * `prefix + exact + suffix` is a part of the page's clean text, letter by letter; the outer white
 * space of the selection belongs to the context. Half a word stays half a word: what the reader
 * marked is what the reader means. The cost does not grow with the page.
 * @param {Range} range
 * @returns {[quote?: Quote, isShortened?: boolean]} the quote, and whether it is shorter than the selection
 */
export function describe(range) {
  const [upTo, rest] = around(range);
  const selected = textOf(range, MOST_EXACT + CONTEXT);
  const words = selected.trim();
  if (!words) return [];
  const exact =
    words.length > MOST_EXACT ? words.slice(0, MOST_EXACT).replace(/\s\S{0,40}$/, "") : words;
  const before = textOf(upTo, CONTEXT + 2, true) + /^\s*/.exec(selected);
  const start = tidy(before).trimStart().length;
  const whole = tidy(before + selected.trimStart() + textOf(rest, CONTEXT + 2)).trim();
  return [
    {
      exact,
      prefix: whole.slice(0, start).slice(-CONTEXT),
      suffix: whole.slice(start + exact.length).slice(0, CONTEXT),
    },
    exact != words,
  ];
}

/**
 * Return what stands before a range and after it, in its page or in its shadow tree.
 * @param {Range} range
 */
export function around(range) {
  const tree = /** @type {any} */ (range.startContainer.getRootNode());
  const ranges = [new Range(), new Range()];
  for (const part of ranges) part.selectNodeContents(tree.body || tree);
  ranges[0].setEnd(range.startContainer, range.startOffset);
  ranges[1].setStart(range.endContainer, range.endOffset);
  return ranges;
}
