/**
 * Find a quote in a page again, and say whether it still stands there; never a guess.
 *
 * `copydesk.articles.locate` is the same in Python and says why; tests/vectors/locate.json keeps the
 * two together. The context says where, the quote says whether it changed. Most words still stand
 * where they stood: what it takes to judge the others is a part of its own.
 */

import { fold } from "../text.js";

/**
 * What the service says of an erratum's quote; its parts are tidy already.
 * @typedef {{exact: string, prefix: string, suffix: string, start?: number | null,
 *   nth?: number | null, of?: number | null}} Quote
 *
 * @typedef {"there" | "changed" | "gone" | "unsure"} Kind
 *
 * Where it stands, and how much of the context was found there; offsets count characters, not UTF-16
 * units.
 * @typedef {[kind: Kind, start?: number, end?: number, score?: number, ...more: unknown[]]} Verdict
 *
 * Context + quote + context, folded, on one line; where the quote stands in it, and its own block as
 * far as the context reaches.
 * @typedef {[all: string, start: number, end: number, blockStart: number, blockEnd: number]} Window
 */

const CONTEXT = 256;

/**
 * Keep one unit of each character beyond the basic plane: the service counts characters. What is
 * left of a pair is no letter, and neither is the whole there.
 * @param {string} text
 */
export const narrow = (text) => text.replace(/[\ud800-\udbff]/g, "");

/** @param {string} text */
const plain = (text) => fold(text).replace(/\n/g, " ");

/** Say whether an offset lies between two characters of one word.
 * @param {string} text
 * @param {number} at
 */
export const isInside = (text, at) => /^[\p{L}\p{N}_]{2}/u.test(text.slice(at - 1, at + 1));

/** Return where `part` stands in `text`, overlaps too.
 * @param {string} text
 * @param {string} part
 */
function copies(text, part) {
  const starts = [];
  let at = -1;
  while (starts.length < 1e3 && (at = text.indexOf(part, at + 1)) >= 0) starts.push(at);
  return starts;
}

/** Return the windows of a quote: as it is, and with a space where its context may have lost one.
 * @param {Quote} quote
 * @returns {Window[]}
 */
function windowsOf(quote) {
  const [prefix, exact, suffix] = [quote.prefix, quote.exact, quote.suffix].map(narrow);
  const spaces = (/** @type {boolean} */ isLost) => (isLost ? ["", " "] : [""]);
  return spaces(isInside(prefix + exact, prefix.length)).flatMap((left) =>
    spaces(isInside(exact + suffix, exact.length)).map((right) => {
      const head = (prefix + left).slice(-CONTEXT).trimStart();
      const tail = (right + suffix).slice(0, CONTEXT).trimEnd();
      const end = head.length + exact.length;
      return [
        plain(head + exact + tail),
        head.length,
        end,
        head.lastIndexOf("\n") + 1,
        end + tail.split("\n")[0].length,
      ];
    }),
  );
}

/**
 * @param {string} page its clean text
 * @param {Quote} quote
 * @param {() => Promise<typeof import("./judge.js")>} load the part for words that are not at sight
 * @param {() => unknown} [rest] awaited between steps, so that none holds the page up for long
 * @returns {Promise<Verdict>}
 */
export async function find(page, quote, load, rest) {
  const shown = narrow(page).slice(0, 2e6);
  const text = plain(shown);
  const windows = windowsOf(quote);
  const [window] = windows;
  const words = window[0].slice(window[1], window[2]);
  if (!words) return ["unsure"];
  const { start: hint, nth, of } = quote;
  const standing = copies(text, words);
  const isOneLess = !!of && standing.length < of;
  // When anything changes around a row of equal words, nobody can tell which of them it was.
  const least = Math.max(0, window[1] - words.length - 1);
  const isRow = of && copies(window[0].slice(least, window[2] + words.length + 1), words)[1];

  for (const [all, start, end] of windows) {
    const equal = copies(text, all).map((at) => at + start);
    if (equal.length) {
      // Among equal places the hints decide, unless one of the copies has vanished.
      if (isOneLess && (isRow || equal[1])) return ["unsure"];
      const ordinal = of == standing.length && nth ? standing[Math.min(nth, of) - 1] : -1;
      const far = (/** @type {number} */ at) =>
        at == ordinal ? -1 : Math.abs(at - (hint || 0));
      const [chosen] = equal.sort((one, other) => far(one) - far(other));
      return ["there", chosen, chosen + end - start, 1];
    }
  }
  const verdict = await (await load()).judge(shown, text, window, of, isOneLess, rest);
  const [kind, place = 0, , , sides] = verdict;
  const isBeside = (/** @type {number} */ at) =>
    at < place + 2 && at + words.length > place - 2;
  // As many as were reported, but all around them went along, or one is beside: they may have moved.
  const isMoved = kind == "gone" && of && !isOneLess && (sides != 2 || standing.some(isBeside));
  return isMoved || (isRow && kind == "there") ? ["unsure"] : verdict;
}
