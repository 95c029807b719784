/** Read a quote at one place of a page: does it stand there, and what stands there now? */

import { align, kept } from "./alignment.js";
import { copies, hasWord, isInside, MIDDLE, NEAR, plain } from "./window.js";

/**
 * What one place of the page says. `sides` is how many sides of the quote are well known there.
 * @typedef {"there" | "changed" | "gone" | "unsure"} Kind
 * @typedef {{kind: Kind, start: number, end: number, score: number, sides: number,
 *   isWholeBlock: boolean, isWide: boolean}} Place
 * @typedef {import("./window.js").Window} Window
 */

/**
 * Read the quote at one candidate; nothing when too little of the context is there.
 * @param {string} shown
 * @param {string} text `shown` folded, on one line
 * @param {Window} window
 * @param {[low: number, high: number]} candidate
 * @returns {Place | undefined}
 */
export function readPlace(shown, text, window, [low, high]) {
  const [wholeStart, wholeEnd] = toWords(window.text, window.start, window.end);
  const quote = window.text.slice(wholeStart, wholeEnd);
  const pieces = align(text, { ...window, start: wholeStart, end: wholeEnd }, low, high);

  const found = new Uint8Array(window.text.length);
  for (const [at, , length] of pieces) found.fill(1, at, at + length);
  const share = (/** @type {number} */ from, /** @type {number} */ to) =>
    from < to ? found.subarray(from, to).reduce((sum, one) => sum + one, 0) / (to - from) : 1;
  const { start, end, blockStart, blockEnd } = window;

  let inAll = 0;
  let score = 0;
  let far = 0;
  let farFound = 0;
  found.forEach((isFound, at) => {
    if (at >= start && at < end) return;
    const distance = at < start ? start - at : at - end + 1;
    const weight = distance > MIDDLE ? 1 : distance > NEAR ? 2 : 4;
    inAll += weight;
    score += isFound * weight;
    if (distance > NEAR) {
      far++;
      farFound += isFound;
    }
  });
  score = inAll && score / inAll;
  if (score < 0.3) return;

  const begin = Math.max(blockStart, start - MIDDLE);
  const stop = Math.min(blockEnd, end + MIDDLE);
  const isWide = farFound >= 0.3 * far;
  const isWholeBlock =
    stop - begin - end + start > 23 && share(begin, start) >= 0.9 && share(end, stop) >= 0.9;
  const sides =
    +(share(Math.max(0, start - NEAR), start) >= 0.5) +
    +(share(end, Math.min(found.length, end + NEAR)) >= 0.5);

  const place = (/** @type {Kind} */ kind, /** @type {number} */ start, end = start) => ({
    kind,
    start,
    end,
    score,
    sides,
    isWholeBlock,
    isWide,
  });
  const there = (/** @type {number} */ at) => {
    at += start - wholeStart;
    const isKnown = score >= 0.5 || isWholeBlock;
    return place(
      (isWide || isWholeBlock) &&
        (sides > 1 || (isKnown && end - start >= (sides ? 4 : 8)))
        ? "there"
        : "unsure",
      at,
      at + end - start,
    );
  };
  const isAlike = (/** @type {string} */ now) =>
    quote.length > 3 && kept(quote, now).length * 10 >= (quote.length + now.length) * 3;

  const before = pieces.filter(([at]) => at < wholeStart).at(-1);
  const after = pieces.find(([at, , length]) => at + length > wholeEnd);
  const left = before && before[1] + Math.min(before[2], wholeStart - before[0]);
  const right = after && after[1] + Math.max(0, wholeEnd - after[0]);

  if (!before || !after) {
    // The beginning or the end of a page, or where a page was cut off: up to the block's end.
    if (!before && !after) return;
    const most = quote.length + 48;
    let from, to;
    if (before) {
      from = left + /^\s*/.exec(shown.slice(left))[0].length;
      to = from + /^.*/.exec(shown.slice(from, from + most))[0].length;
    } else {
      to = shown.slice(0, right).trimEnd().length;
      from = to - /.*$/.exec(shown.slice(Math.max(0, to - most), to))[0].length;
    }
    const near = text.slice(from, to);
    const at = before ? from : to - quote.length;
    if (sides > 1) {
      if (text.slice(Math.max(0, at), at + quote.length) == quote) {
        const [one, two] = toWords(text, at, at + quote.length);
        if (one == at && two == at + quote.length) return there(at);
      } else if (
        isAlike(near) ||
        (near && near.length <= 2 * quote.length && (!wholeStart || wholeEnd == found.length))
      ) {
        return place("changed", from, to);
      }
    }
    return place("unsure", from);
  }

  // A border whose inner side was found stands there; else it is where the context ends.
  let [from, to] = [left, right];
  for (const [at, there, length] of pieces) {
    if (at <= wholeStart && wholeStart < at + length) from = there + wholeStart - at;
    if (at < wholeEnd && wholeEnd <= at + length) to = there + wholeEnd - at;
  }
  to = Math.max(from, to);
  while (from < to && text[from] == " ") from++;
  while (from < to && text[to - 1] == " ") to--;
  if (hasWord(quote)) [from, to] = toWords(text, from, to);
  const now = text.slice(from, to);
  if (now == quote) return there(from);
  if (!now || (hasWord(quote) && !hasWord(now))) return place("gone", from);
  if (now.length <= quote.length + 48) {
    return place(sides > 1 || (sides && isAlike(now)) ? "changed" : "unsure", from, to);
  }
  // Much longer text stands between its neighbours now: the quote may be a part of it.
  if (quote.length > 3 && sides) {
    const [at, another] = copies(text.slice(from, to), quote, 2);
    if (another) return place("unsure", from);
    if (at >= 0) {
      const [one, two] = toWords(text, from + at, from + at + quote.length);
      return two - one == quote.length ? there(one) : place("unsure", from);
    }
    const blocks = [...shown.slice(from, to).matchAll(/.+/g)].filter(([now]) => isAlike(plain(now)));
    if (blocks.length == 1) {
      const [{ 0: now, index }] = blocks;
      return place("changed", from + index, from + index + now.length);
    }
  }
  return place("unsure", from);
}

/**
 * Let a piece of a text grow to whole words.
 * @param {string} text
 * @param {number} start
 * @param {number} end
 */
function toWords(text, start, end) {
  if (start < end || isInside(text, start)) {
    while (isInside(text, start)) start--;
    while (isInside(text, end)) end++;
  }
  return [start, end];
}
