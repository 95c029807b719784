/** Where in a page a window may stand now: candidates, best first. */

import { copies, MIDDLE, NEAR } from "./window.js";

const REACH = 400;
const TIGHT = 48;

/**
 * Return the least and the greatest shift of each place, by exact hits of the inner window and by
 * the votes of k-grams.
 * @param {string} page
 * @param {import("./window.js").Window} window
 */
export function candidates(page, { text, start, end, blockStart, blockEnd }) {
  /** @type {Map<string, [low: number, high: number]>} */
  const found = new Map();
  const add = (/** @type {number} */ shift, /** @type {number} */ spread) =>
    found.set([shift, spread] + "", [shift - spread, shift + spread]);
  for (const size of [MIDDLE, NEAR]) {
    for (const [from, to] of [
      [0, text.length],
      [blockStart, blockEnd],
    ]) {
      const begin = Math.max(from, start - size);
      const inner = text.slice(begin, Math.min(to, end + size));
      if (inner.length > 7) for (const at of copies(page, inner, 8)) add(at - begin, TIGHT);
    }
  }
  for (const bucket of voted(page, text)) add((bucket + 0.5) * REACH, REACH);
  return [...found.values()];
}

/**
 * @param {string} page
 * @param {string} text
 */
function voted(page, text) {
  const size = Math.min(8, Math.max(3, (text.length / 3) | 0));
  // Most of the page is passed over by a hash that has forgotten a character after `size` more.
  const bits = Math.ceil(16 / size);
  const isKnown = new Uint8Array(65536);
  /**
   * Call `meet` with each offset where a k-gram ends, and with its hash.
   * @param {string} text
   * @param {(end: number, hash: number) => void} meet
   */
  const each = (text, meet) => {
    for (let end = 0, hash = 0; end < text.length; ) {
      hash = ((hash << bits) ^ text.charCodeAt(end)) & 65535;
      if (++end >= size) meet(end, hash);
    }
  };
  /**
   * For each k-gram of the window: where it stands there, and where in the page.
   * @type {Map<string, [inWindow: number[], inPage: number[]]>}
   */
  const index = new Map();
  each(text, (end, hash) => {
    const gram = text.slice(end - size, end);
    const known = index.get(gram);
    if (!known) index.set(gram, [[end], []]);
    else if (known[0].length < 8) known[0].push(end);
    isKnown[hash] = 1;
  });
  /** @type {Set<[number[], number[]]>} */
  const seen = new Set();
  each(page, (end, hash) => {
    const known = isKnown[hash] && index.get(page.slice(end - size, end));
    if (known && known[1].length < 65) {
      known[1].push(end);
      seen.add(known);
    }
  });
  /** @type {Map<number, number>} */
  const votes = new Map();
  const strength = (/** @type {number} */ bucket) => votes.get(bucket) || 0;
  for (const [inWindow, inPage] of seen) {
    // What stands more often says nothing, and would cost much.
    if (inPage.length < 65) {
      for (const there of inPage) {
        for (const at of inWindow) {
          const bucket = Math.floor((there - at) / REACH);
          votes.set(bucket, strength(bucket) + 1 / (inPage.length * inWindow.length));
        }
      }
    }
  }
  return [...votes.keys()]
    .map((bucket) => [
      strength(bucket) + Math.max(strength(bucket + 1), strength(bucket - 1)),
      bucket,
    ])
    .sort((one, other) => other[0] - one[0] || one[1] - other[1])
    .slice(0, 6)
    .map(([, bucket]) => bucket);
}
