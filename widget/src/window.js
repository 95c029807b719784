/** A quote with its context, and a page, in the one form in which they are compared. */

import { fold } from "./text.js";

/**
 * Context + quote + context on one line; `start` and `end` are the quote's, `blockStart` and
 * `blockEnd` its own block's, as far as the context reaches.
 * @typedef {{text: string, start: number, end: number, blockStart: number, blockEnd: number}} Window
 *
 * What the service says of an erratum's quote; the parts are tidied already, space for space.
 * @typedef {{exact: string, prefix: string, suffix: string, start?: number, nth?: number,
 *   of?: number}} Quote
 */

/** Characters beside the quote that weigh fully, and half; the rest weighs a quarter. */
export const NEAR = 32;
export const MIDDLE = 96;
const CONTEXT = 256;

/**
 * Put one unit in the place of each character beyond the basic plane: the service counts
 * characters. Letters become letters, the others halves of pairs, which no page has by themselves.
 * @param {string} text
 */
export const narrow = (text) =>
  text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, (pair) =>
    String.fromCharCode(
      hasWord(pair) ? 0x4e00 + (pair.charCodeAt(1) & 4095) : 0xd800 + (pair.charCodeAt(1) & 1023),
    ),
  );

/** @param {string} text */
export const plain = (text) => fold(text).replace(/\n/g, " ");

/** @param {string} text */
export const hasWord = (text) => /[\p{L}\p{N}]/u.test(text);

/**
 * Say whether an offset lies between two characters of one word.
 * @param {string} text
 * @param {number} at
 */
export const isInside = (text, at) => /^[\p{L}\p{N}_]{2}/u.test(text.slice(at - 1, at + 1));

/**
 * Return where `part` stands in `text`, overlaps too.
 * @param {string} text
 * @param {string} part
 * @param {number} [most]
 */
export function copies(text, part, most = 1000) {
  const starts = [];
  let at = -1;
  while (starts.length < most && (at = text.indexOf(part, at + 1)) >= 0) starts.push(at);
  return starts;
}

/**
 * Return the window, and after it those with a space where the context may have lost one.
 * @param {Quote} quote
 * @returns {Window[]}
 */
export function windowsOf(quote) {
  const [prefix, exact, suffix] = [quote.prefix, quote.exact, quote.suffix].map(narrow);
  const before = isInside(prefix + exact, prefix.length) ? ["", " "] : [""];
  const after = isInside(exact + suffix, exact.length) ? ["", " "] : [""];
  return before.flatMap((left) =>
    after.map((right) => {
      const head = (prefix + left).slice(-CONTEXT).trimStart();
      const tail = (right + suffix).slice(0, CONTEXT).trimEnd();
      const end = head.length + exact.length;
      return {
        text: plain(head + exact + tail),
        start: head.length,
        end,
        blockStart: head.lastIndexOf("\n") + 1,
        blockEnd: end + /^.*/.exec(tail)[0].length,
      };
    }),
  );
}
