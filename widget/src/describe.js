/** What the reader selected, as words that can be found again: quote, context, hints. */

import { cutText, fold, tidy } from "./text.js";

/**
 * The `quote` of a report. `start` and `end` are UTF-16 offsets in the clean text of the page, and
 * `nth` of `of` the place among equal copies: all four only hints.
 * @typedef {{exact: string, prefix: string, suffix: string, start: number, end: number,
 *   nth: number, of: number}} Quote
 */

/** Characters of a quote that the service takes. */
const MOST_EXACT = 1000;
/** Characters of context on each side; the service takes 300, since NFC may lengthen a text. */
const CONTEXT = 256;

/**
 * Describe a range; nothing when it holds no text.
 *
 * `prefix + exact + suffix` is a part of the page's clean text, letter by letter; the outer white
 * space of the selection belongs to the context. Half a word stays half a word: what the reader
 * marked is what the reader means.
 * @param {Range} range
 * @returns {[quote?: Quote, isShortened?: boolean]} the quote, and whether it is shorter than the selection
 */
export function describe(range) {
  const [before, exact, after] = cutText(document.body, range);
  const words = tidy(exact).trim();
  if (!words) return [];
  const whole = tidy(before + exact + after).trim();
  const start = tidy(before + /^\s*/.exec(exact)).trimStart().length;
  const kept = shorten(words);
  const end = start + kept.length;
  return [
    {
      exact: kept,
      prefix: whole.slice(0, start).slice(-CONTEXT),
      suffix: whole.slice(end, end + CONTEXT),
      start,
      end,
      ...ordinal(fold(whole), fold(kept), start),
    },
    kept != words,
  ];
}

/**
 * Cut to what the service takes, at the end of a word where one is near.
 * @param {string} words
 */
const shorten = (words) =>
  words.length > MOST_EXACT
    ? words.slice(0, MOST_EXACT).replace(/\s\S{0,40}$/, "")
    : words;

/**
 * Count copies that overlap, too: each place where the words could be found again.
 * @param {string} text
 * @param {string} part
 * @param {number} start
 */
function ordinal(text, part, start) {
  let nth = 0;
  let of = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    of++;
    if (at <= start) nth++;
  }
  return { nth, of };
}
