/**
 * Say what became of words that don't stand on their page as they were reported; never a guess.
 *
 * `copydesk.articles.locate` and `reading` are the same in Python and say why. Most words still stand
 * where they stood, so this is a part of its own, loaded when they don't.
 */

import { align, longestRuns } from "./alignment.js";
import { isInside } from "./find.js";

/**
 * @typedef {import("./find.js").Kind} Kind
 * @typedef {import("./find.js").Window} Window
 *
 * What one place says: of its start and end in the page, how much of the context is there, on how
 * many sides the words beside the quote are, and whether its whole block is.
 * @typedef {[kind: Kind, start: number, end: number, score: number, sides: number,
 *   isWholeBlock: boolean]} Place
 */

/** Characters beside the quote that weigh fully, and half; the rest weighs a quarter. */
const NEAR = 32;
const MIDDLE = 96;
/** What text may have more than the quote and still be what stands there now. */
const LONGER = 48;

/** @param {string} text */
const hasWord = (text) => /[\p{L}\p{N}]/u.test(text);

/** Let a piece of a text grow to whole words.
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

/** Say whether two texts begin and end alike, as a word does and its correction.
 * @param {string} one
 * @param {string} other
 */
function isAlike(one, other) {
  let kept = 0;
  const least = Math.min(one.length, other.length);
  while (kept < least && one[kept] == other[kept]) kept++;
  for (let tail = 1; kept < least && one.at(-tail) == other.at(-tail); tail++) kept++;
  return one.length > 3 && kept * 10 >= (one.length + other.length) * 3;
}

/**
 * Read the quote at one place of the page; nothing when too little of its context is there.
 * @param {string} shown
 * @param {string} text `shown` folded, on one line
 * @param {Window} window
 * @param {number} shift
 * @returns {Place | undefined}
 */
function readPlace(shown, text, [all, start, end, blockStart, blockEnd], shift) {
  const [wholeStart, wholeEnd] = toWords(all, start, end);
  const quote = all.slice(wholeStart, wholeEnd);
  const { length } = quote;
  const places = align(text, all, wholeStart, wholeEnd, shift);
  const isFound = (/** @type {number} */ place) => place >= 0;
  /** How much was found, 0 to 1; nothing counts as found. */
  const share = (/** @type {number[]} */ some) =>
    some.length ? some.filter(isFound).length / some.length : 1;
  const near = (/** @type {number} */ from, /** @type {number} */ to) =>
    share(places.slice(Math.max(0, from), to));

  let inAll = 0;
  let score = 0;
  /** @type {number[]} */
  const far = [];
  places.forEach((place, at) => {
    const distance = at < start ? start - at : at - end + 1;
    const weight = distance < 1 ? 0 : distance > MIDDLE ? 1 : distance > NEAR ? 2 : 4;
    inAll += weight;
    if (isFound(place)) score += weight;
    if (distance > NEAR) far.push(place);
  });
  score = inAll && score / inAll;
  const [last = -1] = places.slice(0, wholeStart).filter(isFound).slice(-1);
  const [next = -1] = places.slice(wholeEnd).filter(isFound);
  if (last + next < -1) return;

  const blockFrom = Math.max(blockStart, start - MIDDLE);
  const blockTo = Math.min(blockEnd, end + MIDDLE);
  const own = [...places.slice(blockFrom, start), ...places.slice(end, blockTo)];
  const stood = own.filter(isFound);
  // Not with one half beside a copy and the other where the block stood.
  const isNear = /** @type {number} */ (stood.at(-1)) - stood[0] <= blockTo - blockFrom + 120;
  const isWholeBlock = own.length > 23 && stood.length >= own.length * 0.9 && isNear;
  // A block that moved took little of its context along, but all of itself.
  if (score < 0.3 && !isWholeBlock) return;
  const sides = +(near(start - NEAR, start) >= 0.5) + +(near(end, end + NEAR) >= 0.5);

  // With a side missing the block's end stands for it, at most so far away.
  const most = length + LONGER;
  let from = last + 1;
  let to = next;
  if (last < 0) from = Math.max(to - most, shown.slice(0, to).trimEnd().lastIndexOf("\n") + 1);
  if (next < 0) to = from + 1 + shown.slice(from + 1, from + most).split("\n")[0].length;
  while (from < to && text[from] == " ") from++;
  while (from < to && text[to - 1] == " ") to--;

  // Beside a border, or only once: a few letters may stand anywhere.
  const between = text.slice(from, to);
  const inner = between.indexOf(quote);
  const standing = [from, to - length];
  if (length > 3 && inner == between.lastIndexOf(quote)) standing.push(from + inner);
  for (const at of standing) {
    const [one, other] = toWords(text, at, at + length);
    if (at >= from && at + length <= to && text.slice(one, other) == quote) {
      const isKnown = score >= 0.5 || isWholeBlock;
      const isThere =
        (isWholeBlock || share(far) >= 0.3) &&
        (sides > 1 || (isKnown && end - start >= (sides ? 4 : 8)));
      const own = at + start - wholeStart;
      return [isThere ? "there" : "unsure", own, own + end - start, score, sides, isWholeBlock];
    }
  }

  /** @type {Kind} */
  let kind = "unsure";
  if (hasWord(quote)) [from, to] = toWords(text, from, to);
  const now = text.slice(from, to);
  if (!now || (hasWord(quote) && !hasWord(now))) {
    kind = "gone";
    to = from;
  } else if (to - from <= most) {
    if (sides > 1 || (sides && isAlike(quote, now))) kind = "changed";
  } else if (sides) {
    // Much longer text stands there now: a block of it may be what became of the quote.
    const blocks = [...shown.slice(from, to).matchAll(/.+/g)]
      .map(({ 0: block, index }) => [from + index, from + index + block.length])
      .filter(([one, other]) => isAlike(quote, text.slice(one, other)));
    if (blocks.length == 1) {
      kind = "changed";
      [[from, to]] = blocks;
    }
  }
  if (last < 0 || next < 0) {
    const beyond = next < 0 ? text.slice(to) : text.slice(0, from);
    const isShort = !beyond.trim() && to - from <= 2 * length && (!wholeStart || wholeEnd == all.length);
    if (sides < 2 || kind != "changed" || !(isShort || isAlike(quote, text.slice(from, to)))) kind = "unsure";
  }
  return [kind, from, to, score, sides, isWholeBlock];
}

/**
 * @param {string} shown the page's clean text
 * @param {string} text the same folded, on one line
 * @param {Window} window
 * @param {number | null | undefined} of how many copies of the words there were
 * @param {boolean} isOneLess whether there are fewer now
 * @param {() => unknown} [rest] awaited between steps, so that none holds the page up for long
 * @returns {Promise<import("./find.js").Verdict>}
 */
export async function judge(shown, text, window, of, isOneLess, rest) {
  /** @type {number[]} */
  const shifts = [];
  for (const [at, there] of longestRuns(text, window[0], Math.min(8, Math.max(3, (window[0].length / 3) | 0)))) {
    if (shifts.every((shift) => Math.abs(there - at - shift) > 300)) shifts.push(there - at);
  }
  /** @type {Place[]} */
  const read = [];
  for (const shift of shifts.slice(0, 6)) {
    await rest?.();
    const place = readPlace(shown, text, window, shift);
    if (place) read.push(place);
  }
  const spans = new Set();
  const places = read
    .sort((one, other) => other[3] - one[3])
    // Each place once, the best reading of it.
    .filter(([, start, end]) => spans.size < spans.add(start + "-" + end).size);
  let [best] = places;
  for (const rival of places.slice(1)) {
    const [there, other] = best[0] == "there" ? [best, rival] : [rival, best];
    /** @type {Place | undefined} */
    let chosen;
    if (
      (best[0] == "there") != (rival[0] == "there") &&
      (rival[3] >= 0.6 * best[3] || (there == rival && there[5]))
    ) {
      // A block that moved left a hole; or it changed, and a copy stands. Moving keeps the number
      // of copies, correcting and deleting lower it.
      if (isOneLess) chosen = other;
      else if (
        (there == best && there[4] > 1 && there[3] >= 1.4 * other[3]) ||
        (of && there[5] && other[0] != "changed")
      ) {
        chosen = there;
      }
    } else if (
      rival[0] == "unsure" ||
      rival[3] < 0.98 * best[3] ||
      (rival[0] == best[0] && Math.abs(rival[1] - best[1]) < 2)
    ) {
      continue;
    }
    if (!chosen) return ["unsure"];
    best = chosen;
    break;
  }
  // As many as were reported, though all around them went along or one is beside: they may have moved.
  return best && best[0] != "unsure" ? best : ["unsure"];
}
