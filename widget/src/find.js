/**
 * Find a quote in a page again, and say whether it still stands there; never a guess.
 *
 * `copydesk.articles.locate` is the same in Python; tests/vectors/locate.json keeps the two
 * together. The context says where, the quote says whether it changed.
 */

import { candidates } from "./places.js";
import { readPlace } from "./reading.js";
import { copies, narrow, plain, windowsOf } from "./window.js";

/**
 * @param {string} page its clean text
 * @param {import("./window.js").Quote} quote
 * @param {() => unknown} [rest] awaited between steps, so that none holds the page up for long
 * @returns {Promise<[kind: import("./reading.js").Kind, start?: number, end?: number,
 *   score?: number]>} offsets count characters, not UTF-16 units
 */
export async function find(page, quote, rest) {
  const shown = narrow(page).slice(0, 2e6);
  const text = plain(shown);
  const windows = windowsOf(quote);
  const [window] = windows;
  const words = window.text.slice(window.start, window.end);
  if (!words) return ["unsure"];
  const { start: hint = 0, nth, of } = quote;
  const standing = copies(text, words);
  const isOneLess = of && standing.length < of;

  for (const { text: whole, start, end } of windows) {
    const equal = copies(text, whole).map((at) => at + start);
    let [chosen] = equal;
    if (equal[1]) {
      // Among equal places the hints decide, unless one of the copies has vanished.
      if (isOneLess) return ["unsure"];
      const ordinal = of == standing.length && nth && standing[Math.min(nth, of) - 1];
      chosen = equal.includes(ordinal)
        ? ordinal
        : equal.reduce((one, other) =>
            Math.abs(other - hint) < Math.abs(one - hint) ? other : one,
          );
    }
    if (equal.length) return ["there", chosen, chosen + end - start, 1];
  }

  /** @type {import("./reading.js").Place[]} */
  const places = [];
  for (const candidate of candidates(text, window)) {
    await rest?.();
    const place = readPlace(shown, text, window, candidate);
    if (place) places.push(place);
  }
  const spans = new Set();
  let [best, ...rivals] = places
    .sort((one, other) => other.score - one.score)
    // Each place once, the best reading of it.
    .filter(({ start, end }) => spans.size < spans.add(start + "-" + end).size);
  for (const rival of rivals) {
    const isThere = best.kind == "there";
    /** @type {any} */
    let chosen;
    if (isThere != (rival.kind == "there") && rival.score >= 0.6 * best.score) {
      // A block that moved left a hole; or it changed, and a copy stands. Moving keeps the number
      // of copies, correcting and deleting lower it.
      const [there, other] = isThere ? [best, rival] : [rival, best];
      if (isOneLess) chosen = other;
      else if (
        (isThere && there.sides > 1 && there.score >= 1.25 * other.score) ||
        (of && there.isWholeBlock && other.kind != "changed")
      ) {
        chosen = there;
      }
    } else if (rival.kind == "unsure" || rival.score < 0.98 * best.score) continue;
    if (!chosen) return ["unsure"];
    best = chosen;
    break;
  }
  return best && best.kind != "unsure"
    ? [best.kind, best.start, best.end, best.score]
    : ["unsure"];
}
